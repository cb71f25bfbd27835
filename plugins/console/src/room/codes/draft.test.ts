import { describe, expect, it } from 'vitest';
import { clearEntry, meaningsOf, putEntry, sameMeanings, type Entry } from './draft.js';

const VIP: Entry = { code: 'VIP', name: 'Important', colour: 'red', contacts: 3, rules: 1 };
const VM: Entry = { code: 'VM', contacts: 7, rules: 0 };
const OWN: Entry = { code: 'NEW', contacts: 0, rules: 0 };

describe('what is kept of the codes', () => {
  it('is what they mean, and what stands nowhere else; counts are not', () => {
    expect(meaningsOf([VIP, VM, OWN])).toEqual([{ code: 'VIP', name: 'Important', colour: 'red' }, { code: 'NEW' }]);
  });
  it('leaves out what is only spaces', () => { expect(meaningsOf(putEntry([VIP], 'VIP', { name: '  ', meaning: ' ring ' }))).toEqual([{ code: 'VIP', colour: 'red', meaning: 'ring' }]); });
  it('a code that somebody has stays in the list without its meaning; another goes', () => {
    expect(clearEntry([VIP, OWN], 'VIP')).toEqual([{ code: 'VIP', contacts: 3, rules: 1 }, OWN]);
    expect(clearEntry([VIP, OWN], 'NEW')).toEqual([VIP]);
  });
  it('a change of counts alone is no change', () => { expect(sameMeanings([VIP], [{ ...VIP, contacts: 99 }])).toBe(true); });
});
