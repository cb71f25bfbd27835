/**
 * Keeps cards as their source gave them, and what is read from them: who it is, numbers, the code that counts. The code that
 * counts is the one somebody wishes and that is on its way to the source; else what the card says.
 */
import type { Carrier } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { Fault } from '../shared/fault.js';
import { storable } from '../shared/storable.js';
import type { Db } from '../store/schema.js';
import { inBreaths } from './breath.service.js';
import { fieldOf } from './carrier.js';
import { type Carriers, codeIn } from './carriers.js';
import { formOf, type Reading } from './form.js';
import { insertContacts, replaceNumbers } from './insert.store.js';
import { lossOf } from './loss.js';
import { type ContactRecord, namesOf, recordOf } from './record.js';

/** A card as its source gave it. */
export interface CardToKeep { href: string; etag: string; bytes: Uint8Array; reading?: Reading }
export interface Unreadable { href: string; etag: string; reason: string }
export interface KeepOptions {
  /** The card is as we wrote it ourselves: what is not in it any more was taken out by us. */
  ours?: boolean;
  /** Asked in the transaction that keeps the cards: with false nothing is kept. */
  when?: (trx: Db) => Promise<boolean>;
}
/** `lean`: what is kept of the card. */
interface Readable { card: CardToKeep; record: ContactRecord; lean: Uint8Array }

/** Of a card, pictures and the like left out. A note of some megabytes would be read again and again. */
const MAX_CARD = 512 * 1024;
/** Cards that are in memory at the same time: at most so many, and so many bytes. */
const PORTION = 100;
const PORTION_BYTES = 4 * 1024 * 1024;
/** Saves of a book share it, a change of its carrier has it alone. Any number that nobody else uses with this lock space. */
const CARRIER_LOCK = 7_464_267;

/** @see ContactStore.save */
export const keepCards = async (db: Db, region: string, bookId: string, received: readonly CardToKeep[], since: string, { ours = false, when }: KeepOptions = {}): Promise<Unreadable[]> => {
  const guess = await carriersOf(db, bookId);
  const cards = [...new Map(received.map((card) => [storable(card.href), { ...card, href: storable(card.href) }])).values()]; // no statement takes a row twice
  const read = await inBreaths(cards, (card): Readable | Unreadable => {
    const record = recordOf(card.bytes, guess, region, card.reading);
    const lean = record ? formOf(card.bytes).lean(card.bytes) : card.bytes;
    const { href, etag } = card;
    return !record ? { href, etag, reason: 'it is not a vCard' } : lean.length > MAX_CARD ? { href, etag, reason: `it is ${Math.round(lean.length / 1024)} kB large without its pictures; contacts above ${MAX_CARD / 1024} kB are left out` } : { card, record, lean };
  });
  const readable = read.filter((one) => 'record' in one);
  await db.transaction().execute(async (trx) => {
    // Lost in a crash they are read again: the token of the sync, which is kept safely, comes after all of them.
    if (!ours) await sql`set local synchronous_commit = off`.execute(trx);
    await shareCarrier(trx, bookId);
    await holdBook(trx, bookId);
    if (when && !(await when(trx))) return;
    const carriers = await carriersOf(trx, bookId);
    if (JSON.stringify(carriers) !== JSON.stringify(guess)) await inBreaths(readable, ({ card, record }) => { record.code = codeIn(formOf(card.bytes), card.bytes, carriers); });
    if (readable.length > 0) await keep(trx, bookId, readable, since, ours ? undefined : carriers);
  });
  return read.filter((one) => 'reason' in one);
};

/** Where the codes of a book are now. @throws Fault `book.missing` */
export const carriersOf = async (db: Db, bookId: string): Promise<Carriers> => {
  const book = await db.selectFrom('address_book').select(['carrier', 'fallback_carrier']).where('id', '=', bookId).executeTakeFirst();
  if (!book) throw missing();
  return { carrier: book.carrier, fallback: book.fallback_carrier };
};
const missing = (): Fault => new Fault('missing', 'book.missing', 'There is no such address book');

/**
 * Whoever writes into a book takes its row first, and so does who removes it: else each may wait for the other's rows.
 * @throws Fault `book.missing` when it has been removed meanwhile
 */
export const holdBook = async (trx: Db, bookId: string): Promise<void> => {
  const book = await trx.selectFrom('address_book').select('id').where('id', '=', bookId).forKeyShare().executeTakeFirst();
  if (!book) throw missing();
};

/** @param carriers for losses; undefined: there are none, whatever is missing */
const keep = async (trx: Db, bookId: string, cards: Readable[], since: string, carriers: Carriers | undefined): Promise<void> => {
  const lost = carriers ? await lossesIn(trx, bookId, cards, carriers) : [];
  const rows = cards.map(({ card, record, lean }) => ({ href: card.href, etag: card.etag, card: lean, record }));
  const saved = await insertContacts(trx, bookId, rows, since);
  if (saved.ids.size === 0) return;
  await replaceNumbers(trx, bookId, rows, saved);
  if (saved.known.length === 0) return; // new ones have neither wishes nor losses
  await wishesCount(trx, bookId, saved.known);
  const seen = lost.filter(({ contact_id: id }) => saved.known.includes(id));
  if (seen.length > 0) await trx.insertInto('lost_code').values(seen).onConflict((c) => c.column('contact_id').doUpdateSet((eb) => ({ code: eb.ref('excluded.code'), why: eb.ref('excluded.why'), at: sql<Date>`now()` }))).execute();
};

/** A code that is on its way to the source counts, whatever the card says meanwhile; what the card says again is neither lost nor refused any more. */
const wishesCount = async (trx: Db, bookId: string, ids: string[]): Promise<void> => {
  await sql`delete from code_write w using contact c where w.book_id = ${bookId} and w.next_try is null and c.id = w.contact_id and c.id = any(${ids}::uuid[]) and c.code is not distinct from w.code`.execute(trx);
  await sql`update contact c set code = w.code from code_write w where w.book_id = ${bookId} and w.next_try is not null and c.id = w.contact_id and c.id = any(${ids}::uuid[]) and c.code is distinct from w.code`.execute(trx);
  await sql`delete from lost_code l using contact c where l.book_id = ${bookId} and c.id = l.contact_id and c.id = any(${ids}::uuid[]) and c.code is not null`.execute(trx);
};

/** Cards that had a code and have none now, without anybody's wish. */
const lossesIn = async (trx: Db, bookId: string, cards: Readable[], carriers: Carriers): Promise<{ contact_id: string; book_id: string; code: string; why: string }[]> => {
  const bare = new Map(cards.filter(({ record }) => record.code === null).map(({ card }) => [card.href, card]));
  if (bare.size === 0) return [];
  type Loss = Awaited<ReturnType<typeof lossesIn>>[number];
  const losses: Loss[] = [];
  const these = sql`c.href = any(${[...bare.keys()]}::text[]) and c.code is not null and not exists (select 1 from code_write w where w.contact_id = c.id and w.next_try is not null)`;
  for await (const ids of portions(trx, bookId, these)) {
    const { rows } = await sql<{ id: string; href: string; card: Buffer }>`select id, href, card from contact where id = any(${ids}::uuid[])`.execute(trx);
    losses.push(...(await inBreaths(rows, ({ id, href, card }): Loss[] => {
      const form = formOf(card);
      const code = codeIn(form, card, carriers);
      const was = code !== null && carriers.fallback && form.codeOf(card, carriers.carrier).code === null ? carriers.fallback : carriers.carrier;
      const why = lossOf(form, card, bare.get(href)!.bytes, was);
      return code !== null && why !== null ? [{ contact_id: id, book_id: bookId, code, why }] : [];
    })).flat());
  }
  return losses;
};

/** Its carrier is not changed until the transaction ends. */
export const shareCarrier = async (trx: Db, bookId: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock_shared(${CARRIER_LOCK}, hashtext(${bookId}))`.execute(trx);
};
/** Nothing is saved into this book until the transaction ends: to be taken before its carrier is changed. */
export const holdCarrier = async (trx: Db, bookId: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${CARRIER_LOCK}, hashtext(${bookId}))`.execute(trx);
};

/** Contacts of a book that have something in one of these fields; with `unread` also those whose fields are not known. */
export const withField = async (db: Db, bookId: string, fields: readonly string[], unread = false): Promise<RawBuilder<unknown>> => {
  const { rows } = await sql<{ name: string }>`select distinct name from (select fields from contact where book_id = ${bookId} group by fields) g cross join unnest(g.fields) as name
    where upper(name) = any(${fields.map((field) => field.toUpperCase())}::text[])`.execute(db);
  return sql`(c.fields && ${rows.map(({ name }) => name)}::text[]${unread ? sql` or c.fields is null` : sql``})`;
};

/** Ids of contacts `c` of a book, in portions: each is then read by itself, so that no portion looks at the whole book again, and none is more than memory should hold. @param most at most so many */
export const portions = async function* portions(db: Db, bookId: string, where: RawBuilder<unknown> = sql`true`, most?: number): AsyncIterable<string[]> {
  const { rows } = await sql<{ id: string; bytes: number }>`select c.id, length(c.card) as bytes from contact c where c.book_id = ${bookId} and ${where} order by c.id limit ${most ?? null}`.execute(db);
  let portion: string[] = [], bytes = 0;
  for (const row of rows) {
    if (portion.length === PORTION || (portion.length > 0 && bytes + row.bytes > PORTION_BYTES)) { yield portion; [portion, bytes] = [[], 0]; }
    portion.push(row.id);
    bytes += row.bytes;
  }
  if (portion.length > 0) yield portion;
};

/** @see ContactStore.reread @param only cards that have something in one of these carriers' fields */
export const rereadCodes = async (db: Db, bookId: string, only: readonly Carrier[] = []): Promise<void> => {
  const these = only.length === 0 ? undefined : await withField(db, bookId, only.map(fieldOf), true);
  const carriers = await carriersOf(db, bookId);
  for await (const ids of portions(db, bookId, these)) {
    const { rows } = await sql<{ id: string; card: Buffer; code: string | null; wished: boolean; wish: string | null; unread: boolean }>`
      select c.id, c.card, c.code, w.contact_id is not null as wished, w.code as wish, c.fields is null as unread
      from contact c left join code_write w on w.contact_id = c.id and w.next_try is not null where c.id = any(${ids}::uuid[])`.execute(db);
    const now = await inBreaths(rows, (row) => ({ ...row, now: row.wished ? row.wish : codeIn(formOf(row.card), row.card, carriers) }));
    const changed = now.filter((row) => row.code !== row.now);
    if (changed.length > 0) await sql`update contact set code = new.code
      from unnest(${changed.map((c) => c.id)}::uuid[], ${changed.map((c) => c.now)}::text[]) as new (id, code) where contact.id = new.id`.execute(db);
    await keepFields(db, now.filter((row) => row.unread));
  }
  await sql`delete from lost_code l using contact c where l.book_id = ${bookId} and c.id = l.contact_id and c.code is not null`.execute(db);
};

/** The fields of cards that were read before there were reports. */
export const fillFields = async (db: Db, bookId: string): Promise<void> => {
  for await (const ids of portions(db, bookId, sql`c.fields is null`)) await keepFields(db, await db.selectFrom('contact').select(['id', 'card']).where('id', 'in', ids).execute());
};

const keepFields = async (db: Db, rows: readonly { id: string; card: Buffer }[]): Promise<void> => {
  if (rows.length === 0) return;
  const fields = await inBreaths(rows, ({ card }) => storable(namesOf(formOf(card).fields(card)).join('\n')));
  await sql`update contact c set fields = string_to_array(t.fields, E'\n') from unnest(${rows.map(({ id }) => id)}::uuid[], ${fields}::text[]) as t (id, fields) where c.id = t.id`.execute(db);
};
