/**
 * What is dialled before a number and is no part of it: the choice of a carrier, the wish to hide one's own number, a zero or
 * nine for a line to the outside.
 */

/** By region: codes of carriers and of hidden numbers, each with what must follow. Whoever uses these makes sure that what follows is a valid number. */
const BEFORE: Record<string, RegExp[]> = {
  DE: [/^010(?:0\d\d|[1-9]\d)(?=0)/], AT: [/^10\d\d(?=0)/], CH: [/^10[78]\d\d(?=0)/], FR: [/^(?:3651|16\d\d)(?=0)/], GB: [/^(?:141|1470|1280)(?=0)/],
  IT: [/^4146(?=[03])/, /^10\d\d(?=[03])/, /^10\d\d\d(?=[03])/], JP: [/^18[46](?=0)/, /^00\d\d(?=0)/, /^00\d(?=0)/, /^00\d{3}(?=0)/, /^00\d{4}(?=0)/],
  MX: [/^(?:01|04[45])(?=\d{10}$)/], '1': [/^101\d{4}(?=[01])/],
};

/** `digits` without each prefix that may stand there. @param code calling code of the region */
export const withoutPrefix = (digits: string, region: string, code: string | undefined): string[] =>
  (BEFORE[code === '1' ? code : region] ?? []).filter((prefix) => prefix.test(digits)).map((prefix) => digits.replace(prefix, ''));

/** Mexico's mobile numbers were written with a 1 after the country code until 2019, and are not any more. */
export const modern = (text: string): string => text.replace(/^(\+?52)1(?=\d{10}$)/, (whole, code: string) => (text.startsWith('+') ? code : whole));

/** A line to the outside: what follows is dialled there. How many zeros belong to whom is a guess. */
export const outside = (digits: string): string | undefined => (/^(?:0(?=0)|9(?=[01]|[2-9]\d{9}$))/.test(digits) ? digits.slice(1) : undefined);

/** Codes that programs and people dial before a number to hide theirs or to forward calls: *31#, #31#, **21*, *67. */
const SERVICE = /^\s*(?:[*#]{1,2}\d{2,3}[*#]|\*(?:67|82)(?=[\s-]*1?[\s-]*\(?\d{3}))/;
/** A line to the outside with a pause after it, which tells them apart for certain: "0,030 123456", "9w12125550123". */
const PAUSED = /^\s*\d{1,2}\s*[,;wp]+\s*(?=[+(\d])/i;
export const withoutService = (text: string): string => text.replace(SERVICE, '').replace(PAUSED, '');
