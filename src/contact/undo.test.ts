import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hunksOf, reverted } from './undo.js';

it('brings back every byte, and nothing where the card is another one', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(fc.property(bytes, bytes, bytes, (before, between, after) => {
    expect(reverted(after, hunksOf(before, between, after))).toEqual(before);
  }), { numRuns: 2000 });
  const [a, b] = ['one two three', 'one 2 three'].map((text) => new TextEncoder().encode(text));
  expect(hunksOf(a!, b!)).toEqual([{ at: 4, was: btoa('two'), now: btoa('2') }]);
  expect(hunksOf(a!, a!)).toEqual([]);
  expect(reverted(a!, hunksOf(a!, b!))).toBeUndefined();
});
