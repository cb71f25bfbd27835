/** Cards of books that have no server (table import_card): their exact bytes, and an etag that is the hash of them. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../store/schema.js';
import type { PutOutcome, ReceivedCard } from '../sync/port.js';
import type { Incoming } from './plan.js';

const ROWS = 500;
const LISTED = 5000;
/** Any number that nobody else uses with this lock space. */
const IMPORT_LOCK = 7_464_268;

const hash = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('base64url').slice(0, 22);
export const etagOf = (bytes: Uint8Array): string => `"${hash(bytes)}"`;
/** The same for the same contact, import after import. */
export const hrefOf = (identity: string): string => `${hash(identity)}.vcf`;

/** One import of a book at a time, whatever process it is in; whoever reads the book or its cards goes on meanwhile. False: another is at it. Until the transaction ends. */
export const claim = async (trx: Db, bookId: string): Promise<boolean> =>
  (await sql<{ claimed: boolean }>`select pg_try_advisory_xact_lock(${IMPORT_LOCK}, hashtext(${bookId})) as claimed`.execute(trx)).rows[0]!.claimed;

/** Changes whenever the cards of a book do. */
export const revisionOf = async (db: Db, bookId: string): Promise<string> =>
  (await db.selectFrom('import_revision').select('revision').where('book_id', '=', bookId).executeTakeFirst())?.revision ?? '0';
const touched = async (db: Db, bookId: string): Promise<void> => {
  await sql`insert into import_revision (book_id, revision) values (${bookId}, 1) on conflict (book_id) do update set revision = import_revision.revision + 1`.execute(db);
};

/** href -> etag of all cards. In batches: calls of the same process get their turn in between. */
export const etagsOf = async (db: Db, bookId: string): Promise<Map<string, string>> => {
  const etags = new Map<string, string>();
  for (let after = ''; ;) {
    const rows = await db.selectFrom('import_card').select(['href', 'etag']).where('book_id', '=', bookId).where('href', '>', after).orderBy('href').limit(LISTED).execute();
    for (const { href, etag } of rows) etags.set(href, etag);
    if (rows.length < LISTED) return etags;
    after = rows.at(-1)!.href;
  }
};

/** @param hold nobody else changes them until the transaction ends */
export const cardsOf = async (db: Db, bookId: string, hrefs: readonly string[], hold = false): Promise<ReceivedCard[]> => {
  const { rows } = await sql<ReceivedCard>`select href, etag, bytes from import_card where book_id = ${bookId} and href = any(${[...hrefs]}::text[]) order by href ${hold ? sql`for update` : sql``}`.execute(db);
  return rows.map((row) => ({ ...row, bytes: new Uint8Array(row.bytes) }));
};

/** The cards of a book in batches, for whoever wants them all. */
export const allCards = async function* allCards(db: Db, bookId: string): AsyncGenerator<Uint8Array> {
  for (let after = ''; ;) {
    const { rows } = await sql<{ href: string; bytes: Buffer }>`select href, bytes from import_card where book_id = ${bookId} and href > ${after} order by href limit ${sql.lit(ROWS)}`.execute(db);
    for (const { bytes } of rows) yield bytes;
    if (rows.length < ROWS) return;
    after = rows.at(-1)!.href;
  }
};

export const replaceCard = async (db: Db, bookId: string, href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome> => {
  const now = etagOf(bytes);
  const written = await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx.updateTable('import_card').set({ bytes: Buffer.from(bytes), etag: now }).where('book_id', '=', bookId).where('href', '=', href).where('etag', '=', etag).executeTakeFirst();
    if (numUpdatedRows > 0n) await touched(trx, bookId);
    return numUpdatedRows > 0n;
  });
  if (written) return { kind: 'written', etag: now };
  return (await cardsOf(db, bookId, [href])).length > 0 ? { kind: 'changed' } : { kind: 'gone' };
};

/** New cards, and changed ones in place of those that were; within a transaction of the caller. */
export const keepCards = async (db: Db, bookId: string, cards: readonly Incoming[]): Promise<void> => {
  for (let i = 0; i < cards.length; i += ROWS) {
    const some = cards.slice(i, i + ROWS);
    await sql`insert into import_card (book_id, href, etag, bytes) select ${bookId}, * from unnest(${some.map((c) => c.href)}::text[], ${some.map((c) => c.etag)}::text[], ${some.map((c) => Buffer.from(c.bytes))}::bytea[])
      on conflict (book_id, href) do update set etag = excluded.etag, bytes = excluded.bytes`.execute(db);
  }
  if (cards.length > 0) await touched(db, bookId);
};

export const removeCards = async (db: Db, bookId: string, hrefs: readonly string[]): Promise<void> => {
  for (let i = 0; i < hrefs.length; i += LISTED) await sql`delete from import_card where book_id = ${bookId} and href = any(${hrefs.slice(i, i + LISTED)}::text[])`.execute(db);
  if (hrefs.length > 0) await touched(db, bookId);
};
