/** Zones that an object defines itself (VTIMEZONE, RFC 5545, 3.6.5): used only where their name says nothing to us. */
import type { ZoneLines } from './lines.js';
import { readProperty, type Stamp, stampOf } from './property.js';
import { BadRule, type Rule, timesOf, untilOf, type WallRange, type Work } from './recurrence.js';
import { namedZone, offsetInName, type Zone } from './zone.js';

interface Observance { start: Stamp; from: number; to: number; rules: Rule[]; more: Stamp[] }
interface Onset { at: number; before: number; offset: number }
const DAY = 24 * 3600_000;
const MAX_ZONES = 50;
/** Of one zone: a zone has two, and some more for what was different in earlier years. */
const MAX_OBSERVANCES = 20;
/** Onsets of one rule: clocks are changed on a day of the year. */
const MAX_ONSETS = 20;
const MAX_DATES = 200;
/** What zones use of rules. */
const YEARLY = new Set(['freq', 'interval', 'count', 'until', 'bymonth', 'byday', 'bymonthday', 'wkst']);

/**
 * How to find the zone for a TZID of this object. The name counts before the definition: programs ship old ones.
 * @param own the zone for names that say nothing and are defined nowhere
 * A definition is worked out only when its name is asked for and says nothing by itself: an object may bring many.
 * @param range what instants will be asked about, roughly
 */
export const zonesOf = (definitions: readonly ZoneLines[], own: Zone, range: WallRange, work: Work): ((tzid: string | undefined) => Zone) => {
  const asked = new Map<string, Zone>();
  let ids: Map<string, ZoneLines> | undefined;
  const find = (tzid: string): Zone => {
    const named = namedZone(tzid);
    if (named) return named;
    const definition = (ids ??= idsOf(definitions)).get(tzid);
    const place = definition && first(definition.lines, 'X-LIC-LOCATION');
    return (place === undefined ? undefined : namedZone(place)) ?? (definition && customZone(definition.observances, range, work)) ?? offsetInName(tzid) ?? own;
  };
  return (tzid) => {
    if (tzid === undefined) return own;
    const known = asked.get(tzid) ?? find(tzid);
    asked.set(tzid, known);
    return known;
  };
};
const idsOf = (definitions: readonly ZoneLines[]): Map<string, ZoneLines> => {
  const ids = new Map<string, ZoneLines>();
  for (const definition of definitions.slice(0, MAX_ZONES)) {
    const id = first(definition.lines, 'TZID');
    if (id !== undefined && !ids.has(id)) ids.set(id, definition);
  }
  return ids;
};
const first = (lines: readonly string[], name: string): string | undefined => {
  const line = lines.find((one) => /^[A-Za-z-]+/.exec(one)?.[0].toUpperCase() === name);
  const value = line === undefined ? undefined : readProperty(line)?.values[0];
  return typeof value === 'string' ? value : undefined;
};

const customZone = (observances: readonly string[][], range: WallRange, work: Work): Zone | undefined => {
  const read = observances.slice(0, MAX_OBSERVANCES).flatMap((lines) => observanceOf(lines) ?? []);
  const onsets = read.flatMap((observance) => onsetsOf(observance, range, work)).sort((a, b) => a.at - b.at);
  if (onsets.length === 0) return undefined;
  return { offset: (at) => (onsets.findLast((onset) => onset.at <= at) ?? { offset: onsets[0]!.before }).offset };
};

const observanceOf = (lines: readonly string[]): Observance | undefined => {
  const properties = lines.flatMap((line) => readProperty(line) ?? []);
  const all = (name: string) => properties.filter((p) => p.name === name).flatMap((p) => p.values);
  const [start, from, to] = [stampOf(all('DTSTART')[0]), offsetOf(all('TZOFFSETFROM')[0]), offsetOf(all('TZOFFSETTO')[0])];
  if (!start || from === undefined || to === undefined) return undefined;
  return { start, from, to, rules: all('RRULE').slice(0, 2).flatMap(yearly), more: all('RDATE').slice(0, MAX_DATES).flatMap((value) => stampOf(value) ?? []) };
};
const yearly = (rule: unknown): Rule[] =>
  (typeof rule === 'object' && rule !== null && 'freq' in rule && rule.freq === 'YEARLY' && !('rscale' in rule) ? [Object.fromEntries(Object.entries(rule).filter(([part]) => YEARLY.has(part)))] : []);
/** +01:00, as ical.js gives it. */
const offsetOf = (text: unknown): number | undefined => {
  const parts = typeof text === 'string' ? /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) : null;
  return parts ? (Number(parts[2]) * 3600 + Number(parts[3]) * 60 + Number(parts[4] ?? 0)) * 1000 * (parts[1] === '-' ? -1 : 1) : undefined;
};

/** Where rules begin long ago, the onsets of the years around the range are enough. */
const onsetsOf = ({ start, from, to, rules, more }: Observance, range: WallRange, work: Work): Onset[] => {
  const around = { from: range.from - 800 * DAY, to: range.to + 800 * DAY };
  const repeated = rules.flatMap((rule) => {
    try { return timesOf(rule, start, around, untilOf(rule, start, (at) => at + from), () => true, work).slice(0, MAX_ONSETS); } catch (thrown) {
      if (thrown instanceof BadRule) return [];
      throw thrown;
    }
  });
  return [...new Set([start.wall, ...repeated, ...more.map((stamp) => stamp.wall)])].map((wall) => ({ at: wall - from, before: from, offset: to }));
};
