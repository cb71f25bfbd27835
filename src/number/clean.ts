/**
 * From what stands in a telephone field to bare digits with an optional +. People write separators, comments, extension
 * words in their own language, letters (1-800-FLOWERS), digits of their own script; programs write tel: and sip: URIs.
 */

import { withoutService } from './prefix.js';

/** First characters of the decimal digit runs that appear in address books: Arabic, Persian, NKo, Indic scripts, Thai, Lao, Tibetan, Burmese, Khmer, Mongolian, full width. */
const ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10];
const asciiDigit = (digit: string): string => {
  const code = digit.codePointAt(0)!;
  const zero = ZEROS.find((z) => code >= z && code < z + 10);
  return zero === undefined ? digit : String(code - zero);
};

/** Words that announce an extension, as telephones and people of several countries write them. */
const EXTENSION_WORD = new RegExp(String.raw`(?:extension|extn|ext|durchwahl|dw|nebenstelle|nst|apparat|app|klappe|kl|poste|interno|interne|int|toestel|tst|anexo|anx|ramal|anknytning|ankn|lokal|lok|linka|wewn|wew|доб|вн|内線|內線|分机|分機|#|x)[\s.:=]*(\d{1,7})\s*$`, 'iu');
const LETTERS = '22233344455566677778889999';
/** Free-call style prefixes after which letters stand for keys, in whatever case. */
const VANITY_PREFIX = /^(?:\+?1[\s.-]?)?\(?(?:0?800|888|877|866|855|844|833|0?700|0?900|180[0-9]|1[39]00)\)?[\s.-]/;
const AMERICAN = /^(?:\+?1[\s.-]?)?\(?8(?:00|88|77|66|55|44|33)\b/;
/** 555-CARS, dialled without an area code. */
const LOCAL_VANITY = /^\d{3}-[A-Z]{4}$/;
const VANITY = /^\+?[\d\s().-]{3,12}[A-Za-z][A-Za-z\d\s.-]{2,14}$/;
const MAX_LENGTH = 200;

/** Digits of `raw`, with a leading + when it has one; '' when there is nothing to dial. An extension word at the end is cut off; alone, its digits are the number. */
export const clean = (raw: string): string => {
  const text = vanity(dialPart(raw.slice(0, MAX_LENGTH).replace(/\p{Nd}/gu, asciiDigit).replaceAll('\uff0b', '+').trim()));
  const extension = EXTENSION_WORD.exec(text);
  if (extension) {
    const main = digitsOf(text.slice(0, extension.index));
    return main.replace('+', '') === '' ? extension[1]! : main;
  }
  return digitsOf(text);
};

/** The part of a URI or dial string that is dialled first: without scheme, host, parameters, pauses and what follows them. */
const dialPart = (text: string): string => {
  const uri = /^(tel|sips?|callto):/i.exec(text);
  if (!uri) return firstOf(withoutService(text).split(/[,;]/)[0]!);
  const [number = '', ...parameters] = unescape(text.slice(uri[0].length)).split(/[;?]/);
  const context = parameters.find((p) => /^phone-context=\+\d/i.test(p))?.split('=')[1] ?? ''; // RFC 3966, 5.1.5
  const dialled = number.split(/[@,]/)[0]!;
  return dialled.startsWith('+') ? dialled : context + dialled;
};

/** Two numbers in one field: the first one. */
const firstOf = (text: string): string => {
  const parts = text.split(/\s+(?:\/|\||oder|or|und|and|bzw\.?|ou|et)\s+/i);
  return parts.length > 1 && parts.every((part) => part.replace(/\D/g, '').length > 5) ? parts[0]! : text;
};

const unescape = (text: string): string => text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Letters as keys, only where the whole looks like a vanity number: a comment ("0171 123 mobil") must not become digits. */
const vanity = (text: string): string => {
  if (LOCAL_VANITY.test(text)) return keyed(text);
  if (!VANITY.test(text) || EXTENSION_WORD.test(text)) return text;
  const letters = text.replace(/[^A-Za-z]/g, '');
  const digits = text.replace(/\D/g, '').length;
  const free = VANITY_PREFIX.test(text);
  const meant = free || (letters === letters.toUpperCase() && letters.length > 2 && /^[+01]/.test(text));
  if (!meant || digits > 7 || digits + letters.length < 9 || digits + letters.length > 15) return text;
  // in America letters after the seventh are there for the word alone
  return AMERICAN.test(text) ? keyed(text).replace(/\D/g, '').replace(/^(1?\d{10}).*$/, (_, dialled: string) => (text.startsWith('+') ? '+' : '') + dialled) : keyed(text);
};
const keyed = (text: string): string => text.replace(/[A-Za-z]/g, (letter) => LETTERS[letter.toUpperCase().charCodeAt(0) - 65]!);

/** A + counts only before the first digit; "(0)" after a country code is the national prefix that is left out from abroad. */
const digitsOf = (text: string): string => {
  const first = text.search(/\d/);
  if (first < 0) return '';
  const plus = text.slice(0, first).includes('+');
  const dialled = plus ? text.replace(/\(0\)/, '') : text;
  return (plus ? '+' : '') + dialled.replace(/\D/g, '');
};
