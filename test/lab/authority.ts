/** A certificate authority of one's own, and certificates by it, for tests. Needs the program `openssl`. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const openssl = async (dir: string, ...args: string[]): Promise<void> => { await promisify(execFile)('openssl', args, { cwd: dir }); };
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** PEM of the authority; it is `name`.pem in `dir`, its key `name`.key. */
export const newAuthority = async (dir: string, name = 'ca'): Promise<string> => {
  await openssl(dir, 'req', '-x509', ...KEY, '-days', '30', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=test ${name}`);
  return readFile(join(dir, `${name}.pem`), 'utf8');
};
/** `name`.pem and `name`.key in `dir`, made out for `hosts` (DNS names). 0 `days`: it expires within a second. */
export const newCertificate = async (dir: string, name: string, hosts: string[], authority = 'ca', days = 30): Promise<void> => {
  await writeFile(join(dir, `${name}.ext`), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`);
  await openssl(dir, 'req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${hosts[0]}`);
  await openssl(dir, 'x509', '-req', '-in', `${name}.csr`, '-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', String(days), '-out', `${name}.pem`, '-extfile', `${name}.ext`);
};
