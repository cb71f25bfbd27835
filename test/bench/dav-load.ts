/** What sync benches are held against: the bare download of the same cards, and vdirsyncer; and the cards themselves. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent, fetch } from 'undici';
import type { Radicale } from '../lab/radicale.js';

const GIVEN = ['Anna', 'Bert', 'Clara', 'Dora', 'Emil', 'Frida', 'Gustav', 'Hanna'], FAMILY = ['Meier', 'Schulz', 'Weber', 'Fischer', 'Becker', 'Wolf'];
export const mobileOf = (n: number): string => `+4917${10_000_000 + n}`;
/** As an office has them: 350 bytes, two numbers, one in ten with a code. */
export const cardOf = (n: number): string => {
  const [given, family] = [GIVEN[n % 8]!, FAMILY[n % 6]!];
  return ['BEGIN:VCARD', 'VERSION:3.0', `UID:c${n}`, `FN:${given} ${family} ${n}`, `N:${family} ${n};${given};;;`, `ORG:Company ${n % 500}`, `TEL;TYPE=CELL:${mobileOf(n)}`, `TEL;TYPE=WORK:030 ${5_000_000 + n}`,
    `EMAIL:person${n}@example.org`, `ADR;TYPE=WORK:;;Street ${n % 300};Berlin;;10115;Germany`, `NOTE:Met at the fair\\, wants to hear about offer ${n}`, ...(n % 10 === 0 ? ['X-CUSTOM4:VIP'] : []), 'END:VCARD', ''].join('\r\n');
};

const agent = new Agent({ keepAliveTimeout: 4000, headersTimeout: 900_000, bodyTimeout: 900_000 });
export const report = async (server: Radicale, path: string, body: string): Promise<number> => {
  const authorization = `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`;
  const response = await fetch(new URL(path, server.url), { method: 'REPORT', body, dispatcher: agent, headers: { authorization, depth: '0', 'content-type': 'application/xml; charset=utf-8', 'accept-encoding': 'identity' } });
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
  if (response.status !== 207) throw new Error(`${path}: ${response.status}`);
  return bytes;
};

/** Lists every book once, so that Radicale has its own cache of every card: for everybody alike. */
export const warm = async (server: Radicale, books: readonly string[]): Promise<void> => {
  for (const book of books) await report(server, book, '<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>');
};

/** Every card of the books by multiget, 200 at a time, `atOnce` requests at a time; nothing is done with what comes. Milliseconds. */
export const bareDownload = async (server: Radicale, books: readonly { path: string; hrefs: string[] }[], atOnce: number): Promise<{ ms: number; bytes: number }> => {
  const jobs = books.flatMap(({ path, hrefs }) => Array.from({ length: Math.ceil(hrefs.length / 200) }, (_, i) => ({ path, hrefs: hrefs.slice(i * 200, (i + 1) * 200) })));
  let bytes = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const body = `<C:addressbook-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><prop><getetag/><C:address-data/></prop>${job.hrefs.map((href) => `<href>${href}</href>`).join('')}</C:addressbook-multiget>`;
      const got = await report(server, job.path, body);
      bytes += got;
    }
  }));
  return { ms: performance.now() - began, bytes };
};

/** A vdirsyncer that mirrors one book into a folder. `sync` says how long it took, in milliseconds. */
export const openVdirsyncer = async (server: Radicale, book: string): Promise<{ sync(): Promise<number>; close(): Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'vdirsyncer-'));
  await mkdir(join(dir, 'local', book), { recursive: true });
  await writeFile(join(dir, 'config'), `[general]\nstatus_path = "${dir}/status/"\n[pair books]\na = "local"\nb = "remote"\ncollections = ["${book}"]\n[storage local]\ntype = "filesystem"\npath = "${dir}/local/"\nfileext = ".vcf"
[storage remote]\ntype = "carddav"\nurl = "${server.url}${server.user}/"\nusername = "${server.user}"\npassword = "${server.password}"\n`);
  const run = (verb: string) => promisify(execFile)('vdirsyncer', ['-v', 'WARNING', '-c', join(dir, 'config'), verb], { env: { ...process.env, HOME: dir, LC_ALL: 'C.UTF-8' }, timeout: 900_000 });
  await run('discover');
  return {
    sync: async () => { const began = performance.now(); await run('sync'); return performance.now() - began; },
    close: () => rm(dir, { recursive: true, force: true }),
  };
};
