/** Calendars that eat time or memory, in the thread that reads calendars: built code, a real Radicale, a real PostgreSQL. */
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Calendars, eventsAt, openCalendars, vevent } from '../lab/calendars.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';

const HOUR = 3600_000;
const BUILT = new URL('../../dist/role/sync-threads.service.js', import.meta.url).href;
const { inThread, SyncThreads } = await import(BUILT) as typeof import('../../src/role/sync-threads.service.js');

let server: Radicale, all: Calendars, silent: Server;
const threads: InstanceType<typeof SyncThreads>[] = [];
beforeAll(async () => {
  [server, all] = [await startRadicale(), await openCalendars()];
  silent = createServer(() => {}); // takes connections and never says a word
  await new Promise<void>((ready) => { silent.listen(0, '127.0.0.1', ready); });
});
afterAll(async () => {
  for (const one of threads) await one.stop();
  silent?.close();
  await all?.drop();
  await server?.stop();
});

const runner = (limits: { mb: number; calendarMs: number }) => {
  const one = new SyncThreads({ databaseUrl: all.url, region: 'DE', bookHosts: undefined, key: all.key }, () => {}, limits);
  threads.push(one);
  return inThread(one, (id) => one.calendar(id), (id, fault) => all.agenda.cutShort(id, fault));
};
const make = async (name: string, url: string): Promise<string> => (await all.calendars.create({ personId: all.personId, name, url, username: server.user, password: server.password, options: { auth: 'basic' } })).id;
const health = async (id: string) => (await all.calendars.get(id, all.personId)).health;
const small = async (name: string): Promise<string> => {
  const url = await server.addCalendar(name, name);
  await eventsAt(url, server).put('one', vevent('one', Date.now(), Date.now() + HOUR));
  return make(name, url);
};

it('one whose server never answers is broken off and says so; the others of the same thread go on', async () => {
  const run = runner({ mb: 384, calendarMs: 4000 });
  const [quiet, good] = [await make('Quiet', `http://127.0.0.1:${(silent.address() as AddressInfo).port}/c/`), await small('good')];
  const waiting = run(quiet);
  expect(await run(good)).toMatchObject({ kind: 'done', added: 1 });
  expect(await waiting).toMatchObject({ kind: 'failed', code: 'calendar.too-long' });
  expect(await health(quiet)).toMatchObject({ state: 'failing', lastError: { code: 'calendar.too-long', text: expect.stringContaining('took too long') } });
  expect(await all.agenda.due()).not.toContain(quiet);
  await all.calendars.ask(good);
  expect(await run(good)).toMatchObject({ kind: 'done', added: 0 });
  expect(await health(good)).toMatchObject({ state: 'ok', events: 1 });
  await all.calendars.remove(quiet, all.personId);
}, 60_000);

it('one that needs more memory than there is ends as failing, in words; the process lives, and others are read', async () => {
  const run = runner({ mb: 32, calendarMs: 120_000 });
  const url = await server.addCalendar('huge', 'Huge');
  const notes = `DESCRIPTION:${'x'.repeat(60)}${`\r\n ${'y'.repeat(60)}`.repeat(40_000)}`;
  for (let i = 0; i < 3; i += 1) await eventsAt(url, server).put(`e${i}`, vevent(`e${i}`, Date.now(), Date.now() + HOUR, [`SUMMARY:Long notes ${i}`, notes]));
  const [huge, good] = [await make('Huge', url), await small('well')];
  expect(await run(good)).toMatchObject({ kind: 'done', added: 1 });
  expect(await run(huge)).toMatchObject({ kind: 'failed', code: 'sync.thread' });
  expect(await health(huge)).toMatchObject({ state: 'failing', lastError: { text: expect.stringMatching(/calendars inside Ringbook ended in the middle .*memory/) } });
  await all.calendars.ask(good);
  expect(await run(good)).toMatchObject({ kind: 'done', added: 0 });
  expect(await health(good)).toMatchObject({ state: 'ok', events: 1 });
  const roomy = runner({ mb: 384, calendarMs: 120_000 }); // and with what a thread really has, it is read
  await all.calendars.ask(huge);
  expect(await roomy(huge)).toMatchObject({ kind: 'done' });
  expect(await health(huge)).toMatchObject({ state: 'ok', events: 3 });
}, 180_000);
