/**
 * What a PBX tells us about a call, in our own words: `normalise` makes these from AMI messages, the gateway appends
 * them to `call_event`, `correlate` folds them into a call. JSON-safe: they are stored as they are.
 */

/** Caller as the network gave it. `number` is absent when withheld or missing. `name` may be attacker's text in any script. */
export interface Cli { number?: string; name?: string; withheld: boolean }

export interface EventBase {
  /** Linkedid of the call: the Uniqueid of the caller's channel. Unique within one PBX. */
  call: string;
  /** Channel name, e.g. PJSIP/trunk-00000001. */
  channel: string;
  /** Uniqueid of that channel. Empty when the PBX did not say. */
  uniqueid: string;
  /** When the gateway saw it: ISO instant in UTC, from the gateway's clock. */
  at: string;
}

export type DialStatus = 'ANSWER' | 'BUSY' | 'NOANSWER' | 'CANCEL' | 'CONGESTION' | 'CHANUNAVAIL' | 'DONTCALL' | 'TORTURE' | 'INVALIDARGS';

export type PbxEvent =
  /** The caller's channel waits in AGI(agi:async,number,step,result) for what comes next. `resumed`: found waiting after a reconnect. */
  | (EventBase & { kind: 'offered'; cli: Cli; called: string; step: string; result: string; resumed?: boolean })
  /** The caller's channel left the AGI without a redirect of ours, or by one: nothing can be sent to it as a step any more. */
  | (EventBase & { kind: 'unoffered' })
  /** A leg came to be. The first leg of a call has uniqueid === call. */
  | (EventBase & { kind: 'leg'; cli: Cli; exten: string })
  /** A leg is being dialled: `channel` is the new leg, `endpoint` what was dialled, e.g. PJSIP/101 or Local/+49...@ringbook-outside. */
  | (EventBase & { kind: 'dialling'; endpoint: string })
  | (EventBase & { kind: 'ringing' })
  | (EventBase & { kind: 'dialEnd'; status: string })
  /** A leg entered or left a bridge: two or more legs in one bridge are a talk. */
  | (EventBase & { kind: 'joined'; bridge: string })
  | (EventBase & { kind: 'left'; bridge: string })
  | (EventBase & { kind: 'held'; on: boolean })
  | (EventBase & { kind: 'hangup'; cause: number; causeText: string })
  /** Ringbook was not there: the dialplan rings the number's own telephone. */
  | (EventBase & { kind: 'fallback'; cli: Cli; called: string; phone: string; step: string })
  /** A step could not be carried out (no speech, no such prompt, the PBX refused it): the run goes on as if it had ended so. */
  | (EventBase & { kind: 'failed'; step: string; reason: string })
  /** After a reconnect: this call's caller channel is no longer there, or Asterisk's journal tells how the call ended. */
  | (EventBase & { kind: 'gone'; journal?: JournalEntry });

/** A line that the dialplan wrote into Asterisk's own database when the call ended (templates/asterisk, ringbook-bye). */
export interface JournalEntry {
  startedAt: string; endedAt: string; called: string; cli: Cli; step: string; fallback: boolean;
  dialStatus: string; answeredSeconds: number; peer: string; recorded: string;
}

/** Things a person does to a live call; they go through the same table, so they keep their place among the PBX's events. */
export type UserEvent =
  | { kind: 'override'; call: string; at: string; method: import('@ringbook/contracts').Method; by: { userId: string; name: string } }
  | { kind: 'hangupRequest'; call: string; at: string; by: { userId: string; name: string } };

/** The state of a telephone, as lamps show it. */
export interface DeviceEvent { kind: 'device'; endpoint: string; state: 'idle' | 'ringing' | 'busy' | 'unavailable' | 'unknown'; at: string }

export type CallEvent = PbxEvent | UserEvent;
