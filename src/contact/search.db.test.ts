import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, newPerson, openBooks, vcard } from '../../test/lab/books.js';
import type { ContactSearch } from './search.store.js';

let all: Books;
const newBook = async (name: string, personId: string | null = all.personId) => (await all.books.create({ kind: 'practice', url: '/x', username: '', password: '', name, personId })).id;
const keep = (book: string, cards: [name: string, lines: string[]][]) =>
  all.contacts.save(book, cards.map(([name, lines]) => ({ href: name, etag: '1', bytes: Buffer.from(vcard(name, lines)) })), 'infinity');
const names = async (search: Omit<ContactSearch, 'personId'>): Promise<string[]> => (await all.contacts.search({ personId: all.personId, ...search })).items.map((c) => c.name);
beforeAll(async () => { all = await openBooks(); });
afterAll(() => all?.drop());

describe('searching', () => {
  let mine: string, ours: string;
  beforeAll(async () => {
    [mine, ours] = [await newBook('Mine'), await newBook('Ours', null)];
    await keep(mine, [
      ['Jürgen Müller', ['ORG:Straßenbau Größe', 'TEL:+49 171 5550101', 'EMAIL:jm@example.org', 'X-CUSTOM4:VIP']], ['Joe Mueller', ['TEL:030 5550102']], ['Łukasz Żółć', []],
      ['Мария Йодль', ['EMAIL;TYPE=WORK:maria@beispiel.example']], ['王小明', ['TEL:101']], ['آدم', []], ['Αλέξανδρος Ώρα', []],
    ]);
    await keep(ours, [['Anna Zoë', ['X-CUSTOM4:fam', 'ORG:Straßenbau Größe']], ['Zora', ['X-CUSTOM4:VIP']]]);
  });

  it.each([
    ['jurgen', ['Jürgen Müller']], ['JÜRGEN', ['Jürgen Müller']], ['müller', ['Joe Mueller', 'Jürgen Müller']], ['mueller', ['Joe Mueller', 'Jürgen Müller']], ['muller', ['Jürgen Müller']],
    ['strassenbau', ['Anna Zoë', 'Jürgen Müller']], ['grosse zoe', ['Anna Zoë']], ['bau anna', ['Anna Zoë']], ['lukasz zolc', ['Łukasz Żółć']],
    ['мария', ['Мария Йодль']], ['ИОДЛЬ', ['Мария Йодль']], ['小明', ['王小明']], ['明', ['王小明']], ['ادم', ['آدم']], ['αλεξανδρος ωρα', ['Αλέξανδρος Ώρα']], ['ΏΡΑ', ['Αλέξανδρος Ώρα']],
    ['JM@EXAMPLE', ['Jürgen Müller']], ['beispiel.ex', ['Мария Йодль']], ['0171 555', ['Jürgen Müller']], ['5550102', ['Joe Mueller']], ['101', ['Jürgen Müller', '王小明']],
    ['vip', ['Jürgen Müller', 'Zora']], ['vi', []], ['%', []], ['\\', []], ['_', []], ["'", []], ['a b c d e f g h i', []],
  ])('%s', async (q, found) => { expect(await names({ q })).toEqual(found); });

  it('narrows by book, code and number, each with the others', async () => {
    expect(await names({ book: ours })).toEqual(['Anna Zoë', 'Zora']);
    expect(await names({ code: 'vip' })).toEqual(['Jürgen Müller', 'Zora']);
    expect(await names({ code: 'VIP', book: ours })).toEqual(['Zora']);
    expect(await names({ code: 'none', q: 'joe' })).toEqual(['Joe Mueller']);
    expect(await names({ code: 'none' })).toHaveLength(6);
    expect(await names({ number: '+491715550101', code: 'FAM' })).toEqual([]);
    expect(await names({ number: '0171 5550101', q: 'mull' })).toEqual(['Jürgen Müller']);
    expect(await names({ book: '00000000-0000-4000-8000-000000000000' })).toEqual([]);
  });

  it('shows nobody what is in books of others', async () => {
    const other = await newPerson(all.db);
    expect((await all.contacts.search({ personId: other })).items.map((c) => c.name)).toEqual(['Anna Zoë', 'Zora']);
    expect((await all.contacts.search({ personId: other, book: mine })).items).toEqual([]);
    expect(await all.contacts.ids({ personId: other, q: 'jurgen' }, 10)).toEqual([]);
  });

  it('gives the ids of everybody found, up to a bound', async () => {
    const found = await all.contacts.search({ personId: all.personId, code: 'VIP' });
    expect(await all.contacts.ids({ personId: all.personId, code: 'VIP' }, 10)).toEqual(found.items.map((c) => c.id));
    expect(await all.contacts.ids({ personId: all.personId }, 3)).toHaveLength(3);
  });

  it('a page begins where the one before ended, whatever came and went in between', async () => {
    const book = await newBook('Long');
    await keep(book, Array.from({ length: 9 }, (_, i) => [`N${i} ${'ф'.repeat(190)}`, []]));
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 9; page += 1) {
      const { items, cursor: next }: Awaited<ReturnType<typeof all.contacts.search>> = await all.contacts.search({ personId: all.personId, book, limit: 2, cursor });
      seen.push(...items.map((c) => c.name.slice(0, 3).trim()));
      if (page === 0) { await keep(book, [['M', []], ['N11', []]]); await sql`delete from contact where book_id = ${book} and name like 'N1 %'`.execute(all.db); }
      if (next === null) break;
      expect(next.length).toBeLessThan(400);
      cursor = next;
    }
    expect(seen).toEqual(['N0', 'N1', 'N11', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8']);
  });
});

const FIRST = ['Anna', 'Bernd', 'Çelik', 'Dörte', 'Emil', 'Fritz', 'Gökhan', 'Hanna', 'Ines', 'Jürgen', 'Мария', 'Иван', '明', '小红', 'Zoë', 'Łukasz'];
const LAST = ['Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Иванова', '王', 'Nowak', 'Smith', 'Jones'];

it('finds among 100,000 in four books, reading no table through', async () => {
  const person = await newPerson(all.db);
  const books = await Promise.all([1, 2, 3, 4].map((i) => newBook(`B${i}`, person)));
  for (const [k, book] of books.entries()) {
    await sql`insert into contact (book_id, href, etag, name, organisation, code, card, more)
      select ${book}, 'h' || i, '1', (${FIRST}::text[])[1 + i % 16] || ' ' || (${LAST}::text[])[1 + i / 16 % 10] || ' ' || (i * 4 + ${k}), 'Firma ' || (i % 700) || ' Bau GmbH', case when i % 50 = 0 then 'VIP' end, repeat('x', 900)::bytea,
        'p' || (i * 4 + ${k}) || '@firma.example 4930' || (1000000 + i * 4 + ${k}) from generate_series(0, 24999) i`.execute(all.db);
  }
  await sql`vacuum analyze contact`.execute(all.db);
  const took: string[] = [];
  const searches = { everything: {}, 'a common name': { q: 'müller' }, 'one letter': { q: 'a' }, 'two words': { q: 'hanna weber' }, 'an address': { q: 'p77777@' }, 'part of a number': { q: '1077777' }, 'nobody': { q: 'nobody at all' }, 'a name of two signs': { q: '小红 99' }, 'a code': { code: 'VIP' }, 'a code and a word': { code: 'VIP', q: 'schneider' }, 'another script': { q: 'иванова' }, 'rare in another script': { q: 'иванова 7777' } };
  for (const [what, search] of Object.entries(searches)) {
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const from = performance.now();
      const { items } = await all.contacts.search({ personId: person, ...search });
      times.push(performance.now() - from);
      if (what !== 'nobody') expect(items.length, what).toBeGreaterThan(0);
    }
    took.push(`${what} ${times.sort((a, b) => a - b)[2]!.toFixed(1)}`);
  }
  process.stderr.write(`search among 100,000, ms: ${took.join(', ')}\n`);
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select id from contact c where c.words like '%' || folded('hanna weber') || '%'`.execute(all.db);
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('contact_words_parts');
}, 120_000);
