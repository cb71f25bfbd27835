import { expect, it } from 'vitest';
import { spanOf } from './window.js';

it.each([
  ['at the top', 100, 800, 60, 100_000, { from: 0, to: 20 }],
  ['in the middle of a hundred thousand', -3_000_000, 800, 60, 100_000, { from: 49_992, to: 50_022 }],
  ['at the end', -5_999_400, 800, 60, 100_000, { from: 99_982, to: 100_000 }],
  ['a list far below the window', 5000, 800, 60, 100, { from: 0, to: 0 }],
  ['a list far above it', -90_000, 800, 60, 100, { from: 100, to: 100 }],
  ['nothing at all', 0, 800, 60, 0, { from: 0, to: 0 }],
])('only the rows in sight, with some around them: %s', (_, top, height, row, count, span) => { expect(spanOf(top, height, row, count)).toEqual(span); });
