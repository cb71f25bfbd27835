import { readdirSync, readFileSync } from 'node:fs';
import type { Carrier } from '@ringbook/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldOf, readCode } from './carrier.js';
import { patchCode } from './patch.js';
import { readCard } from './vcard.js';

const folder = new URL('./samples/', import.meta.url);
const samples = readdirSync(folder).filter((f) => f.endsWith('.vcf')).map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const encode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));
const CARRIERS: Carrier[] = [{ field: 'X-CUSTOM4' }, { field: 'X-Ringbook' }, { field: 'NOTE', pattern: '[call:{code}]' }, { field: 'ROLE', pattern: 'a,b;{code}\\' }, { field: 'NOTE', pattern: '☎ {code} ☎' }, { field: 'CATEGORIES', prefix: 'call-' }, { field: 'X-List', prefix: 'RB_' }];

/** Written apart from the reader on purpose: a logical line is a line and what is folded or soft-broken onto it. */
const logicalLines = (bytes: Uint8Array): string[] => {
  const lines: string[] = [];
  let soft = false;
  for (const line of latin(bytes).match(latin(bytes).includes('\n') ? /[^\n]*\n|[^\n]+$/g : /[^\r]*\r|[^\r]+$/g) ?? []) {
    if (lines.length > 0 && (/^[ \t]/.test(line) || soft)) lines[lines.length - 1] += line; else lines.push(line);
    soft = /=(?:\r?\n|\r)$/.test(line) && /^[^:]*QUOTED-PRINTABLE/i.test(lines.at(-1)!);
  }
  return lines;
};
const isOf = (carrier: Carrier) => (line: string): boolean => new RegExp(String.raw`^(?:[^.;:]*\.)?${fieldOf(carrier)}[;:]`, 'i').test(line.replace(/(?:\r?\n|\r)[ \t]/g, ''));
const others = (bytes: Uint8Array, carrier: Carrier): string[] => logicalLines(bytes).filter((line) => !isOf(carrier)(line));
const codeIn = (bytes: Uint8Array, carrier: Carrier): string | null | undefined => { const card = readCard(bytes); return card && readCode(card, carrier).code; };

/** Byte by byte: what differs lies within one line of the field, or is put between two lines. */
const isOneLine = (before: Uint8Array, after: Uint8Array, carrier: Carrier): boolean => {
  const [a, b] = [latin(before), latin(after)];
  let from = 0, same = 0;
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from += 1;
  while (same < Math.min(a.length, b.length) - from && a.at(-1 - same) === b.at(-1 - same)) same += 1;
  if (from === a.length - same) return true; // nothing of it is gone
  let start = 0;
  for (const line of logicalLines(before)) {
    if (start <= from && a.length - same <= start + line.length) return isOf(carrier)(line);
    start += line.length;
  }
  return false;
};

const holds = (before: Uint8Array, carrier: Carrier, code: string): void => {
  const after = patchCode(before, carrier, code);
  expect(codeIn(after, carrier)).toBe(code.toUpperCase());
  expect(others(after, carrier)).toEqual(others(before, carrier));
  expect(isOneLine(before, after, carrier)).toBe(true);
  const [had, has] = [before, after].map((bytes) => logicalLines(bytes).filter(isOf(carrier)));
  const changed = has!.filter((line) => !had!.includes(line)).length;
  expect(changed).toBeLessThanOrEqual(1);
  expect(has!.length - had!.length).toBeGreaterThanOrEqual(0);
  expect(has!.length - had!.length).toBeLessThanOrEqual(1);
  expect(patchCode(after, carrier, code)).toEqual(after);
  const without = patchCode(after, carrier, null);
  expect(codeIn(without, carrier)).toBeNull();
  expect(others(without, carrier)).toEqual(others(before, carrier));
};

const anyCode = fc.oneof(fc.constantFrom('VIP', 'fam', 'vm', '-', '_', 'A'.repeat(24)), fc.stringMatching(/^[A-Za-z0-9_-]{1,24}$/));

describe('patchCode', () => {
  const known = samples.filter((s) => s.name !== 'bare.vcf' && s.name !== 'broken.vcf');
  it.each(known)('changes one line of $name and nothing else', ({ bytes }) => {
    fc.assert(fc.property(fc.constantFrom(...CARRIERS), anyCode, (carrier, code) => holds(bytes, carrier, code)), { numRuns: 30 });
  });

  it.each(samples)('$name: a code that was not there comes and goes without a trace', ({ bytes }) => {
    const carrier = { field: 'X-NEVER-SEEN' };
    expect(latin(bytes).toLowerCase()).toMatch(/(?:[\r\n]|end:vcard)$/);
    expect(latin(patchCode(patchCode(bytes, carrier, 'VIP'), carrier, null))).toBe(latin(bytes));
  });

  it('holds for cards that nobody has seen', () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,8}$/);
    const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.constantFrom('[call:', '[call:x]y', ' [call:[call:A]B]', 'a\\', '☎ vip', 'AAAA'.repeat(50), '', 'call-A', 'a,CALL-b ,c', 'x\\,call-y,call-', 'Friends,Söhne\\, Co,call-z,call-w', ' , ,', 'RB_1,RB_2'))
      .map((v) => v.replace(/[\r\n]/g, ''));
    const name = fc.oneof(word, fc.constantFrom('X-CUSTOM4', 'item1.X-CUSTOM4', 'x-custom4;VALUE=TEXT', 'NOTE', 'note;LANGUAGE=de', 'Role', 'NOTE;ENCODING=QUOTED-PRINTABLE', 'X-CUSTOM4;ENCODING=b', 'NOTE;ENCODING=b', 'TEL;TYPE="x', 'CATEGORIES', 'item2.Categories;X-A="b,c"', 'CATEGORIES;ENCODING=QUOTED-PRINTABLE', 'x-list'))
      .filter((n) => !/^(begin|end)$/i.test(n));
    const line = fc.tuple(name, value, fc.integer({ min: 20, max: 75 }), fc.constantFrom(' ', '\t'));
    const card = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n', '\r'), fc.boolean()).map(([lines, eol, ended]) =>
      encode(['BEGIN:VCARD', 'VERSION:3.0', ...lines.map(([n, v, width, space]) => folded(`${n}:${v}`, width, eol + space)), 'END:VCARD'].join(eol) + (ended ? eol : '')));
    fc.assert(fc.property(card, fc.constantFrom(...CARRIERS), anyCode, holds), { numRuns: 2500 });
  });

  it('keeps lines within 75 octets by folding around the code, never through it', () => {
    const before = encode(`BEGIN:VCARD\r\nNOTE:${'x'.repeat(60)} [call:A] yyy\r\nEND:VCARD\r\n`);
    const after = latin(patchCode(before, CARRIERS[2]!, 'ABCDEFGHIJKLMNOPQRSTUVWX'));
    expect(after).toContain('\r\n ABCDEFGHIJKLMNOPQRSTUVWX] yyy\r\n');
    for (const line of after.split('\r\n')) expect(line.length).toBeLessThanOrEqual(75);
  });

  describe('one entry of a list', () => {
    const LIST: Carrier = { field: 'CATEGORIES', prefix: 'call-' };
    const card = (...lines: string[]): string => ['BEGIN:VCARD', 'FN:x', ...lines, 'END:VCARD', ''].join('\r\n');
    const patched = (lines: string[], code: string | null): string => latin(patchCode(encode(card(...lines)), LIST, code));
    it.each<[string, string[], string | null, string[]]>([
      ['no list', [], 'vip', ['CATEGORIES:call-VIP']],
      ['an empty list', ['CATEGORIES:'], 'VIP', ['CATEGORIES:call-VIP']],
      ['other entries', ['CATEGORIES:Friends,Müller\\, Söhne,\\;x'], 'VIP', ['CATEGORIES:Friends,Müller\\, Söhne,\\;x,call-VIP']],
      ['another code in the middle', ['categories;TYPE=x: a , CALL-fam ,b'], 'VM', ['categories;TYPE=x: a , CALL-VM ,b']],
      ['several lines', ['CATEGORIES:a', 'item1.CATEGORIES:b,call-A'], 'B', ['CATEGORIES:a', 'item1.CATEGORIES:b,call-B']],
      ['an escaped comma before the prefix', ['CATEGORIES:x\\,call-A'], 'B', ['CATEGORIES:x\\,call-A,call-B']],
      ['entries that only look like it', ['CATEGORIES:call-,call-a b,call'], 'B', ['CATEGORIES:call-,call-a b,call,call-B']],
      ['taken out of the middle', ['CATEGORIES:a,call-A, b'], null, ['CATEGORIES:a, b']],
      ['taken from the front', ['CATEGORIES:call-A, b,,c'], null, ['CATEGORIES: b,,c']],
      ['taken from the end', ['CATEGORIES:a\\,,call-A'], null, ['CATEGORIES:a\\,']],
      ['several taken out', ['CATEGORIES:call-A,call-B,x,call-C,call-D,y,call-E', 'CATEGORIES:call-F'], null, ['CATEGORIES:x,y']],
      ['nothing else in it', ['CATEGORIES:call-A'], null, []],
    ])('%s', (_, before, code, after) => {
      expect(patched(before, code)).toBe(latin(encode(card(...after))));
    });
    it('keeps the bytes of all other entries, whatever they are', () => {
      const entry = fc.oneof(fc.constantFrom('Friends', ' a', 'b ', 'Söhne\\, Co', 'x\\;y', '', '☎', '\\\\'), fc.stringMatching(/^[A-Za-z -]{1,30}$/)).filter((e) => !/^\s*call-/i.test(e));
      fc.assert(fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), fc.integer({ min: 15, max: 75 }), anyCode, (all, width, code) => {
        const before = encode(`BEGIN:VCARD\n${folded(`CATEGORIES:${all.join(',')}`, width, '\n ')}\nEND:VCARD\n`);
        const after = patchCode(before, LIST, code);
        const list = latin(after).replace(/\n[ \t]/g, '').split('\n')[1]!;
        const empty = all.join(',').trim() === '';
        expect(list).toBe(latin(encode(`CATEGORIES:${all.join(',')}${empty ? '' : ','}call-${code.toUpperCase()}`)));
        if (all.join('').trim() !== '') expect(latin(patchCode(after, LIST, null))).toBe(latin(before));
      }), { numRuns: 1500 });
    });
  });

  it.each([
    ['a photo of 4 MB in one line', `PHOTO;ENCODING=b:${'A'.repeat(4e6)}`], ['a photo of 4 MB, folded', `PHOTO:data:image/jpeg;base64,${folded('A'.repeat(4e6), 75, '\r\n ')}`],
    ['a long note', `NOTE:${'ä '.repeat(3e5)}`], ['a note of spaces', `NOTE:[call:${' '.repeat(1e6)}`], ['a long list', `CATEGORIES:${'a\\,b,'.repeat(2e5)}`],
    ['50,000 marks', `NOTE:${'[call:A] x '.repeat(5e4)}`], ['marks in marks', `NOTE:${'[call:'.repeat(1e5)}A${']'.repeat(1e5)}`], ['50,000 entries', `CATEGORIES:${'call-a,'.repeat(5e4)}`], ['a code of 4 MB', `X-CUSTOM4:${'A'.repeat(4e6)}`],
  ])('is done with %s long before the time-out of a test', (_, line) => {
    const bytes = encode(`BEGIN:VCARD\r\nFN:x\r\n${line}\r\nEND:VCARD\r\n`);
    for (const carrier of [CARRIERS[0]!, CARRIERS[2]!, CARRIERS[5]!]) {
      expect(codeIn(patchCode(bytes, carrier, 'VIP'), carrier)).toBe('VIP');
      patchCode(bytes, carrier, null);
    }
  });

  it('leaves bytes alone that are no card, and a code that is there already', () => {
    const text = encode('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
    expect(patchCode(text, CARRIERS[0]!, 'VIP')).toBe(text);
    const card = samples.find((s) => s.name === 'thunderbird.vcf')!.bytes;
    expect(patchCode(card, CARRIERS[0]!, 'VIP')).toBe(card);
  });
});

const folded = (line: string, width: number, fold: string): string => {
  const parts: string[] = [];
  const characters = Array.from(line);
  for (let i = 0; i < characters.length; i += width) parts.push(characters.slice(i, i + width).join(''));
  return parts.join(fold);
};
