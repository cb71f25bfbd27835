/**
 * What was missed while there was no connection, as events of calls: callers who still wait, legs that ring or talk, calls
 * that rang their own telephone without us, and calls that are over, with what Asterisk's journal says about them.
 */
import type { AmiClient } from '../adapter/asterisk/ami.adapter.js';
import { text } from '../adapter/asterisk/message.js';
import { takeSnapshot } from '../adapter/asterisk/snapshot.adapter.js';
import type { Snapshot } from '../adapter/asterisk/snapshot.js';
import type { PbxEvent } from '../call/event.js';

export interface Stored {
  /** Linkedids of calls that have not ended in the table. */
  openCalls(): Promise<string[]>;
  /** Which of these have. */
  endedCalls(linkedids: string[]): Promise<string[]>;
}
export interface Reconciled {
  events: PbxEvent[];
  /** Journal lines that say nothing new: they can go. */
  settled: string[];
  /** Journal lines that cannot be read. */
  unreadable: string[];
}

export const reconcile = async (client: AmiClient, stored: Stored, at: string): Promise<Reconciled> => {
  // Open before the look: what is not seen then is over. A call that begins meanwhile is neither over nor a stranger.
  const before = await stored.openCalls();
  const snapshot = await takeSnapshot(client, at);
  const open = await stored.openCalls();
  const settled = await stored.endedCalls([...snapshot.journal.keys()]);
  const waiting = new Set(snapshot.events.filter((e) => e.kind === 'offered').map((e) => e.call));
  const strangers = [...snapshot.alive].filter((call) => !open.includes(call) && !waiting.has(call));
  const missed = (await Promise.all(strangers.map((call) => missedFallback(client, snapshot, call, at)))).filter((e) => e !== undefined);
  const ours = new Set([...open, ...waiting, ...missed.map((e) => e.call)]);
  return {
    events: [...missed, ...snapshot.events.filter((e) => ours.has(e.call) && snapshot.alive.has(e.call)), ...gone(snapshot, before, settled, at)],
    settled, unreadable: snapshot.unreadable,
  };
};

/** Over, as far as the table does not know it yet. Whoever is alive has no journal line. */
const gone = (snapshot: Snapshot, open: string[], settled: string[], at: string): PbxEvent[] => {
  const over = new Set([...snapshot.journal.keys(), ...open].filter((call) => !snapshot.alive.has(call) && !settled.includes(call)));
  return [...over].map((call) => ({ kind: 'gone', call, channel: '', uniqueid: '', at, journal: snapshot.journal.get(call) }));
};

/** A live call that we never heard of: one of ours when the dialplan says so, in variables only it sets. */
const missedFallback = async (client: AmiClient, snapshot: Snapshot, call: string, at: string): Promise<PbxEvent | undefined> => {
  const leg = snapshot.events.find((e) => e.kind === 'leg' && e.uniqueid === call);
  if (leg?.kind !== 'leg') return undefined;
  const ask = async (variable: string) => text(await client.action({ Action: 'Getvar', Channel: leg.channel, Variable: variable }), 'Value');
  const called = await ask('RB_NUMBER');
  if (!called || (await ask('RB_FALLBACK')) !== '1') return undefined; // not ours, or ours and only just begun
  return { kind: 'fallback', call, channel: leg.channel, uniqueid: leg.uniqueid, at, cli: leg.cli, called, phone: await ask('RB_DEFAULT'), step: await ask('RB_STEP') };
};
