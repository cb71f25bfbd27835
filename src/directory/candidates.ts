/** From the rows of the directory's query to a match. */
import type { ContactRef } from '@ringbook/contracts';
import { type Candidate, chooseMatch, type FormTier } from '../number/match.js';
import type { NumberForms } from '../number/number.js';
import type { Match } from './match.js';

/** One contact that shares a form of the wanted number. `book` is the book's name. */
export interface CandidateRow extends ContactRef { tier: FormTier; raw: string; own: boolean }

export const matchOf = (rows: readonly CandidateRow[], forms: NumberForms, region: string): Match =>
  chooseMatch(rows.map(candidate), forms, region);

const candidate = ({ tier, raw, own, ...contact }: CandidateRow): Candidate<ContactRef> => ({ tier, raw, own, contact });
