/**
 * Folds what a PBX tells into a call. Decides when a call rings, is a talk, who answered it, and how it ended.
 * Any order and any number of repetitions of events is survived: a state only moves forward, an instant is kept from the first
 * telling, and an ended call stays as it ended.
 *
 * A talk is the caller's own leg in one bridge with another leg. That is what keeps the halves of a Local channel out: when a
 * call is forwarded to an outside number, `Local/..;2` and the outside leg meet in a bridge of their own, and the caller is
 * bridged with `Local/..;1` only after the outside party is connected (and, where asked to, has confirmed).
 */
import type { Call, Leg } from './call.js';
import type { Cli, JournalEntry, PbxEvent } from './event.js';

type Kind = PbxEvent['kind'];
type Of<K extends Kind> = Extract<PbxEvent, { kind: K }>;

/** The call with the event in it; undefined as long as no event has begun one. The event of another call changes nothing. */
export const correlate = (call: Call | undefined, event: PbxEvent): Call | undefined => {
  const known = call ?? begin(event);
  if (!known || known.id !== event.call || known.phase === 'ended') return known;
  const next = (FOLD[event.kind] as (call: Call, event: PbxEvent) => Call)(known, event);
  return next.phase === 'ended' ? next : { ...next, phase: phaseOf(next) };
};

/** The caller's own leg: the one whose channel gave the call its id. */
export const callerLeg = (call: Call): Leg | undefined => Object.values(call.legs).find((leg) => leg.uniqueid === call.id);

/** What begins a call: the caller's own channel, in whatever state it is first heard of, or the journal of a missed one. */
const begin = (event: PbxEvent): Call | undefined => {
  const blank = (cli: Cli, called: string, startedAt = event.at): Call => ({ id: event.call, cli, called, phase: 'new', legs: {}, startedAt, waiting: false });
  if (event.kind === 'gone') return event.journal && blank(event.journal.cli, event.journal.called, event.journal.startedAt);
  if (event.uniqueid !== event.call || event.call === '') return undefined;
  if (event.kind === 'leg') return blank(event.cli, event.exten);
  return event.kind === 'offered' || event.kind === 'fallback' ? blank(event.cli, event.called) : undefined;
};

const FOLD: { [K in Kind]: (call: Call, event: Of<K>) => Call } = {
  leg: (call, event) => touch(call, event, (leg) => leg),
  // Only AGI knows whether the number is withheld: what it says replaces what the channel said.
  offered: (call, event) => ({ ...touch(call, event, (leg) => leg), cli: event.cli, called: event.called || call.called, waiting: true }),
  unoffered: (call) => ({ ...call, waiting: false }),
  fallback: (call, event) => ({ ...touch(call, event, (leg) => leg), called: event.called || call.called, fallback: true, waiting: false }),
  dialling: (call, event) => ({ ...touch(call, event, (leg) => ({ ...advance(leg, 'dialling'), endpoint: event.endpoint })), waiting: false }),
  ringing: (call, event) => rung(touch(call, event, (leg) => ({ ...advance(leg, 'ringing'), ringingAt: leg.ringingAt ?? event.at })), event),
  dialEnd: (call, event) => touch(call, event, (leg) => dialled(leg, event)),
  joined: (call, event) => talked(touch(call, event, (leg) => leg.state === 'ended' ? leg : { ...up(leg, event.at), bridge: event.bridge }), event.at),
  left: (call, event) => touchKnown(call, event, (leg) => leg.bridge === event.bridge ? without(leg, 'bridge') : leg),
  held: (call, event) => touchKnown(call, event, (leg) => leg.state === 'ended' ? leg : { ...leg, held: event.on }),
  hangup: (call, event) => {
    const next = touchKnown(call, event, (leg) => ({ ...over(leg, event.at), cause: leg.cause ?? event.cause }));
    return event.uniqueid === call.id ? ended(next, event.at, endOf(next, event.cause)) : next;
  },
  failed: (call) => call, // a step of ours, not a leg: the run hears of it
  gone: (call, event) => event.journal ? endedBy(call, event.journal) : ended(call, event.at, endOf(call)),
};

// Legs

const findLeg = (call: Call, { uniqueid, channel }: PbxEvent): [string, Leg] | undefined => {
  const legs = Object.entries(call.legs);
  return (uniqueid && legs.find(([, leg]) => leg.uniqueid === uniqueid)) || legs.find(([name, leg]) => name === channel && !(leg.uniqueid && uniqueid));
};

/** Changes the leg of this event; one that was never heard of begins here. */
const touch = (call: Call, event: PbxEvent, change: (leg: Leg) => Leg): Call => {
  const [name, leg] = findLeg(call, event) ?? [event.channel, { channel: event.channel, uniqueid: event.uniqueid, state: 'new' as const }];
  return { ...call, legs: { ...call.legs, [name]: change(leg) } };
};
const touchKnown = (call: Call, event: PbxEvent, change: (leg: Leg) => Leg): Call => findLeg(call, event) ? touch(call, event, change) : call;

const ORDER: readonly Leg['state'][] = ['new', 'dialling', 'ringing', 'up', 'ended'];
const advance = (leg: Leg, state: Leg['state']): Leg => ORDER.indexOf(state) > ORDER.indexOf(leg.state) ? { ...leg, state } : leg;
const up = (leg: Leg, at: string): Leg => ({ ...advance(leg, 'up'), answeredAt: leg.answeredAt ?? at });
const over = (leg: Leg, at: string): Leg => ({ ...without(leg, 'bridge', 'held'), state: 'ended', endedAt: leg.endedAt ?? at });
const dialled = (leg: Leg, event: Of<'dialEnd'>): Leg => {
  const told = { ...leg, dialStatus: leg.dialStatus ?? event.status };
  return told.dialStatus === 'ANSWER' ? up(told, event.at) : over(told, event.at);
};
const without = (leg: Leg, ...names: ('bridge' | 'held')[]): Leg => {
  const copy = { ...leg };
  for (const name of names) delete copy[name];
  return copy;
};

// The call as a whole

const rung = (call: Call, event: PbxEvent): Call =>
  call.ringingAt || event.uniqueid === call.id ? call : { ...call, ringingAt: event.at };

/** The leg that talks with the caller now. */
export const partner = (call: Call): Leg | undefined => {
  const bridge = callerLeg(call)?.bridge;
  return bridge === undefined ? undefined : Object.values(call.legs).find((leg) => leg.bridge === bridge && leg.uniqueid !== call.id);
};

const talked = (call: Call, at: string): Call => {
  const other = call.answeredAt ? undefined : partner(call);
  return other ? { ...call, answeredAt: at, ...(other.endpoint === undefined ? {} : { answeredBy: other.endpoint }) } : call;
};

/**
 * With nobody talking or ringing, a caller who waits for us is back at `new`; anybody else keeps the phase, because answering and
 * hanging up take several events, and the moments between them are no news.
 */
const phaseOf = (call: Call): Call['phase'] => {
  if (partner(call)) return 'talking';
  if (Object.values(call.legs).some((leg) => leg.state === 'ringing' && leg.uniqueid !== call.id)) return 'ringing';
  return call.waiting ? 'new' : call.phase;
};

const ended = (call: Call, at: string, end: Call['end']): Call => {
  const endedAt = at < call.startedAt ? call.startedAt : at;
  const legs = Object.fromEntries(Object.entries(call.legs).map(([name, leg]) => [name, over(leg, endedAt)]));
  return { ...call, legs, phase: 'ended', waiting: false, endedAt, end };
};

/** Best news first, as Asterisk itself ranks them: a telephone that rang is better news than one that was busy. */
const NEWS: readonly [NonNullable<Call['end']>, readonly string[]][] = [
  ['noanswer', ['NOANSWER', 'CONTINUE', 'DONTCALL', 'TORTURE']], ['cancelled', ['CANCEL']], ['busy', ['BUSY']],
  ['failed', ['CONGESTION', 'CHANUNAVAIL', 'INVALIDARGS']],
];
const newsOf = (statuses: readonly string[]): Call['end'] => NEWS.find(([, names]) => statuses.some((status) => names.includes(status)))?.[0];

/** `cause` (Q.850) counts only when nobody was dialled: else it is merely that of the last leg. */
const endOf = (call: Call, cause = 0): NonNullable<Call['end']> => {
  if (call.answeredAt) return 'answered';
  const legs = Object.values(call.legs).filter((leg) => leg.uniqueid !== call.id);
  const news = newsOf(legs.map((leg) => leg.dialStatus ?? ''));
  if (news || legs.length > 0) return news ?? 'unknown';
  return cause === 17 ? 'busy' : cause === 0 || cause === 16 || cause === 127 ? 'unknown' : 'failed';
};

const endedBy = (call: Call, journal: JournalEntry): Call => {
  const told: Call = { ...call, ...(journal.fallback ? { fallback: true } : {}) };
  if (journal.dialStatus === 'ANSWER') {
    const began = new Date(Date.parse(journal.endedAt) - journal.answeredSeconds * 1000);
    told.answeredAt ??= Number.isNaN(began.getTime()) ? journal.endedAt : began.toISOString();
    told.answeredBy ??= journal.peer || undefined;
  }
  return ended(told, journal.endedAt, told.answeredAt ? 'answered' : newsOf([journal.dialStatus]) ?? endOf(told));
};
