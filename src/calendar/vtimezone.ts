/** Zones that an object defines itself (VTIMEZONE, RFC 5545, 3.6.5): used only where their name says nothing to us. */
import type { ZoneLines } from './lines.js';
import { type Property, readProperty, type Stamp, stampOf } from './property.js';
import { BadRule, type Rule, timesOf, untilOf, type WallRange } from './recurrence.js';
import { namedZone, offsetInName, type Zone } from './zone.js';

interface Observance { start: Stamp; from: number; to: number; rules: Rule[]; more: Stamp[] }
interface Onset { at: number; before: number; offset: number }
const DAY = 24 * 3600_000;

/**
 * How to find the zone for a TZID of this object. The name counts before the definition: programs ship old ones.
 * @param own the zone for names that say nothing and are defined nowhere
 * @param range what instants will be asked about, roughly
 */
export const zonesOf = (definitions: readonly ZoneLines[], own: Zone, range: WallRange): ((tzid: string | undefined) => Zone) => {
  const defined = new Map<string, Zone>();
  for (const { lines, observances } of definitions) {
    const properties = lines.flatMap((line) => readProperty(line) ?? []);
    const id = first(properties, 'TZID');
    if (id === undefined || defined.has(id)) continue;
    const zone = namedZone(first(properties, 'X-LIC-LOCATION') ?? '') ?? customZone(observances, range);
    if (zone) defined.set(id, zone);
  }
  return (tzid) => (tzid === undefined ? own : namedZone(tzid) ?? defined.get(tzid) ?? offsetInName(tzid) ?? own);
};
const first = (properties: readonly Property[], name: string): string | undefined => {
  const value = properties.find((p) => p.name === name)?.values[0];
  return typeof value === 'string' ? value : undefined;
};

const customZone = (observances: readonly string[][], range: WallRange): Zone | undefined => {
  const read = observances.flatMap((lines) => observanceOf(lines) ?? []);
  const onsets = read.flatMap((observance) => onsetsOf(observance, range)).sort((a, b) => a.at - b.at);
  if (onsets.length === 0) return undefined;
  return { offset: (at) => (onsets.findLast((onset) => onset.at <= at) ?? { offset: onsets[0]!.before }).offset };
};

const observanceOf = (lines: readonly string[]): Observance | undefined => {
  const properties = lines.flatMap((line) => readProperty(line) ?? []);
  const all = (name: string) => properties.filter((p) => p.name === name).flatMap((p) => p.values);
  const [start, from, to] = [stampOf(all('DTSTART')[0]), offsetOf(all('TZOFFSETFROM')[0]), offsetOf(all('TZOFFSETTO')[0])];
  if (!start || from === undefined || to === undefined) return undefined;
  return { start, from, to, rules: all('RRULE').slice(0, 10) as Rule[], more: all('RDATE').slice(0, 500).flatMap((value) => stampOf(value) ?? []) };
};
/** +01:00, as ical.js gives it. */
const offsetOf = (text: unknown): number | undefined => {
  const parts = typeof text === 'string' ? /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) : null;
  return parts ? (Number(parts[2]) * 3600 + Number(parts[3]) * 60 + Number(parts[4] ?? 0)) * 1000 * (parts[1] === '-' ? -1 : 1) : undefined;
};

/** Where rules begin long ago, the onsets of the years around the range are enough. */
const onsetsOf = ({ start, from, to, rules, more }: Observance, range: WallRange): Onset[] => {
  const around = { from: range.from - 800 * DAY, to: range.to + 800 * DAY };
  const repeated = rules.flatMap((rule) => {
    try { return timesOf(rule, start, around, untilOf(rule, start, (at) => at + from), () => true); } catch (thrown) {
      if (thrown instanceof BadRule) return [];
      throw thrown;
    }
  });
  return [...new Set([start.wall, ...repeated, ...more.map((stamp) => stamp.wall)])].map((wall) => ({ at: wall - from, before: from, offset: to }));
};
