/** What a person's calendars say about an instant, from the windows around it. */
import type { CalendarRule } from '@ringbook/contracts';
import type { Busy } from './busy.js';
import { type EventStatus, meaningOf } from './rules.js';

/** As facts.store.ts reads it. Instants as PostgreSQL writes them in JSON. `readAt` null: never read. */
export interface CalendarRow {
  email: string;
  calendars: { id: string; name: string; readAt: string | null; stale: boolean }[];
  /** Those that are going on or begin within a day, by start. */
  windows: { calendarId: string; title: string; start: string; end: string; allDay: boolean; busy: Busy; categories: string[]; attendees: string[] }[];
  rules: CalendarRule[]; addresses: string[];
}
/** Instants are ISO. `calendar`: its name. `readAt`: when it was last read. */
export interface EventFact { calendar: string; readAt: string | null; title: string; start: string; end: string; allDay: boolean; busy: Busy; status: EventStatus | null; attendees: string[] }
export interface CalendarFacts {
  /** The status that follows, until when it stays so, and the events behind it in order; undefined: nothing follows. */
  now: { status: EventStatus; until: string; events: EventFact[] } | undefined;
  /** What is going on, and what begins next (several, when they begin together); events that are shown as free are neither. */
  current: EventFact[]; next: EventFact[];
  /** Calendars that could not be read for an hour. */
  stale: { calendar: string; readAt: string | null }[];
}

/** Where events overlap, the one that keeps callers away most counts. */
const STRENGTH: readonly EventStatus[] = ['dnd', 'outOfOffice', 'away', 'meeting'];
const iso = (at: string): string => new Date(at).toISOString();

/** Undefined when the person has no calendar. @param at ISO */
export const factsOf = (row: CalendarRow | null, at: string): CalendarFacts | undefined => {
  if (!row || row.calendars.length === 0) return undefined;
  const named = new Map(row.calendars.map((calendar) => [calendar.id, calendar]));
  const addresses = ownAddresses(row);
  const events = row.windows.map((w): EventFact => ({
    calendar: named.get(w.calendarId)?.name ?? '', readAt: isoOrNull(named.get(w.calendarId)?.readAt ?? null), title: w.title, start: iso(w.start), end: iso(w.end), allDay: w.allDay, busy: w.busy,
    status: meaningOf(w, row.rules, addresses).status, attendees: w.attendees,
  })).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const instant = iso(at);
  const taken = events.filter((event) => event.busy !== 'free');
  const later = taken.filter((event) => event.start > instant);
  return {
    now: statusAt(events, instant),
    current: taken.filter((event) => isOn(event, instant)), next: later.filter((event) => event.start === later[0]!.start),
    stale: row.calendars.filter(({ stale }) => stale).map(({ name, readAt }) => ({ calendar: name, readAt: isoOrNull(readAt) })),
  };
};
const isoOrNull = (at: string | null): string | null => (at === null ? null : iso(at));
export const ownAddresses = ({ email, addresses }: Pick<CalendarRow, 'email' | 'addresses'>): ReadonlySet<string> => new Set([email, ...addresses].map((address) => address.toLowerCase()));
const isOn = ({ start, end }: EventFact, at: string): boolean => start <= at && at < end;

const statusAt = (events: readonly EventFact[], at: string): CalendarFacts['now'] => {
  const status = STRENGTH.find((one) => events.some((event) => event.status === one && isOn(event, at)));
  if (!status) return undefined;
  const behind = events.filter((event) => event.status === status && isOn(event, at));
  let until = behind.map(({ end }) => end).sort().at(-1)!;
  for (const event of events) { // back to back: it goes on
    if (event.status !== status || event.start <= at || event.start > until || event.end <= until) continue;
    behind.push(event);
    until = event.end;
  }
  const stronger = events.find((event) => event.status !== null && STRENGTH.indexOf(event.status) < STRENGTH.indexOf(status) && event.start > at && event.start < until && event.end > event.start);
  return { status, until: stronger?.start ?? until, events: behind.filter((event) => !stronger || event.start < stronger.start) };
};
