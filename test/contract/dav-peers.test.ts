/**
 * The common suite on DAViCal and SOGo, real ones; what each does with what we write; and calendars on all three. A proxy in
 * between writes down what we send: what a server makes of it is its own business.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCalDav } from '../../src/adapter/dav/caldav.adapter.js';
import { inspectDav } from '../../src/adapter/dav/inspect.adapter.js';
import { BOOKS } from '../../src/adapter/dav/kind.js';
import { isGood } from '../../src/sync/connection.js';
import { type Books, openBooks } from '../lab/books.js';
import { startDaviCal } from '../lab/davical.js';
import { type DavPlace, davPlace } from '../lab/dav-place.js';
import { type FaultProxy, startFaultProxy } from '../lab/fault-proxy.js';
import { startRadicale } from '../lab/radicale.js';
import { startSogo } from '../lab/sogo.js';
import { contactSourceSuite, type Place } from './source.suite.js';

type Peer = DavPlace & { stop(): Promise<void> };
const radicale = async (): Promise<Peer> => {
  const server = await startRadicale();
  const { url, bookUrl, user, password, stop } = server;
  return { ...davPlace({ url, bookUrl, calendarUrl: await server.addCalendar('calendar', 'Termine'), user, password }), stop };
};
const bookAt = ({ url, user, password }: DavPlace): Place['book'] => ({ kind: 'carddav', url, username: user, password });
const placeOf = (server: Peer): Place => ({ book: bookAt(server), put: server.put, get: server.get, remove: server.remove, list: server.list, close: server.stop });

contactSourceSuite('CardDAV on DAViCal', async () => placeOf(await startDaviCal()));
// This SOGo confuses cards whose names hold ' with others, and lists a%20b as if it were "a b".
contactSourceSuite('CardDAV on SOGo', async () => ({ ...placeOf(await startSogo()), names: ['mit leer zeichen', 'ü&<b>', '100%', 'plus+1'] }));

const PHOTO = Array.from({ length: 8 }, () => ` ${'QUJD'.repeat(18)}`).join('\r\n');
const CARDS = {
  '3.0': `BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Somebody//Else//EN\r\nUID:x-3\r\nN:Hopper;Grace;;Dr.;\r\nFN:Grace Hopper\r\nitem1.TEL;type=pref;TYPE=CELL:+49 171 5550301\r\nitem1.X-ABLabel:Handy\r\nNOTE:ein langer Text mit \\, und \\; und ümläuten\\, der über die Zeile hinausgeht\r\n  und weitergeht\r\nPHOTO;ENCODING=b;TYPE=JPEG:\r\n${PHOTO}\r\nX-UNKNOWN;X-A=b:kept as it is\r\nREV:20200101T000000Z\r\nEND:VCARD\r\n`,
  '4.0': 'BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r\nFN;PID=1.1:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\nTEL;VALUE=uri;PREF=1;TYPE="cell,voice":tel:+491715550401\r\nGENDER:F\r\nNOTE:eins\\nzwei\r\nCLIENTPIDMAP:1;urn:uuid:53e374d9-337e-4727-8803-a1e9c14e0556\r\nEND:VCARD\r\n',
};
describe.each([['Radicale', radicale], ['DAViCal', startDaviCal], ['SOGo', startSogo]] as const)('a code written to %s', (_, start) => {
  let server: Peer, proxy: FaultProxy, all: Books, bookId: string;
  beforeAll(async () => {
    [server, all] = await Promise.all([start(), openBooks()]);
    proxy = await startFaultProxy(server.url);
    bookId = (await all.books.create({ ...bookAt(server), url: proxy.url, name: 'Office', personId: all.personId })).id;
  });
  afterAll(async () => { await proxy?.stop(); await all?.drop(); await server?.stop(); });

  it.each(['3.0', '4.0'] as const)('is one line of a vCard %s; every other byte is sent as it was received', async (version) => {
    await server.put('card', CARDS[version]);
    await all.sync.syncBook(bookId);
    const id = (await all.directory.lookup(version === '3.0' ? '+491715550301' : '+491715550401', all.personId)).contact!.id;
    for (const code of ['VIP', 'VM-2', null]) {
      proxy.seen.length = 0;
      expect(await all.sync.setCode(id, code, all.personId)).toMatchObject({ code });
      const got = proxy.seen.find(({ method, status }) => method === 'GET' && status === 200)!.answer.toString();
      const put = proxy.seen.filter(({ method, status }) => method === 'PUT' && status < 300);
      expect(put).toHaveLength(1);
      expect(put[0]!.headers['if-match']).toMatch(/^".+"$/);
      const without = (text: string): string => text.split(/(?<=\n)/).filter((line) => !line.startsWith('X-CUSTOM4')).join('');
      expect(without(put[0]!.body.toString())).toBe(without(got));
      expect(/^X-CUSTOM4:(.*?)\r?$/m.exec(put[0]!.body.toString())?.[1] ?? null).toBe(code);
    }
    expect((await all.directory.lookup(version === '3.0' ? '+491715550301' : '+491715550401', all.personId)).contact).toMatchObject({ id, code: null });
    await server.remove('card');
  });

  it('is not written over what somebody else wrote meanwhile', async () => {
    await server.put('card', CARDS['3.0']);
    await all.sync.syncBook(bookId);
    const id = (await all.directory.lookup('+491715550301', all.personId)).contact!.id;
    let meanwhile: Promise<void> | undefined;
    // Between our reading and our writing: the first PUT waits until the other one is done.
    proxy.spoil = { after: (asked) => { if (asked.method === 'GET' && asked.status === 200 && !meanwhile) meanwhile = server.put('card', CARDS['3.0'].replace('FN:Grace Hopper', 'FN:Grace Brewster Hopper')); return undefined; } };
    const stop = holdPuts(proxy, () => meanwhile);
    await all.sync.setCode(id, 'VIP', all.personId);
    stop();
    expect(proxy.seen.filter(({ method }) => method === 'PUT').map(({ status }) => status)).toEqual([412, expect.toBeOneOf([200, 201, 204])]);
    expect(await server.get('card')).toMatch(/FN:Grace Brewster Hopper[^]*X-CUSTOM4:VIP/);
  });
});
const holdPuts = (proxy: FaultProxy, wait: () => Promise<void> | undefined): (() => void) => { proxy.wait = async (method) => { if (method === 'PUT') await wait(); }; proxy.seen.length = 0; return () => { proxy.spoil = {}; proxy.wait = undefined; }; };

const EVENT = (uid: string, lines: string): string => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\n${lines}END:VEVENT\r\nEND:VCALENDAR\r\n`;

describe.each([['Radicale', radicale], ['DAViCal', startDaviCal], ['SOGo', startSogo]] as const)('calendars on %s', (name, start) => {
  let server: Peer;
  beforeAll(async () => { server = await start(); });
  afterAll(() => server?.stop());
  const open = (over: object = {}) => openCalDav({ url: server.url, username: server.user, password: server.password, location: null, trusted: true, ...over });

  it('are found, listed, fetched; changes and deletions come by the token', async () => {
    await server.putEvent('one', EVENT('one', 'SUMMARY:Besprechung mit Ümläuten\r\n'));
    await server.putEvent('two', EVENT('two', 'SUMMARY:Täglich\r\nRRULE:FREQ=DAILY;COUNT=3\r\nTRANSP:TRANSPARENT\r\n'));
    const source = open();
    const { location } = await source.open();
    expect(decodeURIComponent(location)).toBe(decodeURIComponent(new URL(server.calendarUrl).pathname));
    const all = await source.list(null);
    expect(all).toMatchObject({ kind: 'full', removed: [], skipped: [] });
    expect(all.items.map(({ href }) => href.split('/').at(-1)).sort()).toEqual(['one.ics', 'two.ics']);
    const texts = new Map<string, string>();
    for await (const batch of source.fetch(all.items)) {
      expect([batch.missing, batch.skipped]).toEqual([[], []]);
      for (const { href, bytes } of batch.cards) texts.set(href.split('/').at(-1)!, new TextDecoder().decode(bytes));
    }
    expect(texts.get('one.ics')).toContain('SUMMARY:Besprechung mit Ümläuten');
    expect(texts.get('two.ics')).toMatch(/RRULE:FREQ=DAILY;COUNT=3/);

    await new Promise((resolve) => { setTimeout(resolve, name === 'SOGo' ? 1100 : 0); }); // its tokens are seconds
    await server.putEvent('three', EVENT('three', 'SUMMARY:Neu\r\n'));
    await server.putEvent('one', EVENT('one', 'SUMMARY:Verschoben\r\n'));
    await server.removeEvent('two');
    const later = open({ location });
    await later.open();
    const changes = await later.list(all.token);
    const now = new Map(changes.items.map(({ href, etag }) => [href.split('/').at(-1), etag]));
    expect([...now.keys()].sort().filter((file) => file !== 'two.ics')).toEqual(['one.ics', 'three.ics']);
    expect(now.get('one.ics')).not.toBe(all.items.find(({ href }) => href.endsWith('one.ics'))!.etag);
    expect(changes.kind === 'full' ? [] : changes.removed.map((href) => href.split('/').at(-1))).toEqual(changes.kind === 'full' ? [] : ['two.ics']);
    expect(new TextDecoder().decode((await later.read(changes.items.find(({ href }) => href.endsWith('one.ics'))!.href))!.bytes)).toContain('SUMMARY:Verschoben');
  });

  it('say what is wrong in words of their own', async () => {
    await expect(open({ password: 'wrong' }).open()).rejects.toMatchObject({ code: 'caldav.unauthorised' });

  });

  it('stand beside the address books of the account in the test of a connection', async () => {
    const report = await inspectDav({ url: server.url, username: server.user, password: server.password, location: null, trusted: true }, BOOKS);
    expect(report.steps.filter(({ ok }) => ok === false)).toEqual([]);
    expect(report.found.map(({ kind, url }) => [kind, decodeURIComponent(url)])).toEqual(expect.arrayContaining([['addressBook', decodeURIComponent(server.bookUrl)], ['calendar', decodeURIComponent(server.calendarUrl)]]));
    expect(report.found.find(({ kind }) => kind === 'addressBook')).toMatchObject({ readOnly: false });
  });
});

it('a book that may only be read is read; a code is refused in words, and nothing changes', async () => {
  const server = await startRadicale({ readOnly: true });
  const all = await openBooks();
  try {
    await server.putMany([['grace', CARDS['3.0']]]);
    const report = await inspectDav({ url: server.url, username: server.user, password: server.password, location: null, trusted: true }, BOOKS);
    expect(report.steps.filter(({ ok }) => ok === false)).toMatchObject([{ step: 'write', text: expect.stringMatching(/may read the address book but not change it.*right to write/) }]);
    expect(isGood(report)).toBe(true);
    expect(report).toMatchObject({ contacts: 1, found: [{ kind: 'addressBook', readOnly: true }] });
    const { id } = await all.books.create({ kind: 'carddav', url: server.url, username: server.user, password: server.password, name: 'Office', personId: all.personId });
    expect(await all.sync.syncBook(id)).toMatchObject({ kind: 'done', added: 1 });
    const { contact } = await all.directory.lookup('+491715550301', all.personId);
    await expect(all.sync.setCode(contact!.id, 'VIP', all.personId)).rejects.toMatchObject({ code: 'contact.read-only' });
    expect(await server.stored()).toEqual({ grace: CARDS['3.0'] });
  } finally { await all.drop(); await server.stop(); }
});
