/** What the engine does on bad days, whatever the source: crashes, two workers, lying tokens, books that vanish, long syncs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { openQueue } from '../../src/queue/queue.adapter.js';
import { Fault } from '../../src/shared/fault.js';
import type { BookView } from '../../src/sync/book.store.js';
import type { ContactSource, Listing } from '../../src/sync/port.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { runSync } from '../../src/sync/sync.worker.js';
import { json } from '../../src/store/schema.js';
import { type Books, openBooks, vcard } from '../lab/books.js';
import { startRadicale } from '../lab/radicale.js';
import { SyncChild } from '../lab/sync-child.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => { while (cleanUp.length > 0) await cleanUp.pop()!(); });

/** A source in memory that can be told to lie. `list` says what it answers; without it, everything, and no token. */
interface Memory { cards: Map<string, string>; list?: (token: string | null) => Listing; slow?: (n: number) => Promise<void>; open?: () => void; /** Lists its cards and has none of them. */ gone?: boolean }
const everything = (cards: Map<string, string>): Listing => ({ kind: 'full', items: [...cards].map(([href, text]) => ({ href, etag: String(text.length) })), removed: [], skipped: [], token: null });
const sourceOf = (memory: Memory): ContactSource => {
  const card = (href: string) => ({ href, etag: String(memory.cards.get(href)!.length), bytes: new TextEncoder().encode(memory.cards.get(href)!) });
  return {
    check: () => Promise.resolve(), put: () => Promise.resolve({ kind: 'read-only' }), read: (href) => Promise.resolve(memory.cards.has(href) ? card(href) : undefined),
    open: () => { memory.open?.(); return Promise.resolve({ location: '/b/', others: [] }); },
    list: (token) => Promise.resolve(memory.list?.(token) ?? everything(memory.cards)),
    fetch: async function* fetch(items) {
      for (let i = 0; i < items.length; i += 10) { await memory.slow?.(i); const asked = items.slice(i, i + 10).map(({ href }) => href); yield { cards: memory.gone ? [] : asked.map(card), skipped: [], missing: memory.gone ? asked : [] }; }
    },
  };
};
const crowd = (n: number, from = 0): Map<string, string> => new Map(Array.from({ length: n }, (_, i) => [`/b/c${from + i}`, vcard(`C${from + i}`, [`TEL:030 9${String(100_000 + from + i)}`])]));
const standing = async (memory: Memory): Promise<{ all: Books; id: string; sync: () => ReturnType<Books['sync']['syncBook']>; health: () => Promise<BookView['health']> }> => {
  const all = await openBooks(() => sourceOf(memory));
  cleanUp.push(all.drop);
  const { id } = await all.books.create({ kind: 'carddav', url: 'http://127.0.0.1:9/', username: 'a', password: 'b', name: 'Memory', personId: all.personId });
  return { all, id, sync: () => all.sync.syncBook(id), health: async () => (await all.books.get(id, all.personId))!.health };
};

it('two workers never read one book at once, and read it again for what was asked meanwhile', async () => {
  let active = 0, most = 0, runs = 0;
  const { all, id } = await standing({ cards: crowd(30), open: () => { active += 1; runs += 1; most = Math.max(most, active); }, slow: async (i) => { await sleep(100); if (i === 20) active -= 1; } });
  const queues = await Promise.all([openQueue({ databaseUrl: all.url }), openQueue({ databaseUrl: all.url })]);
  cleanUp.push(() => Promise.all(queues.map((queue) => queue.close())));
  const nothing = () => Promise.resolve();
  const workings = await Promise.all(queues.map((queue) => queue.work({ drain: nothing, sweep: nothing, calendar: nothing, codes: nothing, sync: (job) => runSync(all.sync, job) })));
  cleanUp.push(() => Promise.all(workings.map((working) => working.stop())));
  for (let i = 0; i < 6; i += 1) await queues[i % 2]!.queues.requestSync(id);
  await expect.poll(() => runs, { timeout: 20_000 }).toBe(1);
  for (let i = 0; i < 6; i += 1) { await queues[i % 2]!.queues.requestSync(id); void all.sync.syncBook(id); }
  await expect.poll(() => runs, { timeout: 20_000 }).toBe(2);
  expect(most).toBe(1);
});

it('a sync that is killed leaves a true state, and is taken up again without loss or doubling', async () => {
  const server = await startRadicale();
  cleanUp.push(server.stop);
  const all = await openBooks();
  cleanUp.push(all.drop);
  const cards = Array.from({ length: 3000 }, (_, n) => [`c${n}`, vcard(`Contact ${n}`, [`TEL:+4930${1_000_000 + n}`])] as const);
  await server.putMany(cards.slice(0, 1));
  const { id } = await all.books.create({ kind: 'carddav', url: server.bookUrl, username: server.user, password: server.password, name: 'Killed', personId: all.personId });
  expect(await all.sync.syncBook(id)).toMatchObject({ kind: 'done', added: 1 }); // by list and fetch from here on
  await server.putMany(cards);
  const health = async () => (await all.books.get(id, all.personId))!.health;
  const child = await SyncChild.start(all.url, all.key);
  void child.run({ books: [id] }).catch(() => {});
  await expect.poll(async () => (await health()).contacts, { timeout: 60_000, interval: 20 }).toBeGreaterThan(200);
  expect((await health()).state).toBe('syncing');
  await child.kill();
  await expect.poll(async () => (await health()).state, { timeout: 10_000 }).toBe('ok'); // as its last sync ended
  const between = await health();
  expect(between).toMatchObject({ progress: null, lastError: null });
  expect(between.contacts).toBeLessThan(3000);
  const ids = new Map((await all.db.selectFrom('contact').select(['href', 'id']).execute()).map((row) => [row.href, row.id]));
  const second = await SyncChild.start(all.url, all.key);
  cleanUp.push(() => second.stop());
  expect((await second.run({ books: [id] })).outcomes).toMatchObject([{ kind: 'done', added: 3000 - between.contacts, removed: 0 }]);
  expect(await health()).toMatchObject({ state: 'ok', contacts: 3000, numbers: 3000, progress: null });
  for (const row of await all.db.selectFrom('contact').select(['href', 'id']).execute()) expect(ids.get(row.href) ?? row.id).toBe(row.id);
  expect((await second.run({ books: [id] })).outcomes).toMatchObject([{ kind: 'done', added: 0, updated: 0, removed: 0 }]);
}, 180_000);

it('a long sync tells how far it is, and that it is over', async () => {
  const memory: Memory = { cards: crowd(40), slow: () => sleep(600) };
  const { all, id, sync, health } = await standing(memory);
  const running = sync();
  await expect.poll(async () => (await health()).progress, { timeout: 10_000, interval: 50 }).toMatchObject({ done: expect.any(Number), total: 40 });
  expect(await running).toMatchObject({ kind: 'done', added: 40 });
  const told = all.published.filter((news) => news.progress);
  expect(told.length).toBeGreaterThanOrEqual(1);
  expect(told.length).toBeLessThanOrEqual(3); // of four batches: at most every second
  expect(told[0]).toMatchObject({ bookId: id, state: 'syncing', progress: { total: 40 } });
  expect(all.published.at(-1)).toMatchObject({ bookId: id, state: 'ok', progress: null });
  expect(await health()).toMatchObject({ progress: null, state: 'ok' });
  // a sync that was cut short left this: it is nothing of the next one's
  await all.db.updateTable('book_source').set({ progress: json({ done: 7, total: 9 }) }).execute();
  let meanwhile: unknown;
  memory.list = () => everything(memory.cards);
  memory.open = () => { meanwhile = all.db.selectFrom('book_source').select('progress').executeTakeFirst(); };
  expect(await sync()).toMatchObject({ kind: 'done' });
  expect(await meanwhile).toEqual({ progress: null });
});

it('a token that names most cards as deleted is not believed where the full list shows them', async () => {
  const memory: Memory = { cards: crowd(60) };
  memory.list = (token) => (token === null ? { ...everything(memory.cards), token: 't' } : { kind: 'changes', items: [], removed: [...memory.cards.keys()].slice(0, 40), skipped: [], token: 'u' });
  const { sync, health } = await standing(memory);
  await sync();
  expect(await sync()).toMatchObject({ kind: 'done', added: 0, updated: 0, removed: 0 });
  expect((await health()).contacts).toBe(60);
});

it('cards that are named as deleted one by one go, also when they are all of a few; most of many are asked about', async () => {
  const memory: Memory = { cards: crowd(60) };
  let gone: string[] = [];
  memory.list = (token) => (token === null ? { ...everything(memory.cards), token: 't' } : { kind: 'changes', items: [], removed: gone, skipped: [], token: 'u' });
  const remove = (n: number): void => { gone = [...memory.cards.keys()].slice(0, n); for (const href of gone) memory.cards.delete(href); };
  const { all, id, sync, health } = await standing(memory);
  await sync();
  remove(20);
  expect(await sync()).toMatchObject({ kind: 'done', removed: 20 });
  remove(30);
  expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-lose', text: expect.stringContaining('30 of the 40 contacts') });
  expect(await health()).toMatchObject({ state: 'failing', contacts: 40, lastError: { code: 'sync.would-lose' } });
  await all.books.ask(id, { acceptEmpty: true });
  expect(await sync()).toMatchObject({ kind: 'done', removed: 30 });
  remove(10);
  expect(await sync()).toMatchObject({ kind: 'done', removed: 10 });
  expect(await health()).toMatchObject({ state: 'ok', contacts: 0 });
});

it('a book whose cards are suddenly all others is asked about', async () => {
  const memory: Memory = { cards: crowd(10) };
  const { sync, health } = await standing(memory);
  await sync();
  memory.cards = crowd(15, 500);
  expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-replace', text: expect.stringMatching(/none of the 10 contacts is in it, but 15 others/) });
  expect((await health()).contacts).toBe(10);
  memory.cards = new Map([...crowd(10), ...crowd(15, 500)]);
  expect(await sync()).toMatchObject({ kind: 'done', added: 15, removed: 0 });
});

it('a book that vanished, or in whose place another is found, keeps its contacts until somebody says so', async () => {
  const gone = new Fault('invalid', 'carddav.not-an-address-book', 'There is no address book at http://x/');
  const memory: Memory = { cards: crowd(8) };
  const { all, id, sync, health } = await standing(memory);
  await sync();
  memory.list = () => { throw gone; };
  expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-vanish', text: expect.stringContaining('8 contacts are kept here') });
  expect(await health()).toMatchObject({ state: 'failing', contacts: 8 });
  expect(await all.sync.plan(id)).toMatchObject({ kind: 'held', remove: { count: 8 } });
  let asked = 0;
  memory.list = () => { asked += 1; if (asked === 1) throw gone; return everything(crowd(5, 700)); }; // the search finds another one
  expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-replace', text: expect.stringContaining('/b/') });
  delete memory.list;
  expect(await sync()).toMatchObject({ kind: 'done', removed: 0 });
  memory.list = () => { throw gone; };
  expect(await all.sync.syncBook(id, { acceptEmpty: true })).toMatchObject({ kind: 'done', removed: 8 });
  expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.not-an-address-book' });
});

it('comes again when the server asks it to, and says why', async () => {
  const memory: Memory = { cards: crowd(1) };
  const { sync, health } = await standing(memory);
  memory.list = () => { throw new Fault('unavailable', 'carddav.limited', 'x asks us to come less often.', { retryAfter: 900 }); };
  expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.limited' });
  const { nextRun, lastError } = await health();
  expect(Math.round((Date.parse(nextRun!) - Date.now()) / 60_000)).toBe(15);
  expect(lastError).toMatchObject({ text: 'x asks us to come less often.' });
});

it('what we write to while it is listed is neither removed nor forgotten', async () => {
  const memory: Memory = { cards: crowd(5) };
  const { all, id, sync } = await standing(memory);
  memory.list = () => ({ ...everything(memory.cards), token: 't' });
  await sync();
  memory.list = (token) => {
    if (token !== 't') return { ...everything(memory.cards), token: 'later' };
    return { kind: 'changes', items: [], removed: ['/b/c0', '/b/c1'], skipped: [], token: 'u' };
  };
  const list = memory.list;
  const held = Promise.withResolvers<void>();
  const source = sourceOf(memory);
  // the same book in the same database, by a source that takes its time
  const engine = new SyncService(all.db, all.books, all.contacts, () => ({ ...source, list: async (token) => { await held.promise; return list(token); } }), { publish: () => {}, subscribe: () => () => {} });
  const running = engine.syncBook(id);
  await sleep(200);
  await all.db.updateTable('contact').set({ updated_at: new Date(Date.now() + 1000), code: 'VIP' }).where('href', '=', '/b/c0').execute();
  held.resolve();
  expect(await running).toMatchObject({ kind: 'done', removed: 1 });
  expect((await all.db.selectFrom('contact').select('href').orderBy('href').execute()).map((row) => row.href)).toContain('/b/c0');
  expect((await all.books.forSync(id)).token).toBe('t'); // by the old token it is named once more
});

it('a source that lists everything anew and then has nothing of it empties no book', async () => {
  const memory: Memory = { cards: crowd(60) };
  const { all, id, sync, health } = await standing(memory);
  await sync();
  for (const [href, text] of memory.cards) memory.cards.set(href, text.replace('END:VCARD', 'NOTE:restored\r\nEND:VCARD'));
  memory.gone = true;
  expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-empty' });
  expect(await health()).toMatchObject({ state: 'failing', contacts: 60 });
  memory.gone = false;
  expect(await sync()).toMatchObject({ kind: 'done', updated: 60, removed: 0 });
  memory.gone = true;
  for (const [href, text] of memory.cards) memory.cards.set(href, text.replace('restored', 'gone'));
  memory.cards = new Map([...memory.cards].slice(0, 5).map(([href, text]) => [href, text.replace('gone', 'gone again')])); // most are not listed, the rest is not there
  expect(await all.sync.syncBook(id, { acceptEmpty: true })).toMatchObject({ kind: 'done', removed: 60 });
});

it('a password that cannot be read any more is said where people look, and is no reason to try every second', async () => {
  const { all, id, health } = await standing({ cards: crowd(3) });
  await all.db.updateTable('address_book').set({ secret: Buffer.from('sealed with another key') }).where('id', '=', id).execute();
  expect(await all.sync.syncBook(id)).toMatchObject({ kind: 'failed', code: 'seal.broken' });
  expect(await health()).toMatchObject({ state: 'failing', lastError: { code: 'seal.broken', text: expect.stringContaining('Enter the password again') } });
  expect(Date.parse((await health()).nextRun!) - Date.now()).toBeGreaterThan(20 * 60_000);
});
