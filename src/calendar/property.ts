/** Single properties of an iCalendar object, read by ical.js one line at a time, so that a bad line costs only itself. */
import ICAL from 'ical.js';

export interface Property { name: string; params: Record<string, string>; type: string; values: unknown[] }

/** Undefined for a line that cannot be read. */
export const readProperty = (line: string): Property | undefined => {
  try {
    const [name, params, type, ...values] = ICAL.parse.property(tidied(line)) as unknown as [string, Record<string, unknown>, string, ...unknown[]];
    return { name: name.toUpperCase(), type, values, params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(Array.isArray(value) ? value[0] : value)])) };
  } catch { return undefined; }
};
/** Rules are written in lower case by some, and zones with a colon in their name without quotes; ical.js refuses both. */
const tidied = (line: string): string => {
  if (/^(?:RRULE|EXRULE)\b/i.test(line)) return line.toUpperCase();
  const zone = /^(?:DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)\b/i.test(line) ? /^([^":]{1,200};TZID=)([^";]{1,200}:[^";]{0,200})((?:;[^":]{0,100})?:[^:]*)$/i.exec(line) : null;
  return zone ? `${zone[1]}"${zone[2]}"${zone[3]}` : line;
};

/**
 * A date or time as written. `wall`: the clock's reading in milliseconds, as though it were UTC; what instant that is, the
 * zone says. `local` without a zone: floating, the time of whoever looks.
 */
export interface Stamp { wall: number; kind: 'date' | 'local' | 'utc'; tzid: string | undefined }
export const DAY = 24 * 3600_000;

/** @param text as ical.js gives it: 2026-11-20, 2026-11-20T09:00:00, 2026-11-20T09:00:00Z; and what it makes of less */
export const stampOf = (text: unknown, tzid?: string): Stamp | undefined => {
  const parts = typeof text === 'string' ? /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)?:?(\d\d)?:?(\d\d)?(Z)?)?$/.exec(text) : null;
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const date = Date.UTC(year, month - 1, day);
  if (year < 1600 || year > 2400 || new Date(date).getUTCMonth() !== month - 1 || new Date(date).getUTCDate() !== day) return undefined;
  if (parts[4] === undefined) return { wall: date, kind: 'date', tzid: undefined };
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  return { wall: date + hour * 3600_000 + minute * 60_000 + Math.min(second, 59) * 1000, kind: parts[7] ? 'utc' : 'local', tzid: parts[7] ? undefined : tzid || undefined };
};

/** Days are nominal (the same time the next day), the rest is exact (RFC 5545, 3.3.6). Never negative. */
export interface Length { days: number; ms: number }
const MAX_DAYS = 3660;
export const lengthOf = (text: unknown): Length | undefined => {
  const parts = typeof text === 'string' ? /^([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,10})S)?)?$/.exec(text) : null;
  if (!parts || parts.slice(2).every((part) => part === undefined)) return undefined;
  if (parts[1] === '-') return { days: 0, ms: 0 };
  const [weeks, days, hours, minutes, seconds] = parts.slice(2).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
  return { days: Math.min(weeks * 7 + days, MAX_DAYS), ms: Math.min((hours * 3600 + minutes * 60 + seconds) * 1000, MAX_DAYS * DAY) };
};

/** One line that a person reads: no control or direction characters, bounded. */
export const plainText = (value: unknown, most: number): string =>
  (typeof value === 'string' ? value.slice(0, most * 4).replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, most).toWellFormed() : '');
