/** The shelf of calendars: objects as received, and the windows that follow from them, always kept together. */
import { sql } from 'kysely';
import type { Range } from '../calendar/expand.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { type Db, json } from '../store/schema.js';
import type { Batch, Skipped } from '../sync/port.js';
import { type Finish, type Held, lastPart, type News, type Progress, type Shelf, type Trouble } from '../sync/shelf.js';
import type { CalendarEntry, CalendarStore } from './calendar.store.js';
import { type Expanded, expandObjects, type Owner, rangeAt } from './window.service.js';

/** Windows of one calendar. More than anybody's month, and less than makes the table slow. */
const MOST_WINDOWS = 50_000;
const PAGE = 200;
/** Of bodies in one page, and one object more. */
const BYTES = 8 * 1024 * 1024;
/** Rows of one statement: with fifty attendees each, a few megabytes. */
const ROWS = 200;
/** What windows are worked out for, as one text: when it is another one, they are worked out again. */
const madeFor = sql<string>`md5(p.zone || ' ' || lower(p.email) || ' ' || coalesce(r.addresses::text, ''))`;

/** Of calendar `c`: events of which something is left out. */
const skippedOf = sql<number>`(select count(*) from calendar_object o where o.calendar_id = c.id and o.problem is not null)`;

export class CalendarShelf implements Shelf<CalendarEntry> {
  readonly words = { one: 'calendar', many: 'events' };
  constructor(private readonly db: Db, private readonly calendars: CalendarStore, private readonly relay: Relay, private readonly now: () => number = Date.now) {}

  entry(id: string): Promise<CalendarEntry> { return this.calendars.entry(id); }
  holds(): boolean { return true; }

  async count(id: string): Promise<number> {
    return (await sql<{ n: number }>`select count(*)::int as n from calendar_object where calendar_id = ${id}`.execute(this.db)).rows[0]!.n;
  }

  /** Nothing is ever written to a calendar: `base` is what is held. */
  async held(id: string, _since: string, hrefs?: readonly string[]): Promise<Held> {
    const { rows } = await sql<{ href: string | null; etag: string; kept: boolean; now: string }>`select n.now, o.href, o.etag, length(o.body) > 0 as kept from (select statement_timestamp()::text as now) n
      left join calendar_object o on o.calendar_id = ${id} ${hrefs === undefined ? sql`` : sql`and o.href = any(${hrefs}::text[])`}`.execute(this.db);
    const found = rows.flatMap(({ href, etag, kept }) => (href === null ? [] : [{ href, etag, kept }]));
    const etags = new Map(found.map(({ href, etag }) => [href, etag]));
    return { etags, base: etags, kept: new Set(found.filter(({ kept }) => kept).map(({ href }) => href)), since: rows[0]!.now };
  }

  async keep({ id }: CalendarEntry, { cards, skipped }: Pick<Batch, 'cards' | 'skipped'>): Promise<string[]> {
    const owner = await this.owner(id);
    const hrefs = cards.map(({ href }) => href);
    const expanded = await expandObjects(cards.map(({ href, bytes }) => ({ href, body: bytes })), owner, rangeAt(this.now()), await this.room(id, hrefs));
    await this.db.transaction().execute(async (trx) => {
      await hold(trx, id);
      await sql`insert into calendar_object (calendar_id, href, etag, body, problem)
        select ${id}, * from unnest(${cards.map((c) => c.href)}::text[], ${cards.map((c) => c.etag)}::text[], ${cards.map((c) => Buffer.from(c.bytes))}::bytea[], ${expanded.map((e) => e.problem)}::text[])
        on conflict (calendar_id, href) do update set etag = excluded.etag, body = excluded.body, problem = excluded.problem, updated_at = now()`.execute(trx);
      await sql`delete from calendar_window where calendar_id = ${id} and href = any(${hrefs}::text[])`.execute(trx);
      await insertWindows(trx, id, expanded);
      await leaveOut(trx, id, skipped);
    });
    return hrefs;
  }

  async keepSkipped(id: string, skipped: readonly Skipped[]): Promise<void> {
    if (skipped.length > 0) await this.db.transaction().execute(async (trx) => { await hold(trx, id); await leaveOut(trx, id, skipped); });
  }

  async keepLocation(id: string, location: string | null): Promise<void> { await this.db.updateTable('calendar').set({ location }).where('id', '=', id).execute(); }
  async progress(id: string, progress: Progress): Promise<void> { await this.db.updateTable('calendar').set({ progress: json(progress) }).where('id', '=', id).execute(); }

  finish(id: string, { token, full, remove, seconds }: Finish): Promise<{ removed: number; skipped: number }> {
    return this.db.transaction().execute(async (trx) => {
      await hold(trx, id);
      await sql`delete from calendar_window where calendar_id = ${id} and href = any(${remove}::text[])`.execute(trx);
      const { numAffectedRows } = await sql`delete from calendar_object where calendar_id = ${id} and href = any(${remove}::text[])`.execute(trx);
      const { rows } = await sql<{ skipped: number }>`update calendar c set sync_token = ${token}, state = 'ok', last_success = now(), last_error = null, next_run = now() + make_interval(secs => ${seconds}), failures = 0, progress = null, loss_accepted_at = null,
        last_full = case when ${full}::boolean then now() else last_full end, expanded_at = coalesce(expanded_at, now()), expanded_for = coalesce(expanded_for, ${madeFor}),
        skipped = ${skippedOf}
        from person p left join calendar_rules r on r.person_id = p.id where c.id = ${id} and p.id = c.person_id returning c.skipped`.execute(trx);
      return { removed: Number(numAffectedRows ?? 0n), skipped: rows[0]?.skipped ?? 0 };
    });
  }

  async fail(id: string, trouble: Trouble, seconds: number): Promise<void> {
    await this.db.updateTable('calendar').set(({ eb }) => ({ state: 'failing', last_error: json({ at: new Date().toISOString(), ...trouble }), failures: eb('failures', '+', 1), progress: null, next_run: sql<Date>`now() + make_interval(secs => ${seconds})` })).where('id', '=', id).execute();
  }

  tell(id: string, news: News): void { this.relay.publish('sync', { bookId: id, ...news }); }

  async names(id: string, hrefs: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ title: string }>`select distinct title from calendar_window where calendar_id = ${id} and href = any(${hrefs}::text[]) order by title`.execute(this.db);
    return rows.map(({ title }) => title);
  }
  nameOf(card: Batch['cards'][number]): string | undefined { return lastPart(card); }

  /** Ids of calendars whose windows are an hour old, or were made for another zone or other addresses. @param only this one */
  async toExpand(only?: string): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select c.id from calendar c join person p on p.id = c.person_id left join calendar_rules r on r.person_id = p.id
      where c.last_success is not null and (c.expanded_at is null or c.expanded_at < now() - interval '1 hour' or c.expanded_for is distinct from ${madeFor}) ${only === undefined ? sql`` : sql`and c.id = ${only}`} order by c.expanded_at nulls first limit 20`.execute(this.db);
    return rows.map(({ id }) => id);
  }

  /**
   * Works all windows out again from the objects we hold; the server is not asked. Page by page, so that a calendar is never in memory
   * whole. The try is noted before: one that does not come to an end is made again in ten minutes, not every second.
   * @returns whether anything has become different
   */
  async expandAll(id: string): Promise<boolean> {
    const owner = await this.owner(id);
    const range = rangeAt(this.now());
    await sql`update calendar set expanded_at = now() - interval '50 minutes', expanded_for = ${owner.madeFor} where id = ${id}`.execute(this.db);
    const before = await this.print(id);
    for (let after: string | undefined = ''; after !== undefined;) after = await this.expandPage(id, owner, range, after);
    await sql`update calendar c set expanded_at = now(), expanded_for = ${owner.madeFor}, skipped = ${skippedOf} where c.id = ${id}`.execute(this.db);
    return before !== await this.print(id);
  }

  /** @returns the href to go on after; undefined at the end */
  private async expandPage(id: string, owner: Owner, range: Range, after: string): Promise<string | undefined> {
    const { rows } = await sql<{ href: string; body: Uint8Array }>`select href, body from (
      select href, body, sum(length(body)) over (order by href) - length(body) as before from (select href, body from calendar_object where calendar_id = ${id} and href > ${after} and length(body) > 0 order by href limit ${PAGE}) o) p
      where before < ${BYTES} order by href`.execute(this.db);
    if (rows.length === 0) return undefined;
    const hrefs = rows.map(({ href }) => href);
    const expanded = await expandObjects(rows, owner, range, await this.room(id, hrefs));
    await this.db.transaction().execute(async (trx) => {
      await hold(trx, id);
      await sql`delete from calendar_window where calendar_id = ${id} and href = any(${hrefs}::text[])`.execute(trx);
      await insertWindows(trx, id, expanded);
      await sql`update calendar_object o set problem = e.problem from unnest(${hrefs}::text[], ${expanded.map((e) => e.problem)}::text[]) as e (href, problem)
        where o.calendar_id = ${id} and o.href = e.href and o.problem is distinct from e.problem`.execute(trx);
    });
    return hrefs.at(-1);
  }

  /** The same only for the same windows. */
  private async print(id: string): Promise<string> {
    const { rows } = await sql<{ print: string }>`select coalesce(sum(hashtextextended(concat_ws('|', href, uid, title, starts_at, ends_at, all_day, busy, categories), 0)), 0)::text as print from calendar_window where calendar_id = ${id}`.execute(this.db);
    return rows[0]!.print;
  }

  /** For how many more windows, when those of these events are made anew. */
  private async room(id: string, hrefs: readonly string[]): Promise<number> {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from calendar_window where calendar_id = ${id} and href <> all(${hrefs}::text[])`.execute(this.db);
    return MOST_WINDOWS - rows[0]!.n;
  }

  private async owner(id: string): Promise<Owner & { madeFor: string }> {
    const { rows } = await sql<{ zone: string; email: string; addresses: string[] | null; made: string }>`select p.zone, p.email, r.addresses, ${madeFor} as made from calendar c join person p on p.id = c.person_id left join calendar_rules r on r.person_id = p.id where c.id = ${id}`.execute(this.db);
    if (!rows[0]) throw new Fault('missing', 'calendar.missing', 'There is no such calendar', { id });
    const { zone, email, addresses, made } = rows[0];
    return { zone, addresses: [email, ...addresses ?? []], madeFor: made };
  }
}

/** Whoever writes into a calendar takes its row first, and so does who removes it. @throws Fault `calendar.missing` when it has been removed meanwhile */
const hold = async (trx: Db, id: string): Promise<void> => {
  if (!(await trx.selectFrom('calendar').select('id').where('id', '=', id).forNoKeyUpdate().executeTakeFirst())) throw new Fault('missing', 'calendar.missing', 'There is no such calendar', { id });
};

/** Without a body: what the server did not deliver, or what is too large. What we held of it goes, because it is not so any more. */
const leaveOut = async (trx: Db, id: string, skipped: readonly Skipped[]): Promise<void> => {
  if (skipped.length === 0) return;
  await sql`insert into calendar_object (calendar_id, href, etag, body, problem) select ${id}, s.href, s.etag, '', s.reason
    from unnest(${skipped.map((c) => c.href)}::text[], ${skipped.map((c) => c.etag)}::text[], ${skipped.map((c) => c.reason)}::text[]) as s (href, etag, reason)
    on conflict (calendar_id, href) do update set etag = excluded.etag, body = '', problem = excluded.problem, updated_at = now()`.execute(trx);
  await sql`delete from calendar_window where calendar_id = ${id} and href = any(${skipped.map((c) => c.href)}::text[])`.execute(trx);
};

const insertWindows = async (trx: Db, id: string, expanded: readonly Expanded[]): Promise<void> => {
  const all = expanded.flatMap(({ href, windows }) => windows.map((w) => ({ href, w })));
  for (let i = 0; i < all.length; i += ROWS) {
    const rows = all.slice(i, i + ROWS).map(({ href, w }) => ({
      href, uid: w.uid, title: w.title, starts_at: new Date(w.start).toISOString(), ends_at: new Date(w.end).toISOString(), all_day: w.allDay, busy: w.busy, categories: w.categories, attendees: w.attendees,
    }));
    await sql`insert into calendar_window (calendar_id, href, uid, title, starts_at, ends_at, all_day, busy, categories, attendees)
      select ${id}, href, uid, title, starts_at, ends_at, all_day, busy, categories, attendees
      from jsonb_to_recordset(${json(rows)}::jsonb) as w (href text, uid text, title text, starts_at timestamptz, ends_at timestamptz, all_day boolean, busy text, categories text[], attendees jsonb)`.execute(trx);
  }
};
