import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../test/lab/database.js';
import { CodeStore } from './code.store.js';

const COUNT = 100_000;
let database: TestDatabase, person: string;
beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  person = (await db.insertInto('person').values({ email: 'a@example.org', name: 'A', password_hash: null }).returning('id').executeTakeFirstOrThrow()).id;
  const book = await db.insertInto('address_book').values({ person_id: person, kind: 'carddav', name: 'Big', url: '', username: '', secret: Buffer.from('') }).returning('id').executeTakeFirstOrThrow();
  await sql`insert into contact (book_id, href, etag, name, code, card) select ${book.id}, 'h' || i, '1', 'Person ' || i, case when i % 5 < 2 then 'C' || (i % 350) end, repeat('x', 900)::bytea from generate_series(0, ${COUNT - 1}) i`.execute(db);
  await sql`vacuum analyze contact`.execute(db);
}, 60_000);
afterAll(() => database?.drop());

it('counts the codes of 100,000 contacts from an index, the most used first, and not more than anybody reads', async () => {
  const store = new CodeStore(database.db);
  await store.put(person, [{ code: 'c1', name: 'One' }]);
  const from = performance.now();
  const codes = await store.known(person);
  process.stderr.write(`codes among ${COUNT}: ${(performance.now() - from).toFixed(1)} ms\n`);
  expect(codes[0]).toEqual({ code: 'C1', name: 'One', contacts: 286, rules: 0 });
  expect(codes).toHaveLength(140); // two in five of 350
  expect(codes.slice(1).map(({ contacts }) => contacts)).toEqual(codes.slice(1).map(({ contacts }) => contacts).toSorted((a, b) => b - a));
  expect(codes.reduce((sum, { contacts }) => sum + contacts, 0)).toBe((COUNT / 5) * 2);
});
