/** What a sync reads and writes of a book while it runs. */
import { type RawBuilder, sql } from 'kysely';
import { holdBook } from '../contact/contact.store.js';
import { type Db, json } from '../store/schema.js';
import type { Etags } from './plan.js';
import type { Skipped } from './port.js';

/** Any number that nobody else uses with this lock space. */
const LOCK_SPACE = 7_464_266;

/**
 * Runs `work` unless another process or task is at it for this book. The lock lives with one connection: it ends with
 * the process, however that ends.
 */
export const alone = <T>(db: Db, bookId: string, work: () => Promise<T>): Promise<T | { kind: 'busy' }> => db.connection().execute(async (connection) => {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${bookId})) as locked`.execute(connection);
  if (!rows[0]?.locked) return { kind: 'busy' };
  try { return await work(); } finally {
    await sql`select pg_advisory_unlock(${LOCK_SPACE}, hashtext(${bookId}))`.execute(connection).catch(() => {}); // a cut connection has let go already
  }
});

/** Whether somebody is at it for this book, as PostgreSQL shows such locks. */
export const isLocked = (bookId: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = ${sql.lit(LOCK_SPACE)}::oid
  and l.objid = (hashtext(${bookId})::bigint & 4294967295)::oid and l.database = (select oid from pg_database where datname = current_database()))`;

/** What we hold now, with the instant it was read, for `ContactStore.save`. A card that was skipped counts in `etags` with the etag it had then; `contacts` are the hrefs of the others. */
export const held = async (db: Db, bookId: string): Promise<{ etags: Etags; contacts: ReadonlySet<string>; since: string }> => {
  const { rows } = await sql<{ href: string; etag: string; skipped: boolean; since: string }>`
    select href, etag, false as skipped, statement_timestamp()::text as since from contact where book_id = ${bookId}
    union all select href, etag, true, statement_timestamp()::text from skipped_card where book_id = ${bookId} order by skipped`.execute(db);
  const since = rows[0]?.since ?? (await sql<{ now: string }>`select statement_timestamp()::text as now`.execute(db)).rows[0]!.now;
  return { etags: new Map(rows.map(({ href, etag }) => [href, etag])), contacts: new Set(rows.filter((row) => !row.skipped).map((row) => row.href)), since };
};

export const markSyncing = async (db: Db, bookId: string): Promise<void> => {
  await db.updateTable('address_book').set({ state: 'syncing' }).where('id', '=', bookId).execute();
};

/** Where the collection was found; null: to be looked for again. */
export const keepLocation = async (db: Db, bookId: string, location: string | null): Promise<void> => {
  await db.insertInto('book_source').values({ book_id: bookId, location }).onConflict((c) => c.column('book_id').doUpdateSet({ location })).execute();
};

export const keepSkipped = async (db: Db, bookId: string, skipped: readonly Skipped[], read: readonly string[]): Promise<void> => {
  if (read.length > 0) await sql`delete from skipped_card where book_id = ${bookId} and href = any(${read}::text[])`.execute(db);
  if (skipped.length === 0) return;
  await sql`insert into skipped_card (book_id, href, etag, reason) select ${bookId}, * from unnest(${skipped.map((c) => c.href)}::text[], ${skipped.map((c) => c.etag)}::text[], ${skipped.map((c) => c.reason)}::text[])
    on conflict (book_id, href) do update set etag = excluded.etag, reason = excluded.reason, at = now()`.execute(db);
};

export interface Finish { token: string | null; full: boolean; remove: readonly string[]; since: string; seconds: number }

/** The last step of a sync, in one transaction: the token is kept only together with all the data it stands for. Returns how many contacts went. */
export const finish = (db: Db, bookId: string, { token, full, remove, since, seconds }: Finish): Promise<number> => db.transaction().execute(async (trx) => {
  await holdBook(trx, bookId);
  const { numAffectedRows } = await sql`delete from contact where book_id = ${bookId} and href = any(${remove}::text[]) and updated_at <= ${since}::timestamptz`.execute(trx);
  await sql`delete from skipped_card where book_id = ${bookId} and href = any(${remove}::text[])`.execute(trx);
  await sql`insert into book_source (book_id, last_full) values (${bookId}, ${full ? sql`now()` : null}) on conflict (book_id)
    do update set failures = 0, last_full = coalesce(excluded.last_full, book_source.last_full)`.execute(trx);
  await sql`update address_book set sync_token = ${token}, state = 'ok', last_success = now(), last_error = null, next_run = now() + make_interval(secs => ${seconds}),
    skipped = (select count(*) from skipped_card where book_id = ${bookId}) where id = ${bookId}`.execute(trx);
  return Number(numAffectedRows ?? 0n);
});

/** The sync did not come to an end; what it kept so far is good, the token stays the old one. */
export const fail = async (db: Db, bookId: string, error: { code: string; text: string }, seconds: number): Promise<void> => {
  const lastError = json({ at: new Date().toISOString(), ...error });
  await db.transaction().execute(async (trx) => {
    if (!(await trx.selectFrom('address_book').select('id').where('id', '=', bookId).forUpdate().executeTakeFirst())) return; // removed meanwhile: nobody to tell
    await sql`insert into book_source (book_id, failures) values (${bookId}, 1) on conflict (book_id) do update set failures = book_source.failures + 1`.execute(trx);
    await sql`update address_book set state = 'failing', last_error = ${lastError}::jsonb, next_run = now() + make_interval(secs => ${seconds}),
      skipped = (select count(*) from skipped_card where book_id = ${bookId}) where id = ${bookId}`.execute(trx);
  });
};
