/** System packages that tests need as peers: installed when we are root on Debian, else asked for in one sentence. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run, say } from './lib.mjs';

/** program, or a file of the package -> Debian package */
const NEEDED = {
  radicale: 'radicale', 'redis-server': 'redis-server', chromium: 'chromium', '/usr/share/davical/htdocs/caldav.php': 'davical', php: 'php-cli', sogod: 'sogo', memcached: 'memcached',
  apache2: 'apache2-bin', htdigest: 'apache2-utils', dnsmasq: 'dnsmasq-base', openssl: 'openssl', slapd: 'slapd', ldapsearch: 'ldap-utils', samba: 'samba', '/usr/share/doc/samba-dsdb-modules': 'samba-dsdb-modules', '/usr/share/doc/samba-vfs-modules': 'samba-vfs-modules', '/usr/share/samba/setup/provision.ldif': 'samba-ad-provision', ip: 'iproute2', vdirsyncer: 'vdirsyncer',
};

const inPath = (program) => [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/sbin'].some((dir) => existsSync(program.startsWith('/') ? program : join(dir, program)));
const missing = (programs) => Object.entries(NEEDED).filter(([program]) => programs.includes(program) && !inPath(program)).map(([, name]) => name);

/** @param programs those that are needed; default: all */
export const installSystemPackages = async (programs = Object.keys(NEEDED)) => {
  const packages = missing(programs);
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`This needs ${packages.join(', ')}: install them (on Debian: apt-get install ${packages.join(' ')}), or run it as root on Debian, which does it.`);
    process.exit(1);
  }
  say(`installing ${packages.join(', ')} ...`);
  // Services must not be started by the installation: tests run their own, on ports of their own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const args = ['-y', '-qq', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', 'install', ...packages];
  if ((await run('apt-get', args, { show: false, env })).code !== 0) {
    await mustRun('apt-get update', 'apt-get', ['-qq', 'update'], { env });
    await mustRun('apt-get install', 'apt-get', args, { env });
  }
};
