/** Contacts in the database: lists for the console, and keeping what a sync or a write-back received. */
import type { Contact } from '@ringbook/contracts';
import { sql } from 'kysely';
import { type Page, UUID } from '../http/page.js';
import type { Db } from '../store/schema.js';
import { type CardToKeep, carriersOf, holdBook, holdCarrier, keepCards, type KeepOptions, rereadCodes, shareCarrier, type Unreadable } from './keep.store.js';
import { type ContactSearch, idsOf, searchContacts, selectContacts, viewOf, visibleTo } from './search.store.js';

export { carriersOf, holdBook, holdCarrier, shareCarrier };
export type { CardToKeep, ContactSearch, Unreadable };

/** What a write-back needs. */
export interface StoredCard { id: string; bookId: string; href: string; etag: string; code: string | null }

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
   * Keeps cards, new or changed, in one transaction; the codes are read by the carrier that the book has then. A contact that
   * was written after `since` (a timestamptz as text) is left as it is: what we received is older. Cards that are no vCard are
   * returned; what we held of them stays. A code that another program dropped is noted (table lost_code).
   */
  save(bookId: string, cards: readonly CardToKeep[], since: string, options?: KeepOptions): Promise<Unreadable[]> { return keepCards(this.db, this.region, bookId, cards, since, options); }

  /** Reads the codes of a book again from the cards we hold. Within a transaction of the caller that has taken `holdCarrier`. */
  reread(db: Db, bookId: string): Promise<void> { return rereadCodes(db, bookId); }
}
