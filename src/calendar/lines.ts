/**
 * The content lines of an iCalendar object, taken apart by component: events and time zones, each with the lines that say
 * something about time. Everything else (descriptions, attachments, alarms, tasks) is passed over without being unfolded.
 * Linear in the length of the text; what is not closed, or nested too deep, costs nothing but itself.
 */

/** Lines are unfolded, as written otherwise: `DTSTART;TZID=Europe/Berlin:20261120T090000`. */
export interface Blocks { events: string[][]; zones: ZoneLines[]; /** There were more events than anybody has in one object: the rest was left out. */ tooMany: boolean }
export interface ZoneLines { lines: string[]; observances: string[][] }

const MAX_EVENTS = 2000;
/** Of one event or time zone. A yearly list of exceptions has hundreds. */
const MAX_LINES = 2000;
/** Characters of one line; longer ones are left out whole. */
const MAX_LINE = 64 * 1024;

const WANTED = new Set([
  'UID', 'DTSTART', 'DTEND', 'DURATION', 'RRULE', 'RDATE', 'EXDATE', 'EXRULE', 'RECURRENCE-ID', 'SUMMARY', 'STATUS', 'TRANSP', 'CATEGORIES', 'ATTENDEE', 'ORGANIZER', 'SEQUENCE',
  'X-MICROSOFT-CDO-BUSYSTATUS', 'X-MICROSOFT-CDO-ALLDAYEVENT', 'TZID', 'TZOFFSETFROM', 'TZOFFSETTO', 'X-LIC-LOCATION',
]);

export const blocksOf = (text: string): Blocks => {
  const state: State = { events: [], zones: [], zone: undefined, lines: undefined, passing: 0, tooMany: false };
  for (const line of wantedLines(text.includes('\n') ? text : text.replaceAll('\r', '\n'))) take(state, line);
  return { events: state.events, zones: state.zones, tooMany: state.tooMany };
};

interface State extends Blocks { zone: ZoneLines | undefined; /** Where lines go. */ lines: string[] | undefined; /** How deep in components that say nothing about time. */ passing: number }

const take = (s: State, line: string): void => {
  const mark = /^(BEGIN|END):\s*([A-Za-z0-9-]+)\s*$/i.exec(line);
  if (!mark) { if (s.passing === 0 && s.lines && s.lines.length < MAX_LINES) s.lines.push(line); return; }
  const begins = mark[1]!.toUpperCase() === 'BEGIN';
  const name = mark[2]!.toUpperCase();
  if (name === 'VCALENDAR') { s.zone = s.lines = undefined; s.passing = 0; return; }
  if (name === 'VEVENT') { s.zone = undefined; s.passing = 0; s.lines = begins ? newEvent(s) : undefined; return; }
  if (name === 'VTIMEZONE') { s.passing = 0; s.zone = s.lines = undefined; if (begins && s.zones.length < MAX_EVENTS) { s.zone = { lines: [], observances: [] }; s.zones.push(s.zone); s.lines = s.zone.lines; } return; }
  if (s.zone && (name === 'STANDARD' || name === 'DAYLIGHT')) { s.lines = begins ? newObservance(s.zone) : s.zone.lines; return; }
  s.passing = Math.max(0, s.passing + (begins ? 1 : -1));
};
const newEvent = (s: State): string[] | undefined => {
  if (s.events.length === MAX_EVENTS) { s.tooMany = true; return undefined; }
  const lines: string[] = [];
  s.events.push(lines);
  return lines;
};
const newObservance = (zone: ZoneLines): string[] | undefined => {
  if (zone.observances.length === 200) return undefined;
  const lines: string[] = [];
  zone.observances.push(lines);
  return lines;
};

/** Unfolds (RFC 5545, 3.1) the lines that may count, BEGIN and END among them. */
function* wantedLines(text: string): Generator<string> {
  let parts: string[] | undefined, length = 0;
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const content = text[end - 1] === '\r' && end > start ? end - 1 : end;
    const first = text.charCodeAt(start);
    const folded = first === 32 || first === 9;
    if (!folded && parts) { if (length <= MAX_LINE) yield parts.join(''); parts = undefined; }
    if (folded && parts) { length += content - start - 1; if (length <= MAX_LINE) parts.push(text.slice(start + 1, content)); }
    if (!folded && isWanted(text, start, content)) { parts = [text.slice(start, Math.min(content, start + MAX_LINE + 1))]; length = content - start; }
    start = end + 1;
  }
  if (parts && length <= MAX_LINE) yield parts.join('');
}

const isWanted = (text: string, start: number, end: number): boolean => {
  const name = /^[A-Za-z0-9-]+/.exec(text.slice(start, Math.min(end, start + 40)))?.[0].toUpperCase() ?? '';
  return WANTED.has(name) || name === 'BEGIN' || name === 'END';
};
