/**
 * What the live socket has told so far. Pure: messages may come twice, late or out of order, and a connection may start anew;
 * the result is the same. A pop's `version` decides which of two reports of it is newer; a snapshot decides which pops exist.
 */
import type { Pop, Presence } from '@ringbook/contracts/call';
import type { LiveMessage } from '@ringbook/contracts/live';

export interface HeldPop {
  pop: Pop;
  /** Connection that last spoke of it: a snapshot of a later one that leaves it out means that it is over. */
  epoch: number;
  /** When this window learned that the call ended (own clock), for taking the card away later. */
  endedSeen: number | null;
}
export interface LiveData {
  epoch: number;
  pops: Record<string, HeldPop>;
  /** Version at which a card was put away: an old report must not bring it back. */
  gone: Record<string, number>;
  presence: Record<string, { seq: number; epoch: number; presence: Presence }>;
}
export type LiveAction =
  | { type: 'connecting' }
  | { type: 'message'; message: LiveMessage; now: number }
  | { type: 'dismiss'; id: string }
  | { type: 'dismissEnded' }
  | { type: 'sweep'; now: number };

/** Ended calls stay this long, so that a glance away does not lose them. */
export const LINGER = 60_000;
export const emptyLive: LiveData = { epoch: 0, pops: {}, gone: {}, presence: {} };

const isEnded = (pop: Pop) => pop.state === 'ended';

const hold = (data: LiveData, pop: Pop, now: number): LiveData => {
  const known = data.pops[pop.id];
  const gone = data.gone[pop.id];
  if (gone !== undefined && pop.version <= gone) return data;
  const newer = !known || pop.version > known.pop.version ? pop : known.pop;
  if (known && newer === known.pop && known.epoch === data.epoch) return data;
  const endedSeen = isEnded(newer) ? known?.endedSeen ?? now : null;
  return { ...data, pops: { ...data.pops, [pop.id]: { pop: newer, epoch: data.epoch, endedSeen } } };
};

const putAway = (data: LiveData, which: (held: HeldPop) => boolean): LiveData => {
  const out = Object.values(data.pops).filter(which);
  if (!out.length) return data;
  const pops = { ...data.pops }, gone = { ...data.gone };
  for (const { pop } of out) { delete pops[pop.id]; gone[pop.id] = pop.version; }
  return { ...data, pops, gone };
};

const meet = (data: LiveData, presence: Presence, seq: number): LiveData => {
  const known = data.presence[presence.userId];
  if (known && known.epoch === data.epoch && known.seq > seq) return data;
  return { ...data, presence: { ...data.presence, [presence.userId]: { seq, epoch: data.epoch, presence } } };
};

const takeSnapshot = (data: LiveData, message: Extract<LiveMessage, { type: 'snapshot' }>, now: number): LiveData => {
  const told = message.pops.reduce((all, pop) => hold(all, pop, now), data);
  // Live ones that only an earlier connection knew are over; ended ones may stay on the desk until their time is up.
  const left = putAway(told, (held) => held.epoch < data.epoch && !isEnded(held.pop));
  return message.presence.reduce((all, presence) => meet(all, presence, message.seq), left);
};

export const liveReducer = (data: LiveData, action: LiveAction): LiveData => {
  switch (action.type) {
    case 'connecting': return { ...data, epoch: data.epoch + 1 };
    case 'dismiss': return putAway(data, (held) => held.pop.id === action.id);
    case 'dismissEnded': return putAway(data, (held) => isEnded(held.pop));
    case 'sweep': return putAway(data, (held) => held.endedSeen !== null && action.now - held.endedSeen >= LINGER);
    case 'message': switch (action.message.type) {
      case 'snapshot': return takeSnapshot(data, action.message, action.now);
      case 'pop.opened': case 'pop.changed': case 'pop.closed': return hold(data, action.message.pop, action.now);
      case 'presence.changed': return meet(data, action.message.presence, action.message.seq);
      default: return data;
    }
  }
};

const rank = { ringing: 0, answered: 1, ended: 2 } as const;
/** Ringing first, then talking, then ended; the oldest first within each, so that a card does not move under the pointer. */
export const sortedPops = (data: LiveData): Pop[] => Object.values(data.pops).map((held) => held.pop)
  .sort((a, b) => rank[a.state] - rank[b.state] || a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id));

/** What to call the state of a call: one that Ringbook has picked up, to speak or to record, rings no more though nobody talks yet. */
export type Phase = Pop['state'] | 'machine';
export const phaseOf = (pop: Pop): Phase => (pop.state === 'ringing' && !pop.actions.includes('reject') ? 'machine' : pop.state);

/** While somebody is about to press something, no card moves: the order stays, and new cards come at the end. */
export const steadyPops = (order: readonly string[], pops: Pop[]): Pop[] => {
  const place = (pop: Pop) => { const at = order.indexOf(pop.id); return at < 0 ? order.length : at; };
  return pops.map((pop, i) => ({ pop, i })).sort((a, b) => place(a.pop) - place(b.pop) || a.i - b.i).map(({ pop }) => pop);
};

/** Pops that were not on the desk before: what is to be announced. */
export const arrived = (before: LiveData, after: LiveData): Pop[] =>
  Object.values(after.pops).filter(({ pop }) => !before.pops[pop.id] && pop.state === 'ringing').map((held) => held.pop);
