/** A program of somebody else's as a child: started, waited for, ended with all its own children. What it says is kept for when it fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program { pid: number; said(): string; stop(): Promise<void> }
export interface Start { args: string[]; cwd?: string; env?: Record<string, string>; /** When we are root. */ uid?: number; gid?: number; /** True when it can be used. */ ready: () => Promise<boolean>; /** Milliseconds. */ patience?: number; signal?: 'SIGTERM' | 'SIGINT' }

/** @throws Error with the last it said, when it ends or is not ready in time */
export const startProgram = async (command: string, { args, cwd, env, uid, gid, ready, patience = 20_000, signal = 'SIGTERM' }: Start): Promise<Program> => {
  const user = process.getuid?.() === 0 && uid !== undefined ? { uid, gid } : {};
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...user });
  let said = '', failed: Error | undefined;
  child.once('error', (error) => { failed = error; });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said = (said + String(chunk)).slice(-4000); });
  const stop = (): Promise<void> => end(child, signal);
  for (const until = Date.now() + patience; Date.now() < until; await sleep(30)) {
    if (failed) throw new Error(`${command} could not be started (is its package installed?): ${failed.message}`);
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${command} ended at once (${child.exitCode ?? child.signalCode}): ${said}`);
    if (await ready().catch(() => false)) return { pid: child.pid!, said: () => said, stop };
  }
  await stop();
  throw new Error(`${command} was not ready within ${patience / 1000} s: ${said}`);
};

/** The whole group: some leave their workers behind. */
const end = async (child: ChildProcess, signal: 'SIGTERM' | 'SIGINT'): Promise<void> => {
  const group = (what: NodeJS.Signals): void => { try { process.kill(-child.pid!, what); } catch { /* gone */ } };
  if (child.pid === undefined) return;
  const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise<void>((resolve) => { child.once('exit', () => resolve()); });
  group(signal);
  const timer = setTimeout(() => group('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
  group('SIGKILL');
};

export const answers = (url: string): (() => Promise<boolean>) => async () => { await (await fetch(url, { redirect: 'manual' })).arrayBuffer(); return true; };

/** Whether somebody takes connections there. */
export const listens = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
  socket.once('error', () => resolve(false));
});

export const freePort = (): Promise<number> => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
});
