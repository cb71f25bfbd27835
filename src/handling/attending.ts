/** Whether the caller takes part in what the called person has now or next: by their e-mail addresses, never by a name alone. */
import type { Because, When } from '@ringbook/contracts';
import type { EventFact } from '../calendar/facts.js';
import { mailIn } from '../calendar/rules.js';
import { spanWords, titleWords } from '../calendar/words.js';
import type { Situation } from './situation.js';

/** The event of each kind that the caller is an attendee of. */
export const attended = ({ calendar, callerMails = [] }: Pick<Situation, 'calendar' | 'callerMails'>): { now?: EventFact; next?: EventFact } => {
  const mails = new Set(callerMails.map((mail) => mail.toLowerCase()));
  const among = (events: readonly EventFact[] = []) => (mails.size === 0 ? undefined : events.find((event) => event.attendees.some((attendee) => mails.has(mailIn(attendee)))));
  const [now, next] = [among(calendar?.current), among(calendar?.next)];
  return { ...(now ? { now } : {}), ...(next ? { next } : {}) };
};

const WHICH = { now: 'now', next: 'next', nowOrNext: 'now or next' } as const;

/** Why a rule does not apply, or undefined when it does. */
export const misfitAttending = ({ attending }: When, s: Situation): string | undefined => {
  if (!attending) return undefined;
  const { now, next } = attended(s);
  if ((attending !== 'next' && now) || (attending !== 'now' && next)) return undefined;
  const events = [...(attending === 'next' ? [] : s.calendar?.current ?? []), ...(attending === 'now' ? [] : s.calendar?.next ?? [])];
  return events.length === 0 ? `${s.user.name} has no event ${WHICH[attending]}` : `the caller takes no part in what ${s.user.name} has ${WHICH[attending]}`;
};

export const misfitCalendar = ({ calendar }: When, s: Situation): string | undefined => {
  if (!calendar) return undefined;
  if (!s.calendar) return `${s.user.name} has no calendar here`;
  const stale = s.calendar.stale.length > 0;
  if (calendar === 'stale') return stale ? undefined : 'the calendars were read within the last hour';
  return stale ? 'a calendar could not be read for an hour or longer' : undefined;
};

export const attendingFacts = (s: Situation): Because[] => {
  const { now, next } = attended(s);
  const name = s.match.contact?.name ?? 'The caller';
  const fact = (event: EventFact, when: string): Because => ({ fact: 'attending', text: `${name} takes part in ${titleWords(event)}, ${when} (${spanWords(event, s.user.zone, s.at)})`, source: event.calendar, ...(event.readAt === null ? {} : { at: event.readAt }) });
  return [...(now ? [fact(now, 'which is going on')] : []), ...(next ? [fact(next, 'which is next')] : [])];
};
