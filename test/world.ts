/**
 * The whole of Ringbook as people run it, for tests: the built bridge as a process of its own, on a real Asterisk with
 * real telephones, a database of its own, and two users with rules. Everything on loopback, stopped by process id.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallDetail, CallSummary, LiveMessage, Me, Method, Pop, Rule } from '@ringbook/contracts';
import { WebSocket } from 'ws';
import { freePort } from '../src/practice/ports.adapter.js';
import { program } from '../src/practice/packages.js';
import { createDb } from '../src/store/database.adapter.js';
import type { Db } from '../src/store/schema.js';
import { freshDatabase, type TestDatabase } from './lab/database.js';
import { ALICE, BOB, openOffice, type Office } from './practice/office.js';

export { ALICE, BOB };
export const ADMIN = { email: 'alice@example.org', password: 'correct horse battery' };
const ROOT = join(import.meta.dirname, '..');

export interface Api {
  get<T>(path: string): Promise<T>;
  send<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  raw(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  token: string;
}

/** One running bridge. `kill` is kill -9. */
export class BridgeProcess {
  private child: ChildProcess | undefined;
  constructor(readonly env: Record<string, string>, readonly url: string, readonly logFile: string) {}

  get pid(): number { return this.child?.pid ?? 0; }

  async start(ms = 20_000): Promise<void> {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    const child = spawn(join(ROOT, 'node_modules/.bin/node'), ['--enable-source-maps', join(ROOT, 'dist/main.js')], { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '', ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    const until = Date.now() + ms;
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`the bridge stopped at once:\n${(await readFile(this.logFile, 'utf8')).slice(-3000)}`);
      if (await this.ready()) return;
      await sleep(50);
    }
    throw new Error(`the bridge was not ready in ${ms} ms:\n${(await readFile(this.logFile, 'utf8')).slice(-3000)}`);
  }

  ready(): Promise<boolean> { return fetch(`${this.url}/health/ready`).then((r) => r.ok, () => false); }
  async kill(): Promise<void> { await this.end('SIGKILL'); }
  async stop(): Promise<void> { await this.end('SIGTERM'); }
  /** Hangs, as a process does whose event loop is blocked. */
  freeze(): void { this.child?.kill('SIGSTOP'); }
  thaw(): void { this.child?.kill('SIGCONT'); }
  log(): Promise<string> { return readFile(this.logFile, 'utf8'); }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}

export interface WorldOptions { office?: Parameters<typeof openOffice>[0]; env?: Record<string, string>; start?: boolean; /** Instead of a database of its own on the test server. */ databaseUrl?: string }

export const openWorld = async (options: WorldOptions = {}) => {
  const [office, database, port] = [await openOffice(options.office), await (options.databaseUrl ? elsewhere(options.databaseUrl) : freshDatabase()), await freePort('tcp', '127.0.0.1')];
  const dataDir = await mkdtemp(join(tmpdir(), 'ringbook-world-'));
  await mkdir(join(office.spool, 'prompts'), { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  const bridge = new BridgeProcess({
    PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: database.url, AMI_URL: `${office.asterisk.amiUrl}?name=lab`, PBX_SPOOL_DIR: office.spool,
    ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, REGION: 'DE', TTS_COMMAND: speechCommand(office.root), LOG_LEVEL: 'debug', ...options.env,
  }, url, join(dataDir, 'bridge.log'));
  if (options.start !== false) await bridge.start().catch(async (thrown: unknown) => { await bridge.stop(); await office.close(); await database.drop(); throw thrown; });
  return new World(office, database, bridge, url, dataDir);
};

const elsewhere = (url: string): TestDatabase => { const db = createDb(url, { max: 4 }); return { db, url, drop: () => db.destroy() }; };

/** espeak-ng of the unpacked phone system, as an administrator would configure any speech program. */
const speechCommand = (root: string): string => {
  const { file, args, env } = program(root, 'espeak-ng');
  return [...Object.entries(env).map(([k, v]) => `${k}='${v}'`), `'${file}'`, ...args.map((a) => `'${a}'`), '--stdin', '-b', '1', '-w', '{file}'].join(' ');
};

export class World {
  admin!: Api;
  alice!: Me;
  bob!: Me;
  private readonly sockets: WebSocket[] = [];

  constructor(readonly office: Office, private readonly database: TestDatabase, readonly bridge: BridgeProcess, readonly url: string, readonly dataDir: string) {}

  get db(): Db { return this.database.db; }
  get databaseUrl(): string { return this.database.url; }

  /** Alice (administrator, 101) and Bob (102), each with a number and a telephone. */
  async people(): Promise<void> {
    this.admin = await this.signIn(ADMIN.email, ADMIN.password);
    const me = await this.admin.get<Me>('/me');
    await this.admin.send('PATCH', `/users/${me.id}`, { name: 'Alice', zone: 'Europe/Berlin' });
    await this.lines(me.id, ALICE, '101');
    const bob = await this.admin.send<{ id: string }>('POST', '/users', { email: 'bob@example.org', name: 'Bob', password: 'bobs own password', zone: 'Europe/Berlin' });
    await this.lines(bob.id, BOB, '102');
    this.alice = await this.admin.get<Me>('/me');
    this.bob = await (await this.signIn('bob@example.org', 'bobs own password')).get<Me>('/me');
  }

  private async lines(userId: string, number: string, extension: string): Promise<void> {
    await this.admin.send('POST', `/users/${userId}/numbers`, { number });
    await this.admin.send('POST', `/users/${userId}/devices`, { extension, name: `Telephone ${extension}`, endpoint: `PJSIP/${extension}` });
  }

  /** Signs in and takes a token, so that every request stands for itself. */
  async signIn(email: string, password: string): Promise<Api> {
    const answer = await fetch(`${this.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) });
    if (!answer.ok) throw new Error(`sign-in of ${email}: ${answer.status} ${await answer.text()}`);
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const made = await fetch(`${this.url}/api/v1/tokens`, { method: 'POST', headers: { 'content-type': 'application/json', cookie, origin: this.url }, body: JSON.stringify({ name: 'test' }) });
    if (!made.ok) throw new Error(`token: ${made.status} ${await made.text()}`);
    return this.api(((await made.json()) as { token: string }).token);
  }

  api(token: string): Api {
    const raw = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => fetch(`${this.url}/api/v1${path}`, {
      method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const send = async <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> => {
      const answer = await raw(method, path, body, headers);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text ? JSON.parse(text) : undefined) as T;
    };
    return { token, raw, send, get: (path) => send('GET', path) };
  }

  async rules(userId: string, rules: Rule[], otherwise: Method = { kind: 'ring', devices: 'all', seconds: 25, otherwise: { kind: 'voicemail' } }): Promise<void> {
    const now = await this.admin.raw('GET', `/users/${userId}/profile`);
    await this.admin.send('PUT', `/users/${userId}/profile`, { rules, otherwise }, { 'if-match': now.headers.get('etag') ?? '*' });
  }

  /** The newest call that fits, with its why; waits for it. */
  async callWhere(fits: (c: CallSummary) => boolean, ms = 10_000): Promise<CallDetail> {
    const found = await this.until(async () => (await this.admin.get<{ items: CallSummary[] }>('/calls?limit=50')).items.find(fits), ms, 'a call in the history');
    return this.admin.get(`/calls/${encodeURIComponent(found.id)}`);
  }

  async until<T>(look: () => Promise<T | undefined | false>, ms = 10_000, what = 'it'): Promise<T> {
    for (const end = Date.now() + ms; ;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what} in vain`);
      await sleep(40);
    }
  }

  /** A live socket; collects its messages. */
  async live(api: Api = this.admin) {
    const messages: LiveMessage[] = [];
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/api/v1/live`);
    this.sockets.push(socket);
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as LiveMessage));
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello', token: api.token }));
    await this.until(async () => messages.some((m) => m.type === 'snapshot'), 5000, 'the snapshot');
    const pops = (): Pop[] => messages.flatMap((m) => ('pop' in m ? [m.pop] : m.type === 'snapshot' ? m.pops : []));
    return { messages, pops, socket, pop: (fits: (p: Pop) => boolean, ms = 8000) => this.until(async () => pops().findLast(fits), ms, 'a pop') };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await this.bridge.stop();
    await this.office.close();
    await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
