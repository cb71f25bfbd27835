/**
 * The safety net of the worker, every second: calls whose events nobody has read for a moment are drained (a wake-up was
 * lost, a process died), and the beat is written by which gateways know that somebody decides calls.
 */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { messageOf } from '../shared/must.js';
import type { Db } from '../store/schema.js';
import type { Drain } from './drain.service.js';

const EVERY_MS = 1000;
/** While it is not well, it looks more often. */
const UNWELL_MS = 150;
/** Sent commands are kept this long, for whoever looks into a fault. */
const KEEP_COMMANDS = '1 hour';

export class Sweep {
  private timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<string>();
  private rounds = 0;

  constructor(private readonly db: Db, private readonly drain: Drain, private readonly log: Logger) {}

  start(): void {
    for (const [what, work] of [['beat', () => beat(this.db)], ['sweep', () => this.round()]] as const) {
      void this.once(what, work);
      this.timers.push(setInterval(() => void this.once(what, work), EVERY_MS));
    }
  }
  stop(): void { for (const timer of this.timers.splice(0)) clearInterval(timer); }

  /** One of a kind at a time; the beat goes on while a long round is under way. */
  private async once(what: string, work: () => Promise<unknown>): Promise<void> {
    if (this.running.has(what)) return;
    this.running.add(what);
    try { await work(); } catch (thrown) { this.log.warn({ reason: messageOf(thrown) }, `the ${what} could not reach the database`); }
    finally { this.running.delete(what); }
  }

  private async round(): Promise<void> {
    await this.leftOver();
    if (this.rounds++ % 600 === 0) await sql`delete from command where created_at < now() - ${KEEP_COMMANDS}::interval`.execute(this.db);
  }

  /** Newest first: calls that fail again and again do not keep the others waiting. */
  private async leftOver(): Promise<void> {
    const { rows } = await sql<{ call_id: string }>`
      select call_id from call_event group by call_id having min(at) < now() - interval '400 milliseconds' order by max(at) desc limit 500`.execute(this.db);
    for (const { call_id } of rows) await this.drain.drain(call_id).catch((thrown: unknown) => this.log.error({ callId: call_id, reason: messageOf(thrown) }, 'a call could not be drained'));
  }
}

const beat = (db: Db) => sql`
  insert into setting (key, value) values ('worker.beat', to_jsonb(now())) on conflict (key) do update set value = to_jsonb(now())`.execute(db);

/** The gateway's view: true while a worker has beaten within the last 3 seconds. Asked every second, and more often while it is not. */
export class Health {
  private ok = false;
  private stopped = true;
  private asked: Promise<boolean> | undefined;
  private timer: NodeJS.Timeout | undefined;
  constructor(private readonly db: Db) {}
  get healthy(): boolean { return this.ok; }
  start(): void { this.stopped = false; void this.look(); }
  stop(): void { this.stopped = true; clearTimeout(this.timer); }

  private async look(): Promise<void> {
    const late = new Promise<false>((resolve) => { setTimeout(() => resolve(false), EVERY_MS).unref(); });
    this.asked ??= fresh(this.db).finally(() => { this.asked = undefined; }); // a question that hangs is not asked again
    this.ok = await Promise.race([this.asked, late]);
    if (!this.stopped) this.timer = setTimeout(() => void this.look(), this.ok ? EVERY_MS : UNWELL_MS);
  }
}
const fresh = async (db: Db): Promise<boolean> => {
  try {
    const { rows } = await sql<{ fresh: boolean }>`select (value #>> '{}')::timestamptz > now() - interval '3 seconds' as fresh from setting where key = 'worker.beat'`.execute(db);
    return rows[0]?.fresh ?? false;
  } catch { return false; }
};
