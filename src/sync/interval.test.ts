import { expect, it } from 'vitest';
import { INTERVAL, secondsToNext } from './interval.js';

it('comes every minute while all is well, and less and less often when it is not, but at least every hour', () => {
  expect(secondsToNext(0)).toBe(INTERVAL);
  expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => secondsToNext(failures))).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});

it('gives people time to correct a password, and waits as long as the server asks, within reason', () => {
  expect(secondsToNext(1, true)).toBe(1800);
  expect(secondsToNext(8, true)).toBe(3600);
  expect(secondsToNext(1, false, 300)).toBe(300);
  expect(secondsToNext(1, false, 1e9)).toBe(3600);
});
