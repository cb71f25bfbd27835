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
import { secondsToNext } from './interval.js';
import { MigrationService } from './migration.service.js';
import type { OpenSource } from './port.js';
import { isRunning } from './state.store.js';

export type { SyncOptions, SyncOutcome } from './engine.service.js';

/** What is wrong with the settings themselves, and the field that says so. */
const FIELD_OF: Record<string, string | undefined> = { 'carddav.address-refused': 'url', 'carddav.url': 'url', 'ldap.address-refused': 'url', 'ldap.url': 'url', 'ldap.filter': 'ldap.filter', 'ldap.map': 'ldap.map' };

export class SyncService {
  private readonly shelf: BookShelf;
  private readonly engine: SyncEngine<BookEntry>;
  readonly codes: CodeWriteService;
  readonly migrations: MigrationService;
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore,
    private readonly openSource: OpenSource, private readonly relay: Relay, onProgress?: EngineParts<BookEntry>['onProgress']) {
    this.shelf = new BookShelf(db, books, contacts, relay);
    this.engine = new SyncEngine({ db, shelf: this.shelf, open: ({ settings, location }) => openSource({ ...settings, location }), onProgress });
    this.codes = new CodeWriteService(db, books, contacts, openSource, relay);
    this.migrations = new MigrationService(db, books, contacts, openSource, relay);
  }

  /** Brings one book up to date. Trouble with the source is an outcome and stands in the health of the book. @throws Fault `book.missing`, `seal.broken` */
  syncBook(bookId: string, options: SyncOptions = {}): Promise<SyncOutcome> { return this.engine.sync(bookId, options); }

  /** A sync that ended without a word of its own: its health says why, and it comes again later and later. */
  async cutShort(bookId: string, { code, message }: Fault): Promise<void> {
    const { failures } = await this.shelf.entry(bookId);
    await this.shelf.fail(bookId, { code, text: message }, secondsToNext(failures + 1));
    this.shelf.tell(bookId, { state: 'failing', progress: null });
  }

  /** What a sync would do now; nothing is done. @throws Fault `book.missing`, `sync.busy` and what the source throws */
  async plan(bookId: string): Promise<SyncPlan> {
    if (await isRunning(this.db, bookId)) throw new Fault('conflict', 'sync.busy', 'This address book is being read right now. Look again when that is done.');
    return dryRun(this.engine, this.shelf, bookId);
  }

  /** Before a book is made, so that its field can say it; every connection is checked again. @throws Fault `carddav.address-refused`, `ldap.address-refused`, `ldap.filter`, `ldap.map` */
  async check({ options, ...book }: Pick<NewBook, 'personId' | 'kind' | 'url' | 'username' | 'password' | 'options'>): Promise<void> {
    try { await this.openSource({ ...options, ...book, location: null, trusted: await this.books.trusted(book.personId, book.url) }).check(); } catch (thrown) {
      const path = thrown instanceof Fault ? FIELD_OF[thrown.code] : undefined;
      if (!(thrown instanceof Fault) || path === undefined) throw thrown;
      throw new Fault('invalid', thrown.code, thrown.message, { ...thrown.context, errors: [{ path, message: thrown.message }] }, thrown);
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
