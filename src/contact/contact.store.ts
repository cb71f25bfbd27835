/** Contacts in the database: lists for the console, and applying what a sync read. */
import type { Contact } from '@ringbook/contracts';
import type { Db } from '../store/schema.js';

export interface ContactSearch { personId: string; q?: string; number?: string; limit?: number; cursor?: string | null }
export interface ContactPage { items: Contact[]; cursor: string | null }

export class ContactStore {
  constructor(private readonly db: Db, private readonly region: string) {}

  /**
   * Contacts of the person's own and the shared books, by name. `q` finds in name, organisation, code and number;
   * `number` finds who has that number. @throws Fault `contact.cursor` (invalid)
   */
  search(_search: ContactSearch): Promise<ContactPage> { void [this.db, this.region]; throw new Error('not built yet'); }

  /** One contact that this person may see; undefined when there is none. */
  get(_id: string, _personId: string): Promise<Contact | undefined> { throw new Error('not built yet'); }
}
