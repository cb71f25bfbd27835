/** A Redis server of one's own for a test: free port, temporary folder, ended by its process id. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../src/store/cluster.adapter.js';

/** @throws when redis-server is not installed (npm test installs it) */
export const startRedis = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const dir = mkdtempSync(join(tmpdir(), 'ringbook-redis-'));
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()); child.once('error', () => resolve()); });
  const url = `redis://127.0.0.1:${port}`;
  await answers(url, ended);
  return { url, stop: async () => { child.kill('SIGTERM'); await ended; rmSync(dir, { recursive: true, force: true }); } };
};

const answers = async (url: string, ended: Promise<void>): Promise<void> => {
  const gone = ended.then(() => 'gone' as const);
  for (let tries = 0; tries < 200; tries++) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    const state = await Promise.race([client.connect().then(() => 'up' as const, () => 'down' as const), gone]);
    client.disconnect();
    if (state === 'up') return;
    if (state === 'gone') break;
    await sleep(25);
  }
  throw new Error('redis-server did not start: is it installed?');
};
