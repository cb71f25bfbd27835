import { describe, expect, it } from 'vitest';
import { wallClock, within } from './hours.js';

const berlin = 'Europe/Berlin';

describe('hours', () => {
  it('reads the wall clock of a zone, in winter and in summer', () => {
    expect(wallClock('2026-01-05T07:30:00Z', berlin)).toEqual({ day: 1, minute: 8 * 60 + 30 });
    expect(wallClock('2026-07-05T22:30:00Z', berlin)).toEqual({ day: 1, minute: 30 });
  });
  it('includes the start and not the end', () => {
    const hours = { windows: [{ days: [1], from: '08:00', to: '18:00' }] };
    expect(within(hours, '2026-01-05T07:00:00Z', berlin)).toBe(true);
    expect(within(hours, '2026-01-05T06:59:00Z', berlin)).toBe(false);
    expect(within(hours, '2026-01-05T17:00:00Z', berlin)).toBe(false);
    expect(within(hours, '2026-01-06T10:00:00Z', berlin)).toBe(false);
  });
  it('runs over midnight into the next day, Sunday into Monday', () => {
    const hours = { windows: [{ days: [7], from: '22:00', to: '06:00' }] };
    expect(within(hours, '2026-01-04T22:00:00Z', berlin)).toBe(true);
    expect(within(hours, '2026-01-05T04:30:00Z', berlin)).toBe(true);
    expect(within(hours, '2026-01-05T05:00:00Z', berlin)).toBe(false);
    expect(within(hours, '2026-01-05T21:30:00Z', berlin)).toBe(false);
  });
  it('keeps its hours on the days of the change of summer time', () => {
    const hours = { windows: [{ days: [7], from: '02:00', to: '04:00' }] };
    expect(within(hours, '2026-03-29T01:30:00Z', berlin)).toBe(true); // 03:30 summer time
    expect(within(hours, '2026-10-25T02:30:00Z', berlin)).toBe(true); // 03:30 winter time
    expect(within(hours, '2026-10-25T03:30:00Z', berlin)).toBe(false);
  });
  it('24:00 ends a day', () => {
    expect(within({ windows: [{ days: [1], from: '00:00', to: '24:00' }] }, '2026-01-05T22:59:00Z', berlin)).toBe(true);
  });
});
