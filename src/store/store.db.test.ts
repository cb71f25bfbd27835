import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, inject, it } from 'vitest';
import { asAdmin, emptyDatabase, freshDatabase } from '../../test/lab/database.js';
import { createDb } from './database.adapter.js';
import { migrate } from './migrate.store.js';
import { json, type Db } from './schema.js';

const one = (on: Db) => sql<{ one: number }>`select 1 as one`.execute(on).then(({ rows }) => rows[0]?.one, () => 'cut');

it('migrates once, however many processes start at once', async () => {
  const { url, drop } = await emptyDatabase();
  const runs = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(runs.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await migrate(url)).toEqual([]);
  await drop();
});

it('changes nothing when a migration fails', async () => {
  const { url, drop } = await emptyDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'ringbook-migrations-'));
  writeFileSync(join(folder, '0001-good.sql'), 'create table kept (id int);');
  writeFileSync(join(folder, '0002-bad.sql'), 'create table half (id int); select wrong;');
  await expect(migrate(url, folder)).rejects.toMatchObject({ code: 'store.migration', context: { name: '0002-bad.sql' } });
  writeFileSync(join(folder, '0002-bad.sql'), 'create table half (id int);');
  expect(await migrate(url, folder)).toHaveLength(2);
  writeFileSync(join(folder, '0001-good.sql'), 'create table kept (id bigint);');
  await expect(migrate(url, folder)).rejects.toMatchObject({ code: 'store.changed' });
  rmSync(folder, { recursive: true });
  await drop();
});

it('gives every test a database of its own, as a user who is no superuser', async () => {
  const [first, second] = await Promise.all([freshDatabase(), freshDatabase()]);
  await first.db.insertInto('setting').values({ key: 'a', value: json({ text: 'x\u0000y' }) }).execute();
  expect(await first.db.selectFrom('setting').select('value').execute()).toEqual([{ value: { text: 'x\ufffdy' } }]);
  expect(await second.db.selectFrom('setting').selectAll().execute()).toEqual([]);
  const { rows } = await sql<{ is_superuser: string }>`show is_superuser`.execute(first.db);
  expect(rows[0]!.is_superuser).toBe('off');
  await Promise.all([first.drop(), second.drop()]);
});

it('survives cut connections, idle and at work, and ends statements that take too long', async () => {
  const { url, db: other, drop } = await freshDatabase();
  const errors: Error[] = [];
  const db = createDb(url, { max: 2, statementTimeout: 200, onError: (error) => errors.push(error) });
  await expect(sql`select pg_sleep(5)`.execute(db)).rejects.toMatchObject({ code: '57014' });
  const working = sql`select pg_sleep(0.15)`.execute(db).then(() => 'done', () => 'cut');
  await new Promise((done) => { setTimeout(done, 50); });
  await asAdmin(inject('postgres'), `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`);
  expect(await working).toBe('cut');
  for (const on of [db, other]) await expect.poll(() => one(on)).toBe(1); // a connection whose end we have not noticed yet may fail once more
  await db.destroy();
  await drop();
});
