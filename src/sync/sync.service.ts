/** Keeps the contacts of an address book as they are at its source (engine.service.ts), and writes handling codes back to it. */
import type { Contact, SyncPlan } from '@ringbook/contracts';
import { type ContactStore, holdCarrier } from '../contact/contact.store.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { type BookEntry, BookShelf } from './book-shelf.store.js';
import type { BookStore, NewBook } from './book.store.js';
import { dryRun } from './dry-run.service.js';
import { CodeWriteService } from './code-write.service.js';
import { type EngineParts, SyncEngine, type SyncOptions, type SyncOutcome } from './engine.service.js';
import type { OpenSource } from './port.js';
import { isRunning } from './state.store.js';

export type { SyncOptions, SyncOutcome } from './engine.service.js';

export class SyncService {
  private readonly shelf: BookShelf;
  private readonly engine: SyncEngine<BookEntry>;
  readonly codes: CodeWriteService;
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore,
    private readonly openSource: OpenSource, private readonly relay: Relay, onProgress?: EngineParts<BookEntry>['onProgress']) {
    this.shelf = new BookShelf(db, books, contacts, relay);
    this.engine = new SyncEngine({ db, shelf: this.shelf, open: ({ settings, location }) => openSource({ ...settings, location }), onProgress });
    this.codes = new CodeWriteService(db, books, contacts, openSource, relay);
  }

  /** Brings one book up to date. Trouble with the source is an outcome and stands in the health of the book. @throws Fault `book.missing`, `seal.broken` */
  syncBook(bookId: string, options: SyncOptions = {}): Promise<SyncOutcome> { return this.engine.sync(bookId, options); }

  /** What a sync would do now; nothing is done. @throws Fault `book.missing`, `sync.busy` and what the source throws */
  async plan(bookId: string): Promise<SyncPlan> {
    if (await isRunning(this.db, bookId)) throw new Fault('conflict', 'sync.busy', 'This address book is being read right now. Look again when that is done.');
    return dryRun(this.engine, this.shelf, bookId);
  }

  /** Before a book is made, so that its field can say it; every connection is checked again. @throws Fault `carddav.address-refused` */
  async check(book: Pick<NewBook, 'personId' | 'kind' | 'url' | 'username' | 'password'>): Promise<void> {
    try { await this.openSource({ ...book, location: null, trusted: await this.books.trusted(book.personId, book.url) }).check(); } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'carddav.address-refused') throw thrown;
      throw new Fault('invalid', 'carddav.address-refused', thrown.message, { ...thrown.context, errors: [{ path: 'url', message: thrown.message }] }, thrown);
    }
  }

  /** @see CodeWriteService.set */
  setCode(contactId: string, code: string | null, personId: string): Promise<Contact> { return this.codes.set(contactId, code, personId); }

  /** Reads the codes of a book again from the cards we hold, without asking the server. @throws Fault `book.missing` */
  async reread(bookId: string): Promise<void> {
    await this.books.forSync(bookId);
    await this.db.transaction().execute(async (trx) => { await holdCarrier(trx, bookId); await this.contacts.reread(trx, bookId); });
    this.relay.publish('sync', { bookId });
  }
}
