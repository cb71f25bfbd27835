/** What of a person's calendars bears on an instant, as one column of whatever query finds the person: nobody waits for it on its own. */
import { type RawBuilder, sql } from 'kysely';
import type { CalendarRow } from './facts.js';

/** More events at one time than anybody attends. */
const MOST = 100;

const columns = sql`o.calendar_id as "calendarId", o.title, o.starts_at as start, o.ends_at as end, o.all_day as "allDay", o.busy, o.categories`;
const around = (person: 'p' | 'person', at: string): RawBuilder<unknown> =>
  sql`from calendar k join calendar_window o on o.calendar_id = k.id where k.person_id = ${sql.ref(`${person}.id`)} and o.starts_at < ${at}::timestamptz + interval '24 hours' and o.ends_at > ${at}::timestamptz`;
const ofTheDay = (person: 'p' | 'person', at: string): RawBuilder<unknown> => sql`select ${columns}, o.attendees ${around(person, at)} order by o.starts_at, o.ends_at limit ${sql.lit(MOST)}`;
/** The first row that begins after all before it have ended is a break; so is the first at all when it has not begun. */
const ofNow = (person: 'p' | 'person', at: string): RawBuilder<unknown> => sql`
  select "calendarId", title, start, "end", "allDay", busy, categories, attendees from (
    select c.*, count(*) filter (where start > greatest(reached, ${at}::timestamptz)) over (order by start, "end" rows unbounded preceding) as breaks from (
      select ${columns}, max(o.ends_at) over (order by o.starts_at, o.ends_at rows between unbounded preceding and 1 preceding) as reached,
        case when exists (select from calendar_rules r where r.person_id = k.person_id and r.rules @? '$[*].when.attendees') then o.attendees else '[]' end as attendees
      ${around(person, at)}) c) d
  where breaks = 0 order by start, "end" limit ${sql.lit(MOST)}`;

/**
 * A column of jsonb; null when the person has no calendar.
 * @param person SQL of a row of `person`: `id` and `email` are taken from it
 * @param at the instant, ISO
 * @param scope `day`: what begins within a day too, for calls. `now`: only what the status hangs on: what is going on, and what goes on from it
 * without a break, with who takes part only where a rule asks for that
 */
export const calendarColumn = (person: 'p' | 'person', at: string, scope: 'day' | 'now' = 'day'): RawBuilder<CalendarRow | null> => sql<CalendarRow | null>`(
  select case when count(c.id) = 0 then null else jsonb_build_object('email', ${sql.ref(`${person}.email`)},
    'calendars', jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'readAt', c.last_success, 'stale', coalesce(c.last_success, c.created_at) < least(${at}::timestamptz, now()) - interval '1 hour') order by lower(c.name), c.id),
    'windows', coalesce((select jsonb_agg(w) from (
      ${scope === 'day' ? ofTheDay(person, at) : ofNow(person, at)}) w), '[]'),
    'rules', coalesce((select r.rules from calendar_rules r where r.person_id = ${sql.ref(`${person}.id`)}), '[]'), 'addresses', coalesce((select r.addresses from calendar_rules r where r.person_id = ${sql.ref(`${person}.id`)}), '[]')) end
  from calendar c where c.person_id = ${sql.ref(`${person}.id`)})`;
