/** Times of events in words, in somebody's zone. */
import type { EventFact } from './facts.js';

/** Slow to make, and there are few zones; the statuses of a thousand people are put into words in one go. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (formats.size >= 700) formats.clear();
  formats.set(zone, made);
  return made;
};
const parts = (at: string, zone: string): Record<string, string> => Object.fromEntries(formatOf(zone).formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
const dayOf = (p: Record<string, string>): string => `${p['weekday']} ${p['day']} ${p['month']}`;

/** 15:00; Mon 23 Nov 15:00 when it is another day than `now`. */
export const timeWords = (at: string, zone: string, now: string): string => {
  const [then, today] = [parts(at, zone), parts(now, zone)];
  const clock = `${then['hour']}:${then['minute']}`;
  return dayOf(then) === dayOf(today) ? clock : `${dayOf(then)} ${clock}`;
};

/** 14:00 to 15:00; all day on Mon 23 Nov; all day from Mon 23 Nov to Wed 25 Nov */
export const spanWords = ({ start, end, allDay }: Pick<EventFact, 'start' | 'end' | 'allDay'>, zone: string, now: string): string => {
  if (!allDay) return `${timeWords(start, zone, now)} to ${timeWords(end, zone, now)}`;
  const [first, last] = [dayOf(parts(start, zone)), dayOf(parts(new Date(Date.parse(end) - 1).toISOString(), zone))];
  return first === last ? `all day on ${first}` : `all day from ${first} to ${last}`;
};
export const titleWords = ({ title }: Pick<EventFact, 'title'>): string => `"${title}"`;
