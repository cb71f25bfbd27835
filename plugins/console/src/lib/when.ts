/** Dates and times as people of the browser's language write them. */
import { w } from '../words/index.js';

/** The reader's own region if it speaks the language of the words; else that language with the reader's clock (12 or 24 hours). */
const findLocale = () => {
  const same = navigator.languages.find((each) => each.split('-')[0] === w.language);
  const cycle = new Intl.DateTimeFormat(navigator.language, { hour: 'numeric' }).resolvedOptions().hourCycle ?? 'h23';
  return same ?? `${w.language}-u-hc-${cycle}`;
};
let found: string | undefined;
export const locale = () => found ??= findLocale();

const made = new Map<string, Intl.DateTimeFormat>();
const format = (options: Intl.DateTimeFormatOptions) => {
  const key = JSON.stringify(options);
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  made.set(key, known);
  return known;
};
export const showTime = (at: string) => format({ hour: '2-digit', minute: '2-digit' }).format(new Date(at));
export const showSeconds = (at: string) => format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(at));
export const showDate = (at: string) => format({ dateStyle: 'medium' }).format(new Date(at));
export const showFull = (at: string) => format({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
export const showDay = (at: string) => format({ weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(at));
export const dayName = (iso: number, width: 'short' | 'long' = 'short') =>
  // 2024-01-01 was a Monday.
  new Intl.DateTimeFormat(locale(), { weekday: width, timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, iso)));
export const showCount = (n: number) => new Intl.NumberFormat(locale()).format(n);
export const sameDay = (a: string, b: number) => new Date(a).toDateString() === new Date(b).toDateString();
/** Today: the time alone; else day and time. */
export const showMoment = (at: string, now: number) => (sameDay(at, now) ? showTime(at) : format({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at)));

/** `2026-03-01` of a date field to the instant that day begins or ends here. */
export const dayStart = (day: string) => (day ? new Date(`${day}T00:00:00`).toISOString() : undefined);
export const dayEnd = (day: string) => (day ? new Date(`${day}T23:59:59.999`).toISOString() : undefined);
export const localToInstant = (local: string) => (local ? new Date(local).toISOString() : undefined);
/** Value of a datetime-local field for an instant. */
export const instantToLocal = (at: number) => {
  const d = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return d.toISOString().slice(0, 16);
};
