/**
 * Our own PostgreSQL: made at the first start, adopted when it outlived its parent, restarted when it dies, stopped by
 * its process id. It listens on loopback only. What it says goes to DATA_DIR/postgres.log.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { freePort, makeCluster, postmaster, programs, remember, remembered, type Remembered } from './cluster.adapter.js';
import { chooseLauncher, commandFor, makePassage, plainEnv, type Launcher } from './launcher.adapter.js';

export interface EmbeddedOptions {
  /** DATA_DIR; the data goes to `dir`/postgres. */
  dir: string;
  /** Told when something out of the ordinary happens. */
  log?: (line: string) => void;
  /** For tests only: nothing survives a power cut, everything is quicker. */
  fast?: boolean;
}
export interface EmbeddedPostgres {
  /** Connects as the owner of the database `ringbook`, who is no superuser. */
  url: string;
  /** Connects as superuser to the database `postgres`; for tests and repairs. */
  adminUrl: string;
  /** The process id of the server; undefined while it is being restarted. */
  pid(): number | undefined;
  /** Ends supervision and the server; open connections are cut, nothing is lost. */
  stop(): Promise<void>;
  /** As stop, at once and without waiting; the next start recovers what was committed. */
  kill(): void;
}

/** For a machine of 1 to 4 cores that does other things too. Durability stays at PostgreSQL's default: on. */
const SETTINGS = {
  listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '100', shared_buffers: '96MB', huge_pages: 'off',
  wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '512MB', checkpoint_timeout: '15min', io_method: 'sync', jit: 'off',
  max_parallel_workers_per_gather: '0', max_worker_processes: '2', random_page_cost: '1.1', autovacuum_naptime: '15s', log_timezone: 'UTC', log_error_verbosity: 'terse', timezone: 'UTC',
};
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off', shared_buffers: '32MB' };
const START_MS = 60_000;
const LOG_BYTES = 10_000_000;

interface Server { pid: number; port: number }
interface Where { dir: string; data: string; facts: Remembered; launcher: Launcher; fast: boolean; log: (line: string) => void }

/**
 * Starts (or adopts) the PostgreSQL of a data directory and keeps it running until `stop()`.
 * @throws Fault `postgres.*` when it cannot be made or started
 */
export const startEmbedded = async ({ dir, log = () => {}, fast = false }: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const where = await prepare(resolve(dir), fast, log);
  let server: Server | undefined = await adopt(where) ?? await launch(where);
  await makeDatabase(where);
  let stopping = false;
  const supervision = (async () => {
    for (let failures = 0; ; failures++) {
      if (server) await gone(server.pid, () => stopping);
      if (stopping) return;
      if (server) log(`PostgreSQL (process ${server.pid}) has died; starting it again`);
      server = undefined;
      server = await launch(where, true).catch((thrown: unknown) => { log(messageOf(thrown)); return undefined; });
      if (server) failures = 0; else await sleep(Math.min(250 * 2 ** failures, 5000));
    }
  })();
  return {
    url: urlOf(where, 'ringbook', where.facts.password, 'ringbook'), adminUrl: urlOf(where, 'postgres', where.facts.adminPassword, 'postgres'),
    pid: () => server?.pid,
    stop: async () => { stopping = true; if (server) await end(server.pid); await supervision; const left = postmaster(where.data); if (left) await end(left.pid); },
    kill: () => { stopping = true; if (server && alive(server.pid)) process.kill(server.pid, 'SIGQUIT'); },
  };
};

const prepare = async (dir: string, fast: boolean, log: (line: string) => void): Promise<Where> => {
  makePassage(dir);
  const launcher = await chooseLauncher(join(programs(), 'bin/initdb'), dir);
  const facts = await remembered(dir);
  const data = join(dir, 'postgres');
  await makeCluster(launcher, data, facts, fast);
  return { dir, data, facts, launcher, fast, log };
};

const urlOf = ({ facts }: Where, user: string, password: string, database: string): string => `postgresql://${user}:${password}@127.0.0.1:${facts.port}/${database}`;

/** A server that is already running on our data: it outlived a process of ours that was killed. */
const adopt = async (where: Where): Promise<Server | undefined> => {
  const found = postmaster(where.data);
  if (!found) return undefined;
  where.facts = remember(where.dir, { ...where.facts, port: found.port || where.facts.port });
  if (await answers(where, () => postmaster(where.data)?.pid === found.pid)) { where.log(`found our PostgreSQL running (process ${found.pid}); using it`); return found; }
  if (!alive(found.pid)) return undefined; // it was on its way down
  throw new Fault('unavailable', 'postgres.hung', `PostgreSQL (process ${found.pid}) holds ${where.data} but does not answer; see ${where.dir}/postgres.log, then end it: kill -INT ${found.pid}`);
};

/** Starts the server and waits until it answers. The port is kept on a restart: people hold connections to it. */
const launch = async (where: Where, keepPort = false): Promise<Server> => {
  const port = keepPort ? where.facts.port : await freePort(where.facts.port);
  if (port !== where.facts.port) where.facts = remember(where.dir, { ...where.facts, port });
  if (!postmaster(where.data)) rmSync(join(where.data, 'postmaster.pid'), { force: true }); // its process id may belong to another by now
  const pid = start(where, port);
  if (await answers(where, () => alive(pid))) return { pid, port };
  if (alive(pid)) await end(pid);
  throw new Fault('unavailable', 'postgres.start', `PostgreSQL did not start; the reason stands at the end of ${where.dir}/postgres.log`);
};

const start = ({ dir, data, launcher, fast }: Where, port: number): number => {
  const logFile = join(dir, 'postgres.log');
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) truncateSync(logFile);
  const out = openSync(logFile, 'a', 0o600);
  const settings = Object.entries({ ...SETTINGS, ...(fast ? FAST : {}) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // A group of its own: Ctrl-C must reach us first, so that calls are put away before the database goes.
  const child = spawn(...commandFor(launcher, join(programs(), 'bin/postgres'), ['-D', data, '-p', String(port), ...settings]), { ...launcher.spawn, cwd: '/', env: plainEnv(), detached: true, stdio: ['ignore', out, out] });
  closeSync(out);
  child.on('error', () => {}); // seen as a server that never answers
  child.unref();
  return child.pid ?? 0;
};

/** Waits until our server answers with our password and names our directory; false when `going` says it is no use. */
const answers = async (where: Where, going: () => boolean): Promise<boolean> => {
  for (const until = Date.now() + START_MS; Date.now() < until && going(); await sleep(20)) {
    const client = new pg.Client({ connectionString: urlOf(where, 'postgres', where.facts.adminPassword, 'postgres'), connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return true; // the password is random and belongs to this directory: nobody else has it
    } catch { /* starting up, or recovering */ } finally { await client.end().catch(() => {}); }
  }
  return false;
};

/** The database and its owner, when they are not there yet (also after a first start that was cut short). */
const makeDatabase = async (where: Where): Promise<void> => {
  const client = new pg.Client({ connectionString: urlOf(where, 'postgres', where.facts.adminPassword, 'postgres') });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows: [found] } = await client.query<{ role: boolean; database: boolean }>(
      "select exists (select from pg_roles where rolname = 'ringbook') as role, exists (select from pg_database where datname = 'ringbook') as database");
    if (!found?.role) await client.query(`create role ringbook login password ${client.escapeLiteral(where.facts.password)}`);
    if (!found?.database) await client.query('create database ringbook owner ringbook');
  } finally { await client.end(); }
};

/** A zombie counts as gone: in a container whose first process collects nobody it would stay for ever. */
const alive = (pid: number): boolean => {
  try {
    process.kill(pid > 0 ? pid : Number.NaN, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch { return false; }
};
const gone = async (pid: number, enough: () => boolean = () => false): Promise<void> => { while (alive(pid) && !enough()) await sleep(100); };

/** Fast shutdown; the immediate one when that takes too long (recovery at the next start makes it good). */
const end = async (pid: number): Promise<void> => {
  for (const [signal, ms] of [['SIGINT', 15_000], ['SIGQUIT', 10_000], ['SIGKILL', 5000]] as const) {
    if (!alive(pid)) return;
    try { process.kill(pid, signal); } catch { return; }
    const until = Date.now() + ms;
    await gone(pid, () => Date.now() > until);
  }
};
