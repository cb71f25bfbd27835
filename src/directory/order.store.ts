/** The person's order of precedence of address books: where two know a number, the earlier one speaks. */
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Fault, type FieldError } from '../shared/fault.js';
import { DB, type Db } from '../store/schema.js';

@Injectable()
export class OrderStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Replaces the order; books left out come last. @throws Fault `request.invalid` that names books which are not there, or there twice */
  async put(personId: string, books: readonly string[]): Promise<void> {
    const { rows } = await sql<{ id: string }>`select id from address_book b where b.person_id = ${personId} or b.person_id is null`.execute(this.db);
    const visible = new Set(rows.map(({ id }) => id));
    const errors = books.flatMap((book, i): FieldError[] => (!visible.has(book) ? [{ path: `books.${i}`, message: 'is no address book of yours' }] : books.indexOf(book) < i ? [{ path: `books.${i}`, message: 'stands in the list already' }] : []));
    if (errors.length > 0) throw new Fault('invalid', 'request.invalid', 'Some fields are wrong', { errors });
    await this.db.transaction().execute(async (trx) => {
      await trx.selectFrom('person').select('id').where('id', '=', personId).forUpdate().execute();
      await trx.deleteFrom('book_order').where('person_id', '=', personId).execute();
      // a book that was removed a moment ago has no place any more
      await sql`insert into book_order (person_id, book_id, position) select ${personId}, b.id, o.position - 1 from unnest(${[...books]}::uuid[]) with ordinality o (id, position) join address_book b on b.id = o.id`.execute(trx);
    });
  }
}
