/** Twenty thousand contacts in a book of a person, straight into the tables: a bench measures calls, not syncs. */
import { sql } from 'kysely';
import type { Db } from '../../src/store/schema.js';

export const CONTACTS = 20_000;
/** Numbers of the i-th contact. */
export const numberOf = (i: number): string => `+4930${1_000_000 + i}`;

export const addContacts = async (db: Db, personId: string): Promise<void> => {
  const book = await db.insertInto('address_book').values({ person_id: personId, kind: 'carddav', name: 'Thousands', url: 'http://127.0.0.1:9/', username: 'nobody', secret: Buffer.from('x'), next_run: new Date(Date.now() + 86_400_000) }).returning('id').executeTakeFirstOrThrow();
  await sql`
    with made as (
      insert into contact (book_id, href, etag, name, code, card)
      select ${book.id}, 'h' || i, 'e', 'Person ' || i, case when i % 10 = 0 then 'VIP' end, 'BEGIN:VCARD' from generate_series(0, ${CONTACTS - 1}) i returning id, substr(href, 2)::int as i)
    insert into contact_number (contact_id, book_id, position, raw, e164, national, suffix)
    select id, ${book.id}, 0, '+4930' || (1000000 + i), '+4930' || (1000000 + i), '30' || (1000000 + i), '30' || (1000000 + i) from made`.execute(db);
  await sql`analyze`.execute(db);
};
