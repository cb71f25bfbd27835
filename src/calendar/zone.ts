/**
 * Time zones as far as calendars need them: what a clock shows at an instant, and which instant it was when a clock showed
 * something. Zones of the IANA data base by name, whatever spelling a program gives it; others by the rules that came along
 * in the VTIMEZONE of the same object; else the zone of the person.
 */
import { Temporal } from 'temporal-polyfill';
import { WINDOWS_ZONES } from './windows-zones.js';

/** Instants in milliseconds since 1970; offsets in milliseconds east of UTC. */
export interface Zone { offset(at: number): number }
export const UTC: Zone = { offset: () => 0 };

export const wallOf = (zone: Zone, at: number): number => at + zone.offset(at);

/**
 * The instant at which the clock shows `wall`. Shown twice: the first time. Never shown, because the clock is put forward:
 * as much later as it is put forward (RFC 5545, 3.3.5), and `gap` says so.
 */
export const instantOf = (zone: Zone, wall: number): { at: number; gap: boolean } => {
  const before = wall - zone.offset(wall - 26 * 3600_000);
  const after = wall - zone.offset(wall + 26 * 3600_000);
  if (wallOf(zone, before) === wall) return { at: before, gap: false };
  if (wallOf(zone, after) === wall) return { at: after, gap: false };
  return { at: before, gap: true };
};

interface Span { from: number; to: number; offset: number }
const FOREVER = 8.64e15;

/** Undefined when there is no such zone. */
const ianaZone = (name: string): Zone | undefined => {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{1,60}$/.test(name)) return undefined;
  try { Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name); } catch { return undefined; }
  const spans: Span[] = [];
  return {
    offset: (at) => {
      let span = spans.find(({ from, to }) => at >= from && at < to);
      if (!span) spans.push(span = spanAt(name, at));
      return span.offset;
    },
  };
};
const spanAt = (name: string, at: number): Span => {
  const moment = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
  const next = moment.getTimeZoneTransition('next')?.epochMilliseconds ?? FOREVER;
  // The transition at this very instant is the one before.
  const previous = moment.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -FOREVER;
  return { from: Math.min(previous, at), to: next, offset: Math.round(moment.offsetNanoseconds / 1e6) };
};

const MOST_KNOWN = 1000;
const known = new Map<string, Zone | undefined>();
/** A zone by any name in use for it; undefined when nobody knows it. The same answer for the same name: kept, because it is slow to find. */
export const namedZone = (name: string): Zone | undefined => {
  if (name.length > 200) return undefined;
  if (!known.has(name)) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, findZone(name.trim().replace(/^"|"$/g, '')));
  }
  return known.get(name);
};

/** Europe/Berlin; W. Europe Standard Time; /mozilla.org/20050126_1/Europe/Berlin; (UTC+01:00) Amsterdam, Berlin; tzone://Microsoft/Utc */
const findZone = (name: string): Zone | undefined => {
  const windows = WINDOWS_ZONES.get(name.toLowerCase());
  if (windows !== undefined) return ianaZone(windows);
  const whole = ianaZone(name);
  if (whole) return whole;
  if (/^tzone:\/\/microsoft\/utc$/i.test(name) || /^(?:Z|GMT|UTC)$/i.test(name)) return UTC;
  const parts = name.split('/').filter(Boolean);
  for (const count of [3, 2]) {
    const tail = parts.length > count ? ianaZone(parts.slice(-count).join('/')) : parts.length === count && name.startsWith('/') ? ianaZone(parts.join('/')) : undefined;
    if (tail) return tail;
  }
  return undefined;
};
/** What a name says of itself when nothing else is known of it: (UTC+01:00) Somewhere, GMT-5. No summer time can be seen from it. */
export const offsetInName = (name: string): Zone | undefined => {
  const parts = /(?:UTC|GMT)\s?([+-])(\d{1,2})(?::?(\d\d))?/i.exec(name.slice(0, 200));
  if (!parts) return undefined;
  const offset = (Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * 60_000 * (parts[1] === '-' ? -1 : 1);
  return Math.abs(offset) <= 15 * 3600_000 ? { offset: () => offset } : undefined;
};
