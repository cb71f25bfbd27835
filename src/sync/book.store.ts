/** Address books in the database: settings, sealed password, carrier, health. */
import type { AddressBook, Carrier } from '@ringbook/contracts';
import type { Relay } from '../queue/relay.js';
import type { Db } from '../store/schema.js';
import type { SourceKind } from './port.js';

/** `personId` null: shared with everybody. */
export interface NewBook { personId: string | null; kind: SourceKind; name: string; url: string; username: string; password: string; carrier?: Carrier }
export type BookView = Omit<AddressBook, 'kind'> & { kind: SourceKind };

export class BookStore {
  constructor(private readonly db: Db, private readonly key: Buffer, private readonly relay: Relay) {}

  /** The person's own books and the shared ones, with health, by name. */
  list(_personId: string): Promise<BookView[]> { void [this.db, this.key, this.relay]; throw new Error('not built yet'); }
  /** One book that this person may see; undefined when there is none. */
  get(_id: string, _personId: string): Promise<BookView | undefined> { throw new Error('not built yet'); }
  create(_book: NewBook): Promise<BookView> { throw new Error('not built yet'); }
  /** Saves the carrier and reads all codes again from the cards we hold; publishes `sync`. @throws Fault `book.missing` */
  setCarrier(_id: string, _carrier: Carrier): Promise<void> { throw new Error('not built yet'); }
  /** Forgets the book and its contacts here; the source is left as it is. */
  remove(_id: string): Promise<void> { throw new Error('not built yet'); }
}
