import type { Pop } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { doorOf, protocolToken } from './door.js';
import { forgetEnded, newsOf, overdue, remember, type Seen } from './feed.js';

const pop = (version: number, state: Pop['state'] = 'ringing'): Pop => ({
  id: 'c1.u1', callId: 'c1', userId: 'u1', version, state, endedAt: state === 'ended' ? '2026-11-20T10:00:00.000Z' : null,
} as Pop);

describe('what a client is told of pops', () => {
  it('opens, changes, closes, each version once', () => {
    const seen: Seen = new Map();
    const told = [pop(1), pop(1), pop(3), pop(2), pop(4, 'ended'), pop(4, 'ended'), pop(3)].map((p) => newsOf(seen, p));
    expect(told).toEqual(['pop.opened', undefined, 'pop.changed', undefined, 'pop.closed', undefined, undefined]);
  });
  it('does not open again what was in the snapshot', () => {
    const seen: Seen = new Map();
    remember(seen, [pop(2)]);
    expect([newsOf(seen, pop(2)), newsOf(seen, pop(3))]).toEqual([undefined, 'pop.changed']);
  });
  it('finds calls whose end was not told, and forgets ended ones in time', () => {
    const seen: Seen = new Map();
    remember(seen, [pop(2)]);
    expect(overdue(seen, new Set())).toEqual(['c1']);
    expect(overdue(seen, new Set(['c1.u1']))).toEqual([]);
    newsOf(seen, pop(3, 'ended'));
    expect(overdue(seen, new Set())).toEqual([]);
    forgetEnded(seen, Date.parse('2026-11-20T10:05:00Z'));
    expect(seen.size).toBe(1);
    forgetEnded(seen, Date.parse('2026-11-20T10:30:00Z'));
    expect(seen.size).toBe(0);
  });
});

describe('the door', () => {
  const publicUrl = 'https://ringbook.example.org';
  it.each([
    [undefined, 'localhost:8080', 'cookieOrToken'], ['https://ringbook.example.org', 'internal:8080', 'cookieOrToken'], ['http://localhost:8080', 'localhost:8080', 'cookieOrToken'],
    ['moz-extension://0f0f0f0f-aaaa-bbbb', 'localhost:8080', 'token'], ['chrome-extension://abcdefgh', 'localhost:8080', 'token'],
    ['https://evil.example', 'localhost:8080', 'shut'], ['null', 'localhost:8080', 'shut'], ['', 'localhost:8080', 'shut'], ['https://ringbook.example.org.evil.example', 'x', 'shut'], ['http://localhost:9090', 'localhost:8080', 'shut'],
  ])('from %s at %s: %s', (origin, host, door) => { expect(doorOf({ origin, host, publicUrl })).toBe(door); });
  it('reads the token from the protocols', () => {
    expect(protocolToken('ringbook, token.rb_abcdefghijk')).toBe('rb_abcdefghijk');
    expect(protocolToken('ringbook')).toBeUndefined();
    expect(protocolToken('token.a b')).toBeUndefined();
  });
});
