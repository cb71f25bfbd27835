/**
 * Finds the contact for a number: one indexed query for everything that shares a form of it, then a pure choice of tier
 * (number/match.ts); the person's order of books and their choices come with it. It stands in the call path: nothing here waits for another server.
 */
import { type RawBuilder, sql } from 'kysely';
import { canonicalForm } from '../number/canonical.js';
import type { NumberForms } from '../number/number.js';
import { parseNumber } from '../number/parse.js';
import type { Db } from '../store/schema.js';
import { type CandidateRow, matchOf } from './candidates.js';
import { type Match, NO_MATCH } from './match.js';

/** More contacts than anybody reads through in a pop; a switchboard number may stand in hundreds of cards. */
const MAX_CANDIDATES = 25;
const COLUMNS = { exact: 'e164', national: 'national', extension: 'extension', suffix: 'suffix' } as const;
type Branch = keyof typeof COLUMNS;

/** Books that the person put in no order come after those in it, own ones before shared ones. */
const UNORDERED = 1_000_000;

/**
 * The query behind a look-up, best tier first. One index scan for each form the number has; books of the person, and
 * shared ones, only.
 */
export const candidatesQuery = (forms: NumberForms, personId: string | RawBuilder<string>): RawBuilder<CandidateRow> => {
  const branches = (Object.keys(COLUMNS) as Branch[]).flatMap((tier, rank) => {
    const form = forms[COLUMNS[tier]];
    return form === undefined ? [] : [sql`select ${sql.lit(rank)} as rank, ${sql.lit(tier)} as tier, contact_id, raw from contact_number where ${sql.ref(COLUMNS[tier])} = ${form}`];
  });
  return sql<CandidateRow>`/* prepared */
    select hit.tier, hit.raw, coalesce(o.position, ${sql.lit(UNORDERED)} + (book.person_id is null)::int) as place, choice.contact_id is not null as chosen,
      contact.id, contact.name, contact.organisation, contact.code, contact.uid, book.name as book, book.last_success as "asOf"
    from (${sql.join(branches, sql` union all `)}) hit join contact on contact.id = hit.contact_id join address_book book on book.id = contact.book_id
      left join book_order o on o.person_id = ${personId} and o.book_id = book.id
      left join number_choice choice on choice.person_id = ${personId} and choice.number = ${canonicalForm(forms)} and choice.contact_id = contact.id
    where book.person_id = ${personId} or book.person_id is null
    order by hit.rank, chosen desc, place, contact.id limit ${sql.lit(MAX_CANDIDATES)}`;
};

/**
 * The contact for these forms among the person's own and the shared books. `db` may be a transaction.
 * @param personId whose books: an id, or SQL that gives one
 * @param region what the forms were parsed with
 */
export const findContact = async (db: Db, forms: NumberForms, personId: string | RawBuilder<string>, region: string): Promise<Match> => {
  if (Object.values(COLUMNS).every((column) => forms[column] === undefined)) return NO_MATCH;
  const { rows } = await candidatesQuery(forms, personId).execute(db);
  return matchOf(rows, forms, region);
};

export class DirectoryService {
  constructor(private readonly db: Db, private readonly region: string) {}

  /** @param number as the network gave it, or as somebody typed it */
  lookup(number: string, personId: string): Promise<Match> {
    return findContact(this.db, parseNumber(number, this.region), personId, this.region);
  }
}
