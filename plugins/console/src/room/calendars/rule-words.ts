/** Says in words which events a calendar rule means. Pure but for the words. */
import type { CalendarRule } from '@ringbook/contracts/calendar';
import { w } from '../../words/index.js';

const t = w.calendars.rules.sentence;
type Names = Record<string, string>;

export const eventWords = ({ when }: CalendarRule, calendars: Names): string => {
  const parts = [
    when.word ? t.word(when.word) : '', when.category ? t.category(when.category) : '', when.allDay === undefined ? '' : when.allDay ? t.allDay : t.notAllDay,
    when.attendees === undefined ? '' : when.attendees ? t.attendees : t.alone, when.busy ? t.busy[when.busy] : '', when.calendar ? (calendars[when.calendar] === undefined ? t.gone : t.calendar(calendars[when.calendar]!)) : '',
  ].filter(Boolean);
  return parts.length ? `${t.events} ${parts.join(', ')}` : t.everyEvent;
};
export const ruleWords = (rule: CalendarRule, calendars: Names): string => eventWords(rule, calendars) + (rule.status === null ? t.say : t.mean(w.status[rule.status]));

/** What was typed and left empty is left out. */
export const tidyEventRule = (rule: CalendarRule): CalendarRule => {
  const { word, category, ...when } = rule.when;
  return { ...rule, when: { ...when, ...(word?.trim() ? { word: word.trim() } : {}), ...(category?.trim() ? { category: category.trim() } : {}) } };
};
