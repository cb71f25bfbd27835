import type { Method, Rule, Status, Tier } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { withoutTitles } from '../call/private.js';
import type { CalendarFacts, EventFact } from '../calendar/facts.js';
import { resolveStatus } from '../presence/resolve.js';
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

  it('says when the person said who the number is; a guess stays one', () => {
    const chosen = (tier: Tier): Situation => { const s = situation({ code: 'VIP', tier, rules: [rule('vip', { codes: ['VIP'] })] }); return { ...s, match: { ...s.match, chosen: true } }; };
    expect(decide(chosen('exact'))).toMatchObject({ rule: 'vip', because: expect.arrayContaining([{ fact: 'choice', text: 'Several contacts have this number; Alice said that it is Ольга Иванова', source: 'Alice' }]) });
    expect(decide(chosen('suffix')).rule).toBe('otherwise');
    expect(decide(situation()).because.some((b) => b.fact === 'choice')).toBe(false);
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

describe('decide, with a calendar', () => {
  const event = (over: Partial<EventFact> = {}): EventFact => ({ calendar: 'Work', readAt: '2026-11-20T09:58:00.000Z', title: 'Planning', start: '2026-11-20T09:30:00.000Z', end: '2026-11-20T10:30:00.000Z', allDay: false, busy: 'busy', status: 'meeting', attendees: ['alice@example.org', 'Ольга <olga@example.org>'], ...over });
  const next = event({ title: 'Review', start: '2026-11-20T12:00:00.000Z', end: '2026-11-20T13:00:00.000Z', attendees: ['Olga@Example.org'] });
  const calendar = (over: Partial<CalendarFacts> = {}): CalendarFacts => ({ now: { status: 'meeting', until: '2026-11-20T10:30:00.000Z', events: [event()] }, current: [event()], next: [next], stale: [], ...over });
  const known = (facts: CalendarFacts | undefined, when: Rule['when'], over: Partial<Situation> & { tier?: Tier } = {}): Situation => {
    const s = situation({ rules: [rule('r', when)], ...over.tier ? { tier: over.tier } : {} });
    return { ...s, calendar: facts, callerMails: ['OLGA@example.org'], status: resolveStatus({ phones: [], calendar: facts, zone: s.user.zone, at: s.at }), ...over };
  };
  const why = (s: Situation) => decide(s).because.find((b) => b.fact === 'passed')?.text;

  it('says which event was behind it, with the age of the calendar', () => {
    const d = decide(known(calendar(), { status: ['meeting'] }));
    expect(d.rule).toBe('r');
    expect(d.because.filter((b) => b.fact.includes('event') || b.fact === 'attending')).toEqual([
      { fact: 'status.event', text: 'In a meeting until 11:30: "Planning" (10:30 to 11:30)', source: 'Work', at: '2026-11-20T09:58:00.000Z' },
      { fact: 'attending', text: 'Ольга Иванова takes part in "Planning", which is going on (10:30 to 11:30)', source: 'Work', at: '2026-11-20T09:58:00.000Z' },
      { fact: 'attending', text: 'Ольга Иванова takes part in "Review", which is next (13:00 to 14:00)', source: 'Work', at: '2026-11-20T09:58:00.000Z' },
    ]);
    expect(JSON.stringify(withoutTitles(d.because))).not.toMatch(/Planning|Review|"Work"/);
  });

  it.each<[string, CalendarFacts | undefined, Rule['when'], Partial<Situation> & { tier?: Tier }, string | undefined]>([
    ['now', calendar(), { attending: 'now' }, {}, undefined], ['next', calendar(), { attending: 'next' }, {}, undefined], ['either', calendar({ current: [] }), { attending: 'nowOrNext' }, {}, undefined],
    ['nothing now', calendar({ current: [] }), { attending: 'now' }, {}, 'Alice has no event now'], ['nothing at all', undefined, { attending: 'nowOrNext' }, {}, 'Alice has no event now or next'],
    ['somebody else', calendar(), { attending: 'now' }, { callerMails: ['bob@example.org'] }, 'the caller takes no part in what Alice has now'], ['no address known', calendar(), { attending: 'nowOrNext' }, { callerMails: [] }, 'the caller takes no part in what Alice has now or next'],
    ['a guess is nobody who takes part', calendar(), { attending: 'now' }, { tier: 'suffix' }, 'matched by the last digits only, which is too weak'], ['unless the rule accepts guesses', calendar(), { attending: 'now', minTier: 'suffix' }, { tier: 'suffix' }, undefined],
    ['stale', calendar({ stale: [{ calendar: 'Work', readAt: null }] }), { calendar: 'stale' }, {}, undefined], ['not stale', calendar(), { calendar: 'stale' }, {}, 'the calendars were read within the last hour'],
    ['read', calendar(), { calendar: 'read' }, {}, undefined], ['not read', calendar({ stale: [{ calendar: 'Work', readAt: null }] }), { calendar: 'read' }, {}, 'a calendar could not be read for an hour or longer'],
    ['no calendar is not a stale one', undefined, { calendar: 'stale' }, {}, 'Alice has no calendar here'], ['nor a read one', undefined, { calendar: 'read' }, {}, 'Alice has no calendar here'],
  ])('%s', (_, facts, when, over, expected) => {
    const s = known(facts, when, over);
    expect(decide(s).rule).toBe(expected === undefined ? 'r' : 'otherwise');
    expect(why(s)).toBe(expected === undefined ? undefined : `Rule 1 does not apply: ${expected}`);
  });

  it('a stale calendar is said once, also when the status comes from elsewhere', () => {
    const stale = calendar({ now: undefined, stale: [{ calendar: 'Work', readAt: '2026-11-20T08:00:00.000Z' }] });
    const said = (s: Situation) => decide(s).because.filter((b) => b.text.includes('could not be read')).map((b) => [b.fact, b.text, b.at]);
    expect(said(known(stale, {}))).toEqual([['status.calendar', 'The calendar "Work" could not be read since 09:00: the status may be wrong', '2026-11-20T08:00:00.000Z']]);
    const own = resolveStatus({ own: { status: 'dnd', until: null, at: '2026-11-20T09:00:00Z' }, phones: [], calendar: stale, at: '2026-11-20T10:00:00Z' });
    expect(said(known(stale, { calendar: 'stale' }, { status: own }))).toEqual([['calendar', 'The calendar "Work" could not be read since 09:00: the status may be wrong', '2026-11-20T08:00:00.000Z']]);
  });
});
