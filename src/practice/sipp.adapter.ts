/** One running SIPp: started from an unpacked phone system with one scenario, watched through its log, ended by its id. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../shared/fault.js';
import { program } from './packages.js';
import { logLine, type LogLine, steering } from './sipp.js';

export interface SippOptions {
  root: string;
  /** A folder for this process's files; a folder of its own is made in it, and removed at the end. */
  dir: string;
  scenario: string;
  ip: string; port: number;
  /** Further arguments: the remote address for a caller, number of calls, variables. */
  args: string[];
  /** Called for each line of the log, in order, at most 20 ms late. */
  onLine: (line: LogLine) => void;
}

export interface Sipp {
  pid: number;
  /** Resolves when the process has ended and its last line was told: its exit code, and what it complained about. */
  ended: Promise<{ code: number | null; complaint: string }>;
  /** Ends or answers the call, see `steering`. */
  steer(callId: string): void;
  stop(): Promise<void>;
}

/** New whole lines of a file that another process appends to. */
const follower = (path: string, onLine: (line: LogLine) => void): { poll(): void; close(): void } => {
  let fd: number | undefined;
  let rest = Buffer.alloc(0);
  const chunk = Buffer.alloc(65_536);
  const poll = (): void => {
    try { fd ??= openSync(path, 'r'); } catch { return; }
    for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk)) rest = Buffer.concat([rest, chunk.subarray(0, count)]);
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      const line = logLine(rest.subarray(0, at).toString('utf8'));
      rest = rest.subarray(at + 1);
      if (line) onLine(line);
    }
  };
  return { poll, close: () => { if (fd !== undefined) closeSync(fd); } };
};

/** @throws Fault `practice.sipp` when it cannot be started */
export const startSipp = async (options: SippOptions): Promise<Sipp> => {
  const work = join(resolve(options.dir), `sipp-${randomBytes(5).toString('hex')}`);
  await mkdir(work, { recursive: true });
  await writeFile(join(work, 'scenario.xml'), options.scenario);
  const { file, args, env } = program(options.root, 'sipp');
  const child = spawn(file, [...args, ...options.args, '-sf', join(work, 'scenario.xml'), '-i', options.ip, '-p', String(options.port), '-nostdin', '-aa',
    '-trace_logs', '-log_file', 'calls.log', '-trace_err', '-error_file', 'errors.log'],
  { cwd: work, env: { ...process.env, TERM: 'dumb', ...env }, stdio: ['ignore', 'ignore', 'ignore'] });
  await new Promise<void>((done, fail) => { child.once('spawn', done); child.once('error', fail); }).catch((thrown: unknown) => {
    throw new Fault('unavailable', 'practice.sipp', `SIPp could not be started: ${String(thrown)}`, {}, thrown);
  });
  await writeFile(join(work, 'pid'), String(child.pid));
  const log = follower(join(work, 'calls.log'), options.onLine);
  const timer = setInterval(log.poll, 20);
  const atExit = (): void => { child.kill('SIGKILL'); };
  process.once('exit', atExit);
  const ended = once(child, 'exit').then(async ([code]: unknown[]) => {
    clearInterval(timer);
    process.off('exit', atExit);
    log.poll();
    log.close();
    const complaint = readQuietly(join(work, 'errors.log'));
    await rm(work, { recursive: true, force: true });
    return { code: code as number | null, complaint };
  });
  return {
    pid: child.pid!, ended,
    steer: (callId) => sendTo(options.ip, options.port, steering(callId, randomBytes(6).toString('hex'))),
    stop: async () => {
      child.kill('SIGTERM');
      const stubborn = setTimeout(() => child.kill('SIGKILL'), 500);
      await ended;
      clearTimeout(stubborn);
    },
  };
};

/** Ends the processes that a crashed owner of this folder left running; one that merely has an old id is left alone. */
export const endLeftovers = async (dir: string): Promise<void> => {
  for (const name of await readdir(dir).catch(() => [])) {
    const work = join(resolve(dir), name);
    const pid = Number(await readFile(join(work, 'pid'), 'utf8').catch(() => ''));
    const command = pid > 1 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
    if (command.split('\0').includes(join(work, 'scenario.xml'))) process.kill(pid, 'SIGKILL');
    await rm(work, { recursive: true, force: true });
  }
};

const readQuietly = (path: string): string => {
  try { return readFileSync(path, 'utf8').trim().slice(0, 2000); } catch { return ''; }
};

const sendTo = (ip: string, port: number, text: string): void => {
  const socket = createSocket('udp4');
  socket.send(text, port, ip, () => socket.close());
};

/** Waits until something is listening on the UDP port (it shows in /proc/net/udp). */
export const udpBound = async (ip: string, port: number, ms = 3000): Promise<boolean> => {
  const wanted = `${ip.split('.').toReversed().map((part) => Number(part).toString(16).padStart(2, '0')).join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
  for (const until = Date.now() + ms; Date.now() < until; await sleep(10)) {
    if (readFileSync('/proc/net/udp', 'latin1').includes(wanted)) return true;
  }
  return false;
};
