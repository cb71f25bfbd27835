import type { Method, Rule } from '@ringbook/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEvent, PbxEvent } from '../call/event.js';
import { DEFAULT_METHOD } from '../handling/situation.js';
import { advance, type Facts, type Handling } from './advance.js';
import { outcomeOf, phaseOf } from './outcome.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();
const caller = { call: '17.1', channel: 'PJSIP/trunk-00000001', uniqueid: '17.1' };
const callee = { call: '17.1', channel: 'PJSIP/101-00000002', uniqueid: '17.2' };
const cli = { number: '+4930123456', name: 'Ольга', withheld: false };
const offered = (second: number, step = '', result = '', more: Partial<PbxEvent> = {}): PbxEvent => ({ kind: 'offered', ...caller, at: at(second), cli, called: '+4989100101', step, result, ...more } as PbxEvent);
const facts = (rules: Rule[] = [], otherwise: Method = DEFAULT_METHOD): Facts => ({
  situation: {
    at: at(0), cli, called: '+4989100101', user: { id: 'u', name: 'Alice', zone: 'UTC' }, match: { tier: 'none', contact: null, candidates: [] },
    status: { status: 'available', until: null, because: [] }, profile: { rules, otherwise },
  },
  compile: { devices: [{ extension: '101', endpoint: 'PJSIP/101' }], attendants: {}, facts: {}, file: 'lab-17.1' },
});
const fold = (events: CallEvent[], f: Facts = facts()): Handling => events.reduce<Handling>((h, e) => advance(h, e, f), { trace: [], commands: [] });
const segments = (h: Handling) => h.commands.map((c) => (c.kind === 'segment' ? `${c.segment}:${c.step}${c.force ? '!' : ''}` : c.kind));
const outcome = (h: Handling) => outcomeOf(h.call!, h.run, { recorded: false, unseen: false });

const dialling: PbxEvent = { kind: 'dialling', ...callee, at: at(1), endpoint: 'PJSIP/101' };
const ringing: PbxEvent = { kind: 'ringing', ...callee, at: at(1) };
const answered: PbxEvent[] = [{ kind: 'dialEnd', ...callee, at: at(4), status: 'ANSWER' }, { kind: 'joined', ...callee, at: at(4), bridge: 'b' }, { kind: 'joined', ...caller, at: at(4), bridge: 'b' }];
const hangup: PbxEvent = { kind: 'hangup', ...caller, at: at(9), cause: 16, causeText: 'Normal Clearing' };
const override: CallEvent = { kind: 'override', call: '17.1', at: at(3), method: { kind: 'voicemail' }, by: { userId: 'u', name: 'Alice' } };

describe('a call, event by event', () => {
  it('is decided once, rings, is answered and ends', () => {
    const h = fold([offered(0), dialling, ringing, ...answered, hangup]);
    expect(segments(h)).toEqual(['dial:s1']);
    expect(h.decision?.rule).toBe('otherwise');
    expect(outcome(h)).toBe('answered');
    expect(h.trace.map((t) => t.text)).toEqual(expect.arrayContaining(['It rings', 'Answered by PJSIP/101', 'Ended: Normal Clearing']));
  });

  it('goes on to voicemail when nobody answers', () => {
    const h = fold([offered(0), dialling, ringing, offered(25, 's1', 'NOANSWER')]);
    expect(segments(h)).toEqual(['dial:s1', 'record:s2']);
    expect(phaseOf(h.call!, h.run)).toBe('recording');
    expect(outcome(fold([hangup], facts()).call ? h : { ...h, call: { ...h.call!, phase: 'ended', end: 'noanswer' } })).toBe('missed');
  });

  it('an override while it rings pulls the caller out, and the old step\'s late result changes nothing', () => {
    const h = fold([offered(0), dialling, ringing, override, offered(3, 's1', 'CANCEL')]);
    expect(segments(h)).toEqual(['dial:s1', 'record:s2!']);
    expect(h.decision).toMatchObject({ rule: 'override', method: { kind: 'voicemail' } });
    expect(h.decision?.because.at(-1)).toMatchObject({ fact: 'override', text: 'Alice chose: take a voicemail' });
  });

  it('an override of an ended call only says that it came too late', () => {
    const h = fold([offered(0), hangup, override]);
    expect(segments(h)).toEqual(['dial:s1']);
    expect(h.trace.at(-1)?.text).toContain('too late');
  });

  it('sends a step again when the caller still waits after a restart', () => {
    const h = fold([offered(0), offered(2, '', '', { resumed: true } as Partial<PbxEvent>)]);
    expect(segments(h)).toEqual(['dial:s1', 'dial:s1']);
    expect(h.run?.step).toBe('s1');
  });

  it('does not send a step twice when the same news comes twice', () => {
    expect(segments(fold([offered(0), offered(0)]))).toEqual(['dial:s1']);
  });

  it('takes over after the own telephone rang without us: no second ringing', () => {
    const fallback: PbxEvent = { kind: 'fallback', ...caller, at: at(3), cli, called: '+4989100101', phone: 'PJSIP/101', step: '' };
    const h = fold([fallback, dialling, ringing, offered(33, 'fallback', 'NOANSWER')]);
    expect(segments(h)).toEqual(['record:s1']);
    expect(h.trace.map((t) => t.text).join()).toContain('Ringbook was not reachable');
    const vip = fold([fallback, offered(33, 'fallback', 'NOANSWER')], facts([], { kind: 'forward', to: '+491711' }));
    expect(segments(vip)).toEqual(['dial:s1']);
  });

  it('carries out what was decided when only the own telephone rang instead', () => {
    const h = fold([offered(0), offered(33, 'fallback', 'NOANSWER')], facts([], { kind: 'announce', text: 'Hi' }));
    expect(segments(h)).toEqual(['play:s1', 'play:s1']);
    const ring = fold([offered(0), offered(33, 'fallback', 'NOANSWER')]);
    expect(segments(ring)).toEqual(['dial:s1', 'record:s2']);
  });

  it('gives a number that belongs to nobody back to the telephone system', () => {
    expect(segments(fold([offered(0)], { ...facts(), situation: undefined }))).toEqual(['fallback:s1']);
  });

  it('a step that could not be done goes on as failed', () => {
    const h = fold([offered(0), { kind: 'failed', ...caller, at: at(1), step: 's1', reason: 'no such prompt' }], facts([], { kind: 'announce', prompt: 'x', then: { kind: 'reject' } }));
    expect(segments(h)).toEqual(['play:s1', 'reject:s2!']);
  });
});

const anything: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.tuple(fc.nat(60), fc.constantFrom('', 's1', 's2', 's3', 'fallback', 'message'), fc.constantFrom('', 'BUSY', 'NOANSWER', 'SUCCESS', 'CANCEL'), fc.boolean()).map(([s, step, r, resumed]) => offered(s, step, r, { resumed } as Partial<PbxEvent>)),
  fc.constantFrom<CallEvent>(dialling, ringing, ...answered, hangup, override, { kind: 'hangupRequest', call: '17.1', at: at(5), by: { userId: 'u', name: 'A' } }, { kind: 'gone', ...caller, at: at(8) }),
);

describe('any order of events', () => {
  it('never throws, never sends anything to an ended call, and numbers its steps upwards', () => {
    fc.assert(fc.property(fc.array(anything, { maxLength: 40 }), (events) => {
      let h: Handling = { trace: [], commands: [] };
      for (const e of events) {
        const before = h;
        h = advance(h, e, facts());
        if (before.call?.phase === 'ended') expect(h.commands).toEqual(before.commands);
        expect(Number(h.run?.step.slice(1) ?? 0)).toBeGreaterThanOrEqual(Number(before.run?.step.slice(1) ?? 0));
        expect(h.commands.length - before.commands.length).toBeLessThanOrEqual(1);
      }
    }));
  });
});
