/** Whoever read what the bridge prints has gone (a terminal closed, a supervisor died): the bridge goes on, quietly, and still ends when told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../src/practice/ports.adapter.js';
import { freshDatabase } from '../lab/database.js';

const ROOT = join(import.meta.dirname, '../..');
/** CPU time of a process so far, in ticks of 10 ms. */
const ticks = async (pid: number) => { const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' '); return Number(fields[11]) + Number(fields[12]); };

it('survives the end of its reader', async () => {
  const [database, port, dir] = [await freshDatabase(), await freePort('tcp', '127.0.0.1'), await mkdtemp(join(tmpdir(), 'ringbook-pipe-'))];
  const env = { PATH: process.env['PATH'] ?? '', ROLES: 'api,worker', PORT: String(port), DATA_DIR: dir, DATABASE_URL: database.url, ADMIN_EMAIL: 'a@example.org', ADMIN_PASSWORD: 'long enough password', LOG_LEVEL: 'debug' };
  const child = spawn(join(ROOT, 'node_modules/.bin/node'), [join(ROOT, 'dist/main.js')], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'exit');
  const answers = () => fetch(`http://127.0.0.1:${port}/health/ready`).then((r) => r.ok, () => false);
  try {
    child.stdout.resume();
    for (let i = 0; i < 400 && !(await answers()); i++) await sleep(50);
    child.stdout.destroy();
    child.stderr.destroy();
    await database.drop(); // gives it much to complain about
    await sleep(1000);
    const before = await ticks(child.pid!);
    await sleep(1500);
    expect(await ticks(child.pid!) - before).toBeLessThan(100);
    child.kill('SIGTERM');
    expect(await Promise.race([gone.then(() => 'ended'), sleep(20_000, 'still there')])).toBe('ended');
  } finally {
    child.kill('SIGKILL');
    await gone;
    await rm(dir, { recursive: true, force: true });
  }
});
