/**
 * Brings a database up to the files of migrations/: forward only, in the order of their names, all that are missing in
 * one transaction. Refuses a landed file that was changed, and a database that a newer Ringbook has been at.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { planMigrations, type Migration } from './migration.js';

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));
/** Any number that nobody else uses: several processes may start at once, one migrates, the others wait. */
const LOCK = 7_464_266_500;

/**
 * @returns the names of the files that were applied now
 * @throws Fault `store.changed`, `store.newer`, `store.order`, `store.migration`
 */
export const migrate = async (url: string, folder = FOLDER): Promise<string[]> => {
  const files = readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: 'ringbook migrate' });
  client.on('error', () => {}); // the query under way fails too, and says so
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query('create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())');
    const { rows } = await client.query<Migration>('select name, checksum from migration order by name');
    const pending = planMigrations(files, rows);
    for (const file of pending) await apply(client, file);
    await client.query('commit');
    return pending.map((file) => file.name);
  } finally { await client.end(); }
};

const apply = async (client: pg.Client, { name, checksum, sql }: Migration & { sql: string }): Promise<void> => {
  try {
    await client.query(sql);
    await client.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum]);
  } catch (thrown) {
    throw new Fault('broken', 'store.migration', `The database could not be brought up to date; ${name} failed, nothing was changed: ${messageOf(thrown)}`, { name }, thrown);
  }
};

const readMigrations = (folder: string) => readdirSync(folder).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort().map((name) => {
  const sql = readFileSync(join(folder, name), 'utf8');
  return { name, sql, checksum: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex') };
});
