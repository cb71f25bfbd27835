/** What contacts are searched by. The database folds case and accents on both sides (function `folded`); what it cannot know is here. */
import type { NumberForms } from '../number/number.js';
import type { FieldValue } from './form.js';

const EMAIL = /^(?:EMAIL|mail)$/i;
const MAX_MORE = 300;
/** More words than this narrow nothing down any further. */
const MAX_WORDS = 8;
const LOOKS_DIALLED = /^[+\d\s()./-]{3,}$/;

/** E-mail addresses and the digits of numbers, in this order, as column `more` keeps them; null when there are none. */
export const moreOf = (fields: readonly FieldValue[], numbers: readonly NumberForms[]): string | null => {
  const emails = fields.filter(({ field }) => EMAIL.test(field)).slice(0, 10).map(({ value }) => value.replace(/[\p{Cc}\s]+/gu, ' ').trim());
  const digits = numbers.slice(0, 20).map(({ e164, raw }) => (e164 ?? raw).replace(/\D/g, ''));
  // whole or not at all: half of an address may be the address of somebody else
  return [...new Set([...emails, ...digits])].filter(Boolean).reduce((more, one) => (more.length + one.length < MAX_MORE ? `${more} ${one}` : more), '').trimStart().toWellFormed() || null;
};

/**
 * What somebody typed, as alternatives that must all occur, each in one of its ways of writing: ["müller", "mueller"]. Text that
 * looks like a number is also looked for by its digits, without the zeros and + that are written or not.
 */
export const wanted = (q: string): string[][] => {
  const text = q.trim();
  if (text === '') return [];
  const words = text.split(/\s+/).slice(0, MAX_WORDS).map(spellings);
  const digits = LOOKS_DIALLED.test(text) ? text.replace(/\D/g, '').replace(/^0+/, '') : '';
  return digits.length < 2 ? words : [[text, digits]];
};

const UMLAUTS: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' };
/** Müller is also written Mueller, and the other way round. Accents are folded by the database. Short words ("Joe") would find too much. */
const spellings = (word: string): string[] => {
  const small = word.normalize('NFC').toLowerCase();
  return [...new Set([small, small.replace(/[äöü]/g, (letter) => UMLAUTS[letter]!), ...(small.length > 4 ? [small.replace(/([aou])e/g, '$1')] : [])])];
};
