/** A real Radicale on a free loopback port, with its own folder and one user who has one address book. Needs the program `radicale`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Radicale {
  /** Of the server; `bookUrl` is the address book itself. */
  url: string; bookUrl: string; user: string; password: string;
  /** As a contact manager would, over HTTP; `name` without .vcf. */
  put(name: string, card: string): Promise<void>;
  /** Straight into the storage, for thousands. @param book path of one that was added */
  putMany(cards: Iterable<readonly [name: string, card: string]>, book?: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** All cards as they lie in the storage, by name; and all of them away, also straight from the storage. */
  stored(): Promise<Record<string, string>>;
  clear(): Promise<void>;
  /** The card as the server hands it out; undefined when it is not there. */
  get(name: string): Promise<string | undefined>;
  list(): Promise<string[]>;
  /** Another address book of the user, empty. */
  addBook(path: string, title: string): Promise<string>;
  /** A calendar of the user, empty. */
  addCalendar(path: string, title: string): Promise<string>;
  /** Forgets all sync tokens. */
  forgetTokens(): Promise<void>;
  /** Ends the server and keeps its data; `start` brings it back on the same port. */
  pause(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'anna', PASSWORD = 'pässwort:mit ☎';

/** @param readOnly the user may read everything and write nothing */
export const startRadicale = async ({ log, password = PASSWORD, readOnly = false }: { log?: string; password?: string; readOnly?: boolean } = {}): Promise<Radicale> => {
  const dir = await mkdtemp(join(tmpdir(), 'radicale-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const folder = join(dir, 'data', 'collection-root', USER);
  await writeFile(join(dir, 'users'), `${USER}:${password}\n`);
  await writeFile(join(dir, 'config'), configOf(dir, port) + (readOnly ? `[rights]\ntype = from_file\nfile = ${join(dir, 'rights')}\n` : ''));
  await writeFile(join(dir, 'rights'), '[all]\nuser: .+\ncollection: .*\npermissions: Rr\n');
  await makeBook(folder, 'contacts', 'Contacts');
  let child: ChildProcess | undefined;
  const pause = async (): Promise<void> => { await end(child); child = undefined; };
  const start = async (): Promise<void> => { child = await run(join(dir, 'config'), url, log); };
  const http = async (method: string, name: string, body?: string): Promise<Response> => {
    const response = await fetch(`${url}${USER}/contacts/${encodeURIComponent(name)}.vcf`, { method, body, headers: { authorization: basic(password), 'content-type': 'text/vcard; charset=utf-8' } });
    if (!response.ok && response.status !== 404) throw new Error(`Radicale: ${method} ${name}: ${response.status} ${await response.text()}`);
    return response;
  };
  await start().catch(async (thrown: unknown) => { await rm(dir, { recursive: true, force: true }); throw thrown; });
  return {
    url, bookUrl: `${url}${USER}/contacts/`, user: USER, password, pause, start,
    put: async (name, card) => { await (await http('PUT', name, card)).text(); },
    putMany: async (cards, book = 'contacts') => { for (const [name, card] of cards) await writeFile(join(folder, book, `${name}.vcf`), card); },
    remove: async (name) => { await (await http('DELETE', name)).text(); },
    get: async (name) => { const response = await http('GET', name); const text = await response.text(); return response.ok ? text : undefined; },
    list: async () => (await readdir(join(folder, 'contacts'))).filter((name) => name.endsWith('.vcf')).map((name) => name.slice(0, -4)),
    stored: async () => Object.fromEntries(await Promise.all((await readdir(join(folder, 'contacts'))).filter((name) => name.endsWith('.vcf')).sort().map(async (name) => [name.slice(0, -4), await readFile(join(folder, 'contacts', name), 'utf8')] as const))),
    clear: async () => { for (const name of await readdir(join(folder, 'contacts'))) if (name.endsWith('.vcf')) await rm(join(folder, 'contacts', name)); },
    addBook: async (path, title) => { await makeBook(folder, path, title); return `${url}${USER}/${path}/`; },
    addCalendar: async (path, title) => { await makeBook(folder, path, title, 'VCALENDAR'); return `${url}${USER}/${path}/`; },
    forgetTokens: () => rm(join(folder, 'contacts', '.Radicale.cache'), { recursive: true, force: true }),
    stop: async () => { await pause(); await rm(dir, { recursive: true, force: true, maxRetries: 3 }); },
  };
};

const basic = (password: string): string => `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
const configOf = (dir: string, port: number): string => `[server]
hosts = 127.0.0.1:${port}
timeout = 60
max_content_length = 100000000
[encoding]
request = utf-8
[auth]
type = htpasswd
htpasswd_filename = ${join(dir, 'users')}
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = ${join(dir, 'data')}
[logging]
level = warning
`;

const makeBook = async (folder: string, path: string, title: string, tag = 'VADDRESSBOOK'): Promise<void> => {
  await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, path, '.Radicale.props'), JSON.stringify({ tag, 'D:displayname': title }));
};

const run = async (config: string, url: string, log?: string): Promise<ChildProcess> => {
  const child = spawn('radicale', ['--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = new Promise<never>((_, reject) => { child.once('error', (error) => reject(new Error(`Radicale did not start (is the package radicale installed?): ${error.message}`))); });
  failed.catch(() => {});
  let said = '';
  const sink = log === undefined ? undefined : createWriteStream(log, { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said = (said + String(chunk)).slice(-2000); sink?.write(chunk); });
  for (let i = 0; i < 200; i += 1) {
    const up = await Promise.race([failed, fetch(`${url}.web/`, { redirect: 'manual' }).then(() => true, () => false)]);
    if (up) return child;
    if (child.exitCode !== null) throw new Error(`Radicale ended at once with ${child.exitCode}: ${said}`);
    await sleep(50);
  }
  await end(child);
  throw new Error('Radicale did not answer within 10 s');
};

const end = async (child: ChildProcess | undefined): Promise<void> => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()); });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
};

const freePort = (): Promise<number> => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
});
