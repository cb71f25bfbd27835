/** Keeps the contacts of an address book as they are at its source, and writes handling codes back to it. */
import type { Contact } from '@ringbook/contracts';
import type { ContactStore } from '../contact/contact.store.js';
import type { Relay } from '../queue/relay.js';
import type { Db } from '../store/schema.js';
import type { BookStore } from './book.store.js';
import type { OpenSource } from './port.js';

/** `held`: the source suddenly lists nothing while we hold contacts: kept until somebody says so. `busy`: a sync of this book is running. */
export type SyncOutcome =
  | { kind: 'done'; added: number; updated: number; removed: number; skipped: number; others: string[] }
  | { kind: 'held'; code: 'sync.would-empty'; text: string }
  | { kind: 'failed'; code: string; text: string }
  | { kind: 'busy' };
export interface SyncOptions { /** The owner said that the book really is empty now. */ acceptEmpty?: boolean }

export class SyncService {
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore,
    private readonly openSource: OpenSource, private readonly relay: Relay) {}

  /** Brings one book up to date. Trouble with the source is an outcome and stands in the health of the book. @throws Fault `book.missing` */
  syncBook(_bookId: string, _options: SyncOptions = {}): Promise<SyncOutcome> {
    void [this.db, this.books, this.contacts, this.openSource, this.relay]; throw new Error('not built yet');
  }

  /**
   * Writes a handling code (null: none) to the contact's card at its source, that one line alone, then here.
   * @throws Fault `contact.missing`, `contact.source-unavailable`, `contact.changed-elsewhere`, `contact.read-only`, `contact.field-in-use`
   */
  setCode(_contactId: string, _code: string | null, _personId: string): Promise<Contact> { throw new Error('not built yet'); }

  /** Reads the codes of a book again from the cards we hold, without asking the server. */
  reread(_bookId: string): Promise<void> { throw new Error('not built yet'); }
}
