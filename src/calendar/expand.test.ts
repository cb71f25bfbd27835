import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byTime, expand, type Range } from './expand.js';

const DAY = 24 * 3600_000;
const range: Range = { from: Date.UTC(2026, 10, 20), to: Date.UTC(2026, 11, 21) };
const looker = { zone: 'Europe/Berlin', addresses: new Set(['anna@example.org']) };
const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:x', ...lines, 'END:VEVENT'];

const holds = (text: string, zone = looker.zone) => {
  const { windows, problems } = expand(text, { ...looker, zone }, range);
  expect(windows).toEqual([...windows].sort(byTime));
  for (const w of windows) {
    expect(w.end).toBeGreaterThanOrEqual(w.start);
    expect(w.start < range.to && (w.end > range.from || (w.end === w.start && w.start >= range.from)), `${w.start} ${w.end}`).toBe(true);
    expect(new Date(w.end).toISOString()).toMatch(/^\d{4}-/); // years that contracts and PostgreSQL take
  }
  expect(windows.length).toBeLessThanOrEqual(3000);
  expect(problems.every((problem) => typeof problem === 'string' && problem.length < 200)).toBe(true);
  return windows;
};

const two = (n: number) => String(n).padStart(2, '0');
const date = fc.date({ min: new Date(Date.UTC(2019, 0, 1)), max: new Date(Date.UTC(2027, 0, 1)), noInvalidDate: true });
const clock = (d: Date) => `${d.getUTCFullYear()}${two(d.getUTCMonth() + 1)}${two(d.getUTCDate())}T${two(d.getUTCHours())}${two(d.getUTCMinutes())}00`;
const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'W. Europe Standard Time', 'Pacific/Apia', 'Nowhere', 'Australia/Lord_Howe');
const stamp = (name: string) => fc.oneof(
  fc.tuple(zone, date).map(([tz, d]) => `${name};TZID=${tz}:${clock(d)}`), date.map((d) => `${name}:${clock(d)}Z`), date.map((d) => `${name}:${clock(d)}`), date.map((d) => `${name};VALUE=DATE:${clock(d).slice(0, 8)}`),
  fc.constantFrom(`${name}:`, `${name};TZID=:x`, `${name}:99999999T999999Z`));
const rule = fc.record({
  freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'HOURLY', 'MINUTELY', 'SECONDLY', 'NEVER'), interval: fc.option(fc.integer({ min: -1, max: 40 })), count: fc.option(fc.integer({ min: -1, max: 1e9 })), until: fc.option(date),
  byday: fc.option(fc.constantFrom('MO', '-1FR', 'SU,SA', '5MO', 'XX', '53TU')), bymonthday: fc.option(fc.integer({ min: -40, max: 40 })), bymonth: fc.option(fc.integer({ min: 0, max: 14 })), byhour: fc.option(fc.constantFrom('2', '2,3,4', '25')), bysetpos: fc.option(fc.integer({ min: -5, max: 5 })), byweekno: fc.option(fc.integer({ min: -60, max: 60 })),
}).map((r) => `RRULE:${Object.entries(r).filter(([, value]) => value !== null).map(([key, value]) => `${key.toUpperCase()}=${value instanceof Date ? `${clock(value)}Z` : String(value)}`).join(';')}`);
const length = fc.constantFrom('DURATION:PT1H', 'DURATION:P1D', 'DURATION:-PT1H', 'DURATION:P99W', 'DURATION:x', 'DTEND:20261124T100000Z', 'DTEND;VALUE=DATE:20261201', 'SUMMARY:none');

describe('whatever a calendar holds', () => {
  it('events of all kinds: windows in order, in the range, and never ending before they start', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.array(fc.oneof(stamp('DTSTART'), rule, stamp('EXDATE'), stamp('RDATE'), length, fc.constantFrom('STATUS:CANCELLED', 'TRANSP:TRANSPARENT', 'ATTENDEE;PARTSTAT=DECLINED:mailto:anna@example.org')), { minLength: 1, maxLength: 6 }), fc.option(stamp('RECURRENCE-ID')), fc.boolean(), stamp('DTSTART')), { maxLength: 4 }), (events) => {
      const parts = events.map(([lines, replaces, future, start]) => event(start, ...lines, ...(replaces ? [future ? replaces.replace('RECURRENCE-ID', 'RECURRENCE-ID;RANGE=THISANDFUTURE') : replaces] : [])));
      holds(calendar(...parts.flat()));
    }), { numRuns: 400 });
  }, 60_000);

  it('lines of any kind, cut anywhere: never throws', () => {
    const good = calendar(...event('DTSTART;TZID=Europe/Berlin:20261101T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU', 'EXDATE;TZID=Europe/Berlin:20261124T090000', 'SUMMARY:Team', 'ATTENDEE;CN="A, B":mailto:a@example.org'));
    fc.assert(fc.property(fc.nat(good.length), fc.nat(good.length), fc.string({ unit: 'binary', maxLength: 30 }), (a, b, put) => { holds(good.slice(0, Math.min(a, b)) + put + good.slice(Math.max(a, b))); }), { numRuns: 600 });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => { holds(text); holds(calendar('BEGIN:VEVENT', text)); }), { numRuns: 300 });
  }, 60_000);

  it('one event that makes no sense costs nothing but itself', () => {
    const good = event('DTSTART:20261124T100000Z', 'DURATION:PT1H', 'SUMMARY:Good').map((line) => (line === 'UID:x' ? 'UID:good' : line));
    fc.assert(fc.property(fc.array(fc.oneof(stamp('DTSTART'), rule, length, fc.string({ maxLength: 40 }).map((text) => `DTSTART;${text.replaceAll(/[\r\n]|begin|end/gi, '')}`))), (lines) => {
      expect(holds(calendar(...event(...lines), ...good)).filter(({ uid }) => uid === 'good')).toHaveLength(1);
    }), { numRuns: 200 });
  }, 60_000);
});

describe('too much', () => {
  it.each([
    ['10 MB in one folded line', calendar(...event('DTSTART:20261124T100000Z', 'DURATION:PT1H', `DESCRIPTION:${'x'.repeat(70)}${'\r\n yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'.repeat(160_000)}`)), 1],
    ['10 MB in one title', calendar(...event('DTSTART:20261124T100000Z', 'DURATION:PT1H', `SUMMARY:${'x'.repeat(10_000_000)}`)), 1],
    ['a million empty lines', calendar(...event('DTSTART:20261124T100000Z', 'DURATION:PT1H'), '\n'.repeat(1_000_000)), 1],
    ['100,000 components in each other', calendar(...Array<string>(100_000).fill('BEGIN:VALARM'), ...event('DTSTART:20261124T100000Z', 'DURATION:PT1H')), 1],
    ['20,000 events', calendar(...Array.from({ length: 20_000 }, (_, i) => `BEGIN:VEVENT\r\nUID:${i}\r\nDTSTART:20261124T100000Z\r\nDURATION:PT1H\r\nEND:VEVENT`)), 2000],
    ['100,000 exceptions', calendar(...event('DTSTART:20261124T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3', ...Array.from({ length: 100_000 }, (_, i) => `EXDATE:20271124T${two(i % 24)}0000Z`))), 3],
    ['50,000 attendees', calendar(...event('DTSTART:20261124T100000Z', 'DURATION:PT1H', ...Array.from({ length: 50_000 }, (_, i) => `ATTENDEE:mailto:a${i}@example.org`))), 1],
    ['quotes without end', calendar(...event(`ATTENDEE${';CN="'.repeat(10_000)}`, 'DTSTART:20261124T100000Z', 'DURATION:PT1H')), 1],
    ['a zone with a million changes', calendar('BEGIN:VTIMEZONE', 'TZID:z', 'BEGIN:STANDARD', 'DTSTART:19700101T000000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'RRULE:FREQ=SECONDLY', 'END:STANDARD', 'END:VTIMEZONE', ...event('DTSTART;TZID=z:20261124T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY')), 27],
  ])('%s', (_, text, count) => { expect(holds(text)).toHaveLength(count); }, 20_000);

  it('a rule that nobody could follow is told, and is no list of millions', () => {
    for (const freq of ['SECONDLY', 'MINUTELY', 'SECONDLY;COUNT=2000000000', 'MINUTELY;INTERVAL=2']) {
      const { windows, problems } = expand(calendar(...event('DTSTART:20200101T000000Z', 'DURATION:PT1S', `RRULE:FREQ=${freq}`)), looker, range);
      expect([windows, problems]).toEqual([[], [expect.stringMatching(/repeti|repeats/)]]);
    }
    expect(expand(calendar(...event('DTSTART:20200101T000000Z', 'DURATION:PT1M', 'RRULE:FREQ=MINUTELY;INTERVAL=15')), looker, range).windows.length).toBe(2976);
  });

  it('long ago, counted and with a zone', () => {
    const { windows, problems } = expand(calendar(...event('DTSTART;TZID=Europe/Berlin:19900101T023000', 'DURATION:PT1M', 'RRULE:FREQ=DAILY;COUNT=13450')), looker, range);
    // one a day, but for the 37 nights from 1990 to 2026 that had no half past two
    expect(problems).toEqual([]);
    expect(windows.length).toBeGreaterThan(0);
    expect(windows.at(-1)!.start).toBe(Date.UTC(1990, 0, 1, 1, 30) + (13_450 - 1 + 37) * DAY);
  });
});
