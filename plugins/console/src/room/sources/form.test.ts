import type { AddressBook } from '@ringbook/contracts/book';
import type { Calendar } from '@ringbook/contracts/calendar';
import { describe, expect, it } from 'vitest';
import { calendarChangesOf, calendarFormOf, changesOf, emptyForm, formOf, newBookOf, newCalendarOf, numberTag, readNumberTag, testOf } from './form.js';

const dav = { ...emptyForm('carddav', true), shared: true, url: ' dav.example.org ', username: ' alice ', password: ' with spaces ' };
const ldap = { ...emptyForm('ldap', false), name: 'Company', url: 'ldap://d', ldap: { ...emptyForm('ldap', false).ldap, base: ' dc=x ', startTls: true } };
const book = (over: Partial<AddressBook> = {}): AddressBook => ({
  id: 'b', kind: 'carddav', name: 'Friends', url: 'https://dav.example.org/friends/', username: 'alice', auth: 'auto', ldap: null, shared: false, ownerId: 'me', carrier: { field: 'X-CUSTOM4' },
  health: { bookId: 'b', state: 'ok', lastSuccess: null, lastError: null, progress: null, contacts: 0, numbers: 0, codes: 0, skipped: 0, pending: 0, refused: 0, lost: 0, nextRun: null }, ...over,
});

it.each([['carddav', true, false], ['carddav', false, false], ['import', true, false], ['ldap', true, true], ['ldap', false, false]] as const)('a new source of kind %s, by an administrator: %s, is for everybody: %s', (kind, admin, shared) => { expect(emptyForm(kind, admin).shared).toBe(shared); });

describe('what is sent of what was typed', () => {
  it('for a test: tidied, but never the password', () => { expect(testOf(dav)).toEqual({ kind: 'carddav', url: 'dav.example.org', username: 'alice', password: ' with spaces ' }); });
  it('for a found book: its own address, the name that was given it', () => {
    expect(newBookOf({ ...dav, auth: 'digest' }, { name: ' Work ', url: 'https://dav.example.org/work/' })).toEqual({ kind: 'carddav', name: 'Work', url: 'https://dav.example.org/work/', username: 'alice', password: ' with spaces ', auth: 'digest', shared: true });
  });
  it('for a directory: only what says something', () => { expect(newBookOf(ldap)).toEqual({ kind: 'ldap', name: 'Company', url: 'ldap://d', username: '', password: '', ldap: { preset: 'openldap', base: 'dc=x', startTls: true } }); });
  it('for files: a name alone', () => { expect(newBookOf({ ...emptyForm('import', false), name: 'Old' })).toEqual({ kind: 'import', name: 'Old' }); });
  it('for a calendar without a name: its address', () => { expect(newCalendarOf(dav, { name: ' ', url: 'https://dav.example.org/c/' })).toEqual({ name: 'https://dav.example.org/c/', url: 'https://dav.example.org/c/', username: 'alice', password: ' with spaces ' }); });
});

describe('changes of a book', () => {
  it('are none when nothing was typed', () => {
    expect(changesOf(formOf(book()), book())).toEqual({});
    const directory = book({ kind: 'ldap', auth: null, ldap: { preset: 'activeDirectory', base: 'dc=x', map: { name: ['cn'], organisation: [], uid: [], numbers: [{ attribute: 'mobile' }] } } });
    expect(changesOf(formOf(directory), directory)).toEqual({});
  });
  it('hold what differs, and no empty password', () => {
    expect(changesOf({ ...formOf(book()), name: 'Pals ', username: 'bob', shared: true }, book())).toEqual({ name: 'Pals', username: 'bob', shared: true });
    expect(changesOf({ ...formOf(book()), password: 'new' }, book())).toEqual({ password: 'new' });
  });
  it('of a book of files are its name and who sees it', () => {
    const files = book({ kind: 'import', url: '', username: '', auth: null });
    expect(changesOf({ ...formOf(files), name: 'Old', url: 'typed somehow', password: 'x' }, files)).toEqual({ name: 'Old' });
  });
});

describe('changes of a calendar', () => {
  const health = { calendarId: 'c', state: 'ok', lastSuccess: null, lastError: null, progress: null, events: 0, busy: 0, skipped: 0, nextRun: null, stale: false } as const;
  const calendar: Calendar = { id: 'c', name: 'Agenda', url: 'https://dav.example.org/c/', username: 'alice', auth: 'digest', health };
  it('are none when nothing was typed', () => { expect(calendarChangesOf(calendarFormOf(calendar), calendar)).toEqual({}); });
  it('hold how to sign in, and no empty password', () => {
    expect(calendarChangesOf({ ...calendarFormOf(calendar), auth: 'basic', url: ' https://new.example.org/ ' }, calendar)).toEqual({ auth: 'basic', url: 'https://new.example.org/' });
    expect(calendarChangesOf({ ...calendarFormOf(calendar), password: ' new ' }, calendar)).toEqual({ password: ' new ' });
  });
});

it.each([['mobile', { attribute: 'mobile' }], ['mobile:cell', { attribute: 'mobile', label: 'cell' }], ['a:b:c', { attribute: 'a', label: 'b:c' }]])('an attribute with its label: %s', (tag, number) => {
  expect(readNumberTag(tag)).toEqual(number);
  expect(numberTag(number)).toBe(tag);
});
