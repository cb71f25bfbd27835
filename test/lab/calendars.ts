/** Everything that keeps calendars, put together as the worker does, on a database of its own; for tests. */
import { randomBytes } from 'node:crypto';
import { openCalDav } from '../../src/adapter/dav/caldav.adapter.js';
import { AgendaService, type OpenCalendar } from '../../src/agenda/agenda.service.js';
import { CalendarStore } from '../../src/agenda/calendar.store.js';
import type { Relay, RelayMessages } from '../../src/queue/relay.js';
import type { Db } from '../../src/store/schema.js';
import { newPerson } from './books.js';
import { freshDatabase } from './database.js';

export interface Calendars {
  /** Of the database; `key` seals the passwords of the calendars. */
  url: string; key: Buffer;
  db: Db; personId: string; calendars: CalendarStore; agenda: AgendaService;
  /** Whose status was told to have changed, in order. */
  told: string[];
  drop(): Promise<void>;
}

export const openCalendars = async (open: OpenCalendar = (settings) => openCalDav(settings)): Promise<Calendars> => {
  const { db, url, drop } = await freshDatabase();
  const key = randomBytes(32);
  const told: string[] = [];
  const relay: Relay = { publish: (topic, message) => { if (topic === 'presence') told.push((message as RelayMessages['presence']).personId); }, subscribe: () => () => {} };
  const calendars = new CalendarStore(db, { trusted: async () => true }, key, relay);
  return { db, url, key, personId: await newPerson(db), calendars, agenda: new AgendaService(db, calendars, open, relay), told, drop };
};

/** 20261120T090000Z */
export const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
/** One event as a calendar program writes it. Times in milliseconds since 1970. */
export const vevent = (uid: string, start: number, end: number, lines: string[] = [`SUMMARY:${uid}`]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Ringbook//test//EN', 'BEGIN:VEVENT', `UID:${uid}`, `DTSTAMP:${stamp(start)}`, `DTSTART:${stamp(start)}`, `DTEND:${stamp(end)}`, ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');

/** As a calendar program would, over HTTP; `name` without .ics. */
export const eventsAt = (url: string, { user, password }: { user: string; password: string }) => {
  const http = async (method: string, name: string, body?: string): Promise<void> => {
    const response = await fetch(`${url}${encodeURIComponent(name)}.ics`, { method, body, headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, 'content-type': 'text/calendar; charset=utf-8' } });
    if (!response.ok) throw new Error(`${method} ${url}${name}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  };
  return { put: (name: string, text: string) => http('PUT', name, text), remove: (name: string) => http('DELETE', name) };
};
