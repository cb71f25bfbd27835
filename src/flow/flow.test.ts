import type { Method } from '@ringbook/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, type CompileContext } from './compile.js';
import type { Command, Run } from './program.js';
import { current, newRun, step } from './step.js';

const at = '2026-11-20T10:00:00.000Z';
const context: CompileContext = {
  devices: [{ extension: '101', endpoint: 'PJSIP/101' }, { extension: '111', endpoint: 'PJSIP/111' }],
  attendants: { '00000000-0000-4000-8000-000000000002': { name: 'Bob', devices: [{ extension: '102', endpoint: 'PJSIP/102' }] } },
  facts: { 'caller.name': 'Ольга', 'user.name': 'Alice' }, file: 'p-1.2-1',
};
const ctx = { channel: 'PJSIP/trunk-1', at, force: false };
const begin = (m: Method) => step(newRun(compile(m, context), at), { kind: 'begin' }, ctx);
const result = (run: Run, r: string) => step(run, { kind: 'result', result: r }, ctx);
const segment = (c: Command | undefined) => { if (c?.kind !== 'segment') throw new Error(`no segment: ${JSON.stringify(c)}`); return c; };

describe('methods as programs', () => {
  it('rings all telephones, then takes a voicemail when nobody answers', () => {
    const first = begin({ kind: 'ring', devices: 'all', seconds: 25 });
    expect(segment(first.commands[0])).toMatchObject({ segment: 'dial', step: 's1', force: false, variables: { RB_DIAL: 'PJSIP/101&PJSIP/111', RB_SECONDS: '25', RB_OPTIONS: '' } });
    const second = result(first.run, 'NOANSWER');
    expect(segment(second.commands[0])).toMatchObject({ segment: 'record', step: 's2', sound: { builtin: 'vm-intro' }, variables: { RB_FILE: 'p-1.2-1' } });
    expect(second.run.recordings).toEqual(['p-1.2-1']);
    expect(result(second.run, 'SILENCE').commands).toEqual([{ kind: 'hangup', channel: 'PJSIP/trunk-1', cause: 16 }]);
  });

  it.each(['BUSY', 'NOANSWER', 'CHANUNAVAIL', 'CONGESTION', 'FAILED', ''])('a ring that ends with %j goes on to what follows', (r) => {
    const next = result(begin({ kind: 'ring', devices: ['101'], seconds: 10, otherwise: { kind: 'reject' } }).run, r);
    expect(segment(next.commands[0]).segment).toBe('reject');
  });

  it('a person without telephones goes straight to what follows', () => {
    const s = step(newRun(compile({ kind: 'ring', devices: 'all', seconds: 10 }, { ...context, devices: [] }), at), { kind: 'begin' }, ctx);
    expect(segment(s.commands[0]).segment).toBe('record');
  });

  it('forwards to a number through the telephone system\'s own route', () => {
    expect(segment(begin({ kind: 'forward', to: '+49 (30) 123-456' }).commands[0]).variables['RB_DIAL']).toBe('Local/+4930123456@ringbook-outside/n');
  });

  it('one number: steps in order, outside numbers confirm, own telephones need not', () => {
    const m: Method = { kind: 'oneNumber', steps: [{ to: ['device:101'], seconds: 15 }, { to: ['+491711', 'device:111'], seconds: 20, confirm: true }] };
    const one = begin(m);
    expect(segment(one.commands[0]).variables).toMatchObject({ RB_DIAL: 'PJSIP/101', RB_SECONDS: '15' });
    const two = result(one.run, 'NOANSWER');
    expect(segment(two.commands[0]).variables).toMatchObject({ RB_DIAL: 'PJSIP/111&Local/+491711@ringbook-confirm/n', RB_SECONDS: '20' });
    expect(segment(result(two.run, 'BUSY').commands[0]).segment).toBe('record');
  });

  it('announces in the caller\'s own name, then rings with a tone, because the call is answered by then', () => {
    const one = begin({ kind: 'announce', text: 'Hello {{caller.name}}, {{user.name}} will be right there. {{unknown}}', then: { kind: 'ring', devices: ['101'], seconds: 5 } });
    expect(segment(one.commands[0])).toMatchObject({ segment: 'play', sound: { say: 'Hello Ольга, Alice will be right there.' } });
    expect(segment(result(one.run, 'SUCCESS').commands[0]).variables).toMatchObject({ RB_OPTIONS: 'rI' });
    expect(segment(result(one.run, 'FAILED').commands[0]).segment).toBe('dial');
  });

  it('rings the attendant\'s telephones', () => {
    expect(segment(begin({ kind: 'attendant', userId: '00000000-0000-4000-8000-000000000002' }).commands[0]).variables['RB_DIAL']).toBe('PJSIP/102');
  });

  it('rejects, with an announcement before it when there is one', () => {
    expect(segment(begin({ kind: 'reject' }).commands[0]).segment).toBe('reject');
    const one = begin({ kind: 'reject', text: 'No.' });
    expect(segment(one.commands[0]).segment).toBe('play');
    expect(segment(result(one.run, 'SUCCESS').commands[0]).segment).toBe('reject');
  });

  it('sends the same step again when the caller still waits after a crash', () => {
    const one = begin({ kind: 'voicemail' });
    const again = step(one.run, { kind: 'again' }, ctx);
    expect(again.commands).toEqual(one.commands);
    expect(again.run.step).toBe('s1');
  });
});

const leaf: fc.Arbitrary<Method> = fc.constantFrom<Method>({ kind: 'voicemail' }, { kind: 'reject' }, { kind: 'announce', text: 'x' }, { kind: 'forward', to: '+4930' }, { kind: 'ring', devices: 'all', seconds: 5 });
const method = fc.letrec<{ m: Method }>((tie) => ({
  m: fc.oneof({ maxDepth: 5 }, leaf,
    fc.record({ kind: fc.constant('ring' as const), devices: fc.constantFrom<'all' | string[]>('all', ['101'], ['999']), seconds: fc.integer({ min: 3, max: 120 }), otherwise: tie('m') }),
    fc.record({ kind: fc.constant('announce' as const), text: fc.string({ minLength: 1 }), then: tie('m') }),
    fc.record({ kind: fc.constant('oneNumber' as const), steps: fc.array(fc.record({ to: fc.constantFrom<string[]>(['device:101'], ['+4930'], ['device:999']), seconds: fc.constant<number>(5) }), { minLength: 1, maxLength: 4 }), otherwise: tie('m') })) as fc.Arbitrary<Method>,
})).m;

describe('any method', () => {
  it('ends, whatever comes back, and every step gives the caller exactly one thing to hear or ends the call', () => {
    fc.assert(fc.property(method, fc.array(fc.constantFrom('ANSWER', 'BUSY', 'NOANSWER', 'CHANUNAVAIL', 'SUCCESS', 'FAILED', 'HANGUP', '', 'nonsense'), { minLength: 60, maxLength: 60 }), (m, results) => {
      let s = begin(m);
      for (const r of results) {
        expect(s.commands).toHaveLength(1);
        if (s.commands[0]?.kind === 'hangup') { expect(current(s.run)).toBeUndefined(); return; }
        s = result(s.run, r);
      }
      throw new Error('did not end');
    }));
  });
});
