/** Calendars in the database: settings, sealed password, health; the owner's rules. Nobody but the owner sees any of it. */
import type { Calendar, CalendarRules, patchCalendar } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import { UUID } from '../http/page.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { open, seal } from '../shared/seal.adapter.js';
import { type Db, json, type SourceOptions } from '../store/schema.js';
import { changed } from '../sync/book-change.store.js';
import type { BookStore } from '../sync/book.store.js';
import type { SourceSettings } from '../sync/port.js';
import type { Entry } from '../sync/shelf.js';
import { alone, isLocked, stateNow } from '../sync/state.store.js';

export interface NewCalendar { personId: string; name: string; url: string; username: string; password: string; options: SourceOptions }
/** What a sync goes by. */
export interface CalendarEntry extends Entry { personId: string; settings: SourceSettings }

const missing = (id: string): Fault => new Fault('missing', 'calendar.missing', 'There is no such calendar', { id });

export class CalendarStore {
  constructor(private readonly db: Db, private readonly books: Pick<BookStore, 'trusted'>, private readonly key: Buffer, private readonly relay: Relay) {}

  async list(personId: string): Promise<Calendar[]> {
    const { rows } = await selectCalendars(sql`c.person_id = ${personId}`).execute(this.db);
    return rows.map(viewOf);
  }

  /** @throws Fault `calendar.missing`, also when it is somebody else's */
  async get(id: string, personId: string): Promise<Calendar> {
    const { rows } = UUID.test(id) ? await selectCalendars(sql`c.id = ${id} and c.person_id = ${personId}`).execute(this.db) : { rows: [] };
    if (!rows[0]) throw missing(id);
    return viewOf(rows[0]);
  }

  /** Its first sync is due at once. */
  async create({ personId, password, options, ...calendar }: NewCalendar): Promise<Calendar> {
    const { id } = await this.db.insertInto('calendar').values({ ...calendar, person_id: personId, secret: seal(this.key, password), options: json(options), next_run: new Date(0) }).returning('id').executeTakeFirstOrThrow();
    this.relay.publish('presence', { personId });
    return this.get(id, personId);
  }

  /** What a changed calendar would be spoken to with. No password follows to another server or user. @throws Fault `request.invalid`, `seal.broken`, `calendar.missing` */
  async change(id: string, { name: _, ...changes }: z.infer<typeof patchCalendar>): Promise<{ settings: SourceSettings; moved: boolean }> {
    const row = await this.db.selectFrom('calendar').select(['url', 'username', 'secret', 'options', 'location']).where('id', '=', id).executeTakeFirst();
    if (!row) throw missing(id);
    const { secret, options, ...rest } = row;
    return changed({ ...options, ...rest, kind: 'carddav', password: changes.password ?? open(this.key, secret) }, changes);
  }

  /** Keeps it, and has it read at once. @throws Fault `calendar.busy`, `calendar.missing` */
  async keep(id: string, { name, settings, moved }: { name: string; settings: SourceSettings; moved: boolean }): Promise<void> {
    const { url, username, password, auth } = settings;
    const write = async (): Promise<'kept'> => {
      const anew = moved ? { sync_token: null, state: 'new', last_error: null, location: null, last_full: null } : {};
      const { numUpdatedRows } = await this.db.updateTable('calendar').set({ name, url, username, secret: seal(this.key, password), options: json(auth === undefined ? {} : { auth }), next_run: new Date(), failures: 0, ...anew }).where('id', '=', id).executeTakeFirst();
      if (numUpdatedRows === 0n) throw missing(id);
      return 'kept';
    };
    // A sync that is under way would leave the token of the old source behind.
    const outcome = moved ? await alone(this.db, id, write) : await write();
    if (outcome !== 'kept') throw new Fault('conflict', 'calendar.busy', 'This calendar is being read just now. Try again when that is done.', { id });
  }

  /** Forgets it and its events here; the server is left as it is. */
  async remove(id: string, personId: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => { // the row first, as a sync that is under way takes it first too
      await trx.selectFrom('calendar').select('id').where('id', '=', id).forUpdate().execute();
      await trx.deleteFrom('calendar').where('id', '=', id).execute();
    });
    this.relay.publish('presence', { personId });
  }

  /** Its sync is due now; with `acceptEmpty` it lets go what the server lacks: good for ten minutes, whoever runs it. */
  async ask(id: string, { acceptEmpty = false }: { acceptEmpty?: boolean } = {}): Promise<void> {
    await this.db.updateTable('calendar').set({ next_run: new Date(), ...acceptEmpty ? { loss_accepted_at: new Date() } : {} }).where('id', '=', id).execute();
  }

  /** Ids of the calendars whose next sync is due and not running. */
  async due(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select id from calendar where next_run <= now() and not ${isLocked(sql`id::text`)} order by next_run limit 100`.execute(this.db);
    return rows.map(({ id }) => id);
  }

  async isDue(id: string): Promise<boolean> {
    return UUID.test(id) && (await this.db.selectFrom('calendar').select('id').where('id', '=', id).where('next_run', '<=', sql<Date>`now()`).executeTakeFirst()) !== undefined;
  }

  /** @throws Fault `calendar.missing`, `seal.broken` */
  async entry(id: string): Promise<CalendarEntry> {
    const { rows } = UUID.test(id) ? await sql<EntryRow>`select id, url, username, secret, options, sync_token as token, state, person_id as "personId", location, failures, last_full as "lastFull",
      coalesce(loss_accepted_at > now() - interval '10 minutes', false) as "lossAccepted", statement_timestamp()::text as now from calendar where id = ${id}`.execute(this.db) : { rows: [] };
    if (!rows[0]) throw missing(id);
    const { url, username, secret, options, ...entry } = rows[0];
    return { ...entry, settings: { ...options, kind: 'carddav', url, username, location: entry.location, password: open(this.key, secret), trusted: await this.books.trusted(entry.personId, url) } };
  }

  async rules(personId: string): Promise<CalendarRules> {
    const row = await this.db.selectFrom('calendar_rules').select(['rules', 'addresses']).where('person_id', '=', personId).executeTakeFirst();
    return row ?? { rules: [], addresses: [] };
  }

  async setRules(personId: string, { rules, addresses }: CalendarRules): Promise<void> {
    const columns = { rules: json(rules), addresses: json([...new Set(addresses.map((address) => address.toLowerCase()))]) };
    await this.db.insertInto('calendar_rules').values({ person_id: personId, ...columns }).onConflict((c) => c.column('person_id').doUpdateSet(columns)).execute();
    this.relay.publish('presence', { personId });
  }
}

interface EntryRow extends Omit<CalendarEntry, 'settings'> { url: string; username: string; secret: Buffer; options: SourceOptions }
interface CalendarRow {
  id: string; name: string; url: string; username: string; options: SourceOptions; state: Calendar['health']['state']; last_success: Date | null; last_error: Calendar['health']['lastError']; progress: Calendar['health']['progress'];
  skipped: number; next_run: Date | null; events: number; busy: number; stale: boolean;
}
const selectCalendars = (where: RawBuilder<unknown>): RawBuilder<CalendarRow> => sql<CalendarRow>`
  select c.id, c.name, c.url, c.username, c.options, ${stateNow(sql`c.id::text`, sql`c.state`)} as state, c.last_success, c.last_error, c.progress, c.skipped, c.next_run,
    (select count(*) from calendar_object o where o.calendar_id = c.id and length(o.body) > 0)::int as events, (select count(*) from calendar_window w where w.calendar_id = c.id and w.ends_at > now() and w.starts_at < now() + interval '30 days')::int as busy,
    coalesce(c.last_success, c.created_at) < now() - interval '1 hour' as stale
  from calendar c where ${where} order by lower(c.name), c.id`;

const viewOf = (row: CalendarRow): Calendar => ({
  id: row.id, name: row.name, url: row.url, username: row.username, auth: row.options.auth ?? 'auto',
  health: {
    calendarId: row.id, state: row.state, lastSuccess: row.last_success?.toISOString() ?? null, lastError: row.last_error, progress: row.state === 'syncing' ? row.progress : null,
    events: row.events, busy: row.busy, skipped: row.skipped, nextRun: row.next_run?.toISOString() ?? null, stale: row.stale,
  },
});
