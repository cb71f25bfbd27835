import type { Profile } from '@ringbook/contracts/profile';
import { describe, expect, it } from 'vitest';
import { addRule, changeKind, dropRule, moveRule, newRule, placesOf, sameProfile, tidyProfile } from './draft.js';

const profile: Profile = { rules: [newRule('a'), newRule('b'), newRule('c')], otherwise: { kind: 'voicemail' } };
const ids = (p: Profile) => p.rules.map((rule) => rule.id).join('');

describe('rules being edited', () => {
  it('moves within bounds', () => {
    expect(ids(moveRule(profile, 0, 2))).toBe('bca');
    expect(ids(moveRule(profile, 2, 0))).toBe('cab');
    expect(moveRule(profile, 0, -1)).toBe(profile);
    expect(moveRule(profile, 2, 3)).toBe(profile);
  });
  it('puts a deleted rule back where it was', () => expect(ids(addRule(dropRule(profile, 1), profile.rules[1]!, 1))).toBe('abc'));
  it('leaves out what was left empty', () => {
    const typed: Profile = { rules: [{ id: 'a', label: '  ', when: { codes: [], status: [], hours: { windows: [] }, caller: 'unknown' }, method: { kind: 'announce', text: 'Hi', then: { kind: 'voicemail', greeting: '', prompt: undefined } } }], otherwise: { kind: 'reject' } };
    expect(tidyProfile(typed)).toEqual({ rules: [{ id: 'a', when: { caller: 'unknown' }, method: { kind: 'announce', text: 'Hi', then: { kind: 'voicemail' } } }], otherwise: { kind: 'reject' } });
    expect(sameProfile(typed, tidyProfile(typed))).toBe(true);
  });
  it('keeps what follows when the kind changes', () => {
    expect(changeKind({ kind: 'ring', devices: 'all', seconds: 10, otherwise: { kind: 'reject' } }, 'announce')).toEqual({ kind: 'announce', text: '', then: { kind: 'reject' } });
    expect(changeKind({ kind: 'announce', text: 'x', then: { kind: 'voicemail' } }, 'forward')).toMatchObject({ to: '', otherwise: { kind: 'voicemail' } });
  });
  it('finds the rules a problem names', () => expect(placesOf(['rules.2.method.to', 'rules.2.when.codes.0', 'otherwise.text', 'x'])).toEqual([2, 'otherwise']));
});
