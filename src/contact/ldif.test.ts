import type { Carrier } from '@ringbook/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeProblem, PRESETS, readingOf } from './attribute.js';
import { formOf } from './form.js';
import { encode, readLdif, textOf, writeLdif } from './ldif.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const entry = (attributes: Record<string, string[]>, dn = 'uid=anna,dc=example,dc=org'): Uint8Array => writeLdif(dn, Object.entries(attributes).map(([name, values]) => ({ name, values: values.map(encode) })));
const CARRIERS: Carrier[] = [{ attribute: 'employeeType' }, { attribute: 'INFO' }, { attribute: 'description', pattern: '[call:{code}]' }, { attribute: 'description', pattern: '☎ {code}' }];

/** Written apart from the reader on purpose: a line is a line and what is folded onto it. */
const logicalLines = (bytes: Uint8Array): string[] => (text(bytes).match(/[^\n]*\n(?: [^\n]*(?:\n|$))*|[^\n]+$/g) ?? []);
const nameOf = (line: string): string => line.split(':')[0]!.toLowerCase();
const others = (bytes: Uint8Array, carrier: Carrier): string[] => logicalLines(bytes).filter((line) => nameOf(line) !== ('attribute' in carrier ? carrier.attribute.toLowerCase() : ''));
const own = (bytes: Uint8Array, carrier: Carrier): string[] => logicalLines(bytes).filter((line) => nameOf(line) === ('attribute' in carrier ? carrier.attribute.toLowerCase() : ''));

describe('LDIF', () => {
  it('writes what may stand plainly plainly, the rest in base64, folded at 76', () => {
    const bytes = entry({ cn: ['Ännä'], sn: ['x'.repeat(100)], mail: [' a', 'b ', ':c', '<d', 'e\nf', ''], telephoneNumber: ['+49 30 1'] }, 'cn=Ü,dc=example');
    expect(text(bytes)).toBe(['dn:: Y249w5wsZGM9ZXhhbXBsZQ==', 'cn:: w4RubsOk', `sn: ${'x'.repeat(72)}`, ` ${'x'.repeat(28)}`, 'mail:: IGE=', 'mail:: YiA=', 'mail:: OmM=', 'mail:: PGQ=', 'mail:: ZQpm', 'mail:', 'telephoneNumber: +49 30 1', ''].join('\n'));
    for (const line of text(bytes).split('\n')) expect(line.length).toBeLessThanOrEqual(76);
  });

  it('reads back every value of every byte', () => {
    const value = fc.uint8Array({ maxLength: 300 });
    const attribute = fc.record({ name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/).filter((name) => name.toLowerCase() !== 'dn'), values: fc.array(value, { minLength: 1, maxLength: 4 }) });
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(attribute, { maxLength: 6 }), (dn, attributes) => {
      const record = readLdif(writeLdif(dn, attributes))!;
      expect(record.dn).toBe(dn);
      expect(record.lines.map(({ name, value: v }) => [name, [...v!]])).toEqual(attributes.flatMap(({ name, values }) => values.map((v) => [name, [...v]])));
    }));
  });

  it('reads what other tools write: a version, comments, CRLF, folded base64, a second record', () => {
    const record = readLdif(encode('version: 1\r\n# a comment\r\n  that goes on\r\ndn: cn=A,\r\n dc=x\r\ncn:: QW5u\r\n YQ==\r\nseeAlso:< file:///etc/passwd\r\njunk\r\nx: 1\r\n\r\ndn: cn=B\r\ncn: B\r\n'))!;
    expect([record.dn, record.eol]).toEqual(['cn=A,dc=x', '\r\n']);
    expect(record.lines.map(({ name, value }) => [name, textOf(value)])).toEqual([['cn', 'Anna'], ['seeAlso', undefined], ['', undefined], ['x', '1']]);
    for (const none of ['', 'BEGIN:VCARD\nFN:x\nEND:VCARD\n', 'cn: x\n', 'version: 1\ncn: x\n']) expect(readLdif(encode(none))).toBeUndefined();
  });

  it('comes to an end with entries that were made to be slow', () => {
    const slow = [`dn: x\ndescription: ${'[call:A'.repeat(5000)}\n`, `dn: x\n${' \n'.repeat(200_000)}`, `dn: x\n${'a: b\n'.repeat(100_000)}`, `dn: x\ndescription: [call:${' '.repeat(100_000)}\n`];
    for (const one of slow) for (const carrier of CARRIERS) { formOf(encode(one)).codeOf(encode(one), carrier); formOf(encode(one)).patch(encode(one), carrier, 'VIP'); }
  });
});

describe('codes in entries', () => {
  const code = (bytes: Uint8Array, carrier: Carrier) => formOf(bytes).codeOf(bytes, carrier);
  const patch = (bytes: Uint8Array, carrier: Carrier, wanted: string | null) => formOf(bytes).patch(bytes, carrier, wanted);
  const lines = (bytes: Uint8Array) => readLdif(bytes)!.lines.map(({ name, value }) => `${name}=${textOf(value)}`);

  it('come and go without a trace, and keep the other values', () => {
    const plain = entry({ cn: ['Anna'], employeeType: ['freie Mitarbeit'], sn: ['A'] });
    expect(code(plain, CARRIERS[0]!)).toEqual({ code: null, reason: expect.stringContaining('freie Mitarbeit') });
    const set = patch(plain, CARRIERS[0]!, 'vip');
    expect(lines(set)).toEqual(['cn=Anna', 'employeeType=freie Mitarbeit', 'employeeType=VIP', 'sn=A']);
    expect(code(set, { attribute: 'EMPLOYEETYPE' })).toEqual({ code: 'VIP' });
    expect(text(patch(set, CARRIERS[0]!, null))).toBe(text(plain));
    expect(text(patch(patch(plain, { attribute: 'info' }, 'A'), { attribute: 'info' }, null))).toBe(text(plain));
  });

  it('are none where two values could be one: neither is ours to take', () => {
    const two = entry({ cn: ['Anna'], employeeType: ['staff', 'VIP'] });
    expect(code(two, CARRIERS[0]!)).toEqual({ code: null, reason: expect.stringContaining('"staff" and "VIP"') });
    for (const wanted of ['FAM', null]) expect(patch(two, CARRIERS[0]!, wanted)).toBe(two);
  });

  it('stand in a part of a description, also in one that is not ASCII', () => {
    const carrier = CARRIERS[2]!;
    const before = entry({ description: ['Büro in Köln', 'zweiter'] });
    const set = patch(before, carrier, 'vm');
    expect(lines(set)).toEqual(['description=Büro in Köln [call:VM]', 'description=zweiter']);
    expect(lines(patch(set, carrier, 'FAM'))).toEqual(['description=Büro in Köln [call:FAM]', 'description=zweiter']);
    expect(text(patch(set, carrier, null))).toBe(text(before));
    expect(lines(patch(entry({ cn: ['A'] }), carrier, 'VM'))).toEqual(['cn=A', 'description=[call:VM]']);
    expect(code(entry({ description: ['siehe [call:'] }), carrier).reason).toContain('start of');
  });

  it('change one line of any entry and nothing else, and are read back', () => {
    const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 90 }), fc.constantFrom('VIP', 'staff', '[call:x]', ' [call:[call:A]B]', '☎ vip', 'a\nb', '☎', ''));
    const name = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,9}$/), fc.constantFrom('employeeType', 'EMPLOYEETYPE', 'info', 'description', 'Description', 'description;lang-de')).filter((n) => n.toLowerCase() !== 'dn');
    const made = fc.tuple(fc.array(fc.tuple(name, word), { maxLength: 10 }), fc.boolean(), fc.boolean()).map(([attributes, crlf, ended]) => {
      const bytes = text(writeLdif('cn=x', attributes.map(([n, v]) => ({ name: n, values: [encode(v)] }))));
      const whole = crlf ? bytes.replaceAll('\n', '\r\n') : bytes;
      return new Uint8Array(Buffer.from(ended ? whole : whole.replace(/\r?\n$/, ''), 'latin1'));
    });
    const anyCode = fc.oneof(fc.constantFrom('VIP', 'fam', '-', 'A'.repeat(24)), fc.stringMatching(/^[A-Za-z0-9_-]{1,24}$/));
    fc.assert(fc.property(made, fc.constantFrom(...CARRIERS), anyCode, (before, carrier, wanted) => {
      const after = patch(before, carrier, wanted);
      if (after === before) { // said so already, or nobody's to decide
        const { code: now, reason } = code(before, carrier);
        expect(now === wanted.toUpperCase() || reason !== undefined).toBe(true);
        return;
      }
      expect(code(after, carrier).code).toBe(wanted.toUpperCase());
      const ended = (list: string[]): string[] => list.map((line) => line.replace(/\r?\n$/, '')); // a line after the last one ends that one
      expect(ended(others(after, carrier))).toEqual(ended(others(before, carrier)));
      const had = ended(own(before, carrier)), has = ended(own(after, carrier));
      expect(has.filter((line) => !had.includes(line)).length).toBeLessThanOrEqual(1);
      expect([0, 1]).toContain(has.length - had.length);
      expect(patch(after, carrier, wanted)).toBe(after);
      const without = patch(after, carrier, null);
      expect(code(without, carrier).code).toBeNull();
      expect(ended(others(without, carrier))).toEqual(ended(others(before, carrier)));
    }), { numRuns: 2500 });
  });

  it('are kept out of attributes that say who somebody is', () => {
    for (const taken of ['cn', 'CN', 'sn', 'uid', 'mail', 'telephoneNumber', 'objectClass', 'userPassword', 'sAMAccountName', 'krbPrincipalName', 'jpegPhoto']) expect(attributeProblem(taken, '[{code}]'), taken).toContain('something else');
    for (const free of ['employeeType', 'info', 'pager', 'extensionAttribute7', 'roomNumber', 'ringbookCode']) expect(attributeProblem(free, undefined), free).toBeUndefined();
    expect(attributeProblem('description', undefined)).toContain('pattern');
    expect(attributeProblem('description', '[call:{code}]')).toBeUndefined();
    for (const { map, others: rest } of Object.values(PRESETS)) for (const { attribute } of map.numbers) expect(rest).not.toContain(attribute);
  });

  it('belong to somebody, as the map says', () => {
    const bytes = entry({ cn: ['Anna Berg', 'Annie'], o: ['Acme\u202e GmbH'], telephoneNumber: ['+49 30 1', '+49 30 2'], MOBILE: ['0171 1'], uid: ['anna'] });
    expect(formOf(bytes).read(bytes)).toEqual({ uid: 'anna', name: 'Anna Berg', organisation: 'Acme GmbH', numbers: [{ label: 'work', raw: '+49 30 1' }, { label: 'work', raw: '+49 30 2' }, { label: 'cell', raw: '0171 1' }] });
    expect(readingOf((name) => (name === 'pager' ? ['123'] : []), { name: ['x'], organisation: [], uid: [], numbers: [{ attribute: 'pager' }] })).toEqual({ uid: null, name: '123', organisation: null, numbers: [{ label: null, raw: '123' }] });
    expect(formOf(bytes).fields(bytes)).toContainEqual({ field: 'MOBILE', value: '0171 1' });
  });
});
