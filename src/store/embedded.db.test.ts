import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { startEmbedded, type EmbeddedPostgres } from './embedded.adapter.js';

const dirs: string[] = [];
const servers: EmbeddedPostgres[] = [];
const place = (): string => { const dir = mkdtempSync(join(tmpdir(), 'ringbook-pg-')); dirs.push(dir); return dir; };
const start = async (dir: string, log: (line: string) => void = () => {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbedded({ dir, fast: true, log });
  servers.push(server);
  return server;
};
const ask = async (url: string, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try { return (await client.query<{ a: unknown }>(sql)).rows[0]?.a; } finally { await client.end(); }
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

it('is back soon after it was killed, with what was committed', async () => {
  const server = await startEmbedded({ dir: place() }); // not the fast one: that forgets the last 200 ms
  servers.push(server);
  await ask(server.url, 'create table t as select 42 as a');
  const at = Date.now();
  process.kill(server.pid()!, 'SIGKILL');
  let found: unknown;
  while (found !== 42 && Date.now() - at < 20_000) { await sleep(20); found = await ask(server.url, 'select a from t').catch(() => undefined); }
  expect(found).toBe(42);
  console.log(`PostgreSQL was back ${Date.now() - at} ms after it was killed`);
});

it('adopts a server that outlived its parent, and keeps port and password', async () => {
  const dir = place();
  const first = await start(dir);
  const lines: string[] = [];
  const second = await start(dir, (line) => lines.push(line));
  expect(second.url).toBe(first.url);
  expect(second.pid()).toBe(first.pid());
  expect(lines.join()).toContain('using it');
});

it('is not misled by a process id that belongs to somebody else by now', async () => {
  const dir = place();
  const first = await start(dir);
  await first.stop();
  writeFileSync(join(dir, 'postgres/postmaster.pid'), `${process.pid}\n${dir}/postgres\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const second = await start(dir);
  expect(await ask(second.url, 'select 1 as a')).toBe(1);
  expect(second.url).toBe(first.url);
});

it.runIf(process.getuid?.() === 0)('works for root in a folder that nobody else may enter, without opening it', async () => {
  const dir = join(place(), 'data'); // mkdtemp makes 0700
  const server = await start(dir);
  expect(await ask(server.url, 'select current_user as a')).toBe('ringbook');
  expect(readFileSync(`/proc/${server.pid()}/status`, 'utf8')).not.toMatch(/^Uid:\t0/m);
});

it('refuses data of another PostgreSQL, and a folder that is none', async () => {
  const dir = place();
  mkdirSync(join(dir, 'postgres'));
  writeFileSync(join(dir, 'postgres/holiday.jpg'), '');
  await expect(startEmbedded({ dir })).rejects.toMatchObject({ code: 'postgres.data' });
  writeFileSync(join(dir, 'postgres/PG_VERSION'), '15\n');
  await expect(startEmbedded({ dir })).rejects.toMatchObject({ code: 'postgres.version' });
});
