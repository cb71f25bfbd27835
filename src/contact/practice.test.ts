import { expect, it } from 'vitest';
import { practiceCards } from './practice.js';
import { recordOf } from './record.js';

it('is an address book that works: names, codes, and numbers that are possible and nobody else\'s', () => {
  const records = [...practiceCards().values()].map((card) => recordOf(new TextEncoder().encode(card), { carrier: { field: 'X-CUSTOM4' }, fallback: null }, 'DE')!);
  expect(records.length).toBeGreaterThanOrEqual(12);
  expect(new Set(records.map((r) => r.code))).toEqual(new Set(['VIP', 'FAM', 'VM', null]));
  const forms = records.flatMap((r) => r.numbers.map((n) => n.e164 ?? n.extension));
  expect(forms).not.toContain(undefined);
  expect(new Set(forms).size).toBe(forms.length);
});
