/**
 * Contacts and their numbers on their way into the database, hundreds at a time: one statement each, whose text never varies (it is
 * prepared once a connection), with columns as arrays. Row by row, or with a parameter a value, it takes three times as long.
 */
import { sql } from 'kysely';
import { storable } from '../shared/storable.js';
import { PREPARED } from '../store/database.adapter.js';
import type { Db } from '../store/schema.js';
import type { ContactRecord } from './record.js';

/** `card`: the bytes that are kept. */
export interface Row { href: string; etag: string; card: Uint8Array; record: ContactRecord }
/** `ids` by href, of all that were kept; `known`: ids of those that were there before. */
export interface Inserted { ids: ReadonlyMap<string, string>; known: string[] }

const prepared = sql.raw(PREPARED);
/** Names of fields never hold a line break. */
const BREAK = '\n';

/** A column of text. Whatever a card or its server says comes through here. */
const texts = <R, T extends string | null | undefined>(rows: readonly R[], of: (row: R) => T): (string | null)[] => rows.map((row) => { const text = of(row); return text === undefined || text === null ? null : storable(text); });

/** New or changed; what was written after `since` (a timestamptz as text) is left as it is. */
export const insertContacts = async (trx: Db, bookId: string, rows: readonly Row[], since: string): Promise<Inserted> => {
  const column = <T>(of: (row: Row) => T): T[] => rows.map(of);
  const text = (of: (row: Row) => string | null): (string | null)[] => texts(rows, of);
  let at = 1;
  const starts = column(({ card }) => { const start = at; at += card.length; return start; });
  const { rows: saved } = await sql<{ id: string; href: string; fresh: boolean }>`${prepared} insert into contact (book_id, href, etag, uid, name, organisation, code, card, fields, more)
    select ${bookId}::uuid, t.href, t.etag, t.uid, t.name, t.organisation, t.code, substring(${Buffer.concat(column(({ card }) => card))}::bytea from t.start for t.length), string_to_array(t.fields, ${BREAK}), t.more
    from unnest(${text((r) => r.href)}::text[], ${text((r) => r.etag)}::text[], ${text((r) => r.record.uid)}::text[], ${text((r) => r.record.name)}::text[], ${text((r) => r.record.organisation)}::text[],
      ${text((r) => r.record.code)}::text[], ${starts}::int[], ${column(({ card }) => card.length)}::int[], ${text((r) => r.record.fields.join(BREAK))}::text[], ${text((r) => r.record.more)}::text[])
      as t (href, etag, uid, name, organisation, code, start, length, fields, more)
    on conflict (book_id, href) do update set etag = excluded.etag, uid = excluded.uid, name = excluded.name, organisation = excluded.organisation, code = excluded.code,
      card = excluded.card, fields = excluded.fields, more = excluded.more, updated_at = clock_timestamp() where contact.updated_at <= ${since}::timestamptz
    returning id, href, xmax = 0 as fresh`.execute(trx);
  return { ids: new Map(saved.map(({ id, href }) => [href, id])), known: saved.filter(({ fresh }) => !fresh).map(({ id }) => id) };
};

/** In place of those that were there. */
export const replaceNumbers = async (trx: Db, bookId: string, rows: readonly Row[], { ids, known }: Inserted): Promise<void> => {
  if (known.length > 0) await sql`delete from contact_number where contact_id = any(${known}::uuid[])`.execute(trx);
  const numbers = rows.flatMap(({ href, record }) => {
    const id = ids.get(href);
    return id === undefined ? [] : record.numbers.map((number, position) => ({ id, position, ...number }));
  });
  if (numbers.length === 0) return;
  type Number = (typeof numbers)[number];
  const column = <T>(of: (number: Number) => T): T[] => numbers.map(of);
  const text = (of: (number: Number) => string | null | undefined): (string | null)[] => texts(numbers, of);
  await sql`${prepared} insert into contact_number (contact_id, book_id, position, label, raw, e164, national, extension, suffix)
    select t.id, ${bookId}::uuid, t.position, t.label, t.raw, t.e164, t.national, t.extension, t.suffix
    from unnest(${column((n) => n.id)}::uuid[], ${column((n) => n.position)}::smallint[], ${text((n) => n.label)}::text[], ${text((n) => n.raw)}::text[], ${text((n) => n.e164)}::text[],
      ${text((n) => n.national)}::text[], ${text((n) => n.extension)}::text[], ${text((n) => n.suffix)}::text[]) as t (id, position, label, raw, e164, national, extension, suffix)`.execute(trx);
};
