/** CardDAV against a real Radicale: the common suite, and what only a server can do to us. */
import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import type { NewBook } from '../../src/sync/book.store.js';
import type { SourceSettings } from '../../src/sync/port.js';
import { alone } from '../../src/sync/state.store.js';
import { type Books, openBooks, vcard } from '../lab/books.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';
import { contactSourceSuite } from './source.suite.js';

const bookAt = (server: Radicale, url = server.url): Pick<NewBook, 'kind' | 'url' | 'username' | 'password'> => ({ kind: 'carddav', url, username: server.user, password: server.password });

contactSourceSuite('CardDAV on Radicale', async () => {
  const server = await startRadicale();
  return { book: bookAt(server), put: server.put, get: server.get, remove: server.remove, list: server.list, pause: server.pause, start: server.start, close: server.stop };
});

describe('CardDAV on Radicale', () => {
  let server: Radicale, all: Books, id: string;
  beforeAll(async () => { server = await startRadicale(); });
  afterAll(() => server?.stop());
  const fresh = async (url = server.url, password = server.password): Promise<void> => {
    all = await openBooks();
    id = (await all.books.create({ ...bookAt(server, url), password, name: 'Office', personId: all.personId })).id;
  };
  beforeEach(async () => {
    for (const name of await server.list()) await server.remove(name);
    await fresh();
    return () => all.drop();
  });
  const sync = () => all.sync.syncBook(id);
  const health = async () => (await all.books.get(id, all.personId))!.health;
  const source = (settings: Partial<SourceSettings> = {}) => openCardDav({ ...bookAt(server), location: null, trusted: true, ...settings });

  it('finds the book from the address of the server, of the account, and of the book', async () => {
    for (const url of [server.url, server.url.slice(0, -1), `${server.url}${server.user}`, `${server.url}${server.user}/`, server.bookUrl, server.bookUrl.slice(0, -1), `${server.url}.well-known/carddav`]) {
      expect(await source({ url }).open(), url).toMatchObject({ location: expect.stringMatching(/^\/anna\/contacts\/?$/) });
    }
  });

  it('takes the first of several books, names the others, and takes the one that the address names', async () => {
    const several = await startRadicale();
    try {
      const second = await several.addBook('zweitens', 'Zweites Buch');
      const at = (url: string) => openCardDav({ ...bookAt(several, url), location: null, trusted: true }).open();
      expect(await at(several.url)).toEqual({ location: '/anna/contacts/', others: ['Zweites Buch'] });
      expect(await at(second)).toEqual({ location: '/anna/zweitens/', others: [] });
    } finally { await several.stop(); }
  });

  it('says what is wrong with the password, the address, the server', async () => {
    await fresh(server.url, 'wrong');
    expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.unauthorised' });
    expect(await health()).toMatchObject({ state: 'failing', lastError: { code: 'carddav.unauthorised', text: expect.stringContaining('password') }, lastSuccess: null });
    await fresh(`${server.url}anna/contacts/nothing/here/`);
    expect(await sync()).toMatchObject({ kind: 'done' }); // the server's own address book is found from there too
    await fresh('http://127.0.0.1:9/');
    expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.unreachable' });
    await fresh('http://no-such-host.invalid/');
    expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.unreachable' });
  });

  it('comes less and less often to a server that fails, and as usual when it is back', async () => {
    await fresh('http://127.0.0.1:9/');
    const waits: number[] = [];
    for (let i = 0; i < 4; i += 1) { await sync(); waits.push(Math.round((Date.parse((await health()).nextRun!) - Date.now()) / 60_000)); }
    expect(waits).toEqual([1, 2, 4, 8]);
    expect(await all.books.due()).toEqual([]);
  });

  it('asks for increments, and for everything when the server has forgotten its tokens', async () => {
    for (const n of [1, 2, 3, 4, 5]) await server.put(`c${n}`, vcard(`C${n}`, [`TEL:030 777000${n}`]));
    await sync();
    const list = async (token: string | null) => { const s = source(); await s.open(); return s.list(token); };
    const { token } = await list(null);
    await server.put('c6', vcard('C6', ['TEL:030 7770006']));
    await server.remove('c1');
    expect(await list(token)).toMatchObject({ kind: 'changes', items: [{ href: '/anna/contacts/c6.vcf' }], removed: ['/anna/contacts/c1.vcf'] });
    expect((await list('http://radicale.org/ns/sync/0000')).kind).toBe('full');
    expect((await list('not a token <&>')).kind).toBe('full');
    await server.forgetTokens();
    expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 0, removed: 1 });
    expect((await health()).contacts).toBe(5);
  });

  it('reads everything in one answer first, and knows by the time of the last change that there is no news', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) await server.put(`c${n}`, vcard(`C${n}`, [`TEL:030 777000${n}`]));
    await new Promise((resolve) => { setTimeout(resolve, 3500); }); // a change of a moment ago might be followed by another in the same second
    const token = async () => (await all.books.forSync(id)).token;
    expect(await sync()).toMatchObject({ kind: 'done', added: 6 });
    expect(await token()).toMatch(/^http:\/\/radicale\.org\/ns\/sync\/ modified=\d+ asked=\d+$/);
    const before = await token();
    expect(await sync()).toMatchObject({ kind: 'done', added: 0, updated: 0, removed: 0 });
    expect(await token()).toBe(before);
    await server.put('c7', vcard('C7', ['TEL:030 7770007']));
    expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 0, removed: 0 });
    await server.put('c8', vcard('C8', ['TEL:030 7770008'])); // in the same second, perhaps
    expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 0, removed: 0 });
    await server.remove('c8');
    expect(await sync()).toMatchObject({ kind: 'done', added: 0, updated: 0, removed: 1 });
    expect(await token()).toMatch(/sync\/[0-9a-f]{64}$/); // not believed by time yet
    expect(await health()).toMatchObject({ contacts: 7, state: 'ok' });
  });

  it('takes up a changed code, and a changed carrier without the server', async () => {
    await server.put('a', vcard('A', ['TEL:030 7770001', 'X-CUSTOM4;VALUE=TEXT:vip', 'NOTE:ruft oft an [call:fam]']));
    await sync();
    const code = async () => (await all.directory.lookup('030 7770001', all.personId)).contact?.code;
    expect(await code()).toBe('VIP');
    await server.put('a', vcard('A', ['TEL:030 7770001', 'X-CUSTOM4;VALUE=TEXT:vm', 'NOTE:ruft oft an [call:fam]']));
    await sync();
    expect(await code()).toBe('VM');
    await server.pause();
    await all.books.setCarrier(id, { field: 'NOTE', pattern: '[call:{code}]' });
    expect(await code()).toBe('FAM');
    await expect(all.books.setCarrier(id, { field: 'TEL' })).rejects.toMatchObject({ code: 'book.carrier' });
    await server.start();
    expect(await sync()).toMatchObject({ kind: 'done', updated: 0 });
    expect(await code()).toBe('FAM');
  });

  it('loses nothing when the server goes down, also for a write', async () => {
    await server.put('a', vcard('A', ['TEL:030 7770001']));
    await sync();
    const before = await health();
    await server.pause();
    expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.unreachable' });
    const { contact } = await all.directory.lookup('030 7770001', all.personId);
    expect(await all.sync.setCode(contact!.id, 'VIP', all.personId)).toMatchObject({ code: 'VIP', pending: { code: 'VIP', refused: false, error: expect.stringContaining('cannot be reached') } });
    expect(await health()).toMatchObject({ contacts: 1, lastSuccess: before.lastSuccess, state: 'failing', pending: 1 });
    await server.start();
    await all.sync.codes.hurry(id);
    expect(await all.sync.codes.run(id)).toEqual({ written: 1, refused: 0, waiting: false });
    expect(await server.get('a')).toContain('X-CUSTOM4:VIP');
    expect(await sync()).toMatchObject({ kind: 'done' });
    expect((await health()).state).toBe('ok');
  });

  it('never runs twice at once for one book', async () => {
    await server.put('a', vcard('A', ['TEL:030 7770001']));
    const outcomes = (await Promise.all([sync(), sync(), sync()])).map((outcome) => outcome.kind).sort();
    expect(outcomes.filter((kind) => kind === 'done').length).toBeGreaterThanOrEqual(1);
    expect(outcomes).toContain('busy');
    await all.db.updateTable('address_book').set({ next_run: new Date(0) }).execute();
    expect(await all.books.due()).toEqual([id]);
    await alone(all.db, id, async () => { expect(await all.books.due()).toEqual([]); });
    expect(await all.books.due()).toEqual([id]);
  });

  it('counts a card of 10 MB as left out, with the reason, and reads it when it has become small', async () => {
    await server.put('small', vcard('Small', ['TEL:030 7770001']));
    await server.putMany([['big', vcard('Big', ['TEL:030 7770002', `PHOTO;ENCODING=b;TYPE=JPEG:${randomBytes(7_500_000).toString('base64')}`])]]);
    expect(await sync()).toMatchObject({ kind: 'done', skipped: 1 });
    expect(await health()).toMatchObject({ state: 'ok', contacts: 1, skipped: 1 });
    expect(await all.books.skipped(id)).toMatchObject([{ href: '/anna/contacts/big.vcf', reason: expect.stringMatching(/MB/) }]);
    expect(await sync()).toMatchObject({ kind: 'done', added: 0, updated: 0 });
    await server.put('big', vcard('Big', ['TEL:030 7770002']));
    expect(await sync()).toMatchObject({ kind: 'done', added: 1, skipped: 0 });
  });

  // Radicale takes 10 ms to read a card for the first time on a busy machine: ten thousand are more than its answer may take. test/bench has more.
  it('reads 2,500 cards, is cut off in the middle, and comes to the whole in the end', async () => {
    const cards = Array.from({ length: 2500 }, (_, n) => [`c${n}`, vcard(`Contact ${n}`, [`TEL;TYPE=CELL:+49171${String(1_000_000 + n)}`, `NOTE:${'some words '.repeat(30)}]]>&amp;`, ...(n % 3 === 0 ? ['X-CUSTOM4:VIP'] : [])])] as const);
    await server.putMany(cards.slice(0, 1));
    expect(await sync()).toMatchObject({ kind: 'done', added: 1 }); // a first reading would be one answer
    await server.putMany(cards);
    const running = sync();
    while ((await health()).contacts < 400) await new Promise((resolve) => { setTimeout(resolve, 20); });
    await server.pause();
    expect(await running).toMatchObject({ kind: 'failed' });
    const kept = (await health()).contacts;
    expect(kept).toBeGreaterThanOrEqual(400);
    await server.start();
    const from = performance.now();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const outcome = await sync();
    process.stderr.write(`2,500 cards: ${2500 - kept} read in ${Math.round(performance.now() - from)} ms; event loop held up for ${Math.round(delay.percentile(99) / 1e6)} ms (p99), ${Math.round(delay.max / 1e6)} ms (most)\n`);
    expect(outcome).toMatchObject({ kind: 'done', added: 2500 - kept, skipped: 0 });
    expect(await health()).toMatchObject({ contacts: 2500, numbers: 2500, codes: 834, state: 'ok' });
    expect((await all.directory.lookup('+491711002499', all.personId)).contact).toMatchObject({ name: 'Contact 2499', code: 'VIP' });
  }, 180_000);
});
