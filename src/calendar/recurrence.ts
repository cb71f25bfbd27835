/**
 * The times a recurrence rule gives, as a clock shows them. Rules are worked out without a zone, which is what RFC 5545
 * means by them; instants are made of the result. Bounded: a rule that gives more than anybody's calendar holds is a
 * problem to be told, not a list to be made.
 */
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { DAY, type Stamp, stampOf } from './property.js';

/** A rule as ical.js reads it: freq, interval, count, until, byday... */
export type Rule = Record<string, unknown>;
/** From, up to and not including; on the clock. */
export interface WallRange { from: number; to: number }

/** Occurrences of one rule in one range. Every quarter of an hour for 30 days is 2880. */
const MOST = 6000;
/** Of a rule with COUNT from its start on: every day for a century. */
const MOST_COUNTED = 40_000;
/** Steps of work for one object: a day counted out is one, an occurrence of any other rule and each look for some are more, as they take longer. */
const MOST_WORK = 400_000;
const OCCURRENCE = 20, LOOK = 200;
/** Occurrences that are looked for in one go, roughly. */
const CHUNK = 400;
const MINUTE = 60_000;
const MAX_PERIODS = 30_000;
const MAX_CANDIDATES = 20_000;
const SECONDS = { SECONDLY: 1, MINUTELY: 60, HOURLY: 3600, DAILY: 86_400, WEEKLY: 604_800, MONTHLY: 2_419_200, YEARLY: 31_536_000 } as const;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** A rule that cannot be used; `message` is for the owner of the calendar. */
export class BadRule extends Error {}
const TOO_MUCH = 'its repetition is too much to work out';

/** What rules of one object may cost together: `spend` so many steps. @throws BadRule when it is too much */
export interface Work { spend(steps: number): void }
/** @param late whether there is no more time, for who has a clock */
export const workOf = (late: () => boolean = () => false, most = MOST_WORK): Work => {
  let left = most;
  return { spend: (cost) => { left -= cost; if (left < 0 || (cost >= LOOK && late())) throw new BadRule(TOO_MUCH); } };
};

/**
 * @param start the first occurrence, which counts whether the rule fits it or not
 * @param until UNTIL on the clock of the event
 * @param real whether there is such an hour; where the clock is put forward, some are missing: those are no occurrences, and
 * COUNT does not count them (RFC 5545, 3.3.10)
 * @throws BadRule
 */
export const timesOf = (rule: Rule, start: Stamp, range: WallRange, until: number | undefined, real: (wall: number) => boolean, work: Work): number[] => {
  if (until !== undefined && until < start.wall) return [];
  const count = whole(rule['count'], 1, 1e9);
  const between = betweenOf(rule, start, until, work);
  if (count === undefined) return bounded(inPieces(between, range, pieceOf(rule)), MOST).filter(real);
  const period = SECONDS[rule['freq'] as 'DAILY'] * (whole(rule['interval'], 1, 1e6) ?? 1) * 1000;
  if (Math.min(count, (range.to - start.wall) / period) > MOST_COUNTED) throw new BadRule(TOO_MUCH);
  const plain = plainTimes(rule, start);
  if (plain) return bounded(counting(plain, { count, range, until: until ?? Infinity, real, work }), MOST);
  const longest = pieceOf(rule);
  // the first is one and counts, whether the rule fits it or not
  let counted = 1;
  const found: number[] = start.wall >= range.from && start.wall < range.to ? [start.wall] : [];
  // as far as they would reach at one a period, and further each time
  for (let from = start.wall, length = Math.min(Math.max(count * period, DAY), longest); from < range.to && counted < count; from += length, length = Math.min(length * 2, longest)) {
    const walls = bounded(between({ from, to: Math.min(from + length, range.to) }), MOST_COUNTED - counted).filter((wall) => wall !== start.wall && real(wall)).slice(0, count - counted);
    counted += walls.length;
    for (const wall of walls) if (wall >= range.from) found.push(wall);
  }
  return bounded(found, MOST);
};
const counting = (times: Iterable<number>, { count, range, until, real, work }: { count: number; range: WallRange; until: number; real: (wall: number) => boolean; work: Work }): number[] => {
  const found: number[] = [];
  let counted = 0;
  for (const wall of times) {
    if (wall >= range.to || wall > until || counted === count) break;
    work.spend(1);
    if (!real(wall)) continue;
    counted += 1;
    if (wall >= range.from) found.push(wall);
  }
  return found;
};

/** Days: no event began longer ago. */
const LONGEST = 300_000;
const PLAIN = new Set(['freq', 'interval', 'count', 'until', 'wkst']);
/** Every so many days, or on days of every so many weeks: nearly every rule with COUNT is such a one, and counting them out is a hundred times faster. */
const plainTimes = (rule: Rule, start: Stamp): Iterable<number> | undefined => {
  const interval = whole(rule['interval'], 1, 1e6) ?? 1;
  const by = Object.keys(rule).filter((part) => !PLAIN.has(part));
  if (rule['freq'] === 'DAILY' && by.length === 0) return steps(start.wall, interval * DAY);
  if (rule['freq'] !== 'WEEKLY' || by.some((part) => part !== 'byday')) return undefined;
  const first = new Date(start.wall).getUTCDay();
  const on = new Set(rule['byday'] === undefined ? [first] : each(rule['byday']).map((day) => WEEKDAYS.indexOf(String(day))));
  return on.has(-1) || on.size === 0 ? undefined : weekly(start.wall, on, interval, (first - WEEKDAYS.indexOf(weekday(rule['wkst']) ?? 'MO') + 7) % 7);
};
function* steps(from: number, step: number): Generator<number> { for (let wall = from; ; wall += step) yield wall; }
/** @param into days from the beginning of the week to the start */
function* weekly(start: number, on: ReadonlySet<number>, interval: number, into: number): Generator<number> {
  const first = new Date(start).getUTCDay();
  yield start;
  for (let week = -into; week < LONGEST; week += 7 * interval) for (let day = Math.max(week, 1); day < week + 7; day += 1) if (on.has((first + day) % 7)) yield start + day * DAY;
}
/** How long a piece is in which a rule gives some hundreds of times, in milliseconds. */
const pieceOf = (rule: Rule): number => {
  const period = SECONDS[rule['freq'] as 'DAILY'] * (whole(rule['interval'], 1, 1e6) ?? 1) * 1000;
  const daily = Math.max(1, DAY / period) * ['byhour', 'byminute', 'bysecond'].reduce((product, part) => product * Math.max(1, each(rule[part]).length), 1);
  return Math.max(CHUNK / daily * DAY, MINUTE);
};
const inPieces = (between: (range: WallRange) => number[], { from, to }: WallRange, piece: number): number[] => {
  const found: number[] = [];
  for (let at = from; at < to && found.length <= MOST; at += piece) for (const wall of between({ from: at, to: Math.min(at + piece, to) })) found.push(wall);
  return found;
};
const bounded = (walls: number[], most: number): number[] => {
  if (walls.length > most) throw new BadRule(most === MOST ? `it repeats more than ${MOST} times in a month` : TOO_MUCH);
  return walls;
};

/** As though the rule had no COUNT. */
const betweenOf = (rule: Rule, start: Stamp, until: number | undefined, work: Work): ((range: WallRange) => number[]) => {
  const said = (thrown: unknown) => new BadRule(thrown instanceof Error && thrown.message.startsWith('Maximum') ? TOO_MUCH : 'its repetition cannot be understood');
  const options = optionsOf(rule, start, until);
  let parsed: RRuleTemporal;
  try { parsed = new RRuleTemporal(options) as RRuleTemporal; } catch (thrown) { throw said(thrown); }
  return ({ from, to }) => {
    if (to <= start.wall) return [];
    work.spend(LOOK);
    let walls: number[];
    try { walls = parsed.between(new Date(Math.max(from, start.wall)), new Date(to), true).map((time) => time.epochMilliseconds).filter((wall) => wall < to); } catch (thrown) { throw said(thrown); }
    work.spend(walls.length * OCCURRENCE);
    return walls;
  };
};

const optionsOf = (rule: Rule, start: Stamp, until: number | undefined): ConstructorParameters<typeof RRuleTemporal>[0] => {
  const freq = String(rule['freq'] ?? '');
  if (!(freq in SECONDS)) throw new BadRule('its repetition cannot be understood');
  const [byHour, byMinute, bySecond] = start.kind === 'date' ? [] : [numbers(rule['byhour'], 0, 23), numbers(rule['byminute'], 0, 59), numbers(rule['bysecond'], 0, 59)];
  if ((byHour?.length ?? 1) * (byMinute?.length ?? 1) * (bySecond?.length ?? 1) > 1440) throw new BadRule(TOO_MUCH);
  if (rule['rscale'] !== undefined && rule['rscale'] !== 'GREGORIAN') throw new BadRule('it repeats by another calendar than the Gregorian one, which is not understood');
  const skipWord = rule['skip'] === 'BACKWARD' || rule['skip'] === 'FORWARD' ? rule['skip'] : undefined;
  return given({
    freq: freq as 'DAILY', interval: whole(rule['interval'], 1, 1e6) ?? 1, tzid: 'UTC', dtstart: moment(start.wall), maxIterations: MAX_PERIODS, maxCandidateEvaluations: MAX_CANDIDATES, includeDtstart: true, cache: false,
    until: until === undefined ? undefined : moment(until), byHour, byMinute, bySecond,
    byDay: days(rule['byday']) ?? ownDay(rule, start), byMonth: numbers(rule['bymonth'], 1, 12), byMonthDay: numbers(rule['bymonthday'], -31, 31), byYearDay: numbers(rule['byyearday'], -366, 366),
    byWeekNo: numbers(rule['byweekno'], -53, 53), bySetPos: numbers(rule['bysetpos'], -366, 366), wkst: weekday(rule['wkst']),
    rscale: skipWord ? 'GREGORIAN' : undefined, skip: skipWord,
  });
};
const moment = (wall: number): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC');
const given = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

const each = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value.slice(0, 400) : [value]);
const whole = (value: unknown, least: number, most: number): number | undefined => {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number >= least ? Math.min(number, most) : undefined;
};
const numbers = (value: unknown, least: number, most: number): number[] | undefined => {
  const list = [...new Set(each(value).map(Number))].filter((number) => Number.isInteger(number) && number >= least && number <= most && (least >= 0 || number !== 0));
  return list.length > 0 ? list : undefined;
};
const days = (value: unknown): string[] | undefined => {
  const list = [...new Set(each(value).map(String))].filter((day) => /^[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)$/.test(day));
  return list.length > 0 ? list : undefined;
};
/** A week of the year without a day in it: the day of the first occurrence. */
const ownDay = (rule: Rule, start: Stamp): string[] | undefined =>
  (rule['freq'] === 'YEARLY' && rule['byweekno'] !== undefined && ['bymonthday', 'byyearday'].every((part) => rule[part] === undefined) ? [WEEKDAYS[new Date(start.wall).getUTCDay()]!] : undefined);
/** ical.js numbers them from Sunday = 1. */
const weekday = (value: unknown): string | undefined => (typeof value === 'number' ? WEEKDAYS[value - 1] : typeof value === 'string' && WEEKDAYS.includes(value) ? value : undefined);

/** The day that an instant stands for beside events of whole days: who writes midnight, here or in UTC, means that day. */
export const dayOf = (stamp: Stamp, onClock: (at: number) => number): number => {
  const wall = stamp.kind === 'utc' ? onClock(stamp.wall) : stamp.wall;
  const day = wall % DAY !== 0 && stamp.wall % DAY === 0 ? stamp.wall : wall;
  return day - ((day % DAY) + DAY) % DAY;
};

/** UNTIL on the clock of the event; a mere date takes in that whole day. @param onClock makes an instant a clock's reading */
export const untilOf = (rule: Rule, start: Stamp, onClock: (at: number) => number): number | undefined => {
  const until = stampOf(rule['until']);
  if (!until) return undefined;
  if (until.kind === 'date') return start.kind === 'date' ? until.wall : until.wall + DAY - 1000;
  if (until.kind !== 'utc') return until.wall;
  return start.kind === 'date' ? dayOf(until, onClock) : onClock(until.wall);
};
