/** What the database keeps of a card, read from its bytes. */
import type { Carrier } from '@ringbook/contracts';
import type { NumberForms } from '../number/number.js';
import { parseNumber } from '../number/parse.js';
import { formOf, type Reading } from './form.js';
import { moreOf } from './words.js';

export interface ContactRecord extends Omit<Reading, 'numbers'> { code: string | null; fields: string[]; /** What it is found by beside its name. */ more: string | null; numbers: (NumberForms & { label: string | null })[] }

/**
 * Undefined when `bytes` hold no contact.
 * @param region for numbers written without a country code
 * @param told who it is, when the source says so itself
 */
export const recordOf = (bytes: Uint8Array, carrier: Carrier, region: string, told?: Reading): ContactRecord | undefined => {
  const form = formOf(bytes);
  const card = told ?? form.read(bytes);
  if (!card) return undefined;
  const numbers = card.numbers.map(({ label, raw }) => ({ label, ...parseNumber(raw, region) }));
  const fields = form.fields(bytes);
  return { uid: card.uid, name: card.name, organisation: card.organisation, code: form.codeOf(bytes, carrier).code, numbers, fields: [...new Set(fields.map(({ field }) => field))], more: moreOf(fields, numbers) };
};
