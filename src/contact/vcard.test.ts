import { readdirSync, readFileSync } from 'node:fs';
import type { Carrier } from '@ringbook/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carrierProblem, readCode } from './carrier.js';
import { readCard } from './vcard.js';

const sample = (name: string): Uint8Array => readFileSync(new URL(`./samples/${name}.vcf`, import.meta.url));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const FIELD: Carrier = { field: 'X-CUSTOM4' };
const MARK: Carrier = { field: 'NOTE', pattern: '[call:{code}]' };

describe('readCard', () => {
  it('minds semicolons in quotes', () => {
    const { numbers } = readCard(encode('BEGIN:VCARD\nTEL;X="a;b:c";TYPE="home";Y=";":1\nTEL;X=a"b;TYPE=work:2\nEND:VCARD\n'))!;
    expect(numbers).toEqual([{ label: 'home', raw: '1' }, { label: 'work', raw: '2' }]);
  });
  it.each([
    ['empty lines', '\n'.repeat(4 << 20)], ['parameters', `X${';'.repeat(3990)}:v\n`.repeat(1000)], ['labels', `${'z.TEL:1\n'.repeat(200)}${'a.X-ABLABEL:x\n'.repeat(90_000)}`],
  ])('does not hold up calls for a card of %s', (_, lines) => {
    const bytes = encode(`BEGIN:VCARD\nFN:x\n${lines}END:VCARD\n`);
    const began = performance.now();
    readCard(bytes);
    expect(performance.now() - began).toBeLessThan(1500);
  });
  it.each([
    ['thunderbird', 'Ngozi Okafor', 'Okafor & Töchter, Einkauf', [['work', '+49 30 5550143'], ['cell', '0171 5550143']]],
    ['ios', 'Dr. Jörg Müller', 'Praxis am Park', [['main', '+49 (30) 555-0167'], ['cell', '0171 555 0167']]],
    ['android', 'Ayşe Öztürk', null, [['cell', '+491715550189'], ['work fax', '030-5550189'], [null, '030-5550188']]],
    ['outlook', 'René Grün', 'Grün GmbH', [['work', '+49 (89) 5550112'], ['cell', '+49 (171) 5550112']]],
    ['evolution', 'Zofia Nowak', null, [['work', '030 5550178'], ['cell', '+48 601 555 178']]],
    ['google', 'शर्मा प्रिया', 'भारत व्यापार', [['दफ़्तर', '+91 11 5550 1234'], ['cell', '+91 98 1055 5012']]],
    ['quoted', 'Smith, John; "Jack" \\ Co', null, [['home', 'tel:+44-20-7946-0958;ext=102'], [null, 'tel:+44-7700-900123']]],
    ['broken', 'Broken But Here', null, [['cell', '0171 5550100'], ['home', '030 5550100']]],
    ['agent', 'Der Chef', null, [['work', '030 5550111']]],
    ['bom', 'עדי לוי', null, [['cell', '+972 50 555 0123']]],
    ['bare', 'Only A Company', 'Only A Company', []],
  ])('%s', (name, person, organisation, numbers) => {
    const card = readCard(sample(name))!;
    expect([card.name, card.organisation]).toEqual([person, organisation]);
    expect(card.numbers.map((n) => [n.label, n.raw])).toEqual(numbers);
  });

  it('reads the UID, and none when there is none', () => {
    expect(readCard(sample('quoted'))!.uid).toBe('urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1');
    expect(readCard(sample('bare'))!.uid).toBeNull();
  });

  it('has no card where there is none, and never throws', () => {
    for (const text of ['', 'hello', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n']) expect(readCard(encode(text))).toBeUndefined();
    const pieces = fc.constantFrom('BEGIN:VCARD', 'END:VCARD', 'TEL', ';', ':', '=', '"', '\r\n', '\n', ' ', '\\', 'ENCODING=QUOTED-PRINTABLE', '=C3', 'NOTE', '[call:', 'A]', '\u00e4', '🎺');
    fc.assert(fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (all) => {
      const card = readCard(encode(all.join('')));
      if (card) { readCode(card, FIELD); readCode(card, MARK); }
    }), { numRuns: 1500 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { readCard(Uint8Array.of(...encode('BEGIN:VCARD\nNOTE:'), ...bytes)); }));
  });

  it('finds every sample readable', () => {
    for (const file of readdirSync(new URL('./samples/', import.meta.url)).filter((f) => f.endsWith('.vcf'))) expect(readCard(sample(file.slice(0, -4)))?.name, file).toBeTruthy();
  });
});

describe('readCode', () => {
  const code = (name: string, carrier: Carrier) => readCode(readCard(sample(name))!, carrier);
  it('reads a whole field, whatever its parameters, case, group and folds', () => {
    expect(code('thunderbird', FIELD)).toEqual({ code: 'VIP' });
    expect(code('quoted', FIELD)).toEqual({ code: 'VIP' });
    expect(code('bom', { field: 'x-custom4' })).toEqual({ code: 'FAM' });
    expect(code('agent', FIELD)).toEqual({ code: 'BOSS' });
  });
  it('reads a marked part of a note, through folds and encodings', () => {
    expect(code('android', MARK)).toEqual({ code: 'FAM' });
    expect(code('google', MARK)).toEqual({ code: 'VM' });
    expect(code('quoted', MARK)).toEqual({ code: 'FAM' });
  });
  it('says nothing about an empty or absent field, and why about a strange one', () => {
    expect(code('evolution', FIELD)).toEqual({ code: null });
    expect(code('ios', MARK)).toEqual({ code: null });
    expect(code('broken', FIELD)).toEqual({ code: null, reason: expect.stringContaining('Kunde; wichtig!') });
    expect(code('thunderbird', { field: 'NOTE', pattern: 'vormittags {code} !' }).reason).toContain('without a code');
  });
  it('wants a whole word beside an open end of the pattern', () => {
    const read = (note: string) => readCode(readCard(encode(`BEGIN:VCARD\nNOTE:${note}\nEND:VCARD\n`))!, { field: 'NOTE', pattern: '#{code}' }).code;
    expect([read('see #vip soon'), read('#vip'), read('no'), read(`#${'x'.repeat(25)}`)]).toEqual(['VIP', 'VIP', null, null]);
  });
  it('refuses fields that are somebody\'s', () => {
    expect(carrierProblem(FIELD)).toBeUndefined();
    expect(carrierProblem(MARK)).toBeUndefined();
    expect(carrierProblem({ field: 'tel' })).toContain('X-CUSTOM4');
    expect(carrierProblem({ field: 'NOTE' })).toContain('pattern');
  });
});
