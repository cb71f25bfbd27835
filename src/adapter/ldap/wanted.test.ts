import { BerWriter, EqualityFilter, type Filter, FilterParser, Filter as FilterBase } from 'ldapts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, writeLdif } from '../../contact/ldif.js';
import { bytesOf, childrenOf, headerAt, stringOf } from './ber.js';
import { changesOf } from './change.js';
import { filterOf } from './client.adapter.js';
import { attributesOf, escapeValue, plainFilter } from './filter.js';
import { idFilter } from './listing.adapter.js';
import { allows } from './schema.js';
import { cookieText, tokenOf, tokenText } from './token.js';
import { etagOf, hrefOf, ldifOf, wantedOf } from './wanted.js';

const written = (filter: Filter): Uint8Array => { const writer = new BerWriter(); filter.write(writer); return Uint8Array.from(writer.buffer); };
const hostile = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom('*', ')(uid=*', '*)(|(uid=*', '\\2a', '\0', 'a\\', '(&)', 'x)(objectClass=*', '\\', '  ')).filter((value) => !value.startsWith('ns:'));

describe('filters', () => {
  it('take no value for anything but a value', () => {
    fc.assert(fc.property(hostile, (value) => {
      const parsed = FilterParser.parseString(plainFilter(`(cn=${escapeValue(value)})`)) as EqualityFilter;
      expect(parsed).toBeInstanceOf(EqualityFilter);
      expect(parsed.value).toBe(value);
      expect(FilterBase.escape(value)).toBe(escapeValue(value));
      for (const [attribute, href] of [['entryUUID', value], ['nsUniqueId', `ns:${value}`]] as const) {
        const bytes = written(idFilter(href, false));
        const whole = headerAt(bytes, 0, bytes.length)!;
        const parts = childrenOf(bytes, whole);
        expect([whole.tag, whole.to, ...parts.map((part) => stringOf(bytes, part))]).toEqual([0xa3, bytes.length, attribute, value]);
      }
      const guid = written(idFilter(value, true));
      expect(bytesOf(guid, childrenOf(guid, headerAt(guid, 0, guid.length)!)[1]).length).toBe(16);
    }), { numRuns: 1000 });
  });

  it('as people write them: characters in hex, spaces, what is no filter', () => {
    expect((filterOf(String.raw`(cn=M\c3\bcller \2a)`) as EqualityFilter).value).toBe('Müller *');
    expect(written(filterOf('(& (objectClass=person) (!(cn=x)) )'))).toEqual(written(filterOf('(&(objectClass=person)(!(cn=x)))')));
    expect(written(filterOf('objectClass=person'))).toEqual(written(filterOf('(objectClass=person)')));
    for (const none of ['', '(', 'x', '(cn=a)(cn=b)', '(&)', '(cn=(x))', String.raw`(cn=\zz)`]) expect(() => filterOf(none), none).toThrow('no LDAP filter');
    expect(attributesOf('(&(objectCategory=person)(|(cn=a(b))(!(userAccountControl:1.2.840.113556.1.4.803:=2))))')).toEqual(['objectCategory', 'cn', 'b', 'userAccountControl']);
  });
});

describe('what is wanted', () => {
  it('is the preset\'s where nothing else is said, with what may hold codes, without pictures', () => {
    const { filter, attributes } = wantedOf({ preset: 'activeDirectory', base: 'dc=x' }, ['carLicense', 'INFO', 'jpegPhoto']);
    expect(filter).toContain('objectCategory=person');
    expect(attributes).toEqual(expect.arrayContaining(['displayName', 'telephoneNumber', 'extensionAttribute15', 'info', 'carLicense']));
    expect(attributes.map((name) => name.toLowerCase()).filter((name) => name === 'info' || name === 'jpegphoto')).toEqual(['info']);
    expect(() => wantedOf({ preset: 'openldap', base: 'dc=x', map: { name: ['userCertificate'], organisation: [], uid: [], numbers: [{ attribute: 'mobile' }] } })).toThrow('userCertificate');
  });
  it('is another set whenever entries would look different', () => {
    const sets = [wantedOf({ preset: 'openldap', base: 'a' }), wantedOf({ preset: 'openldap', base: 'b' }), wantedOf({ preset: 'openldap', base: 'a', filter: '(cn=*)' }), wantedOf({ preset: 'openldap', base: 'a' }, ['x'])].map(({ set }) => set);
    expect(new Set(sets).size).toBe(4);
    expect(wantedOf({ preset: 'openldap', base: 'a' }, ['X', 'y']).set).toBe(wantedOf({ preset: 'openldap', base: 'a' }, ['Y', 'x']).set);
  });
  it('finds entries again by what stays', () => {
    const entry = (attributes: Record<string, string>) => ({ dn: 'cn=a', attributes: Object.entries(attributes).map(([name, value]) => ({ name, values: [encode(value)] })) });
    expect(hrefOf(entry({ ENTRYUUID: 'ABC', objectGUID: 'short' }))).toBe('abc');
    expect(hrefOf(entry({ nsUniqueId: 'x-y' }))).toBe('ns:x-y');
    expect(hrefOf(entry({ cn: 'a' }))).toBeUndefined();
    expect(etagOf(entry({ modifyTimestamp: '20260101', entryCSN: 'csn' }), 's')).toBe('csn;s');
    expect(etagOf(entry({}), 's')).toBe('');
    expect(new TextDecoder().decode(ldifOf(entry({ cn: 'a', entryCSN: 'x', objectGUID: 'y' })))).toBe('dn: cn=a\ncn: a\n');
  });
});

it('names, stamps and cookies that no directory has are none', () => {
  const long = 'x'.repeat(201), entry = (attributes: Record<string, string>) => ({ dn: '', attributes: Object.entries(attributes).map(([name, value]) => ({ name, values: [encode(value)] })) });
  expect(hrefOf(entry({ entryUUID: long }))).toBeUndefined();
  expect(hrefOf(entry({ nsUniqueId: long }))).toBeUndefined();
  expect(etagOf(entry({ entryCSN: long, modifyTimestamp: '20260101000000Z' }), 's')).toBe('20260101000000Z;s');
  expect(cookieText(new Uint8Array(65_536))).toHaveLength(87_384);
  for (const cookie of [new Uint8Array(65_537), new Uint8Array(4_000_000), undefined]) expect(cookieText(cookie)).toBeUndefined();
});

describe('tokens', () => {
  it('are those of these settings, or none', () => {
    const token = { how: 'poll', set: 's', since: '2026', count: 3, at: 4 } as const;
    expect(tokenOf(tokenText(token), 's')).toEqual(token);
    for (const none of [null, '', 'x', '1', '[]', '{}', tokenText({ ...token, set: 't' }), JSON.stringify({ ...token, since: 5 }), JSON.stringify({ ...token, how: 'toString' }), JSON.stringify({ ...token, how: '__proto__' })]) expect(tokenOf(none, 's'), String(none)).toBeUndefined();
    fc.assert(fc.property(fc.json(), (text) => { expect(tokenOf(text, 's')).toBeUndefined(); }));
  });
});

describe('a change', () => {
  const ldif = (attributes: Record<string, string[]>) => writeLdif('cn=a', Object.entries(attributes).map(([name, values]) => ({ name, values: values.map(encode) })));
  const words = (values: Uint8Array[]) => values.map((value) => new TextDecoder().decode(value));
  it('names the values that went and came, and no others', () => {
    const changes = changesOf(ldif({ cn: ['a'], employeeType: ['staff', 'VIP'], info: ['x'] }), ldif({ cn: ['a'], EMPLOYEETYPE: ['FAM', 'staff'] }));
    expect(changes.map(({ attribute, remove, add }) => [attribute, words(remove), words(add)])).toEqual([['employeeType', ['VIP'], ['FAM']], ['info', ['x'], []]]);
    expect(changesOf(ldif({ cn: ['a', 'b'] }), ldif({ cn: ['b', 'a'] }))).toEqual([]);
  });
});

describe('a schema', () => {
  const classes = ["( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( telephoneNumber $ description ) )", "( 2.5.6.7 NAME ( 'organizationalPerson' 'op' ) SUP person STRUCTURAL MAY ( title $ l ) )", "( 2.16 NAME 'inetOrgPerson' SUP organizationalPerson MAY employeeType )", "( 1.4 NAME 'extensibleObject' SUP top AUXILIARY )"];
  it('says which attributes an entry may have', () => {
    for (const [attribute, known] of [['employeeType', true], ['DESCRIPTION', true], ['cn', true], ['info', false]] as const) expect(allows(classes, ['inetOrgPerson', 'top'], attribute), attribute).toBe(known);
    expect(allows(classes, ['inetOrgPerson', 'extensibleObject'], 'info')).toBe(true);
    expect(allows(classes, ['inetOrgPerson', 'unknownClass'], 'info')).toBeUndefined();
    expect(allows([], ['person'], 'cn')).toBeUndefined();
    expect(allows(["( 1 NAME 'a' MUST ( cn", "( 2 NAME ( 'b' SUP a MUST ( sn ) )"], ['a'], 'cn')).toBe(false); // brackets that do not close hold nothing
    const chain = Array.from({ length: 200 }, (_, n) => `( ${n} NAME 'c${n}' SUP c${n + 1} )`);
    expect(allows(chain, ['c0'], 'cn')).toBeUndefined();
    expect(allows(chain, ['c150'], 'cn')).toBeUndefined();
  });
});
