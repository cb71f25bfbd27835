import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it('names a new book as due at once, and takes everything of a book with it', async () => {
    expect(await all.books.due()).toEqual([book]);
    await all.books.remove(book);
    expect(await all.contacts.search({ personId: all.personId })).toEqual({ items: [], cursor: null });
    expect(await all.db.selectFrom('contact_number').select('raw').execute()).toEqual([]);
  });
});
