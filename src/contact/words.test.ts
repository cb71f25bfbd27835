import { expect, it } from 'vitest';
import { moreOf, wanted } from './words.js';

it.each([
  ['', []], ['  ', []], ['Anna', [['anna']]], ['Anna  Acme', [['anna'], ['acme']]],
  ['Müller', [['müller', 'mueller']]], ['Mueller', [['mueller', 'muller']]], ['Joe', [['joe']]],
  ['030 555', [['030 555', '30555']]], ['+49 (171) 555', [['+49 (171) 555', '49171555']]], ['00', [['00']]], ['000', [['000']]],
  ['a b c d e f g h i j', 'abcdefgh'.split('').map((word) => [word])],
])('%s is looked for as %j', (q, words) => { expect(wanted(q)).toEqual(words); });

it('keeps addresses and digits, bounded, without anything that is no text', () => {
  const number = (raw: string, e164?: string) => ({ raw, ...(e164 ? { e164 } : {}) });
  expect(moreOf([{ field: 'EMAIL', value: 'a@example.org' }, { field: 'NOTE', value: 'secret' }, { field: 'mail', value: 'b@x\u0000y' }], [number('030 1', '+49301'), number('ext. 12')])).toBe('a@example.org b@x y 49301 12');
  expect(moreOf([], [])).toBeNull();
  expect(moreOf([{ field: 'EMAIL', value: `${'x'.repeat(299)}😀` }, { field: 'EMAIL', value: 'a\ud800@example.org' }], [])).toBe('a\ufffd@example.org');
  const long = 'x'.repeat(285);
  expect(moreOf([long, 'anna@example.com', 'b@x.org'].map((value) => ({ field: 'EMAIL', value })), [])).toBe(`${long} b@x.org`); // no "anna@example.co"
});
