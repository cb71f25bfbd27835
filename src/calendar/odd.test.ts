/** What programs write against the letter, and what somebody writes to do harm. */
import { describe, expect, it } from 'vitest';
import { expand, readObject } from './expand.js';

const range = { from: Date.UTC(2026, 10, 20), to: Date.UTC(2026, 11, 21) };
const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:x', ...lines, 'END:VEVENT'];
const seen = (lines: string[], zone = 'Europe/Berlin', addresses: string[] = []) => expand(calendar(...lines), { zone, addresses: new Set(addresses) }, range);
const starts = (lines: string[], zone?: string) => seen(lines, zone).windows.map(({ start }) => new Date(start).toISOString().slice(0, 16));
const SIXTY = Array.from({ length: 60 }, (_, i) => i).join(',');

describe('rules', () => {
  it.each([
    ['days of another calendar', 'DTSTART:19200101T100000', 'RRULE:RSCALE=HEBREW;FREQ=DAILY;COUNT=39999', /another calendar/],
    ['minutes of every day, counted', 'DTSTART:20200101T100000', `RRULE:FREQ=DAILY;COUNT=39999;BYHOUR=1,2,3;BYMINUTE=${SIXTY}`, /too much/],
    ['minutes of every month, counted', 'DTSTART:19200101T100000', `RRULE:FREQ=MONTHLY;COUNT=999999;BYHOUR=1,2,3;BYMINUTE=${SIXTY}`, /too much/],
    ['minutes of all days of years', 'DTSTART:19200101T100000', `RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2,3,4,5,6,7;BYMINUTE=${SIXTY}`, /more than 6000/],
    ['hours that never come', 'DTSTART:19200101T100000', 'RRULE:FREQ=HOURLY;COUNT=39;BYMONTH=2;BYMONTHDAY=31', /too much/],
  ])('%s: told, and not worked out', (_, start, rule, problem) => {
    expect(seen(event(start, 'DURATION:PT1S', rule)).problems).toEqual([expect.stringMatching(problem)]);
  });

  it('what all rules of an object may cost is counted together, whatever time there is', () => {
    const heavy = ['DTSTART:20260101T100000', 'DURATION:PT1S', `RRULE:FREQ=DAILY;BYHOUR=1,2;BYMINUTE=${SIXTY};COUNT=9999`];
    const { problems } = seen(Array.from({ length: 30 }, (_, i) => event(...heavy).map((line) => (line === 'UID:x' ? `UID:${i}` : line))).flat());
    expect(problems.length).toBeGreaterThanOrEqual(28);
  });

  it('who has a clock may end it', () => {
    let asked = 0;
    const { series } = readObject(calendar(...event('DTSTART:20260101T100000', 'DURATION:PT1S', 'RRULE:FREQ=DAILY;BYHOUR=9,10;COUNT=9999')), { zone: 'UTC', addresses: new Set() }, range, () => (asked += 1) > 1);
    expect(series.map((one) => one.windows(range))).toEqual([{ windows: [], problem: expect.stringContaining('too much') }]);
    expect(asked).toBe(2);
  });

  it('a few counted hours of long ago are over, and no trouble', () => { expect(seen(event('DTSTART:20200101T100000', 'RRULE:FREQ=HOURLY;COUNT=5'))).toEqual({ windows: [], problems: [] }); });
  it('the first occurrence is counted also where the rule does not fit it', () => {
    expect(starts(event('DTSTART:20261125T100000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1;COUNT=3'))).toEqual(['2026-11-25T10:00', '2026-11-30T10:00', '2026-12-07T10:00']);
  });
  it('a week of the year without a day: on the day of the first', () => {
    expect(starts(event('DTSTART:20201125T100000Z', 'RRULE:FREQ=YEARLY;BYWEEKNO=48'))).toEqual(['2026-11-25T10:00']);
  });
  it('an exception rule that makes no sense leaves the series as it is, and is told', () => {
    const { windows, problems } = seen(event('DTSTART:20261201T100000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'EXRULE:RSCALE=HEBREW;FREQ=DAILY;COUNT=9'));
    expect([windows.length, problems]).toEqual([3, [expect.stringContaining('another calendar')]]);
  });
  it('every third week counts by weeks', () => {
    expect(starts(event('DTSTART:20261124T100000Z', 'RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,SU;COUNT=4'))).toEqual(['2026-11-24T10:00', '2026-11-29T10:00', '2026-12-14T10:00', '2026-12-15T10:00']);
  });
});

describe('whole days', () => {
  const daily = (...lines: string[]) => event('DTSTART;VALUE=DATE:20261123', 'RRULE:FREQ=DAILY;COUNT=4', ...lines);
  it.each([['Europe/Berlin', '20261123T230000Z'], ['America/New_York', '20261124T050000Z'], ['Europe/Berlin', '20261124T000000Z'], ['America/New_York', '20261124T000000Z'], ['Pacific/Auckland', '20261123T110000Z']])('in %s an exception at %s is the 24th', (zone, at) => {
    const days = (lines: string[]) => seen(lines, zone).windows.map(({ start }) => new Date(start + 12 * 3600_000).toLocaleDateString('en-GB', { timeZone: zone, day: 'numeric' }));
    expect(days(daily(`EXDATE:${at}`))).toEqual(['23', '25', '26']);
    expect(days(event('DTSTART;VALUE=DATE:20261123', `RRULE:FREQ=DAILY;UNTIL=${at}`))).toEqual(['23', '24']);
    expect(seen([...daily(), ...event(`RECURRENCE-ID:${at}`, 'DTSTART;VALUE=DATE:20261124', 'STATUS:CANCELLED')], zone).windows).toHaveLength(3);
  });
  it('Outlook says so of an event from midnight to midnight', () => {
    const outlook = (zone: string, ...lines: string[]) => seen(event(...lines, 'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE'), zone).windows.map(({ allDay }) => allDay);
    expect(outlook('UTC', 'DTSTART;TZID=Europe/Berlin:20261124T000000', 'DTEND;TZID=Europe/Berlin:20261125T000000')).toEqual([true]);
    expect(outlook('Europe/Berlin', 'DTSTART:20261123T230000Z', 'DTEND:20261124T230000Z')).toEqual([true]);
    expect(outlook('Europe/Berlin', 'DTSTART;TZID=Europe/Berlin:20261124T080000', 'DTEND;TZID=Europe/Berlin:20261125T000000')).toEqual([false]);
  });
});

describe('zones that an object defines', () => {
  const zone = (id: string, observances: number, ...rules: string[]) => ['BEGIN:VTIMEZONE', `TZID:${id}`, ...Array.from({ length: observances }, () => ['BEGIN:STANDARD', 'DTSTART:19700101T000000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0500', ...rules, 'END:STANDARD']).flat(), 'END:VTIMEZONE'];
  it('yearly changes only, of a few observances, of the zones that are asked for', () => {
    for (const rule of ['RRULE:FREQ=DAILY', 'RRULE:FREQ=SECONDLY', 'RRULE:RSCALE=HEBREW;FREQ=YEARLY', 'RRULE:FREQ=YEARLY;BYHOUR=1,2,3;BYMINUTE=1,2,3', 'RRULE:FREQ=YEARLY;COUNT=99999;BYDAY=MO,TU']) {
      const text = [...Array.from({ length: 60 }, (_, i) => zone(`z${i}`, 100, rule)).flat(), ...event('DTSTART;TZID=z7:20261124T100000', 'DURATION:PT1H')];
      expect(starts(text)).toEqual(['2026-11-24T05:00']);
    }
  });
  it('one after the fiftieth is not known', () => {
    expect(starts([...Array.from({ length: 60 }, (_, i) => zone(`z${i}`, 1)).flat(), ...event('DTSTART;TZID=z55:20261124T100000')])).toEqual(['2026-11-24T09:00']);
  });
});

describe('people', () => {
  it('what no database takes is in nothing that is kept', () => {
    const odd = '\u0000\u0007\u202e\u2066\ud800';
    const { windows } = seen(event(`SUMMARY:Pay${odd}roll`, 'DTSTART:20261124T100000Z', `CATEGORIES:A${odd}b`, `ATTENDEE;CN=Bo${odd}b:mailto:bob${odd}@example.org`, `ATTENDEE;CN=Al${odd}:mailto:al@example.org`, `ORGANIZER:mailto:${odd}c@example.org`).map((line) => (line === 'UID:x' ? `UID:x${odd}` : line)));
    expect(windows).toHaveLength(1);
    const { uid, title, categories, attendees } = windows[0]!;
    for (const text of [uid, title, ...categories, ...attendees]) expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    expect(attendees).toEqual([expect.stringMatching(/^Al.* <al@example\.org>$/)]);
  });
  it('fifty of them at most, the same list for all occurrences', () => {
    const { windows } = seen(event('DTSTART:20261124T100000Z', 'RRULE:FREQ=DAILY', ...Array.from({ length: 100 }, (_, i) => `ATTENDEE:mailto:a${i}@example.org`)));
    expect(windows[0]!.attendees).toHaveLength(50);
    expect(windows.every(({ attendees }) => attendees === windows[0]!.attendees)).toBe(true);
  });
  it.each([['DECLINED', []], ['ACCEPTED', ['busy']], ['TENTATIVE', ['tentative']], ['NEEDS-ACTION', ['tentative']]])('who is invited at two addresses and says %s at the second', (word, busy) => {
    expect(seen(event('DTSTART:20261124T100000Z', 'ORGANIZER:mailto:boss@example.org', 'ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:anna@example.org', `ATTENDEE;PARTSTAT=${word}:mailto:a@example.org`), 'UTC', ['anna@example.org', 'a@example.org']).windows.map((w) => w.busy)).toEqual(busy);
  });
});
