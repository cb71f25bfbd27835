import type { CalendarRule } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import type { Busy } from './busy.js';
import { type CalendarRow, factsOf } from './facts.js';
import { meaningOf, type RuleEvent } from './rules.js';

const WORK = '00000000-0000-4000-8000-000000000001', HOME = '00000000-0000-4000-8000-000000000002';
const own = new Set(['anna@example.org']);
const event = (over: Partial<RuleEvent> = {}): RuleEvent => ({ calendarId: WORK, title: 'Weekly planning', allDay: false, busy: 'busy', categories: ['Team', 'Important'], attendees: ['anna@example.org', 'Bob <bob@example.org>'], ...over });
const rule = (when: CalendarRule['when'], status: CalendarRule['status'] = 'dnd'): CalendarRule => ({ when, status });

describe('what an event means', () => {
  it.each<[Busy, string | null]>([['busy', 'meeting'], ['away', 'outOfOffice'], ['tentative', null], ['free', null]])('without rules, %s: %s', (busy, status) => {
    expect(meaningOf(event({ busy }), [], own).status).toBe(status);
  });
  it.each<[string, CalendarRule['when'], Partial<RuleEvent>, boolean]>([
    ['everything', {}, {}, true], ['a word in any case', { word: 'PLAN' }, {}, true], ['another word', { word: 'plants' }, {}, false], ['a category, in part', { category: 'import' }, {}, true], ['no such category', { category: 'Weekly' }, {}, false],
    ['whole days', { allDay: true }, {}, false], ['whole days, one', { allDay: true }, { allDay: true }, true], ['with others', { attendees: true }, {}, true], ['alone', { attendees: false }, { attendees: ['Anna <ANNA@example.org>'] }, true],
    ['nobody at all', { attendees: true }, { attendees: [] }, false], ['busy', { busy: 'busy' }, {}, true], ['away is busy too', { busy: 'busy' }, { busy: 'away' }, true], ['free', { busy: 'free' }, {}, false],
    ['the calendar', { calendar: WORK }, {}, true], ['another calendar', { calendar: HOME }, {}, false], ['everything that is given must fit', { word: 'plan', allDay: true }, {}, false],
  ])('%s', (_, when, over, fits) => { expect(meaningOf(event(over), [rule(when)], own).status).toBe(fits ? 'dnd' : 'meeting'); });
  it('the first rule that fits wins, and one may say that nothing follows', () => {
    expect(meaningOf(event(), [rule({ word: 'lunch' }, 'away'), rule({ word: 'planning' }, null), rule({}, 'dnd')], own)).toEqual({ status: null, why: 'Rule 2 ("planning" in the title): says nothing' });
  });
});

const at = '2026-11-20T10:00:00.000Z';
type Row = CalendarRow['windows'][number];
const window = (start: string, end: string, over: Partial<Row> = {}): Row => ({ calendarId: WORK, title: `${start}-${end}`, start: `2026-11-20T${start}:00+00:00`, end: `2026-11-20T${end}:00+00:00`, allDay: false, busy: 'busy', categories: [], attendees: [], ...over });
const row = (windows: Row[], rules: CalendarRule[] = []): CalendarRow => ({ email: 'Anna@example.org', calendars: [{ id: WORK, name: 'Work', readAt: '2026-11-20T09:59:00+00:00', stale: false }, { id: HOME, name: 'Home', readAt: null, stale: true }], windows, rules, addresses: [] });
const now = (windows: Row[], rules?: CalendarRule[]) => {
  const found = factsOf(row(windows, rules), at)!.now;
  return found && [found.status, found.until.slice(11, 16), found.events.map(({ title }) => title)];
};

describe('what calendars say about an instant', () => {
  const oof = [rule({ word: 'trip' }, 'outOfOffice')];
  it.each<[string, Row[], CalendarRule[], unknown]>([
    ['nothing', [], [], undefined], ['over', [window('09:00', '10:00')], [], undefined], ['not yet', [window('10:01', '11:00')], [], undefined], ['begins now', [window('10:00', '11:00')], [], ['meeting', '11:00', ['10:00-11:00']]],
    ['of no length', [window('10:00', '10:00')], [], undefined],
    ['back to back', [window('09:30', '10:30'), window('10:30', '11:00'), window('11:00', '12:00')], [], ['meeting', '12:00', ['09:30-10:30', '10:30-11:00', '11:00-12:00']]],
    ['overlapping', [window('09:30', '10:30'), window('10:15', '11:00')], [], ['meeting', '11:00', ['09:30-10:30', '10:15-11:00']]],
    ['a break in between', [window('09:30', '10:30'), window('10:31', '11:00')], [], ['meeting', '10:30', ['09:30-10:30']]],
    ['one inside the other', [window('09:00', '12:00'), window('10:30', '11:00')], [], ['meeting', '12:00', ['09:00-12:00']]],
    ['free in between does not join', [window('09:30', '10:30'), window('10:30', '11:00', { busy: 'free' }), window('11:00', '12:00')], [], ['meeting', '10:30', ['09:30-10:30']]],
    ['the stronger one counts', [window('09:00', '12:00'), window('09:30', '10:30', { title: 'trip' })], oof, ['outOfOffice', '10:30', ['trip']]],
    ['until the stronger one begins', [window('09:00', '12:00'), window('11:00', '11:30', { title: 'trip' })], oof, ['meeting', '11:00', ['09:00-12:00']]],
  ])('%s', (_, windows, rules, expected) => { expect(now(windows, rules)).toEqual(expected); });

  it('what goes on and what comes next, but for what is free', () => {
    const facts = factsOf(row([window('09:30', '10:30', { busy: 'tentative' }), window('09:45', '10:45', { busy: 'free' }), window('11:00', '11:30', { busy: 'free' }), window('12:00', '12:30'), window('12:00', '13:00'), window('12:30', '13:00')]), at)!;
    expect([facts.current, facts.next].map((events) => events.map(({ title }) => title))).toEqual([['09:30-10:30'], ['12:00-12:30', '12:00-13:00']]);
    expect(facts.stale).toEqual([{ calendar: 'Home', readAt: null }]);
  });
  it('nothing at all without a calendar', () => {
    expect(factsOf(null, at)).toBeUndefined();
    expect(factsOf({ ...row([]), calendars: [] }, at)).toBeUndefined();
  });
});
