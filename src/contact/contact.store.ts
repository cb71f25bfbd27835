/** Contacts in the database: lists for the console, and keeping what a sync or a write-back received. */
import { setImmediate } from 'node:timers/promises';
import type { Carrier, Contact } from '@ringbook/contracts';
import { sql } from 'kysely';
import { type Page, UUID } from '../http/page.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { formOf, type Reading } from './form.js';
import { type ContactRecord, recordOf } from './record.js';
import { type ContactSearch, idsOf, searchContacts, selectContacts, viewOf, visibleTo } from './search.store.js';

export type { ContactSearch };

/** A card as its source gave it. */
export interface CardToKeep { href: string; etag: string; bytes: Uint8Array; reading?: Reading }
export interface Unreadable { href: string; etag: string; reason: string }
/** What a write-back needs. */
export interface StoredCard { id: string; bookId: string; href: string; etag: string; code: string | null }

const REREAD = 100;
/** Cards read in one go (about 5 ms); calls of the same process get their turn in between. */
const BREATH = 25;

export class ContactStore {
  constructor(private readonly db: Db, private readonly region: string) {}

  /** Contacts of the person's own and the shared books, by name. @throws Fault `request.invalid` for a cursor that is none */
  search(search: ContactSearch): Promise<Page<Contact>> { return searchContacts(this.db, search, this.region); }

  /** Ids of everybody whom a search finds, by name: at most `most`. */
  ids(search: ContactSearch, most: number): Promise<string[]> { return idsOf(this.db, search, most, this.region); }

  /** One contact that this person may see; undefined when there is none. */
  async get(id: string, personId: string): Promise<Contact | undefined> {
    if (!UUID.test(id)) return undefined;
    const { rows } = await selectContacts(sql`c.id = ${id} and ${visibleTo(personId)}`).execute(this.db);
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

const upsert = async (trx: Db, bookId: string, cards: { card: CardToKeep; record: ContactRecord }[], since: string): Promise<void> => {
  const rows = cards.map(({ card, record: { numbers: _, ...contact } }) => ({ ...contact, book_id: bookId, href: card.href, etag: card.etag, card: Buffer.from(card.bytes) }));
  const saved = await trx.insertInto('contact').values(rows).onConflict((oc) => oc.columns(['book_id', 'href']).doUpdateSet((eb) => ({
    etag: eb.ref('excluded.etag'), uid: eb.ref('excluded.uid'), name: eb.ref('excluded.name'), organisation: eb.ref('excluded.organisation'),
    code: eb.ref('excluded.code'), card: eb.ref('excluded.card'), fields: eb.ref('excluded.fields'), more: eb.ref('excluded.more'), updated_at: sql<Date>`clock_timestamp()`,
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
