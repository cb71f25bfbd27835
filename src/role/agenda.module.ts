/** Calendars, for the API and the worker alike. */
import { Global, Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { openCalDav } from '../adapter/dav/caldav.adapter.js';
import { AgendaService } from '../agenda/agenda.service.js';
import { CalendarStore } from '../agenda/calendar.store.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/env.adapter.js';
import { readSecretKey } from '../config/secret-key.adapter.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { DB, type Db } from '../store/schema.js';
import { BookStore } from '../sync/book.store.js';

@Global()
@Module({
  providers: [
    { provide: CalendarStore, inject: [DB, BookStore, CONFIG, RELAY], useFactory: (db: Db, books: BookStore, config: Config, relay: Relay) => new CalendarStore(db, books, readSecretKey(config), relay) },
    {
      provide: AgendaService, inject: [DB, CalendarStore, CONFIG, RELAY, PinoLogger],
      useFactory: (db: Db, calendars: CalendarStore, { bookHosts }: Config, relay: Relay, log: PinoLogger) =>
        new AgendaService(db, calendars, (settings) => openCalDav(settings, bookHosts), relay, (calendarId, progress) => log.logger.info({ calendarId, ...progress }, 'reading a calendar')),
    },
  ],
  exports: [CalendarStore, AgendaService],
})
export class AgendaModule {}
