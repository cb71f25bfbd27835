/** Counts and samples of the fields of an address book, and what another carrier would read from it. */
import { setImmediate } from 'node:timers/promises';
import type { Carrier, CarrierPreview, FillReport } from '@ringbook/contracts';
import { sql } from 'kysely';
import { carrierWords, fieldOf, isWhole } from '../contact/carrier.js';
import { formOf } from '../contact/form.js';
import { fillFields } from '../contact/keep.store.js';
import { isMedia } from '../contact/lean.js';
import { CODE_MARK } from '../contact/record.js';
import type { Db } from '../store/schema.js';
import { type BookView, checkCarrier } from './book.store.js';
import { type FieldCount, reportOf, sampleOf } from './report.js';

const SAMPLES = 3;
/** Cards that are looked into for samples: any, then some with the fields that none of those had. */
const LOOKED_INTO = 120;
const SHOWN = 20;
const SCAN = 500;

export class ReportStore {
  constructor(private readonly db: Db) {}

  async fields(book: BookView): Promise<FillReport> {
    await fillFields(this.db, book.id);
    const { rows: counts } = await sql<{ field: string; cards: number; codes: number }>`
      with counted as (select field, count(*)::int as n from contact c cross join unnest(c.fields) as field where c.book_id = ${book.id} group by field)
      select min(rtrim(field, ${CODE_MARK})) as field, coalesce(sum(n) filter (where right(field, 1) <> ${CODE_MARK}), 0)::int as cards, coalesce(sum(n) filter (where right(field, 1) = ${CODE_MARK}), 0)::int as codes
      from counted group by upper(rtrim(field, ${CODE_MARK}))`.execute(this.db);
    const { n } = await this.db.selectFrom('contact').select((eb) => eb.fn.countAll<string>().as('n')).where('book_id', '=', book.id).executeTakeFirstOrThrow();
    const samples = await this.#samples(book.id, counts.map(({ field }) => field.toUpperCase()));
    const fields: FieldCount[] = counts.map((count) => ({ ...count, samples: isMedia(count.field) ? [] : samples.get(count.field.toUpperCase()) ?? [] }));
    return reportOf(Number(n), fields, { ldap: book.kind === 'ldap', preset: book.ldap?.preset, carrier: book.carrier });
  }

  async #samples(bookId: string, fields: string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    const take = (cards: { card: Buffer }[]): void => {
      for (const { field, value } of cards.flatMap(({ card }) => formOf(card).fields(card))) {
        const some = found.get(field.toUpperCase()) ?? [];
        const sample = sampleOf(value);
        if (some.length < SAMPLES && sample !== '' && !some.includes(sample)) found.set(field.toUpperCase(), [...some, sample]);
      }
    };
    take(await this.db.selectFrom('contact').select('card').where('book_id', '=', bookId).orderBy('id').limit(LOOKED_INTO).execute());
    const rare = fields.filter((field) => !found.has(field));
    if (rare.length > 0) take((await sql<{ card: Buffer }>`select card from contact c where book_id = ${bookId} and exists (select 1 from unnest(c.fields) f where upper(f) = any(${rare}::text[])) limit ${LOOKED_INTO}`.execute(this.db)).rows);
    return found;
  }

  /** What would be read if codes were kept there; nothing is changed. @throws Fault `book.carrier` */
  async preview(book: BookView, carrier: Carrier): Promise<CarrierPreview> {
    checkCarrier(carrier, book.kind);
    await fillFields(this.db, book.id);
    const field = fieldOf(carrier);
    const filled: CarrierPreview['sample'] = [];
    let codes = 0, inUse = 0;
    for await (const rows of this.#holding(book.id, field)) {
      for (const { name, card } of rows) {
        const form = formOf(card);
        const { code, reason = null } = form.codeOf(card, carrier);
        if (code !== null) codes += 1; else if (reason !== null) inUse += 1;
        if (filled.length < SHOWN) filled.push({ name, code, reason, value: sampleOf(form.fields(card).find((f) => f.field.toUpperCase() === field.toUpperCase())?.value ?? '') || null });
      }
    }
    const { rows } = await sql<{ cards: number }>`select count(*)::int as cards from contact where book_id = ${book.id}`.execute(this.db);
    const cards = rows[0]!.cards;
    const others = await this.db.selectFrom('contact').select('name').where('book_id', '=', book.id).where(sql<boolean>`not exists (select 1 from unnest(fields) f where upper(f) = ${field.toUpperCase()})`).orderBy('id').limit(SHOWN - filled.length).execute();
    return { cards, codes, inUse, warning: warningOf(carrier, cards, inUse), sample: [...filled, ...others.map(({ name }) => ({ name, value: null, code: null, reason: null }))] };
  }

  async *#holding(bookId: string, field: string): AsyncIterable<{ name: string; card: Buffer }[]> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const { rows } = await sql<{ id: string; name: string; card: Buffer }>`select id, name, card from contact c where book_id = ${bookId} and id > ${after} and exists (select 1 from unnest(c.fields) f where upper(f) = ${field.toUpperCase()}) order by id limit ${SCAN}`.execute(this.db);
      const last = rows.at(-1);
      if (!last) return;
      for (let i = 0; i < rows.length; i += 50) { yield rows.slice(i, i + 50); await setImmediate(); }
      after = last.id;
    }
  }
}

const warningOf = (carrier: Carrier, cards: number, inUse: number): string | null => {
  if (inUse === 0) return null;
  const of = `${inUse} of ${cards} contacts`;
  return isWhole(carrier) ? `${fieldOf(carrier)} is in use: it holds something else in ${of}. Nothing of that is overwritten: these contacts can have no code until the field is cleared in your contact manager.`
    : `In ${of}, what begins ${carrierWords(carrier)} is no code. Look at the samples before you choose it.`;
};
