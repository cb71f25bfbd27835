/**
 * The worker's side of a call: locks it, folds its unread events in order, decides and steps, and saves the call, its
 * run, its trace and the commands that follow in one transaction. Only then do commands go out and pops change.
 */
import { randomUUID } from 'node:crypto';
import type { TraceStep } from '@ringbook/contracts';
import { sql, type Transaction, type Selectable } from 'kysely';
import type { Logger } from 'pino';
import type { Call } from '../call/call.js';
import type { CallEvent } from '../call/event.js';
import { advance, type Handling } from '../flow/advance.js';
import type { Command, Run } from '../flow/program.js';
import type { Relay } from '../queue/relay.js';
import { messageOf } from '../shared/must.js';
import { json, type Db, type Schema } from '../store/schema.js';
import { columnsOf, type Collected } from './columns.js';
import { attendantDevices, attendantIds, gather, type Gathered, type Question } from './gather.store.js';

export type CallRow = Selectable<Schema['call']>;
type Trx = Transaction<Schema>;

export interface DrainPorts {
  /** Hands over commands: at once when the PBX is connected here, else they are in the table for its gateway. */
  out: { owns(pbx: string): boolean; send(pbx: string, callId: string, commands: Command[]): void };
  /** Looks at recordings made by a call that ended. Durations in seconds; files that hold nothing are left out. */
  recordings: { collect(names: string[], journalled?: string): Promise<Collected[]> };
}

interface Loaded { row?: CallRow; events: { seq: string; pbx: string; event: CallEvent }[] }

export class Drain {
  private readonly active = new Map<string, { again: boolean }>();

  constructor(private readonly db: Db, private readonly region: string, private readonly ports: DrainPorts, private readonly relay: Relay, private readonly log: Logger) {}

  /** Works until no unread event of this call is left. Calls for the same call while it runs are folded into it. */
  async drain(callId: string): Promise<void> {
    const running = this.active.get(callId);
    if (running) { running.again = true; return; }
    const state = { again: false };
    this.active.set(callId, state);
    try {
      do { state.again = false; await this.once(callId); } while (state.again);
    } finally { this.active.delete(callId); }
  }

  private async once(callId: string): Promise<void> {
    const done = await this.db.transaction().execute((trx) => this.fold(trx, callId));
    if (!done) return;
    const { handling, pbx, version, personId, ended, voicemails } = done;
    if (handling.commands.length > 0) this.sendOut(pbx, callId, handling.commands);
    this.relay.publish('call', { callId, personId, version, opened: version === 1, ended });
    if (personId) for (const id of voicemails) this.relay.publish('voicemail', { id, personId });
  }

  private sendOut(pbx: string, callId: string, commands: Command[]): void {
    if (this.ports.out.owns(pbx)) this.ports.out.send(pbx, callId, commands);
    else this.relay.publish('commands', { pbx });
  }

  private async fold(trx: Trx, callId: string) {
    const { row, events } = await load(trx, callId);
    if (events.length === 0) return undefined;
    const pbx = row?.pbx ?? events[0]!.pbx;
    const before: Handling = { call: row?.state ?? undefined, decision: row?.decision ?? undefined, run: (row?.run as Run | null) ?? undefined, trace: row?.trace ?? [], commands: [] };
    const { handling, gathered } = await this.advanceAll(trx, callId, before, events.map((e) => e.event));
    if (!handling.call) { await forget(trx, events.at(-1)!.seq, callId); return undefined; }
    const ended = handling.call.phase === 'ended' && row?.ended_at == null;
    const collected = ended ? await this.collect(handling, events.map((e) => e.event)) : [];
    const saved = await save(trx, { callId, pbx, row, handling, gathered, collected, unseen: events.some(({ event }) => event.kind === 'gone' && !event.journal), lastSeq: events.at(-1)!.seq, sent: this.ports.out.owns(pbx) });
    return { handling, pbx, ended, ...saved };
  }

  private async advanceAll(trx: Trx, callId: string, before: Handling, events: CallEvent[]) {
    let handling = before;
    let gathered: Gathered | undefined;
    for (const event of events) {
      if (needsFacts(handling, event)) gathered = await this.factsFor(trx, callId, handling, event, gathered);
      try {
        handling = advance(handling, event, gathered ?? NO_FACTS);
      } catch (thrown) { // one poisoned event must not hold up the call
        this.log.error({ callId, event: event.kind, reason: messageOf(thrown) }, 'an event could not be handled');
        handling = { ...handling, trace: [...handling.trace, { at: event.at, step: 'error', text: `An event (${event.kind}) could not be handled` } satisfies TraceStep] };
      }
    }
    return { handling, gathered };
  }

  private async factsFor(trx: Trx, callId: string, h: Handling, event: CallEvent, known: Gathered | undefined): Promise<Gathered> {
    const facts = known ?? await gather(trx, this.region, questionOf(callId, h, event));
    if (event.kind !== 'override') return facts;
    const attendants = await attendantDevices(trx, [...attendantIds(event.method), NOBODY]);
    return { ...facts, compile: { ...facts.compile, attendants: { ...facts.compile.attendants, ...attendants } } };
  }

  private collect(h: Handling, events: CallEvent[]): Promise<Collected[]> {
    const journal = events.flatMap((e) => (e.kind === 'gone' && e.journal ? [e.journal] : [])).at(-1);
    return this.ports.recordings.collect(h.run?.recordings ?? [], journal?.recorded || undefined);
  }
}

const NO_FACTS = { compile: { devices: [], attendants: {}, facts: {}, file: '' } };
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Look-ups are made for the events that decide, and for the first news of a call. */
const needsFacts = (h: Handling, e: CallEvent): boolean =>
  e.kind === 'override' || (!h.call && (e.kind === 'gone' || e.kind === 'fallback')) || (e.kind === 'offered' && (!h.run || h.decision?.rule === 'fallback')) || (e.kind === 'fallback' && !h.decision);

const questionOf = (callId: string, h: Handling, e: CallEvent): Question => {
  const journal = e.kind === 'gone' ? e.journal : undefined;
  const told = e.kind === 'offered' || e.kind === 'fallback' ? e : journal ?? h.call;
  return { cli: told?.cli ?? { withheld: true }, called: told?.called ?? '', at: e.at, file: callId };
};

/** The lock is a statement of its own: the read that follows must see what the lock's last holder wrote. */
const load = async (trx: Trx, callId: string): Promise<Loaded> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${callId}, 7))`.execute(trx);
  const [row, { rows: events }] = await Promise.all([
    trx.selectFrom('call').selectAll().where('id', '=', callId).executeTakeFirst(),
    sql<Loaded['events'][number]>`select seq, pbx, event from call_event where call_id = ${callId} order by seq`.execute(trx),
  ]);
  return { row, events };
};

const forget = async (trx: Trx, lastSeq: string, callId: string) => { await trx.deleteFrom('call_event').where('call_id', '=', callId).where('seq', '<=', lastSeq).execute(); };

interface Save { callId: string; pbx: string; row?: CallRow; handling: Handling; gathered?: Gathered; collected: Collected[]; unseen: boolean; lastSeq: string; sent: boolean }

const save = async (trx: Trx, s: Save) => {
  const columns = columnsOf({ call: s.handling.call as Call, run: s.handling.run, decision: s.handling.decision, trace: s.handling.trace, gathered: s.gathered, recorded: s.collected.length > 0, unseen: s.unseen });
  const version = (s.row?.version ?? 0) + 1;
  const personId = s.row?.person_id ?? s.gathered?.personId ?? null;
  const values = { id: s.callId, pbx: s.pbx, linkedid: (s.handling.call as Call).id, version, person_id: personId, ...columns };
  const now = new Date();
  const commands = s.handling.commands.map((body, position) => ({ id: randomUUID(), call_id: s.callId, pbx: s.pbx, position, body: json(body), sent_at: s.sent ? now : null }));
  await Promise.all([
    trx.insertInto('call').values(values).onConflict((c) => c.column('id').doUpdateSet(values)).execute(),
    forget(trx, s.lastSeq, s.callId),
    ...(commands.length > 0 ? [trx.insertInto('command').values(commands).execute()] : []),
  ]);
  const voicemails = personId && s.collected.length > 0 ? await saveVoicemails(trx, s, personId) : [];
  return { version, personId, voicemails };
};

const saveVoicemails = async (trx: Trx, s: Save, personId: string): Promise<string[]> => {
  const longest = s.collected.toSorted((a, b) => b.seconds - a.seconds)[0]!;
  const rows = await trx.insertInto('voicemail').values({ person_id: personId, call_id: s.callId, file: longest.file, seconds: longest.seconds, at: (s.handling.call as Call).endedAt ?? new Date() })
    .onConflict((c) => c.column('call_id').doNothing()).returning('id').execute();
  return rows.map((r) => r.id);
};
