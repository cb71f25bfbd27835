/** Servers that mean harm, or have lost their mind: whatever they send, the process goes on deciding calls, and its memory stays its own. */
import { afterEach, describe, expect, it } from 'vitest';
import { LISTING_MOST, type Most } from '../../src/adapter/dav/allowance.adapter.js';
import { openCalDav } from '../../src/adapter/dav/caldav.adapter.js';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { inspectDav } from '../../src/adapter/dav/inspect.adapter.js';
import { BOOKS } from '../../src/adapter/dav/kind.js';
import type { Source } from '../../src/sync/port.js';
import { type DavReply, type DavRequest, type FakeDav, fakeDav, found, multistatus, status } from '../lab/dav.js';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => { while (cleanUp.length > 0) await cleanUp.pop()!(); });
const serve = async (answer: (request: DavRequest) => DavReply): Promise<FakeDav> => { const server = await fakeDav(answer); cleanUp.push(server.stop); return server; };
const settings = (url: string, most?: Partial<Most>) => ({ url, username: 'anna', password: 'secret', location: '/book/', trusted: true, ...most ? { most: { ...LISTING_MOST, ...most } } : {} });
const opened = async (url: string, most?: Partial<Most>): Promise<Source> => { const source = openCalDav(settings(url, most)); await source.open(); return source; };
const entry = (n: number | string): string => found(`/book/${n}.ics`, '<D:getetag>"1"</D:getetag>');

describe('a list without end', () => {
  let rounds = 0;
  const endless = (count: number, more = ''): Promise<FakeDav> => {
    rounds = 0;
    return serve(() => { rounds += 1; return { body: multistatus([...Array.from({ length: count }, (_, n) => entry(`${rounds}-${n}`)), more, status('/book/', 507)], `t${rounds}`) }; });
  };

  it('is left alone after so many entries', async () => {
    const source = await opened((await endless(300)).url, { items: 3000 });
    await expect(source.list(null)).rejects.toMatchObject({ kind: 'unavailable', code: 'caldav.too-large', message: expect.stringMatching(/lists more than 3,000 entries.*Split the calendar/) });
    expect(rounds).toBe(10); // 301 with the 507 itself
  });

  it('after so many bytes', async () => {
    const source = await opened((await endless(1, `<!-- ${'x'.repeat(100_000)} -->`)).url, { bytes: 1024 * 1024 });
    await expect(source.list(null)).rejects.toMatchObject({ code: 'caldav.too-large', message: expect.stringContaining('1 MB') });
    expect(rounds).toBe(11);
  });

  it('and after so long, however little it sends', async () => {
    const source = await opened((await endless(0)).url, { time: 300 });
    await expect(source.list(null)).rejects.toMatchObject({ kind: 'unavailable', code: 'caldav.unreachable', message: expect.stringMatching(/its list took more than .*minutes|did not answer in time/) });
    const silent = await opened((await serve(() => () => {})).url, { time: 300 });
    await expect(silent.list(null)).rejects.toMatchObject({ code: 'caldav.unreachable' });
  });

  it('neither in one answer, where the server knows no other', async () => {
    const server = await serve(({ method }) => (method === 'REPORT' ? { status: 501 } : { body: multistatus(Array.from({ length: 3001 }, (_, n) => entry(n))) }));
    await expect((await opened(server.url, { items: 3000 })).list(null)).rejects.toMatchObject({ code: 'caldav.too-large' });
    expect((await (await opened(server.url, { items: 3001 })).list(null)).items).toHaveLength(3001);
  });

  it('is refused to those who test a connection too, in words', async () => {
    const book = found('/book/', '<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>');
    let n = 0;
    const server = await serve(({ method }) => (method === 'PROPFIND' ? { body: multistatus([book]) } : { body: multistatus([...Array.from({ length: 300 }, (_, i) => entry(`${n}-${i}`)), status('/book/', 507)], `t${n += 1}`) }));
    const { steps } = await inspectDav({ ...settings(`${server.url}book/`, { items: 1000 }), location: null }, BOOKS);
    expect(steps.filter(({ ok }) => ok === false)).toMatchObject([{ step: 'read', text: expect.stringContaining('lists more than 1,000 entries') }]);
  });
});

describe('an answer that takes long to take apart', () => {
  const MB = 1024 * 1024;
  const fill = (unit: string, bytes: number): Buffer => Buffer.alloc(Math.floor(bytes / Buffer.byteLength(unit)) * Buffer.byteLength(unit), unit);
  const around = (unit: string, bytes: number, inside = '', outside = ''): Buffer => Buffer.concat([Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\n<multistatus xmlns="DAV:">${inside}`), fill(unit, bytes), Buffer.from(`${outside}</multistatus>\n`)]);
  /** The most work that was done in one go, in ms of this thread's own time: what others do on the machine does not count. */
  const gapWhile = async (work: () => Promise<unknown>): Promise<number> => {
    const own = (): number => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
    let most = 0, before = own();
    const look = (): void => { const now = own(); [most, before] = [Math.max(most, now - before), now]; };
    const timer = setInterval(look, 1);
    try { await work(); await new Promise((resolve) => { setTimeout(resolve, 5); }); } finally { clearInterval(timer); }
    look();
    return most;
  };
  /** A second is generous: a piece of work takes a quarter of it at most; 24 MB in one go took five. */
  const SECOND = 1000;

  it.each([
    ['more properties than anybody asked for', around('<a/>', 24 * MB, '<response><href>/book/</href><propstat><prop>', '</prop></propstat></response>')],
    ['one resource that is everything', around('&lt;', 60 * MB, '<response><href>', '</href></response>')],
    ['millions of empty resources', around('<response/>', 60 * MB)],
    ['millions of ends', around('</response>', 60 * MB)],
    ['what only the slow parser can read', around('<response><href>/book/a</href><!-- --></response>', 30 * MB)],
    ['comments and nothing else', around('<!-- -->', 60 * MB)],
    ['no ASCII at all', around('ä€', 60 * MB, '<response><href>', '</href></response>')],
    ['CDATA', around('<![CDATA[]]>', 60 * MB, '<response><href>', '</href></response>')],
    ['ends that are none', around('</aaaaaaaa', 60 * MB)],
  ])('%s: the process breathes', async (_, body) => {
    const server = await serve(() => ({ body, headers: { date: new Date().toUTCString() } }));
    const source = await opened(server.url);
    const wanted = [{ href: '/book/a', etag: '"1"' }];
    expect(await gapWhile(async () => { for await (const one of source.fetch(wanted)) expect(one.cards).toEqual([]); }), 'contents').toBeLessThan(SECOND);
    expect(await gapWhile(() => source.list(null).catch((thrown: { code: string }) => { expect(thrown.code).toMatch(/^caldav\.(not-understood|too-large)$/); })), 'a list').toBeLessThan(SECOND);
    expect(await gapWhile(async () => { await expect(source.all!()).rejects.toMatchObject({ code: 'caldav.too-large' }); }), 'properties').toBeLessThan(SECOND);
    expect(await gapWhile(async () => { await expect(openCardDav({ ...settings(server.url), location: null }).open()).rejects.toMatchObject({ code: expect.stringMatching(/^carddav\.(too-large|not-an-address-book)$/) }); }), 'a search').toBeLessThan(SECOND);
  });

  it.each([
    ['a few events that are huge', around('x', 60 * MB, '<response><href>/book/a.ics</href><propstat><prop><getetag>"1"</getetag><C:calendar-data>', '</C:calendar-data></prop></propstat></response>')],
    ['many events of four megabytes', around(`<response><href>/book/a.ics</href><propstat><prop><C:calendar-data>${'&lt;'.repeat(MB)}</C:calendar-data></prop></propstat></response>`, 60 * MB)],
    ['many events of references to characters', around(`<response><href>/book/a.ics</href><propstat><prop><C:calendar-data>${'&#65;'.repeat(MB)}</C:calendar-data></prop></propstat></response>`, 60 * MB)],
    ['more entities than letters', around(`<response><href>/book/a.ics</href><propstat><prop><C:calendar-data>${'&lt;'.repeat(5000)}</C:calendar-data></prop></propstat></response>`, 30 * MB)],
    ['millions of empty ones', around('<response></response>', 60 * MB)],
    ['what only the slow parser can read', around(`<response>${'<x/>'.repeat(100_000)}</response>`, 30 * MB)],
  ])('a whole calendar at once, as Radicale would send it, with %s: the process breathes', async (_, body) => {
    const times = multistatus([found('/book/', '<getlastmodified>Sat, 21 Nov 2026 05:17:44 GMT</getlastmodified><displayname>x</displayname>')]).replaceAll('D:', '');
    const server = await serve(({ method }) => (method === 'PROPFIND' ? { body: times } : { body }));
    const source = await opened(server.url);
    expect(await gapWhile(async () => {
      try { for await (const { cards } of (await source.all!())?.batches ?? []) expect(cards.every(({ bytes }) => bytes.length <= 4 * MB)).toBe(true); } catch (thrown) { expect(thrown).toMatchObject({ code: 'caldav.not-understood' }); }
    })).toBeLessThan(SECOND);
  });

  it('the page of an error is not read to its end', async () => {
    const server = await serve(({ method }) => (method === 'REPORT' ? { status: 501, body: fill('x', 60 * MB) } : { body: multistatus([entry(1)]) }));
    expect((await (await opened(server.url)).list(null)).items).toHaveLength(1);
  });
});
