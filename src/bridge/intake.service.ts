/**
 * Takes what the PBX says into `call_event`, in order, and wakes a worker. One insert is under way at a time, so that
 * order holds; what arrives meanwhile goes with the next one. News that nobody waits for is held for a moment, so that a
 * burst becomes one row set and one wake-up.
 *
 * The insert does not wait for the disk: the decision that follows does, and its flush covers the event too. Should
 * PostgreSQL crash in between, the reconcile after its return finds the call again.
 */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { CallEvent } from '../call/event.js';
import { messageOf } from '../shared/must.js';
import { json, type Db } from '../store/schema.js';

export interface Arrival { pbx: string; callId: string; event: CallEvent }
/** An event as it stands in the table. */
export interface Stored { seq: string; pbx: string; event: CallEvent }
/** Brings a call's unread events to a worker: in this process or through the queue. `fresh`: the events that were just stored, all of them unread. */
export type Wake = (callId: string, fresh?: Stored[]) => void;

/** Milliseconds that news may wait for company. */
const LINGER = 20;
/** Beyond this many unwritten events the newest are dropped: the database has been away for long, and a reconcile will follow. */
const BACKLOG = 20_000;
const RETRY = 500;
const URGENT = new Set<CallEvent['kind']>(['offered', 'fallback', 'override', 'hangupRequest', 'failed', 'gone']);

export class Intake {
  private waiting: Arrival[] = [];
  private flushing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lost = 0;

  constructor(private readonly db: Db, private readonly wake: Wake, private readonly log: Logger) {}

  /** `first`: before everything that still waits. */
  push(arrival: Arrival, first = false): void {
    if (this.waiting.length >= BACKLOG) { this.lost += 1; return; }
    if (first && !this.flushing) this.waiting.unshift(arrival); else this.waiting.push(arrival);
    if (URGENT.has(arrival.event.kind)) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), LINGER);
  }

  /** Resolves when everything pushed before has been written, or has failed and is kept for the next try. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushing ??= this.writeAll().finally(() => { this.flushing = undefined; });
    return this.flushing;
  }

  private async writeAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) await this.write();
    } catch (thrown) {
      this.log.error({ unwritten: this.waiting.length, reason: messageOf(thrown) }, 'call events could not be stored; trying again');
      this.timer ??= setTimeout(() => void this.flush(), RETRY);
    }
  }

  private async write(): Promise<void> {
    const batch = this.waiting.slice(0, 500);
    const seqs = await insertEvents(this.db, batch);
    this.waiting.splice(0, batch.length);
    if (this.lost > 0) { this.log.warn({ lost: this.lost }, 'call events were dropped while the database was away'); this.lost = 0; }
    for (const [callId, fresh] of Map.groupBy(batch.map((a, i) => ({ ...a, seq: seqs[i]! })), (a) => a.callId)) this.wake(callId, fresh);
  }
}

/** One statement and one round trip; `set_config` is local to its transaction, which is this statement. Gives the rows' numbers in their order. */
const insertEvents = async (db: Db, batch: Arrival[]): Promise<string[]> => {
  const rows = json(batch.map((a) => ({ call_id: a.callId, pbx: a.pbx, event: a.event })));
  const { rows: stored } = await sql<{ seq: string }>`/* prepared */
    with quick as materialized (select set_config('synchronous_commit', 'off', true))
    insert into call_event (call_id, pbx, event)
    select r.call_id, r.pbx, r.event from quick, jsonb_to_recordset(${rows}::jsonb) as r(call_id text, pbx text, event jsonb)
    returning seq`.execute(db);
  return stored.map((row) => row.seq);
};
