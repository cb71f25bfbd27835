import { expect, it } from 'vitest';
import { isPossible, methodErrors, profileErrors } from './check.js';

const around = { region: 'DE', extensions: new Set(['101']), people: new Set(['p1']) };

it.each([['+4930123456', true], ['030 123456', true], ['102', true], ['+4912', false], ['+4900', false], ['0123456789012345678', false]])('%s can be dialled: %s', (raw, possible) => {
  expect(isPossible(raw, 'DE')).toBe(possible);
});

it('names each thing that cannot be, however deep', () => {
  const bad = { kind: 'oneNumber', steps: [{ to: ['device:101', 'device:999', '+4900'], seconds: 10 }], otherwise: { kind: 'announce', text: 'x', then: { kind: 'attendant', userId: 'p2' } } } as const;
  const paths = (path: string) => methodErrors(structuredClone(bad) as never, path, around).map((e) => e.path);
  expect(paths('')).toEqual(['steps.0.to.1', 'steps.0.to.2', 'otherwise.then.userId']);
  expect(paths('method')).toContain('method.otherwise.then.userId');
  expect(profileErrors({ rules: [{ id: 'a', when: {}, method: { kind: 'ring', devices: ['999'], seconds: 9 } }], otherwise: { kind: 'attendant', userId: 'p1' } }, around)).toEqual([{ path: 'rules.0.method.devices.0', message: 'is not one of this user\'s telephones' }]);
});

it('a recording must be there, where that is known', () => {
  const method = { kind: 'announce', prompt: 'closed', then: { kind: 'voicemail', prompt: 'gone' } } as const;
  const errors = (prompts?: Set<string>) => methodErrors(method, 'method', { ...around, prompts });
  expect(errors(new Set(['closed']))).toEqual([{ path: 'method.then.prompt', message: 'there is no such recording' }]);
  expect(errors(new Set()).map((e) => e.path)).toEqual(['method.prompt', 'method.then.prompt']);
  expect(errors()).toEqual([]);
});
