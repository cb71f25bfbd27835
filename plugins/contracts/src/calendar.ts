/** Calendars on CalDAV servers, what they say about a person's time, and what follows from it for their status. */
import { z } from 'zod';
import { davAddress, davAuth, sourceError, sourceState, syncProgress } from './book.js';
import { status } from './profile.js';
import { instant, line, secretText } from './text.js';

export const newCalendar = z.strictObject({
  name: line(80), url: davAddress, username: z.union([line(200), z.literal('')]), password: secretText.max(4000), auth: davAuth.optional(),
});
export const patchCalendar = newCalendar.partial();
export const calendarHealth = z.object({
  calendarId: z.uuid(), state: sourceState, lastSuccess: instant.nullable(), lastError: sourceError.nullable(), progress: syncProgress.nullable(),
  events: z.number().int().describe('Events held'), busy: z.number().int().describe('Windows in the next 30 days'), skipped: z.number().int(), nextRun: instant.nullable(), stale: z.boolean().describe('Not read for an hour or longer'),
}).meta({ id: 'CalendarHealth' });
export type CalendarHealth = z.infer<typeof calendarHealth>;
export const calendar = z.object({ id: z.uuid(), name: z.string(), url: z.string(), username: z.string(), auth: davAuth, health: calendarHealth }).meta({ id: 'Calendar' });
export type Calendar = z.infer<typeof calendar>;

/** What an event must be for a calendar rule. Everything that is given must fit; words are found in any case, whole or in part. */
export const eventWhen = z.strictObject({
  category: line(60).optional(), word: line(60).optional().describe('In the title'), allDay: z.boolean().optional(), attendees: z.boolean().optional().describe('Others take part'),
  busy: z.enum(['busy', 'tentative', 'free']).optional().describe('How the event shows its time'), calendar: z.uuid().optional(),
});
/** `status` null: such events say nothing. */
export const calendarRule = z.strictObject({ when: eventWhen, status: status.exclude(['onCall', 'available']).nullable() });
export type CalendarRule = z.infer<typeof calendarRule>;
/** First match wins. An event that no rule fits: a meeting when it shows as busy, else nothing. */
export const calendarRules = z.strictObject({ rules: z.array(calendarRule).max(50), addresses: z.array(z.email()).max(20).describe('Your own addresses in events, beside the one you sign in with') }).meta({ id: 'CalendarRules' });
export type CalendarRules = z.infer<typeof calendarRules>;

export const agendaQuery = z.strictObject({ from: instant.optional(), to: instant.optional() });
export const agendaItem = z.object({
  calendarId: z.uuid(), uid: z.string(), title: z.string(), start: instant, end: instant, allDay: z.boolean(), categories: z.array(z.string()), attendees: z.array(z.string()),
  busy: z.enum(['busy', 'tentative', 'free']), status: status.nullable().describe('What it means for your status'), why: z.string(),
}).meta({ id: 'AgendaItem' });
export type AgendaItem = z.infer<typeof agendaItem>;
