import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, childrenOf, element, headerAt, integer, Malformed, numberOf } from './ber.js';
import { assertionValue, dirSyncAnswer, dirSyncValue, guidBytes, guidText, pagedCookie, pagedValue, syncDone, syncInfo, syncState, syncValue, uuidText } from './control.js';
import { messageAt, textsOf } from './message.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const control = (oid: string, value: Uint8Array): Uint8Array => element(0x30, element(4, oid), element(4, value));
const entry = (dn: string, attributes: [string, Uint8Array[]][]): Uint8Array => element(0x64, element(4, dn), element(0x30, ...attributes.map(([name, values]) => element(0x30, element(4, name), element(0x31, ...values.map((v) => element(4, v)))))));
const message = (id: number, op: Uint8Array, ...controls: Uint8Array[]): Uint8Array => element(0x30, integer(id), op, ...(controls.length > 0 ? [element(0xa0, ...controls)] : []));

describe('messages of a directory', () => {
  it('are read whole, with values of any bytes', () => {
    const any = fc.array(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9;-]{0,20}$/), fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 })), { maxLength: 5 });
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), fc.string({ unit: 'grapheme', maxLength: 200 }), any, (id, dn, attributes) => {
      const bytes = message(id, entry(dn, attributes), control('1.2.3', text('x')));
      const found = messageAt(bytes, 0)!;
      expect(found.next).toBe(bytes.length);
      expect(found.answer).toEqual({ id, kind: 'entry', controls: [{ oid: '1.2.3', value: text('x') }], entry: { dn, attributes: attributes.map(([name, values]) => ({ name, values })) } });
      for (const cut of [0, 1, 5, bytes.length - 1]) expect(messageAt(bytes.subarray(0, cut), 0)).toBeUndefined();
    }));
  });

  it('end, whatever bytes come, and never leave what was received', () => {
    const valid = message(7, entry('cn=a', [['cn', [text('a'), text('b')]], ['x', []]]), control('1.2.840.113556.1.4.319', pagedValue(3, text('c'))));
    const changed = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }).map((changes) => { const bytes = Uint8Array.from(valid); for (const [at, byte] of changes) bytes[at] = byte; return bytes; });
    fc.assert(fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      try {
        const found = messageAt(bytes, 0);
        expect(found === undefined || found.next <= bytes.length).toBe(true);
      } catch (thrown) { expect(thrown).toBeInstanceOf(Malformed); }
    }), { numRuns: 5000 });
    expect(() => messageAt(Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff), 0)).toThrow('more than 4 MB');
    expect(() => messageAt(text('HTTP/1.1 400'), 0)).toThrow('no LDAP');
  });

  it('hold so many values and no more, in one attribute or in many', () => {
    const none = new Uint8Array(), of = (count: number): Uint8Array[] => Array.from({ length: count }, () => none);
    expect(messageAt(message(1, entry('cn=x', [['cn', of(20_000)]])), 0)?.answer).toMatchObject({ kind: 'entry' });
    for (const attributes of [[['cn', of(20_001)]], Array.from({ length: 30 }, () => ['cn', of(700)]), Array.from({ length: 20_001 }, () => ['cn', []])] as [string, Uint8Array[]][][]) expect(() => messageAt(message(1, entry('cn=x', attributes)), 0)).toThrow(Malformed);
    expect(() => messageAt(message(1, entry('cn=x', []), ...Array.from({ length: 101 }, () => control('1.2.3', none))), 0)).toThrow(Malformed);
  });

  it('say how it ended, and where else to ask', () => {
    const op = element(0x65, element(0x0a, Uint8Array.of(10)), element(4, 'dc=x'), element(4, 'go away'), element(0xa3, element(4, 'ldap://b/'), element(4, 'ldap://c/')));
    expect(messageAt(message(2, op), 0)!.answer).toMatchObject({ kind: 'result', result: { code: 10, matched: 'dc=x', text: 'go away', referrals: ['ldap://b/', 'ldap://c/'] } });
    expect(messageAt(message(2, element(0x73, element(4, 'ldap://d/'))), 0)!.answer).toMatchObject({ kind: 'reference', uris: ['ldap://d/'] });
    expect(messageAt(message(2, element(0x65, element(0x0a, Uint8Array.of(0x10, 0)), element(4, ''), element(4, ''))), 0)!.answer).toMatchObject({ result: { code: 4096 } });
  });

  it('finds attributes by their names in any case', () => {
    const found = messageAt(message(1, entry('x', [['TelephoneNumber', [text('1')]], ['telephonenumber', [text('2')]]])), 0)!.answer;
    expect(found.kind === 'entry' && textsOf(found.entry, 'telephoneNumber')).toEqual(['1', '2']);
  });
});

describe('numbers', () => {
  it('come back as they were written', () => {
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), (n) => { const bytes = integer(n); expect(numberOf(bytes, headerAt(bytes, 0, bytes.length))).toBe(n); }));
    expect(numberOf(Uint8Array.of(2, 1, 0xff), { tag: 2, from: 2, to: 3 })).toBe(-1);
    expect(() => numberOf(new Uint8Array(9), { tag: 2, from: 0, to: 9 })).toThrow(Malformed);
  });
});

describe('controls', () => {
  it('carry cookies of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (cookie, flag) => {
      expect(pagedCookie([{ oid: '1.2.840.113556.1.4.319', value: pagedValue(500, cookie) }])).toEqual(cookie);
      const done = element(0x30, element(4, cookie), element(1, Uint8Array.of(flag ? 255 : 0)));
      expect(syncDone([{ oid: '1.3.6.1.4.1.4203.1.9.1.3', value: done }])).toEqual({ cookie, deletes: flag });
      expect(dirSyncAnswer([{ oid: '1.2.840.113556.1.4.841', value: element(0x30, integer(flag ? 1 : 0), integer(0), element(4, cookie)) }])).toEqual({ more: flag, cookie });
      for (const value of [syncValue(cookie), dirSyncValue(cookie), assertionValue('entryCSN', 'x')]) expect(headerAt(value, 0, value.length)!.to).toBe(value.length);
    }));
    expect(pagedCookie([])).toEqual(new Uint8Array());
    expect(syncDone([])).toBeUndefined();
  });

  it('name entries by number, and tell what is gone from what is still there', () => {
    const uuid = Uint8Array.from({ length: 16 }, (_, i) => i);
    expect(syncState([{ oid: '1.3.6.1.4.1.4203.1.9.1.2', value: element(0x30, element(0x0a, Uint8Array.of(3)), element(4, uuid)) }])).toEqual({ state: 'delete', uuid: '00010203-0405-0607-0809-0a0b0c0d0e0f' });
    expect(syncInfo(element(0xa3, element(1, Uint8Array.of(255)), element(0x31, element(4, uuid))))).toEqual({ gone: [uuidText(uuid)], present: false });
    expect(syncInfo(element(0xa3, element(0x31, element(4, uuid))))).toEqual({ gone: [], present: true });
    expect(syncInfo(element(0xa2))).toEqual({ gone: [], present: true });
    expect(syncInfo(element(0x80, 'cookie'))).toEqual({ gone: [], present: false });
    expect(guidText(uuid)).toBe('03020100-0504-0706-0809-0a0b0c0d0e0f');
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (guid) => { expect(guidBytes(guidText(guid))).toEqual(guid); }));
  });
  it('children stay within their parent', () => {
    const bytes = element(0x30, element(4, 'ab'), element(4, ''));
    expect(childrenOf(bytes, headerAt(bytes, 0, bytes.length)!).map((child) => bytesOf(bytes, child).length)).toEqual([2, 0]);
  });
});
