/**
 * Reads what people and networks write as a telephone number into the forms by which it may be found. Decides nothing
 * about contacts, and never throws: what is no number has no forms besides `raw`.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { clean } from './clean.js';
import type { NumberForms } from './number.js';

/** 6 digits or fewer dial a telephone of this system: never E.164, whatever the numbering plan allows (DE allows 2). */
const MAX_EXTENSION = 6;
const SUFFIX = 9;

/**
 * @param raw as written in an address book, typed, or given by the network
 * @param region whose numbering plan national forms follow: ISO 3166-1 alpha-2, for example DE
 */
export const parseNumber = (raw: string, region: string): NumberForms => {
  const text = clean(raw);
  const digits = text.replace('+', '');
  if (digits.length < 2) return { raw };
  if (digits.length <= MAX_EXTENSION) return { raw, extension: digits };
  const found = planned(text, region);
  const suffix = found ? found.e164.slice(1) : digits;
  return { raw, ...found, ...(suffix.length >= SUFFIX ? { suffix: suffix.slice(-SUFFIX) } : {}) };
};

/** The calling code, when it is part of the number as written (+49..., 0049...) rather than assumed from the region; without +. */
export const writtenCountry = (raw: string, region: string): string | undefined => {
  const text = clean(raw);
  const found = planned(text, region);
  if (!found || !(text.startsWith('+') || text.endsWith(found.e164.slice(1)))) return undefined;
  return found.e164.slice(1, found.e164.length - found.national.length);
};

/** E.164 and national significant number, when the digits are possible in a numbering plan. Trunk zeros may be left over by junk ("0000 030..."): read again until it stands. */
const planned = (text: string, region: string): { e164: string; national: string } | undefined => {
  const number = parsePhoneNumberFromString(text, isSupportedCountry(region) ? { defaultCountry: region, extract: false } : { extract: false });
  if (!number?.isPossible() || number.number.length <= MAX_EXTENSION + 1) return undefined;
  return number.number === text ? { e164: number.number, national: number.nationalNumber } : planned(number.number, region);
};
