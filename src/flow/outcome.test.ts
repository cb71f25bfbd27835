import { describe, expect, it } from 'vitest';
import type { Call, Leg } from '../call/call.js';
import { doingOf, partyOf } from './outcome.js';

const leg = (uniqueid: string, endpoint?: string, bridge?: string): Leg => ({ channel: `c${uniqueid}`, uniqueid, state: 'up', ...(endpoint ? { endpoint } : {}), ...(bridge ? { bridge } : {}) });
const call = (...legs: Leg[]): Call => ({
  id: '17.1', cli: { number: '+4930', name: '', withheld: false }, called: '+4989', phase: 'talking', startedAt: '2026-01-01T10:00:00Z', answeredAt: '2026-01-01T10:00:05Z', answeredBy: 'PJSIP/101',
  waiting: false, legs: Object.fromEntries(legs.map((each) => [each.channel, each])),
});

describe('what is being done', () => {
  it('names who talks with the caller now, not who answered first', () => {
    expect(doingOf(call(leg('17.1', undefined, 'b'), leg('17.2', 'PJSIP/101', 'b')), undefined)).toBe('Talking with 101');
    expect(doingOf(call(leg('17.1', undefined, 'c'), { ...leg('17.2', 'PJSIP/101'), state: 'ended' }, leg('17.3', 'Local/+491715550001@ringbook-outside', 'c')), undefined)).toBe('Talking with +491715550001');
  });
  it('names who answered when the talk is not seen any more', () => expect(doingOf(call(leg('17.1')), undefined)).toBe('Talking with 101'));
  it('knows a party by its endpoint', () => expect(['PJSIP/101', 'Local/+4930123@ringbook-outside'].map(partyOf)).toEqual(['101', '+4930123']));
});
