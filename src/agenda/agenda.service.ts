/**
 * People's calendars: read from their servers by the same engine as address books, worked out again every hour without
 * asking anybody, and told to whoever watches when an event begins or ends.
 */
import type { AgendaItem } from '@ringbook/contracts';
import { sql } from 'kysely';
import { ownAddresses } from '../calendar/facts.js';
import { meaningOf, shownBusy } from '../calendar/rules.js';
import type { Busy } from '../calendar/busy.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { SyncEngine, type EngineParts, type SyncOptions, type SyncOutcome } from '../sync/engine.service.js';
import { secondsToNext } from '../sync/interval.js';
import type { Source, SourceSettings } from '../sync/port.js';
import { alone } from '../sync/state.store.js';
import { CalendarShelf } from './calendar-shelf.store.js';
import type { CalendarEntry, CalendarStore } from './calendar.store.js';

export type OpenCalendar = (settings: SourceSettings) => Source;
/** Seconds until the next try when only the owner can help. */
const NEEDS_SOMEBODY = 1800;
/** Events of one answer; a month has hundreds. */
const MOST_ITEMS = 2000;

export class AgendaService {
  readonly shelf: CalendarShelf;
  private readonly engine: SyncEngine<CalendarEntry>;
  /** Until when beginnings and ends of events were told: a timestamptz as text, because a Date would lose its microseconds. */
  private told: string | undefined;

  constructor(private readonly db: Db, private readonly calendars: CalendarStore, private readonly openSource: OpenCalendar, private readonly relay: Relay, onProgress?: EngineParts<CalendarEntry>['onProgress']) {
    this.shelf = new CalendarShelf(db, calendars, relay);
    this.engine = new SyncEngine({ db, shelf: this.shelf, open: ({ settings, location }) => openSource({ ...settings, location }), onProgress });
  }

  /** Trouble with the server is an outcome and stands in the calendar's health. @throws Fault `calendar.missing` */
  async sync(id: string, options: SyncOptions = {}): Promise<SyncOutcome> {
    const entry = await this.entry(id);
    if ('kind' in entry) return entry;
    const { personId } = entry;
    const outcome = await this.engine.sync(id, options);
    if (outcome.kind === 'done' && outcome.added + outcome.updated + outcome.removed > 0) this.relay.publish('presence', { personId });
    return outcome;
  }

  /** A password that cannot be read any more is the owner's to mend; asking every second would not help. */
  private async entry(id: string): Promise<CalendarEntry | Extract<SyncOutcome, { kind: 'failed' }>> {
    try { return await this.calendars.entry(id); } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'seal.broken') throw thrown;
      await this.shelf.fail(id, { code: thrown.code, text: thrown.message }, NEEDS_SOMEBODY);
      return { kind: 'failed', code: thrown.code, text: thrown.message };
    }
  }

  /** Before a calendar is kept, so that its field can say it; every connection is checked again. @throws Fault `caldav.url`, `caldav.address-refused` */
  async check(settings: SourceSettings): Promise<void> {
    try { await this.openSource({ ...settings, location: null }).check(); } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const context = { ...thrown.context, errors: [{ path: 'url', message: thrown.message }] };
      if (thrown.code === 'caldav.url') throw new Fault('invalid', 'caldav.url', thrown.message, context, thrown);
      if (thrown.code === 'caldav.address-refused') throw new Fault('invalid', 'caldav.address-refused', thrown.message, context, thrown);
      throw thrown;
    }
  }

  /** What the job of a calendar does: reads it when its time has come, and works out again what has become old. @throws Fault as `sync` */
  async run(id: string): Promise<SyncOutcome | undefined> {
    const outcome = (await this.calendars.isDue(id)) ? await this.sync(id) : undefined;
    if ((await this.shelf.toExpand(id)).length > 0) await alone(this.db, id, async () => { await this.expand(id); return { kind: 'expanded' as const }; });
    return outcome;
  }

  private async expand(id: string): Promise<void> {
    if (!await this.shelf.expandAll(id)) return;
    const { person_id: personId } = await this.db.selectFrom('calendar').select('person_id').where('id', '=', id).executeTakeFirstOrThrow();
    this.shelf.tell(id, {});
    this.relay.publish('presence', { personId });
  }

  /** A job that ended without a word of its own: the calendar's health says why, and it comes again later and later. */
  async cutShort(id: string, { code, message }: Fault): Promise<void> {
    const entry = await this.entry(id);
    if ('kind' in entry) return;
    await this.shelf.fail(id, { code, text: message }, secondsToNext(entry.failures + 1));
    this.shelf.tell(id, { state: 'failing', progress: null });
  }

  /** Ids of the calendars that have something to do. */
  async due(): Promise<string[]> { return [...new Set([...await this.calendars.due(), ...await this.shelf.toExpand()])]; }

  /** Tells of everybody for whom an event has begun or ended, or a calendar has become stale, since the last time. */
  async tellBoundaries(): Promise<void> {
    const { rows } = await sql<{ person: string | null; now: string }>`
      with span as (select coalesce(${this.told ?? null}::timestamptz, now() - interval '2 seconds') as since, now() as now)
      select s.now::text as now, p.person from span s left join lateral (
        select c.person_id as person from calendar_window w join calendar c on w.calendar_id = c.id where w.starts_at > s.since and w.starts_at <= s.now
        union select c.person_id from calendar_window w join calendar c on w.calendar_id = c.id where w.ends_at > s.since and w.ends_at <= s.now
        union select person_id from calendar where coalesce(last_success, created_at) + interval '1 hour' > s.since and coalesce(last_success, created_at) + interval '1 hour' <= s.now) p on true`.execute(this.db);
    this.told = rows[0]!.now;
    for (const { person } of rows) if (person !== null) this.relay.publish('presence', { personId: person });
  }

  /** The person's own events with what they mean. Instants are ISO. */
  async items(personId: string, from: string, to: string): Promise<AgendaItem[]> {
    const { rows } = await sql<{ calendarId: string; uid: string; title: string; starts_at: Date; ends_at: Date; all_day: boolean; busy: Busy; categories: string[]; attendees: string[] }>`
      select w.calendar_id as "calendarId", w.uid, w.title, w.starts_at, w.ends_at, w.all_day, w.busy, w.categories, w.attendees from calendar c join calendar_window w on w.calendar_id = c.id
      where c.person_id = ${personId} and w.starts_at < ${to}::timestamptz and (w.ends_at > ${from}::timestamptz or (w.starts_at = w.ends_at and w.starts_at >= ${from}::timestamptz))
      order by w.starts_at, w.ends_at, w.uid limit ${MOST_ITEMS}`.execute(this.db);
    const [{ rules, addresses }, person] = await Promise.all([this.calendars.rules(personId), this.db.selectFrom('person').select('email').where('id', '=', personId).executeTakeFirstOrThrow()]);
    const own = ownAddresses({ email: person.email, addresses });
    return rows.map(({ starts_at, ends_at, all_day, busy, ...event }) => ({ ...event, start: starts_at.toISOString(), end: ends_at.toISOString(), allDay: all_day, busy: shownBusy(busy), ...meaningOf({ ...event, allDay: all_day, busy }, rules, own) }));
  }
}
