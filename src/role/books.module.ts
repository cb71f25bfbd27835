/** Address books, contacts and look-ups, for the API and the worker alike. */
import { Global, Module } from '@nestjs/common';
import { openCardDav } from '../adapter/dav/carddav.adapter.js';
import { openFolder } from '../adapter/folder/folder.adapter.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/env.adapter.js';
import { readSecretKey } from '../config/secret-key.adapter.js';
import { ContactStore } from '../contact/contact.store.js';
import { DirectoryService } from '../directory/directory.service.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { DB, type Db } from '../store/schema.js';
import { BookStore } from '../sync/book.store.js';
import type { OpenSource } from '../sync/port.js';
import { SyncService } from '../sync/sync.service.js';

const openSource = ({ bookHosts }: Config): OpenSource => (settings) => (settings.kind === 'practice' ? openFolder(settings.url) : openCardDav(settings, bookHosts));

@Global()
@Module({
  providers: [
    { provide: ContactStore, inject: [DB, CONFIG], useFactory: (db: Db, config: Config) => new ContactStore(db, config.region) },
    { provide: DirectoryService, inject: [DB, CONFIG], useFactory: (db: Db, config: Config) => new DirectoryService(db, config.region) },
    { provide: BookStore, inject: [DB, ContactStore, CONFIG, RELAY], useFactory: (db: Db, contacts: ContactStore, config: Config, relay: Relay) => new BookStore(db, contacts, readSecretKey(config), relay) },
    { provide: SyncService, inject: [DB, BookStore, ContactStore, CONFIG, RELAY], useFactory: (db: Db, books: BookStore, contacts: ContactStore, config: Config, relay: Relay) => new SyncService(db, books, contacts, openSource(config), relay) },
  ],
  exports: [ContactStore, DirectoryService, BookStore, SyncService],
})
export class BooksModule {}
