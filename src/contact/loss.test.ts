import type { Carrier } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { formOf } from './form.js';
import { leanCard } from './lean.js';
import { lossOf } from './loss.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const card = (...lines: string[]): Uint8Array => encode(['BEGIN:VCARD', 'VERSION:3.0', 'FN:Ada', ...lines, 'END:VCARD', ''].join('\r\n'));
const FIELD: Carrier = { field: 'X-CUSTOM4' };
const NOTE: Carrier = { field: 'NOTE', pattern: '[call:{code}]' };
const LIST: Carrier = { field: 'CATEGORIES', prefix: 'call-' };
const BASE = ['TEL:1', 'X-CUSTOM1:Kunde', 'REV:2026-01-01', 'PRODID:one'];
const why = (carrier: Carrier, before: Uint8Array, after: Uint8Array) => lossOf(formOf(before), before, after, carrier);

describe('a code that vanished', () => {
  it.each<[string, Carrier, string[], string[]]>([
    ['alone', FIELD, [...BASE, 'X-CUSTOM4:VIP'], BASE],
    ['alone, in a card written anew in another order and case', FIELD, [...BASE, 'EMAIL;TYPE=work:a@b', 'X-CUSTOM4;VALUE=TEXT:VIP'], ['email;type=WORK:a@', ' b', 'X-CUSTOM1:Kunde', 'TEL;VALUE=TEXT:1']],
    ['with what changes at every save', FIELD, [...BASE, 'X-CUSTOM4:VIP'], ['TEL:1', 'X-CUSTOM1:Kunde', 'REV:2026-02-02', 'PRODID:two', 'X-EVOLUTION-LAST-USE:3']],
    ['and its field is empty now', FIELD, [...BASE, 'X-CUSTOM4:VIP'], ['TEL:2', 'X-CUSTOM4:']],
    ['and its field holds other words now', FIELD, [...BASE, 'X-CUSTOM4:VIP'], ['TEL:2', 'X-CUSTOM4:Kunde seit 2009']],
    ['with a picture, which we do not hold', FIELD, [...BASE, 'X-CUSTOM4:VIP'], [...BASE, 'PHOTO;ENCODING=b:AAAA']],
    ['from a note', NOTE, [...BASE, 'NOTE:likes tea [call:VIP]'], [...BASE, 'NOTE:likes tea']],
    ['from a list', LIST, [...BASE, 'CATEGORIES:a,call-VIP'], [...BASE, 'CATEGORIES:a']],
    ['not at all', FIELD, [...BASE, 'X-CUSTOM4:VIP'], ['TEL:2', 'X-CUSTOM4:FAM']],
    ['before it was there', FIELD, BASE, ['TEL:2']],
  ])('%s: on purpose', (_, carrier, before, after) => { expect(why(carrier, card(...before), card(...after))).toBeNull(); });

  it.each<[string, Carrier, string[], string[], RegExp]>([
    ['with another field', FIELD, [...BASE, 'X-CUSTOM4:VIP'], ['TEL:1', 'REV:2026-01-01', 'PRODID:one'], /together with X-CUSTOM1/],
    ['with many', FIELD, [...BASE, 'X-A:1', 'X-B:1', 'X-C:1', 'X-CUSTOM4:VIP'], ['TEL:1'], /X-CUSTOM1, X-A, X-B and 1 more/],
    ['when a number changed', FIELD, [...BASE, 'X-CUSTOM4:VIP'], BASE.map((line) => line.replace('TEL:1', 'TEL:2')), /when TEL changed/],
    ['when a second number came', FIELD, [...BASE, 'X-CUSTOM4:VIP'], [...BASE, 'TEL:1'], /when TEL changed/],
    ['from a note, when a number changed', NOTE, [...BASE, 'NOTE:likes tea [call:VIP]'], ['TEL:2', 'X-CUSTOM1:Kunde', 'NOTE:likes tea'], /"\[call:\{code\}\]" in NOTE vanished when TEL changed/],
    ['from a list, when a note came', LIST, [...BASE, 'CATEGORIES:a,call-VIP'], [...BASE, 'NOTE:x', 'CATEGORIES:a'], /"call-..." in CATEGORIES vanished when NOTE changed/],
  ])('%s: lost', (_, carrier, before, after, words) => { expect(why(carrier, card(...before), card(...after))).toMatch(words); });

  it('is told from entries of directories too', () => {
    const entry = (...lines: string[]) => encode(['dn: uid=ada,dc=example,dc=org', 'objectClass: inetOrgPerson', 'cn: Ada', ...lines, ''].join('\n'));
    const EMPLOYEE: Carrier = { attribute: 'employeeType' };
    expect(why(EMPLOYEE, entry('employeeType: VIP', 'telephoneNumber: 1', 'modifyTimestamp: 1'), entry('telephoneNumber: 1', 'modifyTimestamp: 2'))).toBeNull();
    expect(why(EMPLOYEE, entry('employeeType: VIP', 'telephoneNumber: 1'), entry('telephoneNumber: 2'))).toMatch(/employeeType vanished when TELEPHONENUMBER changed/);
  });
});

it('cards are kept without pictures, sounds and keys, and every other byte of them', () => {
  const before = card('item1.PHOTO;ENCODING=b:AAAA', ' BBBB', 'TEL:1', 'LOGO:https://example.org/x.png', 'sound;value=url:x', 'KEY;X509:', '\tAAAA', 'X-PHOTO:kept', 'AGENT:', 'BEGIN:VCARD', 'PHOTO:not ours', 'END:VCARD');
  expect(new TextDecoder().decode(leanCard(before))).toBe(new TextDecoder().decode(card('TEL:1', 'X-PHOTO:kept', 'AGENT:', 'BEGIN:VCARD', 'PHOTO:not ours', 'END:VCARD')));
  const plain = card('TEL:1');
  expect(leanCard(plain)).toBe(plain);
  const none = encode('no card');
  expect(leanCard(none)).toBe(none);
});
