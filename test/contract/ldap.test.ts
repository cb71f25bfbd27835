/** LDAP against a real OpenLDAP: the common suite, and what only a directory can do to us. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLdap, type LdapSettings } from '../../src/adapter/ldap/ldap.adapter.js';
import type { Listing } from '../../src/sync/port.js';
import { openBooks } from '../lab/books.js';
import { person, type Slapd, type SlapdOptions, startSlapd } from '../lab/slapd.js';
import { contactSourceSuite, type Place, type Writing } from './source.suite.js';

const LDIF: Writing = {
  card: ({ name, cell, work, phone, note, code }) => [`cn: ${name}`, `sn: ${name}`, ...cell ? [`mobile: ${cell}`] : [], ...work ?? phone ? [`telephoneNumber: ${work ?? phone}`] : [], ...note ? [`description: ${note}`] : [], ...code ? [`employeeType: ${code}`] : [], ''].join('\n'),
  note: (text) => `description: ${text}`, code: (text) => `employeeType: ${text}`, carries: (line) => line.startsWith('employeeType'),
};
const settingsAt = (server: Slapd, { ldap, ...more }: Partial<LdapSettings> = {}): LdapSettings =>
  ({ kind: 'ldap', url: server.url, username: server.user, password: server.password, location: null, trusted: true, attributes: ['employeeType'], ...more, ldap: { ...server.options, ...ldap } });
const bookAt = (server: Slapd): Place['book'] => ({ kind: 'ldap', url: server.url, username: server.user, password: server.password, options: { ldap: server.options } });
const placeAt = async (options: SlapdOptions): Promise<Place> => {
  const server = await startSlapd(options);
  return { book: bookAt(server), writing: LDIF, put: server.put, get: server.get, remove: server.remove, list: server.list, pause: server.pause, start: server.start, close: server.stop };
};
contactSourceSuite('OpenLDAP with content synchronisation', () => placeAt({ sync: true }));
contactSourceSuite('OpenLDAP without it', () => placeAt({ sync: false }));

const source = (server: Slapd, more?: Partial<LdapSettings>) => openLdap(settingsAt(server, more));
const all = async (settings: ReturnType<typeof source>, listing: Listing): Promise<string[]> => {
  const names: string[] = [];
  for await (const batch of settings.fetch(listing.items)) { names.push(...batch.cards.map((card) => card.reading!.name)); expect(batch.missing).toEqual([]); }
  return names;
};
const failure = async (work: Promise<unknown>) => work.then(() => 'it went well', (thrown: { code: string }) => thrown.code);

describe('a directory of 1200 entries', () => {
  let server: Slapd;
  beforeAll(async () => { server = await startSlapd({ count: 1200 }); });
  afterAll(() => server?.stop());

  it.each(['writer', 'reader'] as const)('is read whole by the %s in spite of a size limit of 500', async (who) => {
    const its = source(server, { username: who === 'writer' ? server.user : server.reader });
    await its.open();
    const listing = await its.list(null);
    expect(listing.items).toHaveLength(1200);
    expect(new Set(await all(its, listing)).size).toBe(1200);
    const again = await its.list(listing.token);
    expect(again).toMatchObject({ kind: 'changes', items: [], removed: [] });
    expect((await all(its, { ...listing, items: listing.items.slice(0, 5) })).length).toBe(5);
  });

  it('is read entry by entry where pages are too large to be held', async () => {
    const its = source(server, { bounds: { answer: 20_000 } });
    const listing = await its.list(null);
    expect(new Set(await all(its, listing)).size).toBe(1200);
  });

  it('is read by two at once, and in the middle of another reading, over one connection', async () => {
    const its = source(server);
    const [one, two] = await Promise.all([its.list(null), its.list(null)]);
    expect([one.items.length, two.items.length]).toEqual([1200, 1200]);
    const names: string[] = [];
    for await (const batch of its.fetch(one.items)) {
      names.push(...batch.cards.map((card) => card.reading!.name));
      expect((await its.list(null)).items).toHaveLength(1200);
    }
    expect(new Set(names).size).toBe(1200);
  });
});

describe('a directory that limits lists and has no pages for us', () => {
  it('is not taken for a short one', async () => {
    const server = await startSlapd({ count: 600, limits: 'limits users size.soft=500 size.hard=500 size.prtotal=disabled' });
    try {
      expect(await failure(source(server).list(null))).toBe('ldap.size-limit');
      const books = await openBooks();
      const { id } = await books.books.create({ ...bookAt(server), name: 'Office', personId: books.personId });
      expect(await books.sync.syncBook(id)).toMatchObject({ kind: 'failed', code: 'ldap.size-limit', text: expect.stringContaining('raised') });
      expect((await books.books.get(id, books.personId))!.health).toMatchObject({ contacts: 0, state: 'failing' });
      await books.drop();
    } finally { await server.stop(); }
  });
});

describe('changes', () => {
  let server: Slapd;
  beforeAll(async () => { server = await startSlapd({ sessionLog: 20 }); });
  afterAll(() => server?.stop());
  const list = (token: string | null, more?: Partial<LdapSettings>) => source(server, more).list(token);
  const fresh = async (): Promise<void> => { for (const uid of await server.list()) await server.remove(uid); for (const n of [1, 2, 3, 4]) await server.change(person(n)); };
  beforeEach(fresh);
  const hrefOf = async (uid: string): Promise<string> => {
    const its = source(server);
    for await (const { cards } of its.fetch((await its.list(null)).items)) { const found = cards.find((card) => card.reading!.uid === uid); if (found) return found.href; }
    throw new Error(`no ${uid}`);
  };

  it('are told one by one, deletions by name, a renamed entry as the same', async () => {
    const { token, kind } = await list(null);
    expect(kind).toBe('full');
    const [first, second, third] = [await hrefOf('u1'), await hrefOf('u2'), await hrefOf('u3')];
    await server.put('u1', 'cn: Neu\nsn: Neu\n');
    await server.remove('u2');
    await server.rename('u3', 'umbenannt');
    await server.change(person(9));
    const changes = await list(token);
    expect(changes).toMatchObject({ kind: 'changes', removed: [second] });
    expect(changes.items.map(({ href }) => href).sort()).toEqual([first, third, await hrefOf('u9')].sort());
    expect(await source(server).read(third)).toMatchObject({ reading: { uid: 'umbenannt' } });
    expect(await list(changes.token)).toMatchObject({ kind: 'changes', items: [], removed: [] });
  });

  it('an entry that no longer matches the filter is gone', async () => {
    const filter = { ldap: { ...server.options, filter: '(&(objectClass=person)(!(employeeType=former)))' } };
    const { token, items } = await list(null, filter);
    const left = await hrefOf('u4');
    await server.put('u4', 'cn: Four\nsn: 4\nemployeeType: former\n');
    const now = await list(token, filter);
    if (now.kind === 'changes') expect(now.removed).toEqual([left]); // a server may also list everything
    else expect(now.items.map(({ href }) => href)).not.toContain(left);
    expect(items.map(({ href }) => href)).toContain(left);
  });

  it('lead to a full list when the server has forgotten them, or the token lies or belongs to other settings', async () => {
    const { token } = await list(null);
    for (let n = 10; n < 60; n += 1) await server.change(person(n));
    for (let n = 10; n < 60; n += 2) await server.remove(`u${n}`);
    const after = await list(token); // more than the server's log of sessions holds
    expect(after.kind === 'full' ? after.items.length : after.items.length + 4).toBe(29);
    const told = JSON.parse(token!) as { set: string };
    const lies = [Buffer.from('rid=000,csn=20990101000000.000000Z#000000#000#000000').toString('base64'), Buffer.from('rid=000,csn=19990101000000.000000Z#000000#000#000000').toString('base64'), Buffer.from('nonsense').toString('base64'), '', '*'];
    for (const cookie of lies) expect(await list(JSON.stringify({ how: 'sync', set: told.set, cookie })), cookie).toMatchObject({ kind: 'full', removed: [] });
    for (const other of ['', '{}', 'null', '[]', 'x', JSON.stringify({ ...told, set: 'other' }), JSON.stringify({ ...told, how: 'constructor' })]) expect((await list(other)).items, other).toHaveLength(29);
    expect((await list((await list(null)).token, { attributes: ['pager', 'roomNumber2'] })).kind).toBe('full');
  });

  it('reach the book, also those of many at once, with the contact staying the same', async () => {
    const books = await openBooks();
    const { id } = await books.books.create({ ...bookAt(server), name: 'Office', personId: books.personId });
    await books.sync.syncBook(id);
    const before = (await books.directory.lookup('+491711000003', books.personId)).contact!.id;
    await server.rename('u3', 'drei');
    await server.remove('u1');
    expect(await books.sync.syncBook(id)).toMatchObject({ kind: 'done', added: 0, updated: 1, removed: 1 });
    expect((await books.directory.lookup('+491711000003', books.personId)).contact!.id).toBe(before);
    await books.drop();
  });
});

describe('a directory that does not tell its changes', () => {
  it.each(['', 'moduleload syncprov'])('is asked what was modified since, and listed anew from time to time (%s)', async (global) => {
    const server = await startSlapd({ sync: false, global, count: 5 });
    try {
      let now = 0;
      const its = source(server, { listing: { small: 2, every: 60_000, now: () => now } });
      const { token, items } = await its.list(null);
      expect(await its.list(token)).toMatchObject({ kind: 'changes', removed: [] });
      await new Promise((resolve) => { setTimeout(resolve, 1100); }); // its clock counts seconds
      await server.put('u1', 'cn: Neu\nsn: Neu\n');
      await server.remove('u2');
      const changes = await its.list(token);
      expect(changes.items.some(({ href, etag }) => items.some((item) => item.href === href && item.etag !== etag))).toBe(true);
      expect(changes.removed).toEqual([]);
      const next = await its.list(changes.token);
      expect(next.items).toHaveLength(1);
      now = 60_000;
      expect(await its.list(next.token)).toMatchObject({ kind: 'full', items: { length: 4 } });
      expect((await source(server).list(token)).kind).toBe('full'); // small ones each time
    } finally { await server.stop(); }
  });
});
