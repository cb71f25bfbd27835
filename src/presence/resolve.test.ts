import { userStatus } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import type { CalendarFacts, EventFact } from '../calendar/facts.js';
import { withoutTitles } from '../call/private.js';
import { resolveStatus } from './resolve.js';

const at = '2026-11-20T10:00:00.000Z';
const earlier = '2026-11-20T09:00:00.000Z';
const later = '2026-11-20T11:00:00.000Z';
const phone = (state: string) => ({ endpoint: 'PJSIP/101', state, at: earlier });
const own = (status: string, until: string | null = null) => ({ status, until, at: earlier });

describe('resolveStatus', () => {
  it.each([
    ['own word wins over the telephone', own('dnd'), [phone('busy')], 'dnd', 'the user'],
    ['own word that has not run out', own('meeting', later), [phone('idle')], 'meeting', 'the user'],
    ['own word that has run out', own('meeting', earlier), [phone('idle')], 'available', 'asterisk'],
    ['own word that runs out right now', own('meeting', at), [phone('busy')], 'onCall', 'asterisk'],
    ['available says nothing about the telephone', own('available'), [phone('busy')], 'onCall', 'asterisk'],
    ['available and quiet', own('available', later), [phone('idle')], 'available', 'the user'],
    ['one of two telephones in use', undefined, [phone('idle'), phone('busy')], 'onCall', 'asterisk'],
    ['one in use, one ringing', undefined, [phone('ringing'), phone('busy')], 'onCall', 'asterisk'],
    ['a ringing telephone is not a call yet', undefined, [phone('ringing')], 'available', 'asterisk'],
    ['nothing known', undefined, [], 'available', 'ringbook'],
    ['a word of a newer version', own('fishing'), [phone('busy')], 'onCall', 'asterisk'],
  ])('%s', (_, word, phones, status, source) => {
    const answer = resolveStatus({ own: word, phones, at });
    expect(answer).toMatchObject({ status, because: [{ source }] });
    expect(answer.because.every((fact) => fact.source && fact.at)).toBe(true);
    expect(userStatus.parse(answer)).toEqual(answer);
  });

  it('says until when, for as long as it stands', () => {
    expect(resolveStatus({ own: own('away', later), phones: [], at }).until).toBe(later);
    expect(resolveStatus({ own: own('away', earlier), phones: [], at }).until).toBeNull();
  });
});

describe('with a calendar', () => {
  const event = (over: Partial<EventFact> = {}): EventFact => ({ calendar: 'Work', readAt: '2026-11-20T09:59:00.000Z', title: 'Planning', start: '2026-11-20T09:30:00.000Z', end: '2026-11-20T10:30:00.000Z', allDay: false, busy: 'busy', status: 'meeting', attendees: [], ...over });
  const meeting = (over: Partial<NonNullable<CalendarFacts['now']>> = {}, stale: CalendarFacts['stale'] = []): CalendarFacts => ({ now: { status: 'meeting', until: '2026-11-20T10:30:00.000Z', events: [event()], ...over }, current: [event()], next: [], stale });
  const nothing = (stale: CalendarFacts['stale'] = []): CalendarFacts => ({ now: undefined, current: [], next: [], stale });
  const zone = 'Europe/Berlin';

  it.each([
    ['an event makes the status', undefined, [phone('idle')], 'meeting', 'event'],
    ['a telephone in use comes before it', undefined, [phone('busy')], 'onCall', 'phone'],
    ['the own word comes before both', own('dnd'), [phone('busy')], 'dnd', 'status'],
    ['available with an end comes before it', own('available', later), [phone('idle')], 'available', 'status'],
    ['but not before the telephone', own('available', later), [phone('busy')], 'onCall', 'phone'],
    ['available until further notice does not', own('available'), [phone('idle')], 'meeting', 'event'],
    ['nor does available that has run out', own('available', earlier), [], 'meeting', 'event'],
  ])('%s', (_, word, phones, status, fact) => {
    expect(resolveStatus({ own: word, phones, calendar: meeting(), zone, at })).toMatchObject({ status, because: [{ fact }] });
  });

  it('the person sees the title, others do not', () => {
    const facts = { own: undefined, phones: [], calendar: meeting(), zone, at };
    const mine = resolveStatus(facts);
    expect(mine).toEqual({ status: 'meeting', until: '2026-11-20T10:30:00.000Z', because: [{ fact: 'event', text: 'In a meeting until 11:30: "Planning" (10:30 to 11:30)', source: 'Work', at: '2026-11-20T09:59:00.000Z' }] });
    const theirs = resolveStatus(facts, 'others');
    expect(theirs.because).toEqual([{ fact: 'event', text: 'In a meeting until 11:30', source: 'calendar', at: '2026-11-20T09:59:00.000Z' }]);
    expect(userStatus.parse(theirs)).toEqual(theirs);
    const decided = [...mine.because.map((b) => ({ ...b, fact: `status.${b.fact}` })), { fact: 'cli', text: 'x' }];
    expect(withoutTitles(decided)).toEqual([{ fact: 'status.event', text: 'It follows from an event in their calendar', source: 'calendar', at: '2026-11-20T09:59:00.000Z' }, { fact: 'cli', text: 'x' }]);
  });

  it('says the events one after the other, and days that are not today', () => {
    const second = event({ title: 'Review', start: '2026-11-20T10:30:00.000Z', end: '2026-11-21T09:00:00.000Z' });
    const text = resolveStatus({ phones: [], calendar: meeting({ until: second.end, events: [event(), second] }), zone, at }).because[0]!.text;
    expect(text).toBe('In a meeting until Sat 21 Nov 10:00: "Planning" (10:30 to 11:30), then "Review" (11:30 to Sat 21 Nov 10:00)');
    const day = event({ allDay: true, title: 'Holiday', start: '2026-11-19T23:00:00.000Z', end: '2026-11-22T23:00:00.000Z' });
    expect(resolveStatus({ phones: [], calendar: meeting({ status: 'outOfOffice', until: day.end, events: [day] }), zone, at }).because[0]!.text).toBe('Out of office until Mon 23 Nov 00:00: "Holiday" (all day from Fri 20 Nov to Sun 22 Nov)');
  });

  it('says when a calendar was not read for an hour, whatever follows from it', () => {
    const stale = [{ calendar: 'Work', readAt: '2026-11-20T08:30:00.000Z' }, { calendar: 'Home', readAt: null }];
    const quietly = resolveStatus({ phones: [phone('idle')], calendar: nothing(stale), zone, at });
    expect(quietly).toMatchObject({ status: 'available', stale: true, because: [{ fact: 'phone' }, { fact: 'calendar', text: 'The calendar "Work" could not be read since 09:30: the status may be wrong', at: '2026-11-20T08:30:00.000Z' }, { text: 'The calendar "Home" has never been read: the status may be wrong' }] });
    expect(resolveStatus({ phones: [], calendar: meeting({}, stale), zone, at })).toMatchObject({ status: 'meeting', stale: true });
    expect(resolveStatus({ own: own('available'), phones: [], calendar: nothing(stale), zone, at })).toMatchObject({ status: 'available', stale: true });
    expect(JSON.stringify(resolveStatus({ phones: [], calendar: meeting({}, stale), zone, at }, 'others'))).not.toMatch(/Work|Home|Planning/);
    for (const word of [own('dnd'), own('available', later)]) expect(resolveStatus({ own: word, phones: [], calendar: meeting({}, stale), zone, at }).stale).toBeUndefined();
    expect(resolveStatus({ phones: [], calendar: nothing(), zone, at }).stale).toBeUndefined();
  });
});
