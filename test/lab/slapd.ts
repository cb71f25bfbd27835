/**
 * A real OpenLDAP on free loopback ports with its own folder: ldap, ldaps and StartTLS by an authority of its own, a user who may
 * write codes, one who may only read. Needs the programs `slapd` and `ldapsearch`; does not touch the machine's own directory.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LdapOptions } from '@ringbook/contracts';
import { newAuthority, newCertificate } from './authority.js';
import { freePort, listens, type Program, startProgram } from './program.js';

export interface Slapd {
  /** By number, by name (the one in the certificate), with TLS. */
  port: number; tlsPort: number; url: string; namedUrl: string; tlsUrl: string;
  base: string; user: string; reader: string; password: string; certificate: string; otherCertificate: string;
  options: LdapOptions;
  /** As an administrator's tool would: LDIF with changetype, or without for new entries. */
  change(ldif: string): Promise<void>;
  /** An entry of ou=people: made, or all of its attributes replaced. `lines` as LDIF, without the dn. */
  put(uid: string, lines: string): Promise<void>;
  remove(uid: string): Promise<void>;
  /** LDIF of all attributes as the server gives them. */
  get(uid: string): Promise<string | undefined>;
  list(): Promise<string[]>;
  rename(uid: string, newUid: string): Promise<void>;
  pause(): Promise<void>;
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): void;
  stop(): Promise<void>;
}
/** `sync`: content synchronisation. `extra`: further lines for the database. `entries`: put there before it starts, `count` of them by `entryOf`. */
export interface SlapdOptions { /** Everybody may read. */ anonymous?: boolean; /** A certificate, for ldaps and StartTLS. */ tls?: boolean; sync?: boolean; sessionLog?: number; limits?: string; global?: string; extra?: string; count?: number; entryOf?: (n: number) => string }

const BASE = 'dc=example,dc=org';
const PEOPLE = `ou=people,${BASE}`;
const ADMIN = `cn=admin,${BASE}`;
const PASSWORD = 'gehe\u00efm:☎';
/** The attributes that `put` replaces. */
const OWN = ['cn', 'sn', 'mobile', 'telephoneNumber', 'description', 'employeeType', 'displayName', 'o', 'pager', 'jpegPhoto', 'mail'];

export const dnOf = (uid: string): string => `uid=${uid.replace(/[,+"\\<>;=#]/g, (char) => `\\${char}`)},${PEOPLE}`;
/** The same each time: an entry that is put back is the one that was there, as from a backup. */
const uuidOf = (uid: string): string => createHash('md5').update(uid).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const b64 = (text: string): string => Buffer.from(text).toString('base64');
export const person = (n: number, lines: string[] = []): string => [`dn: uid=u${n},${PEOPLE}`, 'objectClass: inetOrgPerson', `uid: u${n}`, `cn:: ${b64(`Person ${n} Ünï`)}`, `sn: ${n}`, `mobile: +49171${1_000_000 + n}`, ...lines, '', ''].join('\n');

const tool = (command: string, args: string[], input = ''): Promise<string> => new Promise((resolve, reject) => {
  const child = execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
    if (error) reject(Object.assign(new Error(`${command}: ${err}`), { status: error.code })); else resolve(out);
  });
  child.stdin!.on('error', () => {});
  child.stdin!.end(input);
});

export const startSlapd = async (options: SlapdOptions = {}): Promise<Slapd> => {
  const dir = await mkdtemp(join(tmpdir(), 'slapd-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const certificate = await newAuthority(dir);
  const otherCertificate = await newAuthority(dir, 'other');
  await newCertificate(dir, 'server', ['localhost']);
  await mkdir(join(dir, 'db'));
  await writeFile(join(dir, 'slapd.conf'), configOf(dir, options));
  await writeFile(join(dir, 'pw'), PASSWORD, { mode: 0o600 });
  await tool('slapadd', ['-q', '-f', join(dir, 'slapd.conf')], seed(options));
  const url = `ldap://127.0.0.1:${port}`;
  const as = ['-x', '-H', url, '-D', ADMIN, '-y', join(dir, 'pw')];
  let program: Program | undefined;
  const start = async (): Promise<void> => {
    program = await startProgram('slapd', { args: ['-f', join(dir, 'slapd.conf'), '-h', options.tls === false ? url : `${url} ldaps://127.0.0.1:${tlsPort}`, '-d', '0'], ready: () => listens(port) });
  };
  const pause = async (): Promise<void> => { await program?.stop(); program = undefined; };
  await start().catch(async (thrown: unknown) => { await rm(dir, { recursive: true, force: true }); throw thrown; });
  const get = async (uid: string): Promise<string | undefined> => tool('ldapsearch', [...as, '-LLL', '-o', 'ldif-wrap=no', '-b', dnOf(uid), '-s', 'base']).catch((error: { status?: number }) => { if (error.status === 32) return undefined; throw error; });
  const change = async (ldif: string): Promise<void> => { await tool('ldapmodify', [...as, '-a', '-e', 'relax'], ldif); };
  return {
    port, tlsPort, url, namedUrl: `ldap://localhost:${port}`, tlsUrl: `ldaps://localhost:${tlsPort}`, base: PEOPLE, user: `cn=writer,${BASE}`, reader: `cn=reader,${BASE}`, password: PASSWORD,
    certificate, otherCertificate, options: { preset: 'openldap', base: PEOPLE }, change, get, pause, start,
    put: async (uid, lines) => change(await get(uid) === undefined ? `dn:: ${b64(dnOf(uid))}\nobjectClass: inetOrgPerson\nuid:: ${b64(uid)}\nentryUUID: ${uuidOf(uid)}\n${lines}` : replacement(uid, lines)),
    remove: async (uid) => { await tool('ldapdelete', as, `${dnOf(uid)}\n`); },
    list: async () => [...(await tool('ldapsearch', [...as, '-LLL', '-o', 'ldif-wrap=no', '-E', 'pr=500/noprompt', '-b', PEOPLE, '(uid=*)', 'uid'])).matchAll(/^uid:(:?) (.*)$/gm)].map(([, coded, text]) => (coded ? Buffer.from(text!, 'base64').toString() : text!)),
    rename: (uid, newUid) => change(`dn:: ${b64(dnOf(uid))}\nchangetype: modrdn\nnewrdn: uid=${newUid}\ndeleteoldrdn: 1\n`),
    kill: () => { if (program) process.kill(program.pid, 'SIGKILL'); },
    stop: async () => { await pause(); await rm(dir, { recursive: true, force: true, maxRetries: 3 }); },
  };
};

/** One change that makes an entry what `lines` say. */
const replacement = (uid: string, lines: string): string => {
  const all = lines.split('\n').filter(Boolean);
  return [`dn:: ${b64(dnOf(uid))}`, 'changetype: modify', ...OWN.flatMap((name) => [`replace: ${name}`, ...all.filter((line) => line.split(':')[0]!.toLowerCase() === name.toLowerCase()), '-']), ''].join('\n');
};

const seed = ({ count = 0, entryOf = person }: SlapdOptions): string => [
  `dn: ${BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n`, `dn: ${PEOPLE}\nobjectClass: organizationalUnit\nou: people\n`,
  ...['writer', 'reader'].map((name) => `dn: cn=${name},${BASE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: ${name}\nuserPassword:: ${b64(PASSWORD)}\n`),
  ...Array.from({ length: count }, (_, n) => entryOf(n).trimEnd() + '\n'), '',
].join('\n');

const configOf = (dir: string, { anonymous = false, tls = true, sync = true, sessionLog = 1000, limits = 'limits users size.soft=500 size.hard=500 size.pr=500 size.prtotal=unlimited', global = '', extra = '' }: SlapdOptions): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
${sync ? 'moduleload syncprov' : ''}
pidfile ${dir}/slapd.pid
${tls ? `TLSCertificateFile ${dir}/server.pem
TLSCertificateKeyFile ${dir}/server.key` : ''}
sizelimit 500
${global}
database mdb
maxsize 1073741824
suffix ${BASE}
rootdn ${ADMIN}
rootpw ${PASSWORD}
directory ${dir}/db
index objectClass,entryCSN,entryUUID,uid eq
${limits}
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree=${PEOPLE} by dn.exact=cn=writer,${BASE} write by users read by anonymous ${anonymous ? 'read' : 'auth'}
access to * by users read by anonymous auth
${sync ? `overlay syncprov\nsyncprov-checkpoint 100 10\n${sessionLog > 0 ? `syncprov-sessionlog ${sessionLog}` : ''}` : ''}
${extra}
`;
