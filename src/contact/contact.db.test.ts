import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { SyncService } from '../sync/sync.service.js';
import type { ContactSource, Listing } from '../sync/port.js';
import { inBreaths } from './breath.service.js';
import { portions } from './keep.store.js';
import { writeLdif } from './ldif.js';
import { type Books, newPerson, openBooks, vcard } from '../../test/lab/books.js';

let all: Books, book: string;
const FIELD = { field: 'X-CUSTOM4' };
const keep = (cards: [name: string, lines: string[]][], since = 'infinity') =>
  all.contacts.save(book, cards.map(([name, lines]) => ({ href: name, etag: '1', bytes: Buffer.from(vcard(name, lines)) })), since);
const names = async (search: { q?: string; number?: string }): Promise<string[]> => (await all.contacts.search({ personId: all.personId, ...search })).items.map((c) => c.name);

beforeAll(async () => {
  all = await openBooks();
  book = (await all.books.create({ kind: 'carddav', url: 'https://dav.example.org/', username: 'anna', password: 'geheim ☎', name: 'Book', personId: all.personId })).id;
  await keep([['Anna Ärmel', ['ORG:Acme', 'TEL;TYPE=CELL:0171 5550101', 'TEL:101', 'X-CUSTOM4:vip']], ['bert 100%', ['TEL:+49 30 5550102']], ['Çelik', ['ORG:50_50 GmbH']], ['Dora', ['X-CUSTOM4:FAM', 'TEL:030 5550104']]]);
});
afterAll(() => all?.drop());

describe('ContactStore', () => {
  it('finds by name, organisation, code and number, in any case, and takes % and _ as they are', async () => {
    expect(await names({})).toHaveLength(4);
    expect(await names({ q: 'ÄRM' })).toEqual(['Anna Ärmel']);
    expect(await names({ q: 'acme' })).toEqual(['Anna Ärmel']);
    expect(await names({ q: 'fam' })).toEqual(['Dora']);
    expect(await names({ q: '%' })).toEqual(['bert 100%']);
    expect(await names({ q: '50_5' })).toEqual(['Çelik']);
    expect(await names({ q: '5550104' })).toEqual(['Dora']);
    for (const [q, who] of [['bert 1', ['bert 100%']], ['5', ['Çelik']], ['50', ['Çelik']], ['4', []], ['dora 3', []]] as const) expect(await names({ q }), q).toEqual(who);
    expect(await names({ q: '030 555' })).toEqual(['bert 100%', 'Dora']);
    expect(await names({ q: '+49 171 555' })).toEqual(['Anna Ärmel']);
    expect(await names({ number: '+491715550101' })).toEqual(['Anna Ärmel']);
    expect(await names({ number: '101' })).toEqual(['Anna Ärmel']);
    expect(await names({ number: 'anonymous' })).toEqual([]);
    expect(await names({ q: "'; drop table contact; --" })).toEqual([]);
  });

  it('pages through everything once, and refuses cursors that it never gave', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = null, more = true; more;) {
      const page: Awaited<ReturnType<typeof all.contacts.search>> = await all.contacts.search({ personId: all.personId, limit: 1, cursor });
      seen.push(...page.items.map((c) => c.name));
      more = page.cursor !== null;
      cursor = page.cursor;
    }
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(4);
    await expect(all.contacts.search({ personId: all.personId, cursor: 'x' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('shows a contact as the contract has it', async () => {
    const [anna] = (await all.contacts.search({ personId: all.personId, q: 'anna' })).items;
    expect(anna).toMatchObject({ name: 'Anna Ärmel', organisation: 'Acme', code: 'VIP', book: 'Book', bookId: book, uid: 'Anna Ärmel', numbers: [{ label: 'cell', raw: '0171 5550101', e164: '+491715550101' }, { label: null, raw: '101', e164: null }] });
    expect(await all.contacts.get(anna!.id, all.personId)).toEqual(anna);
    for (const id of ['x', '', book]) expect(await all.contacts.get(id, all.personId)).toBeUndefined();
  });

  it('keeps the card byte for byte, and the id when it changes', async () => {
    const before = (await all.contacts.search({ personId: all.personId, q: 'dora' })).items[0]!;
    await keep([['Dora', ['TEL:030 5550199', 'TEL:030 5550198']]]);
    const after = (await all.contacts.search({ personId: all.personId, q: 'dora' })).items[0]!;
    expect(after).toMatchObject({ id: before.id, code: null, numbers: [{ raw: '030 5550199' }, { raw: '030 5550198' }] });
    const { card } = await all.db.selectFrom('contact').select('card').where('id', '=', after.id).executeTakeFirstOrThrow();
    expect(card.toString()).toBe(vcard('Dora', ['TEL:030 5550199', 'TEL:030 5550198']));
  });

  it('does not put what a listing brought over what was written since', async () => {
    await keep([['Dora', ['X-CUSTOM4:OLD']]], '2020-01-01');
    expect((await all.contacts.search({ personId: all.personId, q: 'dora' })).items[0]).toMatchObject({ code: null, numbers: [{ raw: '030 5550199' }, {}] });
  });

  it('takes cards with everything in them, and says which are none', async () => {
    const odd = Buffer.from('BEGIN:VCARD\nFN:nul \u0000 \ud800 \u202e end\nORG:\u0000\nTEL:\u0000\nTEL:+49 30 1\u0000234567\nX-CUSTOM4:\u0000\nEND:VCARD\n');
    expect(await all.contacts.save(book, [{ href: 'odd', etag: '\'"', bytes: odd }, { href: 'none', etag: '2', bytes: Buffer.from('no card') }], 'infinity')).toMatchObject([{ href: 'none', etag: '2', reason: expect.any(String) }]);
    expect(await names({ q: 'nul' })).toEqual(['nul � end']);
    await all.contacts.save(book, [{ href: 'many', etag: '1', bytes: Buffer.from(vcard('Many', Array.from({ length: 5000 }, (_, i) => `TEL:030 ${1_000_000 + i}`))) }], 'infinity');
    expect((await all.contacts.search({ personId: all.personId, q: 'many' })).items[0]!.numbers).toHaveLength(200);
  });
});

describe('what a hostile server says', () => {
  const hostile = (text: string) => `${text}\u0000\u0001\ud800\u202e\n`;
  const counts = async () => (await all.contacts.search({ personId: all.personId, q: 'hostile' })).items.length;
  it('stops no contact beside it, wherever a NUL stands', async () => {
    const id = (await all.books.create({ kind: 'carddav', url: 'https://evil.example.org/', username: '', password: '', name: 'Evil', personId: all.personId })).id;
    const list: Listing = { kind: 'full', removed: [hostile('gone')], skipped: [{ href: hostile('skip'), etag: hostile('e'), reason: hostile('why') }, { href: 'skip\ufffd\u0001\ud800\u202e\n', etag: '', reason: '' }], token: hostile('token'),
      items: [{ href: hostile('a'), etag: hostile('1') }, { href: hostile('a').replace('\0', '\ufffd'), etag: '2' }, { href: 'good', etag: hostile('3') }, { href: 'told', etag: '' }] };
    const nasty = Buffer.from(`BEGIN:VCARD\r\nFN:Hostile \x00 one\r\nX-A\x00B:x\r\nX-${'A'.repeat(200)}:x\r\n\x00:y\r\nit\x00em.TEL;TYPE="ho\x00me":030 77\x000000\x001\r\nX\x00-ABLABEL:z\r\nitem1.TEL:030 7780001\r\nitem1.X-ABLABEL:wo\x00rk\r\nEMAIL:a\x00@b\r\nUID:\x00u\r\nORG:\x00o\r\nX-CUSTOM4:V\x00IP\r\nEND:VCARD\r\n`);
    const reading = { uid: hostile('u'), name: hostile('Hostile told'), organisation: hostile('o'), numbers: [{ label: hostile('l'), raw: hostile('030 7780002') }] };
    const source: ContactSource = {
      check: async () => {}, open: async () => ({ location: hostile('https://evil.example.org/'), others: [] }), list: async () => list, read: async () => undefined, put: async () => ({ kind: 'gone' }),
      async *fetch(items) { yield { cards: items.map((item) => (item.href === 'told' ? { ...item, bytes: writeLdif('cn=x', [{ name: 'cn', values: [Buffer.from('x\0y')] }, { name: 'a\0b', values: [Buffer.from('z')] }]), reading } : { ...item, bytes: nasty })), skipped: list.skipped, missing: [hostile('missing')] }; },
    };
    const sync = new SyncService(all.db, all.books, all.contacts, () => source, { publish: () => {}, subscribe: () => () => {} });
    for (let again = 0; again < 3; again += 1) {
      expect(await sync.syncBook(id)).toMatchObject({ kind: 'done' });
      expect(await counts()).toBe(3);
    }
    expect((await all.books.skipped(id)).length).toBe(1);
    const { rows } = await sql<{ name: string }>`select distinct unnest(fields) as name from contact where book_id = ${id}`.execute(all.db);
    expect(rows.map(({ name }) => name).filter((name) => !/^[A-Za-z0-9_-]{1,100}!?$/.test(name))).toEqual([]);
    expect((await all.directory.lookup('030 7780001', all.personId)).contact).toMatchObject({ name: expect.stringContaining('Hostile') });
    await all.books.remove(id);
  });

  it('is kept byte for byte, but not what is too large without its pictures', async () => {
    const card = (lines: string[]) => Buffer.from(vcard('Hostile', lines));
    const large = [`NOTE:${'x'.repeat(600 * 1024)}`], media = [`PHOTO:${'x'.repeat(600 * 1024)}`];
    expect(await all.contacts.save(book, [{ href: 'large', etag: '1', bytes: card(large) }, { href: 'media', etag: '2', bytes: card(media) }], 'infinity')).toEqual([{ href: 'large', etag: '1', reason: expect.stringMatching(/^it is 600 kB large without its pictures; .* 512 kB/) }]);
    expect(await counts()).toBe(1);
  });

  it('is read in portions of so many cards and so many bytes', async () => {
    const id = (await all.books.create({ kind: 'carddav', url: 'https://much.example.org/', username: '', password: '', name: 'Much', personId: all.personId })).id;
    const save = (count: number, bytes: number) => all.contacts.save(id, Array.from({ length: count }, (_, n) => ({ href: `${bytes} ${n}`, etag: '', bytes: Buffer.from(vcard(`${n}`, [`NOTE:${'x'.repeat(bytes)}`])) })), 'infinity');
    await save(150, 10);
    await save(30, 500 * 1024);
    const sizes: number[] = [];
    for await (const ids of portions(all.db, id)) {
      sizes.push(ids.length);
      const { rows } = await sql<{ bytes: number }>`select sum(length(card))::int as bytes from contact where id = any(${ids}::uuid[])`.execute(all.db);
      expect(rows[0]!.bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    expect(sizes.reduce((a, b) => a + b)).toBe(180);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    await all.books.remove(id);
  });

  it('gives others their turn', async () => {
    let turns = 0, done = false;
    const turn = (): void => { if (!done) { turns += 1; setImmediate(turn); } };
    setImmediate(turn);
    await inBreaths(Array.from({ length: 100 }, () => ({ bytes: Buffer.alloc(1) })), () => 0);
    expect(turns).toBeGreaterThanOrEqual(3);
    turns = 0;
    await inBreaths(Array.from({ length: 4 }, () => ({ card: Buffer.alloc(300 * 1024) })), () => 0);
    expect(turns).toBeGreaterThanOrEqual(3);
    done = true;
  });
});

describe('BookStore', () => {
  it('keeps the password sealed, and gives it to a sync only', async () => {
    const { secret } = await all.db.selectFrom('address_book').select('secret').where('id', '=', book).executeTakeFirstOrThrow();
    expect(secret.includes('geheim')).toBe(false);
    expect((await all.books.forSync(book)).settings).toMatchObject({ username: 'anna', password: 'geheim ☎', url: 'https://dav.example.org/' });
    expect(JSON.stringify(await all.books.list(all.personId))).not.toContain('geheim');
  });

  it('shows own and shared books, and what a carrier change does to the codes', async () => {
    const other = await newPerson(all.db);
    expect(await all.books.list(other)).toEqual([]);
    expect(await all.books.get(book, other)).toBeUndefined();
    const [seen] = await all.books.list(all.personId);
    expect(seen).toMatchObject({ id: book, kind: 'carddav', shared: false, ownerId: all.personId, carrier: FIELD, health: { state: 'new', codes: 1 } });
    await all.books.setCarrier(book, { field: 'ORG-UNUSED' });
    expect((await all.books.get(book, all.personId))!.health.codes).toBe(0);
    await all.books.setCarrier(book, FIELD);
    expect((await all.books.get(book, all.personId))!.health.codes).toBe(1);
    await expect(all.books.setCarrier(book, { field: 'FN' })).rejects.toMatchObject({ kind: 'invalid', code: 'book.carrier' });
    await expect(all.books.setCarrier('00000000-0000-4000-8000-000000000000', FIELD)).rejects.toMatchObject({ code: 'book.missing' });
    await expect(all.books.forSync('nonsense')).rejects.toMatchObject({ code: 'book.missing' });
  });

  it('tells who may see and change a book, and counts what is in each one', async () => {
    const [owner, other] = [{ id: all.personId, role: 'user' as const }, { id: await newPerson(all.db), role: 'user' as const }];
    const { health, ...facts } = (await all.books.get(book, owner.id))!;
    expect(await all.books.seen(book, owner)).toEqual(facts);
    expect(await all.books.kept(book, owner)).toEqual(facts);
    for (const id of [book, 'nonsense', '00000000-0000-4000-8000-000000000000']) await expect(all.books.kept(id, other)).rejects.toMatchObject({ kind: 'missing', code: 'book.missing' });
    const { id: shared } = await all.books.create({ personId: null, kind: 'carddav', name: 'Ours', url: 'https://dav.example.org/', username: 'a', password: 'b' });
    await all.contacts.save(shared, [{ href: 'a', etag: '1', bytes: Buffer.from(vcard('A', ['TEL:030 1', 'TEL:030 22', 'X-CUSTOM4:VIP'])) }, { href: 'b', etag: '1', bytes: Buffer.from(vcard('B', ['TEL:030 333'])) }], 'infinity');
    expect((await all.books.get(shared, other.id))!.health).toMatchObject({ contacts: 2, numbers: 3, codes: 1 });
    expect((await all.books.get(book, owner.id))!.health).toEqual(health);
    expect(await all.books.seen(shared, other)).toMatchObject({ id: shared, shared: true, ownerId: null });
    await expect(all.books.kept(shared, other)).rejects.toMatchObject({ kind: 'forbidden', code: 'book.shared' });
    expect(await all.books.kept(shared, { ...other, role: 'admin' })).toMatchObject({ id: shared });
    await all.books.remove(shared);
  });

  it('names a new book as due at once, and takes everything of a book with it', async () => {
    expect(await all.books.due()).toEqual([book]);
    await all.books.remove(book);
    expect(await all.contacts.search({ personId: all.personId })).toEqual({ items: [], cursor: null });
    expect(await all.db.selectFrom('contact_number').select('raw').execute()).toEqual([]);
  });
});
