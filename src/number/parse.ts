/**
 * Reads what people and networks write as a telephone number into the forms by which it may be found. Decides nothing
 * about contacts, and never throws: what is no number has no forms besides `raw`.
 */
import { getCountryCallingCode, isSupportedCountry, Metadata, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { clean } from './clean.js';
import type { NumberForms } from './number.js';
import { modern, outside, withoutPrefix } from './prefix.js';

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
  const suffix = (found ?? guessed(text, region))?.e164.slice(1) ?? digits;
  return { raw, ...found, ...(/[1-9]/.test(suffix) ? { suffix: suffix.slice(-SUFFIX) } : {}) };
};

/** The calling code, when it is part of the number as written (+49..., 0049...) rather than assumed from the region; without +. */
export const writtenCountry = (raw: string, region: string): string | undefined => {
  const text = clean(raw);
  const found = planned(text, region);
  if (!found || !(text.startsWith('+') || text.endsWith(found.e164.slice(1)))) return undefined;
  return found.e164.slice(1, found.e164.length - found.national.length);
};

interface Planned { e164: string; national: string }
type Country = Parameters<typeof getCountryCallingCode>[0];

/** E.164 and national significant number, when the digits are possible in a numbering plan. */
const planned = (text: string, region: string): Planned | undefined => {
  const country = isSupportedCountry(region) ? region : undefined;
  const known = country && places(country);
  if (text.startsWith('+')) return possible(modern(text), country);
  for (const rest of withoutPrefix(text, region, known?.code)) {
    const found = possible(rest, country, true);
    if (found) return found;
  }
  // three zeros are a line to the outside and two of something else: nobody knows how many belong to whom
  if (text.startsWith('000')) return undefined;
  // without the digit that begins national numbers it may be a local number as well: only if it is a real one with an area code
  const bare = known !== undefined && known.trunk !== '' && known.code !== '1' && !text.startsWith(known.trunk) && !known.abroad.test(text);
  return possible(text, country, bare);
};

/** What a line to the outside may have been dialled for: good enough for the last digits, and for nothing else. */
const guessed = (text: string, region: string): Planned | undefined => {
  const rest = text.startsWith('+') ? undefined : outside(text);
  return rest === undefined ? undefined : possible(rest, isSupportedCountry(region) ? region : undefined, true);
};

/** Zeros may be left over by junk: read again until it stands. @param valid it must be in use, as far as is known, and not only of the right length */
const possible = (text: string, country: Country | undefined, valid = false): Planned | undefined => {
  const number = parsePhoneNumberFromString(text, country ? { defaultCountry: country, extract: false } : { extract: false });
  if (!number?.isPossible() || number.number.length <= MAX_EXTENSION + 1) return undefined;
  if (number.number !== text) return possible(number.number, country, valid);
  return valid && !number.isValid() ? undefined : { e164: number.number, national: number.nationalNumber };
};

interface Places { code: string; /** What national numbers begin with; '' where nothing is put before them. */ trunk: string; abroad: RegExp }
const places = (() => {
  const known = new Map<Country, Places>();
  const look = (country: Country): Places => {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    const plan = metadata.numberingPlan as unknown as { nationalPrefix(): string | undefined; IDDPrefix(): string | undefined } | undefined; // not all of it is in the types
    return { code: getCountryCallingCode(country), trunk: plan?.nationalPrefix() ?? '', abroad: new RegExp(`^(?:${plan?.IDDPrefix() ?? '00'})`) };
  };
  return (country: Country): Places => {
    const found = known.get(country) ?? look(country);
    known.set(country, found);
    return found;
  };
})();
