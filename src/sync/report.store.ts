/** Counts and samples of the fields of an address book, and what another carrier would read from it. */
import type { Carrier, CarrierPreview, FillReport } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { carrierWords, fieldOf, isWhole } from '../contact/carrier.js';
import { inBreaths } from '../contact/breath.service.js';
import { formOf } from '../contact/form.js';
import { fillFields, portions, withField } from '../contact/keep.store.js';
import { isMedia } from '../contact/lean.js';
import { CODE_MARK } from '../contact/record.js';
import type { Db } from '../store/schema.js';
import { type BookFacts, checkCarrier } from './book.store.js';
import { type FieldCount, reportOf, sampleOf } from './report.js';

const SAMPLES = 3;
/** Cards that are looked into for samples: any, then some with the fields that none of those had. */
const LOOKED_INTO = 120;
const SHOWN = 20;
/** Fields in a report: the most used ones. */
const MOST = 300;

export class ReportStore {
  constructor(private readonly db: Db) {}

  async fields(book: BookFacts): Promise<FillReport> {
    await fillFields(this.db, book.id);
    const { rows: counts } = await sql<{ field: string; cards: number; codes: number }>`
      with kinds as (select fields, count(*) as n from contact where book_id = ${book.id} group by fields), counted as (select field, sum(n) as n from kinds cross join unnest(kinds.fields) as field group by field)
      select min(rtrim(field, ${CODE_MARK})) as field, coalesce(sum(n) filter (where right(field, 1) <> ${CODE_MARK}), 0)::int as cards, coalesce(sum(n) filter (where right(field, 1) = ${CODE_MARK}), 0)::int as codes
      from counted group by upper(rtrim(field, ${CODE_MARK})) order by 2 desc limit ${MOST}`.execute(this.db);
    const { n } = await this.db.selectFrom('contact').select((eb) => eb.fn.countAll<string>().as('n')).where('book_id', '=', book.id).executeTakeFirstOrThrow();
    const samples = await this.#samples(book.id, counts.map(({ field }) => field.toUpperCase()));
    const fields: FieldCount[] = counts.map((count) => ({ ...count, samples: isMedia(count.field) ? [] : samples.get(count.field.toUpperCase()) ?? [] }));
    return reportOf(Number(n), fields, { ldap: book.kind === 'ldap', preset: book.ldap?.preset, carrier: book.carrier });
  }

  async #samples(bookId: string, fields: string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    const take = ({ card }: { card: Buffer }): void => {
      for (const { field, value } of formOf(card).fields(card)) {
        const some = found.get(field.toUpperCase()) ?? [];
        const sample = sampleOf(value);
        if (some.length < SAMPLES && sample !== '' && !some.includes(sample)) found.set(field.toUpperCase(), [...some, sample]);
      }
    };
    const look = async (where?: RawBuilder<unknown>): Promise<void> => {
      for await (const ids of portions(this.db, bookId, where, LOOKED_INTO)) await inBreaths(await this.db.selectFrom('contact').select('card').where('id', 'in', ids).orderBy('id').execute(), take);
    };
    await look();
    const rare = fields.filter((field) => !found.has(field));
    if (rare.length > 0) await look(await withField(this.db, bookId, rare));
    return found;
  }

  /** What would be read if codes were kept there; nothing is changed. @throws Fault `book.carrier` */
  async preview(book: BookFacts, carrier: Carrier): Promise<CarrierPreview> {
    checkCarrier(carrier, book.kind);
    await fillFields(this.db, book.id);
    const field = fieldOf(carrier);
    const filled: CarrierPreview['sample'] = [];
    let codes = 0, inUse = 0;
    const holding = await withField(this.db, book.id, [field]);
    for await (const ids of portions(this.db, book.id, holding)) {
      const rows = await this.db.selectFrom('contact').select(['name', 'card']).where('id', 'in', ids).orderBy('id').execute();
      await inBreaths(rows, ({ name, card }) => {
        const form = formOf(card);
        const { code, reason = null } = form.codeOf(card, carrier);
        if (code !== null) codes += 1; else if (reason !== null) inUse += 1;
        if (filled.length < SHOWN) filled.push({ name, code, reason, value: sampleOf(form.fields(card).find((f) => f.field.toUpperCase() === field.toUpperCase())?.value ?? '') || null });
      });
    }
    const { rows } = await sql<{ cards: number }>`select count(*)::int as cards from contact where book_id = ${book.id}`.execute(this.db);
    const cards = rows[0]!.cards;
    const others = await this.db.selectFrom('contact as c').select('name').where('book_id', '=', book.id).where(sql<boolean>`not ${holding}`).orderBy('id').limit(SHOWN - filled.length).execute();
    return { cards, codes, inUse, warning: warningOf(carrier, cards, inUse), sample: [...filled, ...others.map(({ name }) => ({ name, value: null, code: null, reason: null }))] };
  }
}

const warningOf = (carrier: Carrier, cards: number, inUse: number): string | null => {
  if (inUse === 0) return null;
  const of = `${inUse} of ${cards} contacts`;
  return isWhole(carrier) ? `${fieldOf(carrier)} is in use: it holds something else in ${of}. Nothing of that is overwritten: these contacts can have no code until the field is cleared in your contact manager.`
    : `In ${of}, what begins ${carrierWords(carrier)} is no code. Look at the samples before you choose it.`;
};
