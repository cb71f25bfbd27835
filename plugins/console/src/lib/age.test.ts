import { describe, expect, it } from 'vitest';
import { formatAge, formatAgeThen, formatDuration, isoDuration, secondsBetween } from './age.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const age = (at: string, language = 'en') => formatAge(at, now, language, { justNow: 'just now' });

describe('age of a fact', () => {
  it.each([
    ['2026-03-01T11:59:55Z', 'just now'], ['2026-03-01T11:59:20Z', '40 seconds ago'], ['2026-03-01T11:58:01Z', '1 minute ago'],
    ['2026-03-01T10:00:00Z', '2 hours ago'], ['2026-02-27T12:00:00Z', '2 days ago'], ['2026-02-01T12:00:00Z', '4 weeks ago'],
    ['2025-12-01T12:00:00Z', '3 months ago'], ['2024-02-01T12:00:00Z', '2 years ago'], ['2026-03-01T12:30:00Z', 'in 30 minutes'],
  ])('%s is %s', (at, text) => expect(age(at)).toBe(text));
  it('speaks the language of the reader', () => expect(age('2026-03-01T10:00:00Z', 'de')).toBe('vor 2 Stunden'));
  it('says nothing of what is no instant', () => expect(age('yesterday')).toBe(''));
});

describe('age of a fact when the call came in', () => {
  const words = { atCall: 'at the call', before: (s: string) => `${s} before`, into: (s: string) => `${s} into` };
  it.each([['2026-03-01T12:00:01Z', 'at the call'], ['2026-03-01T11:59:20Z', '40 seconds before'], ['2026-02-26T12:00:00Z', '3 days before'], ['2026-03-01T12:01:10Z', '1 minute into'], ['x', '']])('%s: %s', (at, text) =>
    expect(formatAgeThen(at, '2026-03-01T12:00:00Z', 'en', words)).toBe(text));
});

describe('duration', () => {
  it.each([[0, '0:00'], [7.9, '0:07'], [61, '1:01'], [754, '12:34'], [3723, '1:02:03'], [-5, '0:00'], [Number.NaN, '0:00']])('%s s is %s', (s, text) => expect(formatDuration(s)).toBe(text));
  it('is an ISO 8601 duration for machines', () => expect(isoDuration(61.5)).toBe('PT61S'));
  it('counts until now while it lasts and never backwards', () => {
    expect(secondsBetween('2026-03-01T11:59:00Z', null, now)).toBe(60);
    expect(secondsBetween('2026-03-01T11:59:00Z', '2026-03-01T11:59:10Z', now)).toBe(10);
    expect(secondsBetween('2026-03-01T12:01:00Z', null, now)).toBe(0);
    expect(secondsBetween(null, null, now)).toBe(0);
  });
});
