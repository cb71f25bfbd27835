import { callState, pop } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { popOf, type PopRow } from './pop.js';

const row: PopRow = {
  id: 'pbx-1.1', pbx: 'pbx', linkedid: '1.1', person_id: '6f1c2f3e-1111-4222-8333-444455556666', version: 3,
  from_number: '+4930123456', from_e164: '+4930123456', from_display: 'Ada', from_kind: 'contact', tier: 'exact', to_number: '+4989100', contact_id: null, contact: null, candidates: [], code: 'VIP',
  phase: 'ringing', doing: 'Ringing 101', outcome: null, answered_by: null, decision: null, note: null,
  started_at: new Date('2026-11-20T10:00:00Z'), answered_at: null, ended_at: null,
};
const history = { count: 2, last: '2026-11-19T10:00:00.000Z' };

describe('popOf', () => {
  it('is a pop of the contract in every state', () => {
    for (const phase of callState.options) expect(pop.safeParse(popOf({ ...row, phase }, history)).error).toBeUndefined();
  });
  it('offers what the state allows', () => {
    expect(popOf(row, history).actions).toContain('take');
    expect(popOf({ ...row, phase: 'answered' }, history)).toMatchObject({ state: 'answered', actions: ['forward', 'hangup'] });
    expect(popOf({ ...row, phase: 'recording' }, history)).toMatchObject({ state: 'ringing', actions: ['take', 'forward', 'hangup'] });
  });
  it('is over when the call is, whatever the phase says', () => {
    expect(popOf({ ...row, ended_at: new Date('2026-11-20T10:01:00Z') }, history)).toMatchObject({ state: 'ended', actions: [], endedAt: '2026-11-20T10:01:00.000Z' });
  });
  it('always has words and something to show for the caller', () => {
    expect(popOf({ ...row, doing: '', from_display: '', from_number: null, from_kind: 'withheld' }, history)).toMatchObject({ doing: 'Ringing', from: { display: 'Withheld number', number: null } });
  });
});
