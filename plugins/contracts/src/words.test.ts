import { describe, expect, it } from 'vitest';
import { askDecision, boundedMethod, newAddressBook, newUser, pageQuery, patchVoicemail, profile, setStatus } from './index.js';

interface Told { path: PropertyKey[]; message: string; errors?: Told[][] }
const flat = (issues: Told[], above: PropertyKey[] = []): [string, string][] => issues.flatMap((issue) => [[[...above, ...issue.path].join('.'), issue.message] as [string, string], ...(issue.errors ?? []).flatMap((branch) => flat(branch, [...above, ...issue.path]))]);
const wrong = (schema: { safeParse(value: unknown): { error?: { issues: unknown[] } } }, value: unknown): Record<string, string> => Object.fromEntries(flat((schema.safeParse(value).error?.issues ?? []) as Told[]));

describe('what is wrong is said in plain words', () => {
  it.each([1, 121, 3.5, '20', null, undefined])('seconds: %s', (seconds) => { expect(wrong(boundedMethod, { kind: 'ring', devices: 'all', seconds })['seconds']).toBe('must be 3 to 120'); });
  it('limits of lists, texts and pages', () => {
    expect(wrong(boundedMethod, { kind: 'oneNumber', steps: [] })).toEqual({ steps: 'must have 1 to 10 entries' });
    expect(wrong(pageQuery, { limit: '201' })).toEqual({ limit: 'must be 1 to 200' });
    expect(wrong(pageQuery, { limit: 'x' })).toEqual({ limit: 'must be 1 to 200' });
    expect(wrong(profile, { rules: [{ id: 'a', when: { hours: { windows: [{ days: [8], from: '09:00', to: '17:00' }] } }, method: { kind: 'voicemail' } }], otherwise: { kind: 'voicemail' } })).toEqual({ 'rules.0.when.hours.windows.0.days.0': 'must be 1 (Monday) to 7 (Sunday)' });
  });
  it('kinds of values', () => {
    expect(wrong(newUser, { email: 'x', name: 7, role: 'boss' })).toEqual({ email: 'must be a mail address', name: 'must be text', role: 'must be admin or user', password: 'must be given' });
    expect(wrong(patchVoicemail, { heard: 'yes' })).toEqual({ heard: 'must be true or false' });
    expect(wrong(setStatus, { status: 'asleep', until: 'tomorrow' })).toMatchObject({ status: expect.stringMatching(/^must be available or /), until: expect.stringContaining('date and time') });
    expect(wrong(boundedMethod, { kind: 'fly' })).toEqual({ kind: 'is none of the kinds there are' });
    expect(wrong(newAddressBook, [])).toEqual({ '': 'must be an object' });
    expect(Object.values(wrong(askDecision, {}))).not.toContainEqual(expect.stringMatching(/Invalid|expected/));
  });
});
