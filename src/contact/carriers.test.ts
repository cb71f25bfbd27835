import { readdirSync, readFileSync } from 'node:fs';
import type { Carrier } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { fieldOf } from './carrier.js';
import { codeIn, moved, written } from './carriers.js';
import { formOf } from './form.js';
import { restored, reverted, undoOf } from './undo.js';

const folder = new URL('./samples/', import.meta.url);
const samples = readdirSync(folder).filter((name) => name.endsWith('.vcf')).map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));
const CARRIERS: Carrier[] = [{ field: 'X-CUSTOM4' }, { field: 'X-CUSTOM2' }, { field: 'NOTE', pattern: '[call:{code}]' }, { field: 'NOTE', pattern: '#{code}' }, { field: 'X-CUSTOM4', pattern: '({code})' }, { field: 'CATEGORIES', prefix: 'call-' }];
const PAIRS = CARRIERS.flatMap((from) => CARRIERS.filter((to) => to !== from).map((to) => [from, to] as const));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const card = (...lines: string[]): Uint8Array => new TextEncoder().encode(['BEGIN:VCARD', 'FN:x', ...lines, 'END:VCARD', ''].join('\n'));

describe('a code that moves', () => {
  it.each(samples)('from any place of $name to any other, and back byte for byte', ({ bytes }) => {
    const form = formOf(bytes);
    let moves = 0;
    for (const [from, to] of PAIRS) {
      const before = form.patch(bytes, from, 'VIP');
      const result = moved(form, before, { carrier: to, fallback: from });
      if ('problem' in result) { expect(result.problem).toMatch(/holds/); continue; }
      moves += 1;
      const code = codeIn(form, before, { carrier: to, fallback: from });
      expect(form.codeOf(result.bytes, to).code).toBe(code);
      expect(form.codeOf(result.bytes, from).code).toBeNull();
      const undo = undoOf(form, [before, result.between, result.bytes], [fieldOf(to), fieldOf(from)]);
      expect(text(reverted(result.bytes, undo.hunks)!)).toBe(text(before));
      const lines = restored(form, result.bytes, undo)!;
      expect(codeIn(form, lines, { carrier: from, fallback: null })).toBe('VIP');
      expect(text(lines).split(/[\r\n]+/).sort()).toEqual(text(before).split(/[\r\n]+/).sort());
    }
    expect(moves).toBeGreaterThan(4);
  });

  it('stays where the new place is somebody else\'s, or holds another code', () => {
    const carriers = { carrier: CARRIERS[1]!, fallback: CARRIERS[0]! };
    const problem = (...lines: string[]) => { const result = moved(formOf(card()), card(...lines), carriers); return 'problem' in result ? result.problem : undefined; };
    expect(problem('X-CUSTOM4:VIP', 'X-CUSTOM2:Kunde 4711')).toContain('Kunde 4711');
    expect(problem('X-CUSTOM4:VIP', 'X-CUSTOM2:FAM')).toContain('another code already, FAM');
    expect(problem('X-CUSTOM4:VIP', 'X-CUSTOM2:vip')).toBeUndefined();
    expect(problem('X-CUSTOM2:FAM')).toBeUndefined();
  });

  it('is set and cleared in both places while it moves', () => {
    const carriers = { carrier: CARRIERS[1]!, fallback: CARRIERS[0]! };
    const after = (code: string | null, ...lines: string[]) => { const result = written(formOf(card()), card(...lines), carriers, code); return 'problem' in result ? result.problem : text(result.bytes); };
    expect(after('VM', 'X-CUSTOM4:VIP')).toBe(text(card('X-CUSTOM2:VM')));
    expect(after(null, 'X-CUSTOM4:VIP', 'X-CUSTOM2:FAM')).toBe(text(card()));
    expect(after(null, 'X-CUSTOM2:Kunde 4711')).toBe(text(card('X-CUSTOM2:Kunde 4711')));
    expect(after('VM', 'X-CUSTOM2:Kunde 4711')).toContain('Clear the field');
  });

  it('is not put back by lines where somebody has changed one of its fields since', () => {
    const form = formOf(card()), before = card('X-CUSTOM4;VALUE=TEXT:vip', 'TEL:1');
    const result = moved(form, before, { carrier: CARRIERS[1]!, fallback: CARRIERS[0]! });
    const undo = undoOf(form, [before, 'bytes' in result ? result.bytes : before], ['X-CUSTOM2', 'X-CUSTOM4']);
    expect(text(restored(form, card('X-CUSTOM2:VIP', 'TEL:2'), undo)!)).toBe(text(card('TEL:2', 'X-CUSTOM4;VALUE=TEXT:vip')));
    expect(restored(form, card('X-CUSTOM2:FAM', 'TEL:2'), undo)).toBeUndefined();
    expect(restored(form, card('X-CUSTOM2:VIP', 'X-CUSTOM4:mine'), undo)).toBeUndefined();
  });
});
