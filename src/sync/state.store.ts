/** One sync of a source at a time, in however many processes; and how that shows. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../store/schema.js';

/** Any number that nobody else uses with this lock space. */
const LOCK_SPACE = 7_464_266;

/**
 * Runs `work` unless another process or task is at it for this source. The lock lives with one connection: it ends with
 * the process, however that ends.
 */
export const alone = <T>(db: Db, id: string, work: () => Promise<T>): Promise<T | { kind: 'busy' }> => db.connection().execute(async (connection) => {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${id})) as locked`.execute(connection);
  if (!rows[0]?.locked) return { kind: 'busy' };
  try { return await work(); } finally {
    await sql`select pg_advisory_unlock(${LOCK_SPACE}, hashtext(${id}))`.execute(connection).catch(() => {}); // a cut connection has let go already
  }
});

/** Whether somebody is at it for this source, as PostgreSQL shows such locks. */
export const isLocked = (id: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = ${sql.lit(LOCK_SPACE)}::oid
  and l.objid = (hashtext(${id})::bigint & 4294967295)::oid and l.database = (select oid from pg_database where datname = current_database()))`;

/** The state as people see it: `syncing` is never written down, so that it cannot outlive whoever was at it. */
export const stateNow = (id: RawBuilder<unknown>, state: RawBuilder<unknown>): RawBuilder<string> => sql<string>`case when ${isLocked(id)} then 'syncing' else ${state} end`;

export const isRunning = async (db: Db, id: string): Promise<boolean> => (await sql<{ running: boolean }>`select ${isLocked(sql`${id}::text`)} as running`.execute(db)).rows[0]!.running;
