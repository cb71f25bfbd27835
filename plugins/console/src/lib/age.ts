/** Ages and durations. Pure; the words and the locale are given. */
export interface AgeWords { justNow: string }

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];

/** "2 hours ago", "in 5 minutes"; within ten seconds: "just now". Rounds down: a fact is never said to be older than it is. */
export const formatAge = (at: string, now: number, locale: string, words: AgeWords): string => {
  const seconds = Math.trunc((Date.parse(at) - now) / 1000);
  if (Number.isNaN(seconds)) return '';
  const size = Math.abs(seconds);
  if (size < 10) return words.justNow;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const [unit, length] = STEPS.find(([, least]) => size >= least) ?? ['second', 1] as const;
  return format.format(Math.sign(seconds) * Math.floor(size / length), unit);
};

export interface ThenWords { atCall: string; before: (span: string) => string; into: (span: string) => string }
const span = (seconds: number, locale: string) => {
  const [unit, length] = STEPS.find(([, least]) => seconds >= least) ?? ['second', 1] as const;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.floor(seconds / length));
};
/** How old a fact was when a call came in: what counts for a call of the past. */
export const formatAgeThen = (at: string, then: string, locale: string, words: ThenWords): string => {
  const seconds = Math.trunc((Date.parse(then) - Date.parse(at)) / 1000);
  if (Number.isNaN(seconds)) return '';
  if (Math.abs(seconds) < 3) return words.atCall;
  return seconds > 0 ? words.before(span(seconds, locale)) : words.into(span(-seconds, locale));
};

const two = (n: number) => String(n).padStart(2, '0');
/** 0:07, 12:34, 1:02:03. Never negative: clocks differ. */
export const formatDuration = (seconds: number): string => {
  const s = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};

/** The same for a screen reader or a `datetime` attribute (ISO 8601 duration). */
export const isoDuration = (seconds: number): string => `PT${Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0))}S`;

export const secondsBetween = (from: string | null, to: string | null, now: number): number =>
  from === null ? 0 : Math.max(0, ((to === null ? now : Date.parse(to)) - Date.parse(from)) / 1000);
