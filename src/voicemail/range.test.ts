import { expect, it } from 'vitest';
import { partOf } from './range.js';

it.each([
  [undefined, { kind: 'whole' }], ['bytes=0-', { kind: 'part', start: 0, end: 99 }], ['bytes=10-19', { kind: 'part', start: 10, end: 19 }], ['bytes=90-500', { kind: 'part', start: 90, end: 99 }],
  ['bytes=-10', { kind: 'part', start: 90, end: 99 }], ['bytes=-500', { kind: 'part', start: 0, end: 99 }], ['bytes=100-', { kind: 'unsatisfiable' }], ['bytes=-0', { kind: 'unsatisfiable' }],
  ['bytes=5-2', { kind: 'whole' }], ['bytes=-', { kind: 'whole' }], ['bytes=0-1,5-6', { kind: 'whole' }], ['lines=0-1', { kind: 'whole' }],
])('%s of 100 bytes', (range, part) => { expect(partOf(range, 100)).toEqual(part); });
it('nothing of an empty file', () => { expect(partOf('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' }); });
