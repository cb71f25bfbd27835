/**
 * Chooses, among the contacts that share some form of a number, the ones that fit best. The best tier wins alone: a
 * suffix never competes with an exact match. Within it the person's own choice counts, if they made one; else the book that
 * comes first for them speaks. Several different contacts there: `ambiguous`, nobody is chosen.
 */
import type { Tier } from '@ringbook/contracts';
import type { NumberForms } from './number.js';
import { writtenCountry } from './parse.js';

export const TIERS = ['exact', 'national', 'extension', 'suffix'] as const;
export type FormTier = (typeof TIERS)[number];

/**
 * A contact that has a number equal to the wanted one in the form that `tier` names. `raw`: that number as its card writes it.
 * `place`: of its book in the person's order of precedence, least first. `chosen`: the person said that this number is theirs.
 */
export interface Candidate<C> { tier: FormTier; contact: C; raw: string; place: number; chosen: boolean }
export interface Choice<C> { tier: Tier; contact: C | null; candidates: C[]; chosen?: boolean }
interface Identified { id: string; uid: string | null }

/** @param region what the forms were parsed with */
export const chooseMatch = <C extends Identified>(rows: readonly Candidate<C>[], forms: NumberForms, region: string): Choice<C> => {
  for (const tier of TIERS) {
    const people = different(rows.filter((row) => row.tier === tier && counts(row, forms, region)));
    const chosen = people.find((person) => person.chosen);
    // The others stay in sight: somebody may change their mind.
    if (chosen && people.length > 1) return { tier, contact: chosen.contact, candidates: people.map(({ contact }) => contact), chosen: true };
    const contacts = people.filter(({ place }) => place === people[0]!.place).map(({ contact }) => contact);
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

/** Each contact once, in order of precedence. The same card (vCard UID) in two books is one contact, and the first of them speaks. */
const different = <C extends Identified>(rows: readonly Candidate<C>[]): Candidate<C>[] => {
  const seen = new Map<string, Candidate<C>>();
  for (const row of [...rows].sort((a, b) => a.place - b.place)) {
    const key = row.contact.uid ? `uid ${row.contact.uid}` : `id ${row.contact.id}`;
    const first = seen.get(key);
    if (!first) seen.set(key, { ...row }); else first.chosen ||= row.chosen;
  }
  return [...seen.values()];
};
