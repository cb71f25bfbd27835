/** Address books, contacts and look-ups, for the API and the worker alike. */
import { Global, Module } from '@nestjs/common';
import { inspectDav } from '../adapter/dav/inspect.adapter.js';
import { BOOKS } from '../adapter/dav/kind.js';
import { inspectLdap } from '../adapter/ldap/inspect.adapter.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/env.adapter.js';
import { readSecretKey } from '../config/secret-key.adapter.js';
import { ContactStore } from '../contact/contact.store.js';
import { DirectoryService } from '../directory/directory.service.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { DB, type Db } from '../store/schema.js';
import { BookChangeStore } from '../sync/book-change.store.js';
import { BookStore } from '../sync/book.store.js';
import type { Inspect } from '../sync/connection.js';
import { ConnectionService } from '../sync/connection.service.js';
import { SyncService } from '../sync/sync.service.js';
import { openSource } from './sources.adapter.js';

export const inspectWith = ({ bookHosts }: Pick<Config, 'bookHosts'>): Inspect => (settings) => (settings.kind === 'ldap' ? inspectLdap(settings, bookHosts) : inspectDav(settings, BOOKS, bookHosts));

@Global()
@Module({
  providers: [
    { provide: ContactStore, inject: [DB, CONFIG], useFactory: (db: Db, config: Config) => new ContactStore(db, config.region) },
    { provide: DirectoryService, inject: [DB, CONFIG], useFactory: (db: Db, config: Config) => new DirectoryService(db, config.region) },
    { provide: BookStore, inject: [DB, ContactStore, CONFIG, RELAY], useFactory: (db: Db, contacts: ContactStore, config: Config, relay: Relay) => new BookStore(db, contacts, readSecretKey(config), relay) },
    { provide: BookChangeStore, inject: [DB, CONFIG], useFactory: (db: Db, config: Config) => new BookChangeStore(db, readSecretKey(config)) },
    { provide: ConnectionService, inject: [BookChangeStore, CONFIG], useFactory: (changes: BookChangeStore, config: Config) => new ConnectionService(changes, inspectWith(config)) },
    { provide: SyncService, inject: [DB, BookStore, ContactStore, CONFIG, RELAY], useFactory: (db: Db, books: BookStore, contacts: ContactStore, config: Config, relay: Relay) => new SyncService(db, books, contacts, openSource(config, db), relay) },
  ],
  exports: [ContactStore, DirectoryService, BookStore, BookChangeStore, ConnectionService, SyncService],
})
export class BooksModule {}
