/** From an event to a status: the first rule of its owner that fits, else what the event says about their time. */
import type { AgendaItem, CalendarRule, Status } from '@ringbook/contracts';
import type { Busy } from './busy.js';

export type EventStatus = Exclude<Status, 'onCall' | 'available'>;
/** What a rule may look at. `attendees` as in expand.ts Window. */
export interface RuleEvent { calendarId: string; title: string; allDay: boolean; busy: Busy; categories: readonly string[]; attendees: readonly string[] }
export interface Meaning { status: EventStatus | null; why: string }

export const EVENT_STATUS_WORDS: Record<EventStatus, string> = { meeting: 'in a meeting', away: 'away', outOfOffice: 'out of office', dnd: 'not to be disturbed' };

/** How an event shows its time, for people: out of office is busy too. */
export const shownBusy = (busy: Busy): AgendaItem['busy'] => (busy === 'away' ? 'busy' : busy);

/** "Anna <anna@example.org>" or "anna@example.org" -> anna@example.org */
export const mailIn = (attendee: string): string => (/<([^<>]+)>$/.exec(attendee)?.[1] ?? attendee).toLowerCase();

/** @param addresses the owner's own, in lower case: they are no others who take part */
export const meaningOf = (event: RuleEvent, rules: readonly CalendarRule[], addresses: ReadonlySet<string>): Meaning => {
  const index = rules.findIndex((rule) => fits(rule, event, addresses));
  if (index < 0) return usual(event.busy);
  const { when, status } = rules[index]!;
  return { status, why: `Rule ${index + 1} (${whenWords(when)}): ${status === null ? 'says nothing' : EVENT_STATUS_WORDS[status]}` };
};

const usual = (busy: Busy): Meaning => {
  if (busy === 'away') return { status: 'outOfOffice', why: 'It is marked as out of office' };
  if (busy === 'busy') return { status: 'meeting', why: 'It is shown as busy' };
  return { status: null, why: busy === 'free' ? 'It is shown as free: it says nothing' : 'It is tentative: it says nothing' };
};

const fits = ({ when }: CalendarRule, event: RuleEvent, addresses: ReadonlySet<string>): boolean =>
  (when.calendar === undefined || when.calendar === event.calendarId)
  && (when.allDay === undefined || when.allDay === event.allDay)
  && (when.busy === undefined || when.busy === shownBusy(event.busy))
  && (when.attendees === undefined || when.attendees === event.attendees.some((attendee) => !addresses.has(mailIn(attendee))))
  && (when.word === undefined || has(event.title, when.word))
  && (when.category === undefined || event.categories.some((category) => has(category, when.category!)));
const has = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

const whenWords = (when: CalendarRule['when']): string => [
  when.category === undefined ? '' : `category "${when.category}"`, when.word === undefined ? '' : `"${when.word}" in the title`, when.allDay === undefined ? '' : when.allDay ? 'whole days' : 'not whole days',
  when.attendees === undefined ? '' : when.attendees ? 'with others' : 'without others', when.busy === undefined ? '' : `shown as ${when.busy}`, when.calendar === undefined ? '' : 'one calendar',
].filter(Boolean).join(', ') || 'every event';
