import type { CalendarRule } from '@ringbook/contracts/calendar';
import { expect, it } from 'vitest';
import { ruleWords, tidyEventRule } from './rule-words.js';

const names = { c1: 'Team' };
it.each<[CalendarRule, string]>([
  [{ when: {}, status: 'meeting' }, 'Every event: In a meeting'],
  [{ when: { word: 'holiday', allDay: true }, status: 'outOfOffice' }, 'Events with “holiday” in the title, that last all day: Out of office'],
  [{ when: { category: 'Private', attendees: false, calendar: 'c1' }, status: null }, 'Events of category “Private”, without others, in “Team”: no status'],
  [{ when: { busy: 'tentative', calendar: 'c2' }, status: 'away' }, 'Events shown as tentative, in a calendar that is gone: Away'],
])('says which events mean what: %j', (rule, words) => { expect(ruleWords(rule, names)).toBe(words); });

it('leaves out what is only spaces', () => { expect(tidyEventRule({ when: { word: ' ', category: ' x ', busy: 'busy' }, status: null })).toEqual({ when: { category: 'x', busy: 'busy' }, status: null }); });
