import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOf } from './canonical.js';
import { type Candidate, chooseMatch, type FormTier } from './match.js';
import { parseNumber, writtenCountry } from './parse.js';
import type { NumberForms } from './number.js';

const cases = (name: string): string[][] => readFileSync(new URL(name, import.meta.url), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => line.split(' | ').map((cell) => cell.trim()));
const form = (cell: string | undefined): string | undefined => (cell === '-' ? undefined : cell);

describe('parseNumber', () => {
  it.each(cases('./invalid.cases.txt'))('%s: %s is no whole number', (region, raw, ...forms) => {
    const [e164, national, extension, suffix] = forms.map(form);
    expect([e164, national]).toEqual([undefined, undefined]);
    expect(parseNumber(raw!, region!)).toEqual({ raw, ...(extension && { extension }), ...(suffix && { suffix }) });
  });

  it.each(cases('./parse.cases.txt'))('%s: %s', (region, raw, ...forms) => {
    const [e164, national, extension, suffix] = forms.map(form);
    const read = parseNumber(raw!, region!);
    expect({ ...read }).toEqual({ raw, ...(e164 && { e164 }), ...(national && { national }), ...(extension && { extension }), ...(suffix && { suffix }) });
  });

  it('never throws, keeps raw, and only makes well-formed forms', () => {
    const telephonic = fc.string({ unit: fc.constantFrom(...'0123456789+-() /.;,#xтelspim:@%٣３\u0000\u202a') });
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), telephonic), fc.constantFrom('DE', 'US', 'IT', 'XX', ''), (raw, region) => {
      const forms = parseNumber(raw, region);
      expect(forms.raw).toBe(raw);
      if (forms.e164 !== undefined) expect(forms.e164).toMatch(/^\+[0-9]{7,17}$/);
      if (forms.extension !== undefined) expect(forms.extension).toMatch(/^[0-9]{2,6}$/);
      if (forms.suffix !== undefined) expect(forms.suffix).toMatch(/^[0-9]{7,9}$/);
      expect(forms.extension !== undefined && forms.e164 !== undefined).toBe(false);
      writtenCountry(raw, region);
    }), { numRuns: 3000 });
  });

  it('finds its own E.164 again', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 15 }), (digits) => {
      const { e164 } = parseNumber(digits, 'DE');
      if (e164 !== undefined) expect(parseNumber(e164, 'US').e164).toBe(e164);
    }), { numRuns: 2000, examples: [['00000000'], ['0000000000']] });
  });

  it('knows whether the country was written, and which', () => {
    for (const raw of ['+4930123456', '0049 30 123456', '4930123456']) expect(writtenCountry(raw, 'DE')).toBe('49');
    expect(writtenCountry('+39 06 12345678', 'DE')).toBe('39');
    expect(writtenCountry('1-212-555-0123', 'US')).toBe('1');
    for (const raw of ['030 123456', '30123456', '101', '', '+999 123 456 789']) expect(writtenCountry(raw, 'DE')).toBeUndefined();
  });
});

interface Person { id: string; uid: string | null }
/** What the directory's query does, in memory: which numbers share which form. */
const candidates = (wanted: NumberForms, cards: string): Candidate<Person>[] => cards.split(' ; ').flatMap((card) => {
  const [raw = '', who = ''] = card.split(' > ');
  const [id = '', ...marks] = who.split(' ');
  const forms = parseNumber(raw, 'DE');
  const contact = { id, uid: marks.find((m) => m.startsWith('uid=')) ?? null };
  const place = Number(marks.find((m) => m.startsWith('place='))?.slice(6) ?? (marks.includes('shared') ? 1001 : 1000));
  const same: [FormTier, keyof NumberForms][] = [['exact', 'e164'], ['national', 'national'], ['extension', 'extension'], ['suffix', 'suffix']];
  return same.filter(([, key]) => forms[key] !== undefined && forms[key] === wanted[key]).map(([tier]) => ({ tier, contact, raw, place, chosen: marks.includes('chosen') }));
});

describe('chooseMatch', () => {
  it.each(cases('./match.cases.txt'))('%s: %s %s among %s', (number, tier, who, cards) => {
    const wanted = parseNumber(number!, 'DE');
    const found = chooseMatch(candidates(wanted, cards!), wanted, 'DE');
    expect(found.tier).toBe(tier);
    expect(found.candidates.map((c) => (found.chosen && c === found.contact ? `${c.id}*` : c.id)).sort().join(' ') || '-').toBe(who);
    expect(found.contact?.id ?? null).toBe(tier === 'ambiguous' || tier === 'none' ? null : who!.split(' ').find((name) => name.endsWith('*'))?.slice(0, -1) ?? who);
  });
});

it.each([['089 / 1234567', '+49891234567'], ['+49 (89) 123-4567', '+49891234567'], ['101', '101'], ['0049891234567', '+49891234567'], ['0190-(1)', '01901']])('%s is kept as %s', (raw, kept) => { expect(canonicalOf(raw, 'DE')).toBe(kept); });
