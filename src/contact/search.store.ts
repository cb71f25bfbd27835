/**
 * Contacts by search, for the console: words, a number, a book, a code. Every visible book gives its first ones in the order of
 * names, from an index that holds all that is asked for; a page is cut from those, so that no search sorts 100,000 rows.
 */
import type { Contact } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { type Page, pageOf, type Shape, unpackCursor, UUID } from '../http/page.js';
import { parseNumber } from '../number/parse.js';
import type { Db } from '../store/schema.js';
import { isCode } from './carrier.js';
import { wanted } from './words.js';

/**
 * `q` finds in name, organisation, e-mail addresses, numbers, and finds a whole code; `number` finds who has that number, in whatever
 * form; `code` is one, or `none`. `limit` 50 when left out, at most 200.
 */
export interface ContactSearch { personId: string; q?: string; number?: string; book?: string; code?: string; limit?: number; cursor?: string | null }
interface Row { id: string; name: string; organisation: string | null; code: string | null; uid: string | null; book: string; bookId: string; updatedAt: Date; numbers: Contact['numbers'] | null; pending: Contact['pending']; lostCode: string | null; key: string }

const NUMBER_COLUMNS = ['e164', 'national', 'extension', 'suffix'] as const;
/** What lists are sorted by, and what the index `contact_words` begins with. */
const KEY = sql`left(c.words, 60)`;
const SORTED: Shape = { test: (text) => text.length <= 120 && !text.includes('\0') };

/** @throws Fault `request.invalid` for a cursor that is none */
export const searchContacts = async (db: Db, search: ContactSearch, region: string): Promise<Page<Contact>> => {
  const count = Math.min(Math.max(search.limit ?? 50, 1), 200);
  const { rows } = await sql<Row>`${selectContacts(sql`c.id in (${idsQuery(search, count + 1, region)})`)} order by key, c.id`.execute(db);
  return pageOf(rows, count, viewOf, (row) => [row.key, row.id]);
};

/** Ids of everybody whom a search finds, by name. */
export const idsOf = async (db: Db, search: ContactSearch, most: number, region: string): Promise<string[]> =>
  (await sql<{ id: string }>`${idsQuery(search, most, region)}`.execute(db)).rows.map(({ id }) => id);

const idsQuery = (search: ContactSearch, most: number, region: string): RawBuilder<{ id: string }> => {
  const conditions = sql.join([sql`c.book_id = b.id`, ...conditionsOf(search, region)], sql` and `);
  const book = search.book === undefined ? sql`` : sql` and b.id = ${search.book}`;
  return sql`select hit.id from address_book b cross join lateral (
      select c.id, ${KEY} as key from contact c where ${conditions} order by ${KEY}, c.id limit ${most}) hit
    where ${visibleTo(search.personId)}${book} order by hit.key, hit.id limit ${most}`;
};

const conditionsOf = ({ q = '', number = '', code, cursor }: ContactSearch, region: string): RawBuilder<unknown>[] => {
  const after = cursor ? unpackCursor(cursor, [SORTED, UUID]) : undefined;
  const words = wanted(q).map((ways) => sql`(${sql.join(ways.map(holds), sql` or `)})`);
  const found = words.length > 0 && isCode(q.trim()) ? [sql`(${sql.join(words, sql` and `)} or ${hasCode(q.trim())})`] : words;
  return [
    ...found,
    ...(number.trim() ? [numbered(number, region)] : []),
    ...(code === undefined ? [] : [code === 'none' ? sql`c.code is null` : hasCode(code)]),
    ...(after ? [sql`(${KEY}, c.id) > (${after[0]}, ${after[1]}::uuid)`] : []),
  ];
};

/** The pattern is worked out while the query is planned, so that the planner sees how rare it is. */
/** One or two digits are in every telephone number: those begin a word of the name or the organisation. */
const holds = (text: string): RawBuilder<unknown> => (/^[0-9]{1,2}$/.test(text) ? sql`' ' || c.name || ' ' || coalesce(c.organisation, '') like ${`% ${text}%`}` : sql`c.words like '%' || regexp_replace(folded(${text}), '([\\\\%_])', '\\\\\\1', 'g') || '%'`);
const hasCode = (code: string): RawBuilder<unknown> => sql`upper(c.code) = ${code.toUpperCase()}`;

const numbered = (number: string, region: string): RawBuilder<unknown> => {
  const forms = parseNumber(number, region);
  const same = NUMBER_COLUMNS.flatMap((column) => (forms[column] === undefined ? [] : [sql`n.${sql.ref(column)} = ${forms[column]}`]));
  return same.length === 0 ? sql`false` : sql`c.id in (select n.contact_id from contact_number n where ${sql.join(same, sql` or `)})`;
};

/** Own books and shared ones; `b` is the book. */
export const visibleTo = (personId: string): RawBuilder<unknown> => sql`(b.person_id = ${personId} or b.person_id is null)`;

/** Contacts `c` of books `b` as the console sees them. */
export const selectContacts = (where: RawBuilder<unknown>): RawBuilder<Row> => sql<Row>`
  select c.id, c.name, c.organisation, c.code, c.uid, b.name as book, c.book_id as "bookId", c.updated_at as "updatedAt", ${KEY} as key,
    (select jsonb_agg(jsonb_build_object('label', n.label, 'raw', n.raw, 'e164', n.e164) order by n.position) from contact_number n where n.contact_id = c.id) as numbers,
    (select jsonb_build_object('code', w.code, 'since', w.asked_at, 'error', w.error->>'text', 'refused', w.next_try is null) from code_write w where w.contact_id = c.id) as pending,
    (select l.code from lost_code l where l.contact_id = c.id) as "lostCode"
  from contact c join address_book b on b.id = c.book_id where ${where}`;

export const viewOf = ({ key: _, numbers, updatedAt, pending, ...row }: Row): Contact =>
  ({ ...row, numbers: numbers ?? [], updatedAt: updatedAt.toISOString(), pending: pending && { ...pending, since: new Date(pending.since).toISOString() } });
