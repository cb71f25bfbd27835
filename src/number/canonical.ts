/** A number in the one form it is stored and compared in: E.164 where the numbering plan allows it, else its digits. */
import type { NumberForms } from './number.js';
import { parseNumber } from './parse.js';

export const canonicalForm = (forms: NumberForms): string => forms.e164 ?? forms.extension ?? forms.raw.replaceAll(/[^0-9+]/g, '');

export const canonicalOf = (raw: string, region: string): string => canonicalForm(parseNumber(raw, region));
