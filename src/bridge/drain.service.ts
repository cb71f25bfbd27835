/**
 * The worker's side of a call: folds its unread events in order, decides and steps, and saves the call, its run, its trace
 * and the commands that follow in one transaction. Only then do commands go out and pops change. Two processes may fold
 * the same call: only the one whose version still holds saves, and the other folds again.
 */
import type { TraceStep } from '@ringbook/contracts';
import type { Logger } from 'pino';
import type { CallEvent } from '../call/event.js';
import { advance, type Handling } from '../flow/advance.js';
import type { Command } from '../flow/program.js';
import type { Relay } from '../queue/relay.js';
import { messageOf } from '../shared/must.js';
import type { Db } from '../store/schema.js';
import type { Collected } from './columns.js';
import { forget, load, rowAfter, save, type KnownRow, type Loaded, type Save, type Saved } from './drain.store.js';
import { attendantDevices, attendantIds, gather, type Gathered, type Question } from './gather.store.js';
import type { Stored } from './intake.service.js';

export interface DrainPorts {
  /** Hands over commands: at once when the PBX is connected here, else they are in the table for its gateway. */
  out: { owns(pbx: string): boolean; send(pbx: string, callId: string, commands: Command[]): void };
  /** Looks at recordings made by a call that ended. Durations in seconds; files that hold nothing are left out. */
  recordings: { collect(names: string[], journalled?: string): Promise<Collected[]> };
}

/** `sent`: the commands were marked as sent, so this process sends them. */
interface Folded extends Saved { handling: Handling; pbx: string; ended: boolean; sent: boolean; seqs: string[] }
const ATTEMPTS = 20;
/** Live calls remembered at most; any other is read again. */
const MOST_KNOWN = 2000;

export class Drain {
  private readonly active = new Map<string, { again: boolean; fresh: Stored[] }>();
  /** Calls as this process last saved them: right as long as the next save finds their version. */
  private readonly known = new Map<string, KnownRow>();

  constructor(private readonly db: Db, private readonly region: string, private readonly ports: DrainPorts, private readonly relay: Relay, private readonly log: Logger) {}

  /**
   * Works until no unread event of this call is left. Calls for the same call while it runs are folded into it.
   * @param fresh events that were stored a moment ago: with them, and the call as last saved here, nothing needs to be read
   */
  async drain(callId: string, fresh?: Stored[]): Promise<void> {
    const running = this.active.get(callId);
    if (running) { if (fresh) running.fresh.push(...fresh); else running.again = true; return; }
    const state = { again: fresh === undefined, fresh: fresh ?? [] };
    this.active.set(callId, state);
    try {
      while (state.again || state.fresh.length > 0) {
        const quick = state.again ? undefined : this.withoutReading(callId, state.fresh);
        Object.assign(state, { again: false, fresh: [] });
        const folded = await this.once(callId, quick);
        // What was read from the table may be brought by its own wake-up a moment later.
        state.fresh = state.fresh.filter((event) => !folded.includes(event.seq));
      }
    } catch (thrown) {
      this.known.delete(callId); // its events are still in the table: whoever comes next reads them all, in order
      throw thrown;
    } finally { this.active.delete(callId); }
  }

  /** What a fold needs, when it is all known here: the call as last saved, or that there is none because this event begins it. */
  private withoutReading(callId: string, events: Stored[]): Loaded | undefined {
    const row = this.known.get(callId);
    if (row) return { row, events };
    const first = events[0]?.event;
    return first?.kind === 'offered' && first.step === '' && !first.resumed ? { row: null, events } : undefined;
  }

  /**
   * A call that begins is folded before its event could be in the table: event and consequence would come and go in one
   * transaction. False when it was not saved (the database is away, the call is known): then the event must go there after all.
   */
  async begin(callId: string, pbx: string, event: CallEvent): Promise<boolean> {
    if (this.active.has(callId)) return false;
    const state = { again: false, fresh: [] as Stored[] };
    this.active.set(callId, state);
    const done = await this.fold(callId, { row: null, events: [{ seq: '', pbx, event }] }).catch((thrown: unknown) => {
      this.log.warn({ callId, reason: messageOf(thrown) }, 'a call could not be begun at once');
      return undefined;
    });
    this.active.delete(callId);
    if (done?.saved) this.tell(callId, done);
    if (done?.saved && (state.again || state.fresh.length > 0)) await this.drain(callId, state.again ? undefined : state.fresh);
    return done?.saved ?? false;
  }

  /** Gives the numbers of the events that it folded. */
  private async once(callId: string, quick: Loaded | undefined): Promise<readonly string[]> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const done = await this.fold(callId, attempt === 1 && quick ? quick : await load(this.db, callId));
      if (!done) return [];
      if (!done.saved) { this.known.delete(callId); this.log.debug({ callId, attempt }, 'another process saved this call meanwhile: folding again'); continue; }
      this.tell(callId, done);
      return done.seqs;
    }
    throw new Error(`call ${callId} was changed elsewhere ${ATTEMPTS} times in a row`);
  }

  private tell(callId: string, { handling, pbx, version, personId, ended, sent, voicemailId }: Folded): void {
    if (handling.commands.length > 0 && sent) this.ports.out.send(pbx, callId, handling.commands);
    else if (handling.commands.length > 0) this.relay.publish('commands', { pbx });
    this.relay.publish('call', { callId, personId, version, opened: version === 1, ended });
    if (personId && voicemailId) this.relay.publish('voicemail', { id: voicemailId, personId });
  }

  /** Everything from the events as read to the call as saved. Undefined when there was nothing to do. */
  private async fold(callId: string, { row, events }: Loaded): Promise<Folded | undefined> {
    if (events.length === 0) return undefined;
    const pbx = row?.pbx ?? events[0]!.pbx;
    const seqs = events.flatMap((e) => e.seq || []);
    const before: Handling = { call: row?.state ?? undefined, decision: row?.decision ?? undefined, run: row?.run ?? undefined, trace: row?.trace ?? [], commands: [] };
    const { handling, gathered } = await this.advanceAll(callId, before, events.map((e) => e.event));
    if (!handling.call) { await forget(this.db, seqs); return undefined; }
    const ended = handling.call.phase === 'ended' && !row?.ended;
    const collected = ended ? await this.collect(handling, events.map((e) => e.event)) : [];
    const unseen = events.some(({ event }) => event.kind === 'gone' && !event.journal);
    const saving: Save = { callId, pbx, row, call: handling.call, handling, gathered, collected, unseen, seqs, sent: this.ports.out.owns(pbx) };
    const saved = await save(this.db, saving);
    if (saved.saved) this.remember(callId, rowAfter(saving, saved));
    return { handling, pbx, ended, seqs, sent: saving.sent, ...saved };
  }

  private async advanceAll(callId: string, before: Handling, events: CallEvent[]) {
    let handling = before;
    let gathered: Gathered | undefined;
    for (const event of events) {
      if (needsFacts(handling, event)) gathered = await this.factsFor(callId, handling, event, gathered);
      try {
        handling = advance(handling, event, gathered ?? NO_FACTS);
      } catch (thrown) { // one poisoned event must not hold up the call
        this.log.error({ callId, event: event.kind, reason: messageOf(thrown) }, 'an event could not be handled');
        handling = { ...handling, trace: [...handling.trace, { at: event.at, step: 'error', text: `An event (${event.kind}) could not be handled` } satisfies TraceStep] };
      }
    }
    return { handling, gathered };
  }

  private async factsFor(callId: string, h: Handling, event: CallEvent, known: Gathered | undefined): Promise<Gathered> {
    const facts = known ?? await gather(this.db, this.region, questionOf(callId, h, event));
    if (event.kind !== 'override') return facts;
    const attendants = await attendantDevices(this.db, [...attendantIds(event.method), NOBODY]);
    return { ...facts, compile: { ...facts.compile, attendants: { ...facts.compile.attendants, ...attendants } } };
  }

  private remember(callId: string, row: KnownRow): void {
    this.known.delete(callId);
    if (row.ended) return;
    this.known.set(callId, row);
    if (this.known.size > MOST_KNOWN) this.known.delete(this.known.keys().next().value!);
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
