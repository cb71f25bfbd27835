import { describe, expect, it } from 'vitest';
import { rules } from '../words/en/rules.js';
import { daysWords, methodSentence, whenSentence, type Names } from './sentence.js';

const names: Names = { words: rules.sentence, language: 'en', devices: { 101: 'Desk' }, users: { u1: 'Mia' } };

describe('when', () => {
  it('fits every call when nothing is asked', () => expect(whenSentence({}, names)).toBe('Every call'));
  it('names codes and how surely they must match', () =>
    expect(whenSentence({ codes: ['VIP', 'FAM'], minTier: 'exact' }, names)).toBe('Callers with code VIP or FAM, only if matched exactly'));
  it('names status and hours', () => expect(whenSentence({ caller: 'unknown', status: ['meeting', 'dnd'], hours: { windows: [{ days: [1, 2, 3, 4, 5], from: '18:00', to: '08:00' }, { days: [7, 6], from: '00:00', to: '24:00' }] } }, names))
    .toBe('Unknown callers, while I am in a meeting or not to be disturbed, Mon–Fri 18:00–08:00 next day; Sat, Sun all day'));
  it('names a foreign time zone', () => expect(whenSentence({ hours: { zone: 'Asia/Tokyo', windows: [{ days: [1], from: '09:00', to: '17:00' }] } }, names)).toBe('Every call, Mon 09:00–17:00 (Asia/Tokyo)'));
});

describe('days', () => {
  it.each([[[1, 2, 3, 4, 5, 6, 7], 'every day'], [[5, 1, 3], 'Mon, Wed, Fri'], [[1, 2, 3, 6], 'Mon–Wed, Sat'], [[2, 2], 'Tue']])('%s', (days, text) => expect(daysWords(days, names)).toBe(text));
});

describe('method', () => {
  it('chains what happens if nobody answers', () => expect(methodSentence({ kind: 'ring', devices: ['101', '102'], seconds: 25, otherwise: { kind: 'forward', to: '+49301', otherwise: { kind: 'voicemail' } } }, names))
    .toBe('ring Desk (101) and 102 for 25 s; if nobody answers, forward to +49301; if nobody answers, voicemail'));
  it('tells the steps of one number', () => expect(methodSentence({ kind: 'oneNumber', steps: [{ to: ['device:101'], seconds: 15 }, { to: ['+49171', '+49172'], seconds: 20, confirm: true }] }, names))
    .toBe('try Desk (101) for 15 s, then +49171 and +49172 for 20 s (asks to press 1)'));
  it('says that an announcement ends the call unless more follows', () => {
    expect(methodSentence({ kind: 'announce', text: 'Closed.' }, names)).toBe('say “Closed.”, then hang up');
    expect(methodSentence({ kind: 'announce', prompt: 'closed', then: { kind: 'voicemail', greeting: 'Hello' } }, names)).toBe('play “closed”, then voicemail with its own greeting');
  });
  it('names the facts that a text leaves room for', () =>
    expect(methodSentence({ kind: 'announce', text: 'Hello {{caller.name}}, {{user.name}} is {{busy}}.' }, names)).toBe('say “Hello [caller’s name], [my name] is {{busy}}.”, then hang up'));
  it('knows people by name and survives those it does not', () => {
    expect(methodSentence({ kind: 'attendant', userId: 'u1', seconds: 20 }, names)).toBe('hand over to Mia for 20 s');
    expect(methodSentence({ kind: 'attendant', userId: 'gone' }, names)).toBe('hand over to an attendant');
    expect(methodSentence({ kind: 'flow' } as never, names)).toBe('flow');
  });
});
