/**
 * Keeps the contacts of an address book as they are at its source, and writes handling codes back to it. Cards are kept
 * batch by batch as they come; the sync token only at the end, so that a sync that was cut short is taken up again
 * without losing or doubling anything.
 */
import type { Contact } from '@ringbook/contracts';
import type { ContactStore } from '../contact/contact.store.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import type { BookStore, NewBook, SyncBook } from './book.store.js';
import { secondsToNext } from './interval.js';
import { plan } from './plan.js';
import type { ContactSource, Listing, OpenSource } from './port.js';
import { alone, fail, finish, held, keepLocation, keepSkipped, markSyncing } from './state.store.js';
import { writeCode } from './write-back.service.js';

/** `held`: the source suddenly lists nothing while we hold contacts: kept until somebody says so. `busy`: a sync of this book is running. */
export type SyncOutcome =
  | { kind: 'done'; added: number; updated: number; removed: number; skipped: number; others: string[] }
  | { kind: 'held'; code: 'sync.would-empty'; text: string }
  | { kind: 'failed'; code: string; text: string }
  | { kind: 'busy' };
export interface SyncOptions { /** The owner said that the book really is empty now. */ acceptEmpty?: boolean }
type Done = Extract<SyncOutcome, { kind: 'done' }>;
type Held = Extract<SyncOutcome, { kind: 'held' }>;

/** Some servers answer a token they do not know with a full list that names no deletions: once a day everything is compared. */
const FULL_EVERY = 24 * 3600 * 1000;

export class SyncService {
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore,
    private readonly openSource: OpenSource, private readonly relay: Relay) {}

  /** Brings one book up to date. Trouble with the source is an outcome and stands in the health of the book. @throws Fault `book.missing`, `seal.broken` */
  async syncBook(bookId: string, options: SyncOptions = {}): Promise<SyncOutcome> {
    await this.books.forSync(bookId); // a book that is not there is no busy one
    return alone(this.db, bookId, async () => {
      const book = await this.books.forSync(bookId);
      try {
        await markSyncing(this.db, bookId);
        if (book.state === 'new' || book.state === 'failing') this.relay.publish('sync', { bookId });
        const outcome = await this.#run(book, options);
        if (outcome.kind === 'held' || hasChanged(outcome) || book.state !== 'ok') this.relay.publish('sync', { bookId });
        return outcome;
      } catch (thrown) { return this.#failed(book, thrown); }
    });
  }

  /** Before a book is made, so that its field can say it; every connection is checked again. @throws Fault `carddav.address-refused` */
  async check(book: Pick<NewBook, 'personId' | 'kind' | 'url' | 'username' | 'password'>): Promise<void> {
    try { await this.openSource({ ...book, location: null, trusted: await this.books.trusted(book.personId, book.url) }).check(); } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'carddav.address-refused') throw thrown;
      throw new Fault('invalid', 'carddav.address-refused', thrown.message, { ...thrown.context, errors: [{ path: 'url', message: thrown.message }] }, thrown);
    }
  }

  async #run(book: SyncBook, { acceptEmpty }: SyncOptions): Promise<Done | Held> {
    const base = await held(this.db, book.id);
    const source = this.openSource(book.settings);
    const { location, others } = await source.open();
    if (location !== book.settings.location) await keepLocation(this.db, book.id, location);
    const listing = await listOf(source, book, base.etags.size);
    const now = await held(this.db, book.id);
    const made = plan(now.etags, listing, base.etags, { acceptEmpty });
    if (made.kind === 'held') return this.#hold(book, now.contacts.size);
    const unusable = new Set(listing.skipped.map((card) => card.href));
    await keepSkipped(this.db, book.id, listing.skipped, []);
    const wanted = [...made.add, ...made.update].filter((item) => !unusable.has(item.href));
    const { kept, missing } = await this.#fetch(book, source, wanted, now.since);
    const removed = await finish(this.db, book.id, { token: listing.token, full: listing.kind === 'full', remove: [...made.remove, ...missing], since: now.since, seconds: secondsToNext(0) });
    const skipped = (await this.books.skipped(book.id)).length;
    const added = kept.filter((href) => !now.contacts.has(href)).length;
    return { kind: 'done', added, updated: kept.length - added, removed, skipped, others };
  }

  /** Reads and keeps the cards, batch by batch. `missing` were deleted since they were listed. */
  async #fetch(book: SyncBook, source: ContactSource, wanted: Listing['items'], since: string): Promise<{ kept: string[]; missing: string[] }> {
    const kept: string[] = [], missing: string[] = [];
    for await (const batch of source.fetch(wanted)) {
      const unreadable = await this.contacts.save(book.id, batch.cards, book.carrier, since);
      const out = new Set(unreadable.map((card) => card.href));
      const read = batch.cards.map((card) => card.href).filter((href) => !out.has(href));
      await keepSkipped(this.db, book.id, [...batch.skipped, ...unreadable], read);
      kept.push(...read);
      missing.push(...batch.missing);
      this.relay.publish('sync', { bookId: book.id });
    }
    return { kept, missing };
  }

  async #hold(book: SyncBook, holding: number): Promise<Held> {
    const text = `The address book at the server is suddenly empty. The ${holding} contacts are kept here until the server shows them again, or until you say that the book is to be emptied.`;
    await fail(this.db, book.id, { code: 'sync.would-empty', text }, secondsToNext(book.failures + 1));
    return { kind: 'held', code: 'sync.would-empty', text };
  }

  async #failed(book: SyncBook, thrown: unknown): Promise<SyncOutcome> {
    const fault = thrown instanceof Fault ? thrown : new Fault('broken', 'sync.broken', 'The sync stopped by an error inside Ringbook; its log says more. It is tried again by itself.', {}, thrown);
    // The collection may have been moved or made anew: looked for again next time.
    if (fault.code === 'carddav.not-an-address-book') await keepLocation(this.db, book.id, null);
    await fail(this.db, book.id, { code: fault.code, text: fault.message }, secondsToNext(book.failures + 1, fault.kind === 'invalid', fault.context.retryAfter));
    this.relay.publish('sync', { bookId: book.id });
    if (!(thrown instanceof Fault)) throw thrown;
    return { kind: 'failed', code: fault.code, text: fault.message };
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
    await this.contacts.save(book.id, [card], book.carrier, 'infinity');
    this.relay.publish('sync', { bookId: book.id });
    const contact = await this.contacts.get(contactId, personId);
    if (!contact) throw new Fault('missing', 'contact.missing', 'There is no such contact any more');
    return contact;
  }

  /** Reads the codes of a book again from the cards we hold, without asking the server. @throws Fault `book.missing` */
  async reread(bookId: string): Promise<void> {
    const { carrier } = await this.books.forSync(bookId);
    await this.db.transaction().execute((trx) => this.contacts.reread(trx, bookId, carrier));
    this.relay.publish('sync', { bookId });
  }
}

const hasChanged = ({ added, updated, removed }: Done): boolean => added + updated + removed > 0;

/** An increment that names half of what we hold may be a full list in disguise (see FULL_EVERY): then ask for one. */
const listOf = async (source: ContactSource, book: SyncBook, holding: number): Promise<Listing> => {
  const fresh = book.lastFull !== null && Date.now() - book.lastFull.getTime() < FULL_EVERY;
  if (!fresh || book.token === null) return source.list(null);
  const listing = await source.list(book.token);
  return listing.kind === 'changes' && listing.items.length > 0 && listing.items.length * 2 >= holding ? source.list(null) : listing;
};
