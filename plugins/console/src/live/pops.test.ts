import type { Pop, Presence } from '@ringbook/contracts/call';
import type { LiveMessage } from '@ringbook/contracts/live';
import { describe, expect, it } from 'vitest';
import { LINGER, arrived, emptyLive, liveReducer, phaseOf, sortedPops, steadyPops, type LiveAction, type LiveData } from './pops.js';

const pop = (id: string, version: number, state: Pop['state'] = 'ringing', doing = ''): Pop => ({
  id, callId: id, userId: 'u', version, state, doing, from: { number: '+49301', display: id, kind: 'unknown', tier: 'none' }, to: '+49891',
  contact: null, candidates: [], code: null, decision: null, startedAt: `2026-01-01T10:00:0${id.length}Z`, answeredAt: null, endedAt: null,
  outcome: null, history: { count: 0, last: null }, actions: [],
});
const presence = (status: Presence['status']): Presence => ({ userId: 'u', status, until: null, because: [] });
const told = (message: LiveMessage, now = 0): LiveAction => ({ type: 'message', message, now });
const snapshot = (pops: Pop[], seq = 1, now = 0) => told({ type: 'snapshot', seq, pops, presence: [] }, now);
const run = (...actions: LiveAction[]): LiveData => actions.reduce(liveReducer, emptyLive);
const connected = { type: 'connecting' } as const;

describe('order of the cards', () => {
  const pops = [pop('a', 1), pop('c', 1), pop('b', 2, 'answered')];
  it('stays as it was while it is held, with new calls at the end', () => expect(steadyPops(['b', 'a'], pops).map((p) => p.id)).toEqual(['b', 'a', 'c']));
  it('is that of the pops when nothing is held', () => expect(steadyPops([], pops)).toEqual(pops));
});

describe('the phase of a call', () => {
  it('rings until Ringbook or somebody picks up', () => {
    expect(phaseOf({ ...pop('a', 1), actions: ['take', 'reject', 'hangup'] })).toBe('ringing');
    expect(phaseOf({ ...pop('a', 2), actions: ['take', 'forward', 'hangup'] })).toBe('machine');
    expect(phaseOf(pop('a', 3, 'answered'))).toBe('answered');
  });
});

describe('live reducer', () => {
  it('never lets an older report replace a newer one', () => {
    const data = run(connected, snapshot([]), told({ type: 'pop.opened', seq: 2, pop: pop('a', 1) }),
      told({ type: 'pop.changed', seq: 4, pop: pop('a', 3, 'answered') }), told({ type: 'pop.changed', seq: 3, pop: pop('a', 2, 'ringing', 'late') }));
    expect(sortedPops(data).map((p) => [p.version, p.state])).toEqual([[3, 'answered']]);
  });

  it('comes to the same end in whatever order one connection reports', () => {
    const reports = [
      told({ type: 'pop.opened', seq: 2, pop: pop('a', 1) }), told({ type: 'pop.changed', seq: 3, pop: pop('a', 2, 'answered') }),
      told({ type: 'pop.closed', seq: 4, pop: pop('a', 3, 'ended') }), told({ type: 'pop.opened', seq: 5, pop: pop('bb', 1) }),
    ];
    const straight = run(connected, snapshot([]), ...reports), backwards = run(connected, snapshot([]), ...reports.toReversed()), twice = run(connected, snapshot([]), ...reports, ...reports);
    expect(backwards.pops).toEqual(straight.pops);
    expect(twice.pops).toEqual(straight.pops);
  });

  it('keeps what the same connection said before its snapshot', () => {
    const data = run(connected, told({ type: 'pop.opened', seq: 2, pop: pop('a', 2, 'answered') }), snapshot([pop('a', 1)]), told({ type: 'pop.opened', seq: 3, pop: pop('bb', 1) }));
    expect(sortedPops(data).map((p) => [p.id, p.version])).toEqual([['bb', 1], ['a', 2]]);
  });

  it('drops live calls that the snapshot of a new connection leaves out, and keeps ended ones', () => {
    const before = run(connected, snapshot([pop('a', 1), pop('bb', 4, 'ended')]));
    const after = [connected, snapshot([pop('ccc', 1)])].reduce<LiveData>(liveReducer, before);
    expect(sortedPops(after).map((p) => p.id)).toEqual(['ccc', 'bb']);
  });

  it('shows the old calls until the snapshot of the new connection is there', () => {
    const data = run(connected, snapshot([pop('a', 1)]), connected);
    expect(sortedPops(data)).toHaveLength(1);
  });

  it('puts ended calls away after their time, and for good', () => {
    const ended = run(connected, snapshot([]), told({ type: 'pop.closed', seq: 2, pop: pop('a', 3, 'ended') }, 1000));
    expect(sortedPops(liveReducer(ended, { type: 'sweep', now: 1000 + LINGER - 1 }))).toHaveLength(1);
    const swept = liveReducer(ended, { type: 'sweep', now: 1000 + LINGER });
    expect(sortedPops(swept)).toHaveLength(0);
    expect(sortedPops(liveReducer(swept, told({ type: 'pop.changed', seq: 1, pop: pop('a', 2) })))).toHaveLength(0);
  });

  it('lets a dismissed call stay away, but a newer report of it come back', () => {
    const gone = run(connected, snapshot([pop('a', 2)]), { type: 'dismiss', id: 'a' });
    expect(sortedPops(gone)).toHaveLength(0);
    expect(sortedPops(liveReducer(gone, told({ type: 'pop.changed', seq: 9, pop: pop('a', 3, 'answered') })))).toHaveLength(1);
  });

  it('takes the newest status of a person, and that of a new connection whatever its numbers', () => {
    const data = run(connected, told({ type: 'presence.changed', seq: 9, presence: presence('dnd') }), told({ type: 'presence.changed', seq: 8, presence: presence('away') }));
    expect(data.presence['u']?.presence.status).toBe('dnd');
    const again = [connected, told({ type: 'snapshot', seq: 1, pops: [], presence: [presence('available')] })].reduce<LiveData>(liveReducer, data);
    expect(again.presence['u']?.presence.status).toBe('available');
  });

  it('announces a ringing call once', () => {
    const before = run(connected, snapshot([]));
    const after = liveReducer(before, told({ type: 'pop.opened', seq: 2, pop: pop('a', 1) }));
    expect(arrived(before, after).map((p) => p.id)).toEqual(['a']);
    expect(arrived(after, liveReducer(after, told({ type: 'pop.changed', seq: 3, pop: pop('a', 2) })))).toEqual([]);
  });
});
