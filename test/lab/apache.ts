/**
 * A real Apache as a reverse proxy in front of a DAV server: what it asks for depends on the port. Needs the packages apache2-bin,
 * apache2-utils (for htdigest's format nothing but a hash is needed) and openssl.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newAuthority, newCertificate } from './authority.js';
import { answers, freePort, startProgram } from './program.js';

export interface Apache {
  /** Signs in by Digest (MD5) · offers Digest and Basic · takes a token · only Basic; each http on 127.0.0.1. */
  digest: string; both: string; bearer: string;
  /** Over TLS with Basic sign-in; `host` in the certificate, which `authority` signed; and three that are not to be trusted. */
  tls: Record<'good' | 'expired' | 'wrongName' | 'selfSigned', number>;
  host: string; authority: string; user: string; password: string; token: string;
  stop(): Promise<void>;
}

const MODULES = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic', 'auth_digest', 'headers', 'proxy', 'proxy_http', 'rewrite', 'setenvif', 'socache_shmcb', 'ssl'];
const FOLDER = '/usr/lib/apache2/modules';
const USER = 'anna', PASSWORD = 'pässwort:mit ☎', TOKEN = 'a-token-0123456789', REALM = 'DAV office';

/** @param behind the server that everything is passed on to, with Basic sign-in of its own */
export const startApache = async (behind: { url: string; user: string; password: string }, host = 'dav.example.org'): Promise<Apache> => {
  const dir = await mkdtemp(join(tmpdir(), 'apache-'));
  try {
    await chmod(dir, 0o755); // started as root it becomes somebody else
    const authority = await newAuthority(dir);
    await newAuthority(dir, 'self');
    for (const [name, hosts, days] of [['good', [host], 30], ['expired', [host], 0], ['wrongName', ['other.example.org'], 30]] as const) await newCertificate(dir, name, [...hosts], 'ca', days);
    await newCertificate(dir, 'selfSigned', [host], 'self');
    await sleep(1100); // until the expired one has
    const names = ['digest', 'both', 'bearer', 'good', 'expired', 'wrongName', 'selfSigned'] as const;
    const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const))) as Record<(typeof names)[number], number>;
    const ha1 = createHash('md5').update(`${USER}:${REALM}:${PASSWORD}`, 'utf8').digest('hex');
    await writeFile(join(dir, 'htdigest'), `${USER}:${REALM}:${ha1}\n`);
    await writeFile(join(dir, 'apache.conf'), configOf(dir, ports, behind));
    const url = (name: 'digest' | 'both' | 'bearer'): string => `http://127.0.0.1:${ports[name]}/`;
    const apache = await startProgram('apache2', { args: ['-f', join(dir, 'apache.conf'), '-D', 'FOREGROUND'], ready: answers(url('digest')) });
    const { good, expired, wrongName, selfSigned } = ports;
    return { digest: url('digest'), both: url('both'), bearer: url('bearer'), tls: { good, expired, wrongName, selfSigned }, host, authority, user: USER, password: PASSWORD, token: TOKEN, stop: async () => { await apache.stop(); await rm(dir, { recursive: true, force: true }); } };
  } catch (thrown) { await rm(dir, { recursive: true, force: true }); throw thrown; }
};

const configOf = (dir: string, ports: Record<string, number>, behind: { url: string; user: string; password: string }): string => {
  const inside = `RequestHeader set Authorization "Basic ${Buffer.from(`${behind.user}:${behind.password}`).toString('base64')}"\n  ProxyPass / ${behind.url} retry=0\n  ProxyPassReverse / ${behind.url}`;
  const digest = `<Location />\n    AuthType Digest\n    AuthName "${REALM}"\n    AuthDigestProvider file\n    AuthUserFile ${dir}/htdigest\n    Require valid-user\n  </Location>`;
  const unless = '"expr=%{REQUEST_STATUS} == 401"';
  const site = (port: number, ...lines: string[]): string => `Listen 127.0.0.1:${port}\n<VirtualHost 127.0.0.1:${port}>\n  ${lines.join('\n  ')}\n</VirtualHost>\n`;
  const tls = (name: string): string => site(ports[name]!, 'SSLEngine on', `SSLCertificateFile ${dir}/${name}.pem`, `SSLCertificateKeyFile ${dir}/${name}.key`, `ProxyPass / ${behind.url} retry=0`, `ProxyPassReverse / ${behind.url}`);
  return [
    `ServerName 127.0.0.1\nServerRoot ${dir}\nPidFile ${dir}/pid\nErrorLog ${dir}/error.log\nLogLevel warn\nDefaultRuntimeDir ${dir}\nMutex pthread`, process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : '',
    ...MODULES.map((name) => `LoadModule ${name}_module ${FOLDER}/mod_${name}.so`), `SSLSessionCache shmcb:${dir}/ssl(65536)`, 'AllowEncodedSlashes NoDecode',
    site(ports['digest']!, digest, inside),
    site(ports['both']!, digest, `Header always add WWW-Authenticate 'Basic realm="office"' ${unless}`, inside),
    site(ports['bearer']!, 'RewriteEngine on', `RewriteCond %{HTTP:Authorization} "!=Bearer ${TOKEN}"`, 'RewriteRule ^ - [R=401,L]', `Header always set WWW-Authenticate 'Bearer realm="office"' ${unless}`, inside),
    ...['good', 'expired', 'wrongName', 'selfSigned'].map(tls),
  ].join('\n');
};
