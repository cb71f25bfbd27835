/** From the rows of the directory's query to a match. */
import type { ContactRef } from '@ringbook/contracts';
import { type Candidate, chooseMatch, type FormTier } from '../number/match.js';
import type { NumberForms } from '../number/number.js';
import type { Match } from './match.js';

/** One contact that shares a form of the wanted number. `book` is the book's name; the rest as in number/match.ts. */
export interface CandidateRow extends ContactRef { tier: FormTier; raw: string; place: number; chosen: boolean; asOf: Date | null }

export const matchOf = (rows: readonly CandidateRow[], forms: NumberForms, region: string): Match => {
  const match = chooseMatch(rows.map(candidate), forms, region);
  const asOf = rows.find((row) => row.id === match.contact?.id)?.asOf;
  return { ...match, ...(asOf ? { asOf: asOf.toISOString() } : {}) };
};

const candidate = ({ tier, raw, place, chosen, asOf: _, ...contact }: CandidateRow): Candidate<ContactRef> => ({ tier, raw, place, chosen, contact });
