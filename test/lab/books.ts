/** Everything that synchronises address books, put together as the worker does, on a database of its own; for tests. */
import { randomBytes } from 'node:crypto';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { openFolder } from '../../src/adapter/folder/folder.adapter.js';
import { openImport } from '../../src/adapter/import/import.adapter.js';
import { openLdap } from '../../src/adapter/ldap/ldap.adapter.js';
import { ContactStore } from '../../src/contact/contact.store.js';
import { DirectoryService } from '../../src/directory/directory.service.js';
import type { Relay, RelayMessages } from '../../src/queue/relay.js';
import type { Db } from '../../src/store/schema.js';
import { BookStore } from '../../src/sync/book.store.js';
import type { OpenSource } from '../../src/sync/port.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { freshDatabase } from './database.js';

export interface Books {
  /** Of the database; `key` seals the passwords of the books. */
  url: string; key: Buffer;
  db: Db; personId: string; contacts: ContactStore; books: BookStore; sync: SyncService; directory: DirectoryService;
  /** What was published on the relay, in order. */
  published: RelayMessages['sync'][];
  drop(): Promise<void>;
}

export const openSource: OpenSource = (settings) => (settings.kind === 'carddav' ? openCardDav(settings) : settings.kind === 'ldap' ? openLdap(settings) : openFolder(settings.url));

export const openBooks = async (open: OpenSource = openSource, server?: Parameters<typeof freshDatabase>[0]): Promise<Books> => {
  const { db, url, drop } = await freshDatabase(server);
  const published: Books['published'] = [];
  const relay: Relay = { publish: (topic, message) => { if (topic === 'sync') published.push(message as RelayMessages['sync']); }, subscribe: () => () => {} };
  const contacts = new ContactStore(db, 'DE');
  const key = randomBytes(32);
  const books = new BookStore(db, contacts, key, relay);
  return {
    db, url, key, personId: await newPerson(db), contacts, books, published, drop,
    sync: new SyncService(db, books, contacts, (settings) => (settings.kind === 'import' ? openImport(db, settings) : open(settings)), relay), directory: new DirectoryService(db, 'DE'),
  };
};

/** An administrator, whose books may be on this machine. */
export const newPerson = async (db: Db, role: 'admin' | 'user' = 'admin'): Promise<string> => {
  const name = randomBytes(4).toString('hex');
  return (await db.insertInto('person').values({ email: `${name}@example.org`, name, role, password_hash: null }).returning('id').executeTakeFirstOrThrow()).id;
};

export const vcard = (name: string, lines: string[], uid = name): string =>
  ['BEGIN:VCARD', 'VERSION:3.0', `UID:${uid}`, `FN:${name}`, ...lines, 'END:VCARD', ''].join('\r\n');
