import type { Method, Rule, Status, Tier } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { codeOf, decide, kindOf } from './decide.js';
import { DEFAULT_METHOD, type Situation } from './situation.js';

const contact = (code: string | null) => ({ id: '00000000-0000-4000-8000-000000000001', name: 'Ольга Иванова', organisation: null, code, uid: 'u1', book: 'Friends' });
const voicemail: Method = { kind: 'voicemail' };
const situation = (over: { code?: string | null; tier?: Tier; status?: Status; rules?: Rule[]; withheld?: boolean; at?: string } = {}): Situation => ({
  at: over.at ?? '2026-11-20T10:00:00Z', cli: over.withheld ? { withheld: true } : { number: '+4930123456', withheld: false }, called: '+4989100101',
  user: { id: 'u', name: 'Alice', zone: 'Europe/Berlin' },
  match: over.tier === 'none' || over.withheld ? { tier: 'none', contact: null, candidates: [] } : { tier: over.tier ?? 'exact', contact: contact(over.code ?? null), candidates: [], asOf: '2026-11-20T09:59:00.000Z' },
  status: { status: over.status ?? 'available', until: null, because: [{ fact: 'own', text: 'set by hand', source: 'Alice', at: '2026-11-20T09:00:00Z' }] },
  profile: { rules: over.rules ?? [], otherwise: DEFAULT_METHOD },
});
const rule = (id: string, when: Rule['when'], method: Method = voicemail): Rule => ({ id, when, method });

describe('decide', () => {
  it('takes the first rule that fits, and says so', () => {
    const rules = [rule('fam', { codes: ['FAM'] }), rule('vip', { codes: ['vip'] }, { kind: 'forward', to: '+491711' }), rule('late', { codes: ['VIP'] })];
    const d = decide(situation({ code: 'VIP', status: 'meeting', rules }));
    expect(d.rule).toBe('vip');
    expect(d.method).toEqual({ kind: 'forward', to: '+491711' });
    expect(d.because.map((b) => b.text).join('\n')).toContain('Rule 1 does not apply: the code is VIP');
    expect(d.because.find((b) => b.fact === 'code')).toEqual({ fact: 'code', text: 'The handling code is VIP', source: 'Friends', at: '2026-11-20T09:59:00.000Z' });
    expect(d.because.find((b) => b.fact === 'status')).toMatchObject({ text: 'Alice is in a meeting', at: '2026-11-20T09:00:00Z' });
  });

  it('never takes a guess for a VIP, unless the rule accepts guesses', () => {
    const vip = rule('vip', { codes: ['VIP'] });
    expect(decide(situation({ code: 'VIP', tier: 'suffix', rules: [vip] })).rule).toBe('otherwise');
    expect(decide(situation({ code: 'VIP', tier: 'national', rules: [vip] })).rule).toBe('vip');
    expect(decide(situation({ code: 'VIP', tier: 'suffix', rules: [rule('any', { codes: ['VIP'], minTier: 'suffix' })] })).rule).toBe('any');
    expect(decide(situation({ code: 'VIP', tier: 'extension', rules: [rule('sure', { codes: ['VIP'], minTier: 'exact' })] })).rule).toBe('otherwise');
  });

  it('tells contact, unknown and withheld apart', () => {
    expect(kindOf(situation())).toBe('contact');
    expect(kindOf(situation({ tier: 'none' }))).toBe('unknown');
    expect(kindOf(situation({ withheld: true }))).toBe('withheld');
    const rules = [rule('w', { caller: 'withheld' }), rule('u', { caller: 'unknown' }), rule('c', { caller: 'contact' })];
    expect(decide(situation({ withheld: true, rules })).rule).toBe('w');
    expect(decide(situation({ tier: 'none', rules })).rule).toBe('u');
    expect(decide(situation({ rules })).rule).toBe('c');
  });

  it('an ambiguous number is a contact without a code', () => {
    const s: Situation = { ...situation({ rules: [rule('vip', { codes: ['VIP'] })] }), match: { tier: 'ambiguous', contact: null, candidates: [contact('VIP'), contact('VIP')] } };
    expect(kindOf(s)).toBe('contact');
    expect(codeOf(s)).toBeNull();
    expect(decide(s).rule).toBe('otherwise');
    expect(decide(s).because.some((b) => b.text.startsWith('2 contacts have this number'))).toBe(true);
  });

  it('rules by status and hours, in the user\'s own zone', () => {
    const office = { windows: [{ days: [5], from: '11:00', to: '11:30' }] };
    expect(decide(situation({ rules: [rule('h', { hours: office })] })).rule).toBe('h');
    expect(decide(situation({ rules: [rule('h', { hours: { ...office, zone: 'UTC' } })] })).rule).toBe('otherwise');
    expect(decide(situation({ status: 'dnd', rules: [rule('s', { status: ['dnd', 'away'] })] })).rule).toBe('s');
    expect(decide(situation({ rules: [rule('s', { status: ['dnd', 'away'] })] })).rule).toBe('otherwise');
  });
});
