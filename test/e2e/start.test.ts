/**
 * The process as `npm start` runs it: comes up on nothing, refuses a twin, survives its PostgreSQL, leaves nothing behind.
 * And `npm start` itself, in a copy of the built tree: what it prints works, Ctrl-C ends it, kill -9 loses nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallDetail, CallSummary } from '@ringbook/contracts';
import { afterAll, expect, it } from 'vitest';
import { freePort } from '../../src/store/cluster.adapter.js';
import { Copy } from './copy.js';

const dir = mkdtempSync(join(tmpdir(), 'ringbook-start-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const children: ChildProcess[] = [];

/** Without the gateway role there is no telephone system to wait for. */
const start = (env: Record<string, string> = {}): { child: ChildProcess; said: () => string; gone: Promise<unknown> } => {
  const child = spawn('node', [join(import.meta.dirname, '../../dist/main.js')], { env: { PATH: process.env['PATH'], DATA_DIR: dir, PORT: String(port), ROLES: 'api,worker', ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => { text += String(chunk); });
  return { child, said: () => text, gone: once(child, 'exit') };
};
const ready = () => fetch(`${url}/health/ready`).then(({ status }) => status, () => 0);
const postgres = (): number => Number(readFileSync(join(dir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
const alive = (pid: number): boolean => { try { return process.kill(pid, 0) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); } catch { return false; } };
const UP = { timeout: 30_000, interval: 50 };

let copy: Copy | undefined;

afterAll(() => {
  copy?.killAll();
  copy?.remove();
  for (const child of children) child.kill('SIGKILL');
  try { process.kill(postgres(), 'SIGQUIT'); } catch { /* it has ended, as it should */ }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

it('runs on an empty folder, once; comes back when its PostgreSQL is killed; stops without leaving anything', async () => {
  const first = start();
  await expect.poll(first.said, UP).toContain('Ctrl-C');
  expect(first.said()).toMatch(new RegExp(`running: ${url}\\n[^]*${url}/setup#token=`));
  expect(await ready()).toBe(200);
  expect(await fetch(`${url}/health/live`).then((r) => r.json())).toEqual({ status: 'ok' });
  expect(await fetch(`${url}/metrics`).then((r) => r.text())).toContain('ringbook_database_up 1');

  const twin = start();
  await twin.gone;
  expect(twin.child.exitCode).toBe(1);
  expect(twin.said()).toContain(`Ringbook is running already on ${dir} (process ${first.child.pid})`);

  process.kill(postgres(), 'SIGKILL');
  const at = Date.now();
  await expect.poll(async () => (await ready()) === 200 && alive(postgres()), UP).toBe(true);
  expect(Date.now() - at).toBeLessThan(4000);

  const pid = postgres();
  first.child.kill('SIGINT');
  first.child.kill('SIGTERM'); // the terminal and npm both tell: that is once
  await first.gone;
  expect(first.child.exitCode).toBe(0);
  expect(alive(pid)).toBe(false);
});

it('takes over what a killed process left, and stops when who started it is gone', async () => {
  const killed = start();
  await expect.poll(killed.said, UP).toContain('Ctrl-C');
  const pid = postgres();
  killed.child.kill('SIGKILL');
  await killed.gone;
  expect(alive(pid)).toBe(true);
  const next = start();
  await expect.poll(next.said, UP).toContain('Ctrl-C');
  expect(postgres()).toBe(pid);
  next.child.disconnect();
  await next.gone;
  expect(alive(pid)).toBe(false);
});

it('says in one message what is wrong with the configuration, the port and the folder', async () => {
  const wrong = start({ PORT: 'many', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:hunter2@h' });
  await wrong.gone;
  expect(wrong.said()).toMatch(/PORT must[^]*LOG_LEVEL must|LOG_LEVEL must[^]*PORT must/);
  expect(wrong.said()).not.toContain('hunter2');
  const first = start();
  await expect.poll(first.said, UP).toContain('Ctrl-C');
  const other = mkdtempSync(join(tmpdir(), 'ringbook-start-'));
  const taken = start({ DATA_DIR: other });
  await taken.gone;
  expect(taken.said()).toContain(`Port ${port} on 127.0.0.1 is taken`);
  await sleep(1100);
  first.child.kill('SIGTERM');
  await first.gone;
  rmSync(other, { recursive: true, force: true });
});

it('npm start: what it prints works; Ctrl-C leaves nothing running; kill -9 of everything loses nothing', async () => {
  copy = new Copy(await freePort());
  const GONE = { timeout: 15_000, interval: 50 };

  const first = await copy.start();
  const token = /\/setup#token=(\S+)/.exec(first.said())![1]!;
  await copy.ask('POST', '/setup', { token, name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' });
  const line = /npm (run call -- --from \S+ --to \S+) +# Ada Winter/.exec(first.said())![1]!;
  const call = copy.npm([...line.split(' '), '--seconds', '1']);
  await call.gone;
  expect(call.said()).toMatch(/answered after [^]*ended after [^]*the caller hung up/);
  const calls = () => copy!.ask<{ items: CallSummary[] }>('GET', '/calls').then(({ items }) => items);
  await expect.poll(calls, GONE).toMatchObject([{ from: { display: 'Ada Winter' }, code: 'VIP', endedAt: expect.any(String) }]);
  const called = `/calls/${encodeURIComponent((await calls())[0]!.id)}`;
  expect(copy.left().length).toBeGreaterThan(10); // npm and its script, the bridge, PostgreSQL, Asterisk, telephones
  first.ctrlC();
  await first.gone;
  expect(first.child.exitCode).toBe(0);
  expect(copy.left()).toEqual([]);

  const second = await copy.start();
  console.log(`npm start, the second time: ${(second.ms / 1000).toFixed(1)} s`);
  expect(second.ms).toBeLessThan(15_000); // under 5 s on a machine that does nothing else
  expect(second.said()).not.toContain('setup#token');
  await copy.ask('POST', `${called}/note`, { note: 'just before the end' });
  copy.killAll();
  await second.gone;
  await expect.poll(() => copy!.left(), GONE).toEqual([]);

  const third = await copy.start();
  expect(await copy.ask<CallDetail>('GET', called)).toMatchObject({ note: 'just before the end', from: { display: 'Ada Winter' } });
  process.kill(-third.child.pid!, 'SIGKILL'); // npm and its script: the bridge notices, and ends everything in order
  await third.gone;
  await expect.poll(() => copy!.left(), GONE).toEqual([]);
});
