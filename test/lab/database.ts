/** Databases for tests: each is a copy of a migrated template, made in some tens of milliseconds. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createDb } from '../../src/store/database.adapter.js';
import { migrate } from '../../src/store/migrate.store.js';
import type { Db } from '../../src/store/schema.js';

interface Server { url: string; adminUrl: string }
export interface TestDatabase { db: Db; url: string; drop(): Promise<void> }
const TEMPLATE = 'ringbook_template';

/** A database of one's own, empty and migrated. Call `drop()` when done; the server goes with the test run anyway. */
export const freshDatabase = async (server: Server = inject('postgres')): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, `create database ${name} template ${TEMPLATE} owner ringbook`);
  const url = urlOf(server, name);
  const db = createDb(url, { max: 4 });
  return { db, url, drop: async () => { await db.destroy(); await asAdmin(server, `drop database if exists ${name} with (force)`); } };
};

/** An empty database without any table: for tests of the migrations themselves. */
export const emptyDatabase = async (server: Server = inject('postgres')): Promise<{ url: string; drop(): Promise<void> }> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, `create database ${name} owner ringbook`);
  return { url: urlOf(server, name), drop: () => asAdmin(server, `drop database if exists ${name} with (force)`) };
};

export const makeTemplate = async (server: Server): Promise<void> => {
  await asAdmin(server, `create database ${TEMPLATE} owner ringbook`);
  await migrate(urlOf(server, TEMPLATE));
};

const urlOf = (server: Server, database: string): string => {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
};

/** Runs one statement as superuser. */
export const asAdmin = async (server: Server, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: server.adminUrl });
  client.on('error', () => {});
  await client.connect();
  try { await client.query(sql); } finally { await client.end(); }
};
