/**
 * From the text of a calendar object to what it fills of somebody's time: one window for each occurrence that touches the
 * range. Recurrence follows RFC 5545, 3.8.5; where programs write something else, what they mean. One event that makes no
 * sense costs nothing but itself, and says why.
 */
import { busyOf, type Busy } from './busy.js';
import { type EventPart, type Extra, readEvent } from './event.js';
import { blocksOf } from './lines.js';
import { DAY, type Length, type Stamp } from './property.js';
import { BadRule, dayOf, type Rule, timesOf, untilOf, type Work, workOf } from './recurrence.js';
import { zonesOf } from './vtimezone.js';
import { instantOf, namedZone, UTC, wallOf, type Zone } from './zone.js';

/** Milliseconds since 1970; up to and not including `to`. */
export interface Range { from: number; to: number }
/** One occurrence. `start`, `end` in milliseconds since 1970. */
export interface Window { uid: string; title: string; start: number; end: number; allDay: boolean; busy: Busy; categories: string[]; /** "Name <mail>" or "mail" */ attendees: string[] }
/** Who looks: `zone` for times without one, `addresses` (lower case) to find their own answer to an invitation. */
export interface Looker { zone: string; addresses: ReadonlySet<string> }
/** An event with all its exceptions; `windows` works it out. */
export interface Series { windows(range: Range): { windows: Window[]; problem?: string } }
export interface CalendarObject { series: Series[]; problems: string[] }

const MAX_TEXT = 16 * 1024 * 1024;
const MAX_WINDOWS = 3000;
/** An occurrence that a THISANDFUTURE moves further than this is not looked for. */
const MAX_SHIFT = 400 * DAY;
/** More of them tell nobody who takes part. */
const MAX_ATTENDEES = 50;
const MAX_SPAN = 3660 * DAY;

/**
 * @param range what will be asked about, roughly: zones that the object defines itself are worked out for it
 * @param late whether there is no more time for this object
 */
export const readObject = (text: string, looker: Looker, range: Range, late?: () => boolean): CalendarObject => {
  if (text.length > MAX_TEXT) return { series: [], problems: ['it is too large'] };
  const { events, zones, tooMany } = blocksOf(text);
  const problems = new Set<string>(tooMany ? ['it holds too many events; the first 2000 were read'] : []);
  const parts = events.map(readEvent).flatMap((part) => { if (typeof part !== 'string') return [part]; problems.add(part); return []; });
  if (events.length === 0) problems.add('it holds no event');
  const own = namedZone(looker.zone) ?? UTC;
  const work = workOf(late);
  const around: Around = { own, zoneOf: zonesOf(zones, own, range, work), looker, work, people: new Map() };
  const groups = Map.groupBy(parts.map((part, i) => ({ part, key: part.uid || `without ${i}` })), ({ key }) => key);
  return { series: [...groups.values()].map((group) => seriesOf(group.map(({ part }) => part), around)), problems: [...problems] };
};

/** All of an object at once, for those who have the time. */
export const expand = (text: string, looker: Looker, range: Range): { windows: Window[]; problems: string[] } => {
  const { series, problems } = readObject(text, looker, range);
  const all = series.map((one) => one.windows(range));
  return { windows: all.flatMap(({ windows }) => windows).slice(0, MAX_WINDOWS).sort(byTime), problems: [...problems, ...all.flatMap(({ problem }) => problem ?? [])] };
};
export const byTime = (a: Pick<Window, 'start' | 'end' | 'uid'>, b: Pick<Window, 'start' | 'end' | 'uid'>): number => a.start - b.start || a.end - b.end || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);

/** `people`: who takes part in an event, once for all its occurrences. */
interface Around { own: Zone; zoneOf: (tzid: string | undefined) => Zone; looker: Looker; work: Work; people: Map<EventPart, string[]> }
const zoneOfStamp = (stamp: Stamp, around: Around): Zone => (stamp.kind === 'utc' ? UTC : stamp.kind === 'date' ? around.own : around.zoneOf(stamp.tzid));
const instant = (stamp: Stamp, around: Around): number => instantOf(zoneOfStamp(stamp, around), stamp.wall).at;

const seriesOf = (parts: readonly EventPart[], around: Around): Series => {
  const master = parts.filter((part) => !part.replaces).sort((a, b) => b.sequence - a.sequence)[0];
  const others = [...Map.groupBy(parts.filter((part) => part.replaces), (part) => `${part.replaces!.wall} ${part.replaces!.kind} ${part.andFuture}`).values()].map((same) => same.sort((a, b) => b.sequence - a.sequence)[0]!);
  return {
    windows: (range) => {
      try {
        const own = others.flatMap((part) => windowOf(part, around, range, spanOf(part, around)) ?? []);
        const { windows, problem } = master ? occurrencesOf(master, others, around, range) : { windows: [], problem: undefined };
        const all = [...windows, ...own];
        return { windows: all.slice(0, MAX_WINDOWS).sort(byTime), ...(problem ? { problem } : {}) };
      } catch (thrown) {
        if (!(thrown instanceof BadRule) && !(thrown instanceof RangeError)) throw thrown;
        return { windows: [], problem: thrown instanceof BadRule ? thrown.message : 'its times cannot be understood' };
      }
    },
  };
};

interface Span { start: number; end: number }

const occurrencesOf = (master: EventPart, others: readonly EventPart[], around: Around, range: Range): { windows: Window[]; problem?: string } => {
  const from = others.filter((part) => part.andFuture).map((part) => ({ part, id: idOf(part.replaces!, master, around) })).sort((a, b) => a.id - b.id);
  const replaced = new Set(others.map((part) => idOf(part.replaces!, master, around)));
  const margin = Math.min(Math.max(0, ...from.map(({ part, id }) => Math.abs(instant(part.start, around) - id))), MAX_SHIFT) + Math.max(lengthIn(master, around), ...from.map(({ part }) => lengthIn(part, around)), 0) + 2 * DAY;
  const { starts, problem } = startsOf(master, around, { from: range.from - margin, to: range.to + margin });
  const windows = starts.flatMap(({ at, id, extra }) => {
    if (replaced.has(id)) return [];
    const later = from.findLast((one) => one.id < id);
    if (!later) return windowOf(master, around, range, spanFrom(master, around, at, extra)) ?? [];
    return windowOf(later.part, around, range, spanFrom(later.part, around, shifted(later.part, later.id, at, around))) ?? [];
  });
  const said = problem ?? (master.unsure ? 'a line about its repetition or its end cannot be read: it may be shown at the wrong times' : undefined);
  return said === undefined ? { windows } : { windows, problem: said };
};

/** What an occurrence is called by: its day, for events of whole days and for exceptions that name a day only; else its instant. */
const idOf = (stamp: Stamp, master: EventPart, around: Around): number => {
  if (master.start.kind === 'date') return dayOf(stamp, (at) => wallOf(around.own, at));
  if (stamp.kind !== 'date') return instant(stamp, around);
  const zone = zoneOfStamp(master.start, around);
  return instantOf(zone, stamp.wall + ((master.start.wall % DAY) + DAY) % DAY).at;
};

/** By how much the exception moved its own occurrence, on the clock, the later ones are moved too. */
const shifted = (part: EventPart, id: number, at: number, around: Around): number => {
  const zone = zoneOfStamp(part.start, around);
  const moved = part.start.wall - (part.replaces!.kind === 'date' ? part.replaces!.wall : wallOf(zone, id));
  return instantOf(zone, wallOf(zone, at) + moved).at;
};

interface Start { at: number; id: number; extra?: Extra }
/** Where each occurrence starts; exceptions named by EXDATE are left out already. */
const startsOf = (master: EventPart, around: Around, range: Range): { starts: Start[]; problem?: string } => {
  const zone = zoneOfStamp(master.start, around);
  const day = master.start.kind === 'date';
  const startAt = (wall: number): Start => { const { at } = instantOf(zone, wall); return { at, id: day ? wall : at }; };
  const found = new Map<number, Start>();
  const add = (start: Start) => { if (!found.has(start.id) && start.at < range.to && start.at > range.from - MAX_SPAN) found.set(start.id, start); };
  for (const extra of master.extra) add({ at: instant(extra.start, around), id: idOf(extra.start, master, around), extra });
  add(startAt(master.start.wall));
  let problem: string | undefined;
  const each = (rules: readonly Rule[], use: (start: Start) => void): void => { // one that makes no sense leaves the others as they are
    for (const rule of rules) {
      try { for (const wall of ruleTimes(rule, master.start, zone, range, around.work)) use(startAt(wall)); } catch (thrown) {
        if (!(thrown instanceof BadRule)) throw thrown;
        problem = thrown.message;
      }
    }
  };
  each(master.rules, add);
  const out = new Set(master.except.map((stamp) => idOf(stamp, master, around)));
  each(master.notRules, ({ id }) => out.add(id));
  return { starts: [...found.values()].filter(({ id }) => !out.has(id)), ...(problem ? { problem } : {}) };
};

/** Times on the clock. The first of all is one even in an hour that the clock leaves out; it is later then. */
const ruleTimes = (rule: Rule, start: Stamp, zone: Zone, range: Range, work: Work): number[] => {
  const real = (wall: number) => start.kind === 'date' || wall === start.wall || !instantOf(zone, wall).gap;
  return timesOf(rule, start, { from: range.from - 2 * DAY, to: range.to + 2 * DAY }, untilOf(rule, start, (at) => wallOf(zone, at)), real, work);
};

const endAfter = (zone: Zone, at: number, { days, ms }: Length): number => (days === 0 ? at : instantOf(zone, wallOf(zone, at) + days * DAY).at) + ms;

/** The event itself, or the one occurrence that it replaces. */
const spanOf = (part: EventPart, around: Around): Span => spanFrom(part, around, instant(part.start, around));
/** DTEND gives an exact length, DURATION a nominal one (RFC 5545, 3.8.5.3). Neither: a day for a date, nothing for a time. */
const spanFrom = (part: EventPart, around: Around, at: number, extra?: Extra): Span => {
  const zone = zoneOfStamp(part.start, around);
  if (extra?.end) return { start: at, end: bounded(at, instant(extra.end, around)) };
  if (extra?.length) return { start: at, end: bounded(at, endAfter(zone, at, extra.length)) };
  if (part.start.kind === 'date') {
    const days = part.end ? Math.round((part.end.wall - part.end.wall % DAY - part.start.wall) / DAY) : part.length?.days ?? 1;
    return { start: at, end: bounded(at, endAfter(zone, at, { days: Math.min(Math.max(days, 1), 3660), ms: 0 })) };
  }
  if (part.end) return { start: at, end: bounded(at, at + instant(part.end, around) - instant(part.start, around)) };
  return { start: at, end: bounded(at, part.length ? endAfter(zone, at, part.length) : at) };
};
const bounded = (start: number, end: number): number => Math.min(Math.max(start, end), start + MAX_SPAN);
const lengthIn = (part: EventPart, around: Around): number => {
  const { start, end } = spanOf(part, around);
  return Math.max(end - start, ...part.extra.map((extra) => { const span = spanFrom(part, around, instant(extra.start, around), extra); return span.end - span.start; }), 0);
};

/** Undefined when it does not touch the range, or says nothing about the person's time at all. */
const windowOf = (part: EventPart, around: Around, range: Range, { start, end }: Span): Window | undefined => {
  if (start >= range.to || (end <= range.from && !(end === start && start >= range.from))) return undefined;
  const busy = busyOf(part, around.looker.addresses);
  if (!busy) return undefined;
  const allDay = part.start.kind === 'date' || (part.wholeDays && end > start && [start, end].every((at) => onMidnight(part.start, at, around)));
  return { uid: part.uid, title: part.title || '(no title)', start, end, allDay, busy, categories: part.categories, attendees: peopleOf(part, around.people) };
};
/** On the clock of the event; of the person, when it has none. */
const onMidnight = (stamp: Stamp, at: number, around: Around): boolean => wallOf(stamp.kind === 'utc' ? around.own : zoneOfStamp(stamp, around), at) % DAY === 0;
const peopleOf = (part: EventPart, known: Map<EventPart, string[]>): string[] => {
  const there = known.get(part);
  if (there) return there;
  const attendees = part.attendees.map(({ mail, name }) => (name && name.toLowerCase() !== mail ? `${name} <${mail}>` : mail));
  const organizer = part.organizer && !part.attendees.some(({ mail }) => mail === part.organizer) ? [part.organizer] : [];
  const people = [...organizer, ...attendees].slice(0, MAX_ATTENDEES);
  known.set(part, people);
  return people;
};
