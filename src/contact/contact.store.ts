/** Contacts in the database: lists for the console, and keeping what a sync or a write-back received. */
import { setImmediate } from 'node:timers/promises';
import type { Carrier, Contact } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { pageOf, type Page, TEXT, unpackCursor, UUID } from '../http/page.js';
import { parseNumber } from '../number/parse.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { formOf, type Reading } from './form.js';
import { type ContactRecord, recordOf } from './record.js';

/** `limit` 50 when left out, at most 200. */
export interface ContactSearch { personId: string; q?: string; number?: string; limit?: number; cursor?: string | null }
/** A card as its source gave it. */
export interface CardToKeep { href: string; etag: string; bytes: Uint8Array; reading?: Reading }
export interface Unreadable { href: string; etag: string; reason: string }
/** What a write-back needs. */
export interface StoredCard { id: string; bookId: string; href: string; etag: string; code: string | null }

interface Row { id: string; name: string; organisation: string | null; code: string | null; uid: string | null; book: string; bookId: string; updatedAt: Date; numbers: Contact['numbers'] | null; pending: Contact['pending']; lostCode: string | null; key: string }
const REREAD = 100;
/** Cards read in one go (about 5 ms); calls of the same process get their turn in between. */
const BREATH = 25;
const NUMBER_COLUMNS = ['e164', 'national', 'extension', 'suffix'] as const;

export class ContactStore {
  constructor(private readonly db: Db, private readonly region: string) {}

  /**
   * Contacts of the person's own and the shared books, by name. `q` finds in name, organisation, code and numbers;
   * `number` finds who has that number, in whatever form. @throws Fault `request.invalid` for a cursor that is none
   */
  async search({ personId, q = '', number = '', limit = 50, cursor }: ContactSearch): Promise<Page<Contact>> {
    const count = Math.min(Math.max(limit, 1), 200);
    const after = cursor ? unpackCursor(cursor, [TEXT, UUID]) : undefined;
    const conditions = [visibleTo(personId)];
    if (q.trim()) conditions.push(found(q.trim()));
    if (number.trim()) conditions.push(numbered(number, this.region));
    if (after) conditions.push(sql`(lower(c.name), c.id) > (${after[0]}, ${after[1]}::uuid)`);
    const { rows } = await selectContacts(sql.join(conditions, sql` and `), count + 1).execute(this.db);
    return pageOf(rows, count, viewOf, (row) => [row.key, row.id]);
  }

  /** One contact that this person may see; undefined when there is none. */
  async get(id: string, personId: string): Promise<Contact | undefined> {
    if (!UUID.test(id)) return undefined;
    const { rows } = await selectContacts(sql`c.id = ${id} and ${visibleTo(personId)}`, 1).execute(this.db);
    return rows[0] && viewOf(rows[0]);
  }

  /** Where the contact's card is, if this person may see it. */
  async stored(id: string, personId: string): Promise<StoredCard | undefined> {
    if (!UUID.test(id)) return undefined;
    const { rows } = await sql<StoredCard>`select c.id, c.book_id as "bookId", c.href, c.etag, c.code
      from contact c join address_book b on b.id = c.book_id where c.id = ${id} and ${visibleTo(personId)}`.execute(this.db);
    return rows[0];
  }

  /**
   * Keeps cards, new or changed, in one transaction. A contact that was written after `since` (a timestamptz as text) is
   * left as it is: what we received is older. Cards that are no vCard are returned; what we held of them stays.
   */
  async save(bookId: string, cards: readonly CardToKeep[], carrier: Carrier, since: string): Promise<Unreadable[]> {
    const read: { card: CardToKeep; record: ContactRecord | undefined }[] = [];
    for (const [i, card] of cards.entries()) {
      read.push({ card, record: recordOf(card.bytes, carrier, this.region, card.reading) });
      if (i % BREATH === BREATH - 1) await setImmediate();
    }
    const readable = read.flatMap(({ card, record }) => (record ? [{ card, record }] : []));
    return this.db.transaction().execute(async (trx) => {
      await holdBook(trx, bookId);
      if (readable.length > 0) await upsert(trx, bookId, readable, since);
      return read.filter(({ record }) => !record).map(({ card }) => ({ href: card.href, etag: card.etag, reason: 'it is not a vCard' }));
    });
  }

  /** Reads the codes of a book again from the cards we hold. Within a transaction of the caller. */
  async reread(db: Db, bookId: string, carrier: Carrier): Promise<void> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const rows = await db.selectFrom('contact').select(['id', 'card', 'code']).where('book_id', '=', bookId).where('id', '>', after).orderBy('id').limit(REREAD).execute();
      const changed = rows.map(({ id, card, code }) => ({ id, code, now: codeIn(card, carrier) })).filter(({ code, now }) => code !== now);
      if (changed.length > 0) await sql`update contact set code = new.code, updated_at = clock_timestamp()
        from unnest(${changed.map((c) => c.id)}::uuid[], ${changed.map((c) => c.now)}::text[]) as new (id, code) where contact.id = new.id`.execute(db);
      const last = rows.at(-1);
      if (!last || rows.length < REREAD) return;
      after = last.id;
    }
  }
}

/**
 * Whoever writes into a book takes its row first, and so does who removes it: else each may wait for the other's rows.
 * @throws Fault `book.missing` when it has been removed meanwhile
 */
export const holdBook = async (trx: Db, bookId: string): Promise<void> => {
  const book = await trx.selectFrom('address_book').select('id').where('id', '=', bookId).forKeyShare().executeTakeFirst();
  if (!book) throw new Fault('missing', 'book.missing', 'There is no such address book');
};

const codeIn = (bytes: Uint8Array, carrier: Carrier): string | null => formOf(bytes).codeOf(bytes, carrier).code;

const visibleTo = (personId: string): RawBuilder<unknown> => sql`(b.person_id = ${personId} or b.person_id is null)`;
const like = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;

/** Digits are looked for in the canonical forms too, without the zeros and + that are written or not. */
const found = (q: string): RawBuilder<unknown> => {
  const digits = /^[+\d\s()./-]{3,}$/.test(q) ? q.replace(/\D/g, '').replace(/^0+/, '') : '';
  const numbers = digits.length < 2 ? sql`` : sql` or exists (select 1 from contact_number n where n.contact_id = c.id and (n.e164 like ${`%${digits}%`} or n.extension like ${`${digits}%`} or regexp_replace(n.raw, '\\D', '', 'g') like ${`%${digits}%`}))`;
  return sql`(lower(c.name) like ${like(q)} or lower(c.organisation) like ${like(q)} or lower(c.code) = ${q.toLowerCase()}${numbers})`;
};

const numbered = (number: string, region: string): RawBuilder<unknown> => {
  const forms = parseNumber(number, region);
  const same = NUMBER_COLUMNS.flatMap((column) => (forms[column] === undefined ? [] : [sql`n.${sql.ref(column)} = ${forms[column]}`]));
  return same.length === 0 ? sql`false` : sql`c.id in (select n.contact_id from contact_number n where ${sql.join(same, sql` or `)})`;
};

const selectContacts = (where: RawBuilder<unknown>, limit: number): RawBuilder<Row> => sql<Row>`
  select c.id, c.name, c.organisation, c.code, c.uid, b.name as book, c.book_id as "bookId", c.updated_at as "updatedAt", lower(c.name) as key,
    (select jsonb_agg(jsonb_build_object('label', n.label, 'raw', n.raw, 'e164', n.e164) order by n.position) from contact_number n where n.contact_id = c.id) as numbers,
    (select jsonb_build_object('code', w.code, 'since', w.asked_at, 'error', w.error->>'text') from code_write w where w.contact_id = c.id) as pending,
    (select l.code from lost_code l where l.contact_id = c.id) as "lostCode"
  from contact c join address_book b on b.id = c.book_id where ${where} order by lower(c.name), c.id limit ${limit}`;

const viewOf = ({ key: _, numbers, updatedAt, pending, ...row }: Row): Contact =>
  ({ ...row, numbers: numbers ?? [], updatedAt: updatedAt.toISOString(), pending: pending && { ...pending, since: new Date(pending.since).toISOString() } });

const upsert = async (trx: Db, bookId: string, cards: { card: CardToKeep; record: ContactRecord }[], since: string): Promise<void> => {
  const rows = cards.map(({ card, record: { numbers: _, ...contact } }) => ({ ...contact, book_id: bookId, href: card.href, etag: card.etag, card: Buffer.from(card.bytes) }));
  const saved = await trx.insertInto('contact').values(rows).onConflict((oc) => oc.columns(['book_id', 'href']).doUpdateSet((eb) => ({
    etag: eb.ref('excluded.etag'), uid: eb.ref('excluded.uid'), name: eb.ref('excluded.name'), organisation: eb.ref('excluded.organisation'),
    code: eb.ref('excluded.code'), card: eb.ref('excluded.card'), fields: eb.ref('excluded.fields'), updated_at: sql<Date>`clock_timestamp()`,
  })).where('contact.updated_at', '<=', sql<Date>`${since}::timestamptz`)).returning(['id', 'href']).execute();
  const ids = new Map(saved.map(({ id, href }) => [href, id]));
  if (ids.size === 0) return;
  await trx.deleteFrom('contact_number').where('contact_id', 'in', [...ids.values()]).execute();
  const numbers = cards.flatMap(({ card, record }) => numberRows(ids.get(card.href), bookId, record));
  for (let i = 0; i < numbers.length; i += 2000) await trx.insertInto('contact_number').values(numbers.slice(i, i + 2000)).execute(); // 65,535 parameters at most
};

const numberRows = (contactId: string | undefined, bookId: string, { numbers }: ContactRecord) => (contactId === undefined ? [] : numbers.map((number, position) => ({
  contact_id: contactId, book_id: bookId, position, label: number.label, raw: number.raw,
  e164: number.e164 ?? null, national: number.national ?? null, extension: number.extension ?? null, suffix: number.suffix ?? null,
})));
