/**
 * A real Active Directory domain controller, as Samba makes it: its ports are fixed, so it runs in a network of its own, and is
 * reached through Unix sockets. Needs the programs `samba`, `samba-tool`, `unshare`, `ip`, and to be root (also in a
 * namespace of users). Does not touch a Samba that is set up on the machine.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LdapOptions } from '@ringbook/contracts';
import { must } from '../../src/shared/must.js';
import { newAuthority, newCertificate } from './authority.js';
import { type Program, startProgram } from './program.js';

export interface Samba {
  url: string; tlsUrl: string; base: string; user: string; reader: string; password: string; certificate: string; options: LdapOptions;
  /** A user of OU=people: made, brought back, or with these lines instead of what it has. */
  put(name: string, lines: string): Promise<void>;
  remove(name: string): Promise<void>;
  get(name: string): Promise<string | undefined>;
  list(): Promise<string[]>;
  change(ldif: string): Promise<void>;
  rename(name: string, other: string): Promise<void>;
  stop(): Promise<void>;
}
const DOMAIN = 'DC=example,DC=org';
const PEOPLE = `OU=people,${DOMAIN}`;
const PASSWORD = 'Geheim-1!x';
/** What people write; everything else changes by itself. */
const OWN = ['sn', 'displayName', 'mobile', 'telephoneNumber', 'description', 'employeeType', 'info'];
const RELAY = (dir: string): string => `import { connect, createServer } from 'node:net';
for (const [name, port] of [['ldap', 389], ['ldaps', 636]]) createServer((one) => {
  const other = connect(port, '127.0.0.1');
  for (const [a, b] of [[one, other], [other, one]]) { a.pipe(b); a.on('error', () => b.destroy()); a.on('close', () => b.destroy()); }
}).listen(${JSON.stringify(dir)} + '/' + name);
`;

/** The directory alone, without files, names and tickets. */
const configOf = (dir: string): string => `[global]
${Object.entries({
  'netbios name': 'DC1', realm: 'EXAMPLE.ORG', workgroup: 'EXAMPLE', 'server role': 'active directory domain controller', 'server services': 'ldap', interfaces: 'lo', 'bind interfaces only': 'yes',
  'private dir': `${dir}/private`, 'lock directory': dir, 'state directory': `${dir}/state`, 'cache directory': `${dir}/cache`, 'pid directory': dir, 'ncalrpc dir': `${dir}/ncalrpc`, 'log file': `${dir}/log`,
  'tls certfile': `${dir}/server.pem`, 'tls keyfile': `${dir}/server.key`, 'tls cafile': `${dir}/ca.pem`,
}).map(([name, value]) => `  ${name} = ${value}\n`).join('')}`;

const run = (command: string, args: string[], input = '', env: Record<string, string> = {}): Promise<string> => new Promise((resolve, reject) => {
  const child = execFile(command, args, { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...env } }, (error, out, err) => {
    if (error) reject(Object.assign(new Error(`${command} ${args[0]}: ${err}${out}`), { status: error.code })); else resolve(out);
  });
  child.stdin!.on('error', () => {});
  child.stdin!.end(input);
});
/** A loopback port that leads to a Unix socket. */
const door = (path: string): Promise<{ port: number; server: Server }> => new Promise((resolve) => {
  const server = createServer((one) => {
    const other = connect(path);
    for (const [a, b] of [[one, other], [other, one]] as const) { a.pipe(b); a.on('error', () => b.destroy()); a.on('close', () => b.destroy()); }
  });
  server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as { port: number }).port }));
});
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const escaped = (name: string): string => name.replace(/[,+"\\<>;=#]/g, (char) => `\\${char}`);
const dnOf = (name: string): string => `CN=${escaped(name)},${PEOPLE}`;

export const startSamba = async (): Promise<Samba> => {
  const dir = await mkdtemp(join(tmpdir(), 'samba-'));
  const apart = process.getuid?.() === 0 ? ['-n'] : ['-rn'];
  const config = join(dir, 'etc/smb.conf');
  await run('samba-tool', ['domain', 'provision', '--realm=EXAMPLE.ORG', '--domain=EXAMPLE', '--host-name=dc1', '--server-role=dc', '--dns-backend=NONE', `--adminpass=${PASSWORD}`, `--targetdir=${dir}`, '--option=interfaces=lo', '--option=bind interfaces only=yes', '--option=vfs objects=']);
  const tool = (...args: string[]): Promise<string> => run('samba-tool', [...args, '-s', config, '-H', join(dir, 'private/sam.ldb')]);
  for (const name of ['writer', 'reader']) await tool('user', 'create', name, PASSWORD);
  await tool('group', 'addmembers', 'Domain Admins', 'writer');
  await tool('ou', 'create', PEOPLE);
  const certificate = await newAuthority(dir);
  await newCertificate(dir, 'server', ['localhost']);
  await writeFile(config, configOf(dir));
  await writeFile(join(dir, 'relay.mjs'), RELAY(dir));
  const script = 'ip link set lo up; "$0" "$1" & exec samba -F --no-process-group -M single -s "$2" --debug-stdout';
  const doors = [await door(join(dir, 'ldap')), await door(join(dir, 'ldaps'))];
  const [url, tlsUrl] = [`ldap://localhost:${doors[0]!.port}`, `ldaps://localhost:${doors[1]!.port}`];
  const as = ['-x', '-H', tlsUrl, '-D', 'Administrator@example.org', '-w', PASSWORD];
  const ldap = (command: string, args: string[], input?: string): Promise<string> => run(command, [...as, ...args], input, { LDAPTLS_REQCERT: 'never' });
  const program: Program = await startProgram('unshare', { args: [...apart, 'sh', '-c', script, process.execPath, join(dir, 'relay.mjs'), config], patience: 60_000, ready: async () => { await ldap('ldapsearch', ['-LLL', '-b', '', '-s', 'base', '1.1']); return true; } })
    .catch(async (thrown: unknown) => { for (const { server } of doors) server.close(); await rm(dir, { recursive: true, force: true, maxRetries: 5 }); throw thrown; });
  const here = new Set<string>(), gone = new Set<string>();
  const search = (base: string, ...args: string[]): Promise<string> => ldap('ldapsearch', ['-LLL', '-o', 'ldif-wrap=no', '-b', base, ...args]);
  const get = (name: string): Promise<string | undefined> => search(dnOf(name), '-s', 'base', ...OWN).catch((error: { status?: number }) => { if (error.status === 32) return undefined; throw error; });
  const change = async (ldif: string): Promise<void> => { await ldap('ldapmodify', ['-a', '-e', '!1.2.840.113556.1.4.417'], ldif); };
  /** Of each name the one that was deleted last: it keeps its number, which stands in its new name. */
  let deleted = new Map<string, string>();
  const deletedDn = async (name: string): Promise<string> => {
    if (!deleted.has(escaped(name))) {
      const found = await search(`CN=Deleted Objects,${DOMAIN}`, '-E', '!1.2.840.113556.1.4.417', '-s', 'one', '(isDeleted=TRUE)', '1.1');
      const all = [...found.matchAll(/^dn:(:?) (.*)$/gm)].map(([, coded, text]) => (coded ? Buffer.from(text!, 'base64').toString() : text!));
      deleted = new Map(all.map((dn) => [dn.slice(3).split(String.raw`\0ADEL:`)[0]!, dn]));
    }
    return must(deleted.get(escaped(name)), `a deleted ${name}`);
  };
  const fill = (name: string, lines: string): string => {
    const all = lines.split('\n').filter(Boolean);
    return [`dn:: ${b64(dnOf(name))}`, 'changetype: modify', ...OWN.flatMap((attribute) => [`replace: ${attribute}`, ...all.filter((line) => line.split(':')[0]!.toLowerCase() === attribute.toLowerCase()), '-']), 'replace: userAccountControl', 'userAccountControl: 544', '-', ''].join('\n');
  };
  return {
    url, tlsUrl, base: PEOPLE, user: 'writer@example.org', reader: 'reader@example.org', password: PASSWORD, certificate, options: { preset: 'activeDirectory', base: PEOPLE }, get, change,
    put: async (name, lines) => {
      if (gone.delete(name)) await change(`dn:: ${b64(await deletedDn(name))}\nchangetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\ndistinguishedName:: ${b64(dnOf(name))}\n-\n\n${fill(name, lines)}`);
      else await change(here.has(name) ? fill(name, lines) : `dn:: ${b64(dnOf(name))}\nobjectClass: user\nuserAccountControl: 544\n${lines}`);
      here.add(name);
    },
    remove: async (name) => {
      await ldap('ldapdelete', [], `${dnOf(name)}\n`);
      here.delete(name);
      gone.add(name);
      deleted.delete(escaped(name));
    },
    list: async () => [...(await search(PEOPLE, '(objectClass=user)', 'cn')).matchAll(/^cn:(:?) (.*)$/gm)].map(([, coded, text]) => (coded ? Buffer.from(text!, 'base64').toString() : text!)),
    rename: async (name, other) => {
      await change(`dn:: ${b64(dnOf(name))}\nchangetype: modrdn\nnewrdn: CN=${other}\ndeleteoldrdn: 1\n`);
      here.delete(name);
      here.add(other);
    },
    stop: async () => { await program.stop(); for (const { server } of doors) server.close(); await rm(dir, { recursive: true, force: true, maxRetries: 3 }); },
  };
};
