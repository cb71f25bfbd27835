/** What the database keeps of a card, read from its bytes. */
import type { NumberForms } from '../number/number.js';
import { parseNumber } from '../number/parse.js';
import { type Carriers, codeIn } from './carriers.js';
import { formOf, type FieldValue, type Reading } from './form.js';
import { isMedia } from './lean.js';
import { moreOf } from './words.js';

export interface ContactRecord extends Omit<Reading, 'numbers'> { code: string | null; fields: string[]; /** What it is found by beside its name. */ more: string | null; numbers: (NumberForms & { label: string | null })[] }

/**
 * Undefined when `bytes` hold no contact.
 * @param region for numbers written without a country code
 * @param told who it is, when the source says so itself
 */
export const recordOf = (bytes: Uint8Array, carriers: Carriers, region: string, told?: Reading): ContactRecord | undefined => {
  const form = formOf(bytes);
  const card = told ?? form.read(bytes);
  if (!card) return undefined;
  const numbers = card.numbers.map(({ label, raw }) => ({ label, ...parseNumber(raw, region) }));
  const fields = form.fields(bytes);
  return { uid: card.uid, name: card.name, organisation: card.organisation, code: codeIn(form, bytes, carriers), numbers, fields: namesOf(fields), more: moreOf(fields, numbers) };
};

/** Ends the name of a field in `ContactRecord.fields` that looks like a handling code in this card: counted by the fill report. */
export const CODE_MARK = '!';
const LIKE_A_CODE = /^(?=[0-9_-]*[A-Za-z])(?:[A-Z0-9_-]{1,12}|[a-z0-9_-]{1,12})$/;
/** The fields that hold something, each once; those whose values all look like handling codes a second time, with the mark. */
export const namesOf = (fields: readonly FieldValue[]): string[] => {
  const like = new Map<string, boolean>();
  for (const { field, value } of fields) like.set(field, (like.get(field) ?? !isMedia(field)) && LIKE_A_CODE.test(value));
  return [...like].flatMap(([field, code]) => (code ? [field, field + CODE_MARK] : [field]));
};
