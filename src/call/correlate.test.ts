import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from './call.js';
import { correlate } from './correlate.js';
import type { Cli, JournalEntry, PbxEvent } from './event.js';

const ID = '1.0';
const CLI: Cli = { number: '+4930123456', name: 'Anna', withheld: false };
const at = (second: number): string => `2026-11-21T02:00:${String(second).padStart(2, '0')}.000Z`;
/** Legs by a short name: uniqueid is call id for the caller, else made of the name. */
const base = (name: string, second: number) => ({ call: ID, channel: `PJSIP/${name}-0001`, uniqueid: name === 'caller' ? ID : `1.${name}`, at: at(second) });
const dialling = (name: string, second: number): PbxEvent => ({ kind: 'dialling', ...base(name, second), endpoint: `PJSIP/${name}` });
const ringing = (name: string, second: number): PbxEvent => ({ kind: 'ringing', ...base(name, second) });
const dialEnd = (name: string, status: string, second: number): PbxEvent => ({ kind: 'dialEnd', ...base(name, second), status });
const joined = (name: string, bridge: string, second: number): PbxEvent => ({ kind: 'joined', ...base(name, second), bridge });
const left = (name: string, bridge: string, second: number): PbxEvent => ({ kind: 'left', ...base(name, second), bridge });
const hangup = (name: string, second: number, cause = 16): PbxEvent => ({ kind: 'hangup', ...base(name, second), cause, causeText: '' });
const leg: PbxEvent = { kind: 'leg', ...base('caller', 0), cli: CLI, exten: '004989100101' };
const offered: PbxEvent = { kind: 'offered', ...base('caller', 0), cli: CLI, called: '+4989100101', step: '', result: '' };
const JOURNAL: JournalEntry = {
  startedAt: at(1), endedAt: at(9), called: '+4989100101', cli: CLI, step: 's1', fallback: true, dialStatus: 'ANSWER', answeredSeconds: 4, peer: 'PJSIP/101', recorded: '',
};
const fold = (events: readonly PbxEvent[], from?: Call): Call | undefined => events.reduce<Call | undefined>(correlate, from);
const folded = (...events: PbxEvent[]): Call => fold(events)!;

describe('a call', () => {
  it('begins with the caller\'s own channel, and with nothing else', () => {
    expect(correlate(undefined, leg)).toEqual({
      id: ID, cli: CLI, called: '004989100101', phase: 'new', startedAt: at(0), waiting: false, legs: { 'PJSIP/caller-0001': { channel: 'PJSIP/caller-0001', uniqueid: ID, state: 'new' } },
    });
    expect(correlate(undefined, offered)).toMatchObject({ called: '+4989100101', waiting: true });
    expect(correlate(undefined, { kind: 'fallback', ...base('caller', 0), cli: CLI, called: '+49', phone: 'PJSIP/101', step: '' })).toMatchObject({ called: '+49', fallback: true, waiting: false });
    for (const other of [dialling('101', 1), ringing('101', 1), joined('caller', 'b', 1), hangup('caller', 1), { ...leg, uniqueid: '1.7' }, { kind: 'gone', ...base('caller', 1) } as const]) {
      expect(correlate(undefined, other)).toBeUndefined();
    }
  });

  it('believes AGI about who calls and what was called, because only AGI knows what is withheld', () => {
    expect(folded(leg, { ...offered, cli: { withheld: true } })).toMatchObject({ cli: { withheld: true }, called: '+4989100101' });
  });

  it('rings, talks and ends', () => {
    const ringingCall = folded(offered, dialling('101', 1), ringing('101', 2), ringing('101', 3));
    expect(ringingCall).toMatchObject({ phase: 'ringing', ringingAt: at(2), waiting: false });
    const half = fold([dialEnd('101', 'ANSWER', 4), joined('101', 'b', 4)], ringingCall)!;
    expect(half.answeredAt).toBeUndefined();
    const talk = correlate(half, joined('caller', 'b', 5))!;
    expect(talk).toMatchObject({ phase: 'talking', answeredAt: at(5), answeredBy: 'PJSIP/101' });
    expect(fold([left('caller', 'b', 9), left('101', 'b', 9)], talk)!.phase).toBe('talking'); // no flicker before the hangup
    const ended = fold([left('caller', 'b', 9), hangup('caller', 9)], talk)!;
    expect(ended).toMatchObject({ phase: 'ended', end: 'answered', endedAt: at(9) });
    expect(Object.values(ended.legs).every((each) => each.state === 'ended' && each.bridge === undefined)).toBe(true);
    expect(correlate(ended, hangup('101', 10))).toBe(ended);
  });

  it('is new again when the caller waits for us after a talk', () => {
    const after = folded(offered, dialling('101', 1), joined('101', 'b', 2), joined('caller', 'b', 2), left('caller', 'b', 5), { ...offered, at: at(5) });
    expect(after).toMatchObject({ phase: 'new', waiting: true, answeredBy: 'PJSIP/101' });
  });

  it('does not take the far half of a Local channel for a talk', () => {
    const local = (half: 1 | 2, second: number) => ({ call: ID, channel: `Local/+49171@ringbook-confirm-0001;${half}`, uniqueid: `1.local${half}`, at: at(second) });
    const outside = folded(
      offered, { kind: 'dialling', ...local(1, 1), endpoint: 'Local/+49171@ringbook-confirm' }, dialling('world', 1), ringing('world', 2), { kind: 'ringing', ...local(1, 2) },
      dialEnd('world', 'ANSWER', 3), joined('world', 'far', 3), { kind: 'joined', ...local(2, 3), bridge: 'far' },
    );
    expect(outside.answeredAt).toBeUndefined();
    const talk = fold([{ kind: 'dialEnd', ...local(1, 4), status: 'ANSWER' }, { kind: 'joined', ...local(1, 4), bridge: 'near' }, joined('caller', 'near', 4)], outside)!;
    expect(talk).toMatchObject({ phase: 'talking', answeredAt: at(4), answeredBy: 'Local/+49171@ringbook-confirm' });
  });

  it.each<[Call['end'], PbxEvent[]]>([
    ['noanswer', [dialling('101', 1), dialEnd('101', 'BUSY', 2), dialling('102', 3), dialEnd('102', 'NOANSWER', 9), hangup('caller', 9)]],
    ['noanswer', [dialling('101', 1), dialEnd('101', 'NOANSWER', 2), dialling('102', 3), dialEnd('102', 'CANCEL', 9), hangup('caller', 9)]],
    ['noanswer', [dialling('world', 1), dialEnd('world', 'CONTINUE', 2), hangup('caller', 9)]],
    ['cancelled', [dialling('101', 1), dialling('102', 1), dialEnd('102', 'BUSY', 2), dialEnd('101', 'CANCEL', 9), hangup('caller', 9, 17)]],
    ['busy', [dialling('101', 1), dialEnd('101', 'CHANUNAVAIL', 2), dialling('102', 3), dialEnd('102', 'BUSY', 4), hangup('caller', 9)]],
    ['failed', [dialling('101', 1), dialEnd('101', 'CHANUNAVAIL', 2), hangup('caller', 9)]],
    ['busy', [hangup('caller', 9, 17)]],
    ['failed', [hangup('caller', 9, 34)]],
    ['unknown', [hangup('caller', 9)]],
    ['unknown', [dialling('101', 1), { kind: 'gone', ...base('caller', 9) }]],
  ])('ends as %s', (end, events) => { expect(folded(offered, ...events)).toMatchObject({ phase: 'ended', end }); });

  it('is told by the journal when nobody listened', () => {
    const gone: PbxEvent = { kind: 'gone', ...base('caller', 30), journal: JOURNAL };
    expect(correlate(undefined, gone)).toEqual({
      id: ID, cli: CLI, called: '+4989100101', phase: 'ended', legs: {}, startedAt: at(1), endedAt: at(9), waiting: false, end: 'answered', answeredAt: at(5), answeredBy: 'PJSIP/101', fallback: true,
    });
    expect(folded(offered, dialling('101', 1), ringing('101', 2), gone)).toMatchObject({ end: 'answered', endedAt: at(9), startedAt: at(0) });
    expect(folded(offered, { ...gone, journal: { ...JOURNAL, dialStatus: 'BUSY' } })).toMatchObject({ end: 'busy' });
    expect(folded(offered, { ...gone, journal: { ...JOURNAL, dialStatus: '', endedAt: 'nonsense' } })).toMatchObject({ end: 'unknown' });
  });

  it('finds a leg by its id when its channel was renamed, and leaves other calls alone', () => {
    const call = folded(offered, dialling('101', 1));
    expect(correlate(call, { ...ringing('101', 2), channel: 'AsyncGoto/PJSIP/101' })!.legs).toHaveProperty('PJSIP/101-0001.state', 'ringing');
    expect(correlate(call, { ...hangup('caller', 3), call: '2.0', uniqueid: '2.0' })).toBe(call);
  });

  it('leaves a step that failed to the run', () => {
    const call = folded(offered);
    expect(correlate(call, { kind: 'failed', ...base('caller', 1), step: 's1', reason: 'x' })).toEqual(call);
  });
});

const LEGS = ['caller', '101', '102', 'world'];
const anyEvent: fc.Arbitrary<PbxEvent> = fc.tuple(
  fc.constantFrom('leg', 'offered', 'unoffered', 'fallback', 'dialling', 'ringing', 'dialEnd', 'joined', 'left', 'held', 'hangup', 'gone', 'failed'),
  fc.constantFrom(...LEGS), fc.integer({ min: 0, max: 59 }), fc.constantFrom('a', 'b'), fc.constantFrom('ANSWER', 'BUSY', 'NOANSWER', 'CANCEL', '', 'ODD'), fc.boolean(),
).map(([kind, name, second, bridge, status, flag]) => ({
  kind, ...base(name, second), ...(flag ? {} : { uniqueid: '' }), cli: CLI, called: '+49', exten: 's', step: '', result: '', phone: '', reason: '', endpoint: `PJSIP/${name}`,
  bridge, status, on: flag, cause: second, causeText: '', ...(kind === 'gone' && flag ? { journal: { ...JOURNAL, dialStatus: status } } : {}),
}) as PbxEvent);
const anyStory = fc.array(anyEvent, { maxLength: 40 });

describe('any story', () => {
  it('is survived, and an ended call stays as it ended', () => {
    fc.assert(fc.property(anyStory, (events) => {
      let call: Call | undefined;
      for (const event of events) {
        const next = correlate(call, event);
        if (call?.phase === 'ended') expect(next).toBe(call);
        if (call) expect(next?.startedAt).toBe(call.startedAt);
        if (call?.answeredAt) expect(next).toMatchObject({ answeredAt: call.answeredAt });
        if (next) expect((next.phase === 'ended') === (next.endedAt !== undefined && next.end !== undefined)).toBe(true);
        call = next;
      }
      if (call) expect(JSON.parse(JSON.stringify(call))).toEqual(call);
    }));
  });

  it('is the same told in two parts, through JSON, and with every event told twice', () => {
    fc.assert(fc.property(anyStory, fc.nat(40), (events, cut) => {
      const whole = fold(events);
      const first = fold(events.slice(0, cut));
      expect(fold(events.slice(cut), first && JSON.parse(JSON.stringify(first)) as Call)).toEqual(whole);
      expect(fold(events.flatMap((event) => [event, event]))).toEqual(whole);
    }));
  });

  it('does not change what it was given', () => {
    fc.assert(fc.property(anyStory, anyEvent, (events, event) => {
      const call = fold(events);
      const before = JSON.stringify(call);
      correlate(call, event);
      expect(JSON.stringify(call)).toBe(before);
    }));
  });
});
