/**
 * Chooses, among the contacts that share some form of a number, the ones that fit best. The best tier wins alone: a
 * suffix never competes with an exact match. Several different contacts at the winning tier: `ambiguous`, nobody is chosen.
 */
import type { Tier } from '@ringbook/contracts';
import type { NumberForms } from './number.js';
import { writtenCountry } from './parse.js';

export const TIERS = ['exact', 'national', 'extension', 'suffix'] as const;
export type FormTier = (typeof TIERS)[number];

/** A contact that has a number equal to the wanted one in the form that `tier` names. `raw`: that number as its card writes it. `own`: from a book of the person, not a shared one. */
export interface Candidate<C> { tier: FormTier; contact: C; raw: string; own: boolean }
export interface Choice<C> { tier: Tier; contact: C | null; candidates: C[] }
interface Identified { id: string; uid: string | null }

/** @param region what the forms were parsed with */
export const chooseMatch = <C extends Identified>(rows: readonly Candidate<C>[], forms: NumberForms, region: string): Choice<C> => {
  for (const tier of TIERS) {
    const contacts = different(rows.filter((row) => row.tier === tier && counts(row, forms, region)));
    if (contacts.length === 1) return { tier, contact: contacts[0]!, candidates: contacts };
    if (contacts.length > 1) return { tier: 'ambiguous', contact: null, candidates: contacts };
  }
  return { tier: 'none', contact: null, candidates: [] };
};

/** +49 30 ... and +43 30 ... share digits, but two numbers that both say their country, and not the same one, are different. */
const counts = (row: Candidate<unknown>, forms: NumberForms, region: string): boolean => {
  if (row.tier !== 'national' && row.tier !== 'suffix') return true;
  const [one, other] = [writtenCountry(row.raw, region), writtenCountry(forms.raw, region)];
  return one === undefined || other === undefined || one === other;
};

/** Each contact once. The same card (vCard UID) in an own and a shared book is one contact, and the own copy speaks. */
const different = <C extends Identified>(rows: readonly Candidate<C>[]): C[] => {
  const seen = new Map<string, C>();
  for (const row of [...rows].sort((a, b) => Number(b.own) - Number(a.own))) {
    const key = row.contact.uid ? `uid ${row.contact.uid}` : `id ${row.contact.id}`;
    if (!seen.has(key)) seen.set(key, row.contact);
  }
  return [...seen.values()];
};
