/**
 * Runs in a thread of its own (sync-threads.service.ts): reads address books or calendars, so that taking thousands of cards apart
 * never keeps a call of this process waiting. Asked by messages, one a sync; tells what it publishes and how far it is.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openCalDav } from '../adapter/dav/caldav.adapter.js';
import { AgendaService } from '../agenda/agenda.service.js';
import { CalendarStore } from '../agenda/calendar.store.js';
import { ContactStore } from '../contact/contact.store.js';
import { Fault } from '../shared/fault.js';
import { messageOf, must } from '../shared/must.js';
import { createDb } from '../store/database.adapter.js';
import { BookStore } from '../sync/book.store.js';
import { SyncService } from '../sync/sync.service.js';
import { openSource } from './sources.adapter.js';
import type { ThreadAnswer, ThreadAsk, ThreadData } from './thread.js';

const port = must(parentPort, 'the thread that started this one');
const { databaseUrl, region, bookHosts, key } = workerData as ThreadData;
const say = (answer: ThreadAnswer): void => { port.postMessage(answer); };

/** Calls come first also where there is little to compute with: Linux knows each thread by a number of its own. */
const stepBack = (): void => {
  try { setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), 5); } catch { /* elsewhere all are alike */ }
};
stepBack();

// Two syncs at once, each with a connection for its lock.
const db = createDb(databaseUrl, { max: 8, onError: (error) => say({ kind: 'trouble', text: error.message }) });
const contacts = new ContactStore(db, region);
const relay = { publish: (topic: string, message: unknown) => say({ kind: 'publish', topic, message }), subscribe: () => () => {} };
const books = new BookStore(db, contacts, Buffer.from(key), relay);
const syncs = new SyncService(db, books, contacts, openSource({ bookHosts }, db), relay, (bookId, progress) => say({ kind: 'progress', bookId, progress }));
const agenda = new AgendaService(db, new CalendarStore(db, books, Buffer.from(key), relay), (settings) => openCalDav(settings, bookHosts), relay, (bookId, progress) => say({ kind: 'progress', bookId, progress }));

const sync = async (ask: ThreadAsk): Promise<void> => {
  const { id } = ask;
  try { say({ kind: 'outcome', id, outcome: 'bookId' in ask ? await syncs.syncBook(ask.bookId) : await agenda.run(ask.calendarId) }); } catch (thrown) {
    const fault = thrown instanceof Fault ? { kind: thrown.kind, code: thrown.code, context: thrown.context } : undefined;
    say({ kind: 'thrown', id, text: messageOf(thrown), ...(fault ? { fault } : {}) });
  }
};
port.on('message', (ask: ThreadAsk) => { void sync(ask); });
