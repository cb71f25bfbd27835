/** Keeps the contacts of an address book as they are at its source (engine.service.ts), and writes handling codes back to it. */
import type { Contact } from '@ringbook/contracts';
import { type ContactStore, holdCarrier } from '../contact/contact.store.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { type BookEntry, BookShelf } from './book-shelf.store.js';
import type { BookStore, NewBook } from './book.store.js';
import { type EngineParts, SyncEngine, type SyncOptions, type SyncOutcome } from './engine.service.js';
import type { OpenSource } from './port.js';
import { writeCode } from './write-back.service.js';

export type { SyncOptions, SyncOutcome } from './engine.service.js';

export class SyncService {
  readonly engine: SyncEngine<BookEntry>;
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore,
    private readonly openSource: OpenSource, private readonly relay: Relay, onProgress?: EngineParts<BookEntry>['onProgress']) {
    this.engine = new SyncEngine({ db, shelf: new BookShelf(db, books, contacts, relay), open: ({ settings, location }) => openSource({ ...settings, location }), onProgress });
  }

  /** Brings one book up to date. Trouble with the source is an outcome and stands in the health of the book. @throws Fault `book.missing`, `seal.broken` */
  syncBook(bookId: string, options: SyncOptions = {}): Promise<SyncOutcome> { return this.engine.sync(bookId, options); }

  /** Before a book is made, so that its field can say it; every connection is checked again. @throws Fault `carddav.address-refused` */
  async check(book: Pick<NewBook, 'personId' | 'kind' | 'url' | 'username' | 'password'>): Promise<void> {
    try { await this.openSource({ ...book, location: null, trusted: await this.books.trusted(book.personId, book.url) }).check(); } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'carddav.address-refused') throw thrown;
      throw new Fault('invalid', 'carddav.address-refused', thrown.message, { ...thrown.context, errors: [{ path: 'url', message: thrown.message }] }, thrown);
    }
  }

  /**
   * Writes a handling code (null: none) to the contact's card at its source, that one line alone, then here.
   * @throws Fault `contact.code`, `contact.missing`, `contact.gone`, `contact.unreadable`, `contact.source-unavailable`, `contact.changed-elsewhere`,
   * `contact.read-only`, `contact.field-in-use`, `contact.not-kept`
   */
  async setCode(contactId: string, code: string | null, personId: string): Promise<Contact> {
    const stored = await this.contacts.stored(contactId, personId);
    if (!stored) throw new Fault('missing', 'contact.missing', 'There is no such contact');
    const book = await this.books.forSync(stored.bookId);
    const card = await writeCode(this.openSource(book.settings), stored.href, book.carrier, code);
    await this.contacts.save(book.id, [card], 'infinity', { ours: true });
    this.relay.publish('sync', { bookId: book.id });
    const contact = await this.contacts.get(contactId, personId);
    if (!contact) throw new Fault('missing', 'contact.missing', 'There is no such contact any more');
    return contact;
  }

  /** Reads the codes of a book again from the cards we hold, without asking the server. @throws Fault `book.missing` */
  async reread(bookId: string): Promise<void> {
    await this.books.forSync(bookId);
    await this.db.transaction().execute(async (trx) => { await holdCarrier(trx, bookId); await this.contacts.reread(trx, bookId); });
    this.relay.publish('sync', { bookId });
  }
}
