import { expect, it } from 'vitest';
import { authorityOf, isGood, newSteps, placeOf, serverOf } from './connection.js';

it('a password is for one server: alike is what is spelt alike, and nothing else', () => {
  const groups = [
    ['https://dav.example.org/', 'https://dav.example.org:443/a/', 'https://u:p@DAV.example.org/b'], ['https://dav.example.org:8443/'], ['http://dav.example.org/'], ['dav.example.org', 'anna@dav.example.org', 'Anna@DAV.EXAMPLE.ORG'],
    ['dav.example.org:8443'], ['other.example:8443'], ['ldap://10.0.0.7', 'ldap://10.0.0.7/'], ['ldaps://10.0.0.7'], ['ldap://10.0.0.8'], ['anna@example.org'], ['anna@example.com'],
  ];
  expect(groups.map((group) => new Set(group.map(authorityOf)).size)).toEqual(groups.map(() => 1));
  expect(new Set(groups.map(([first]) => authorityOf(first!))).size).toBe(groups.length);
});

it('a collection is the same however it is spelt', () => {
  expect(placeOf('https://dav.example.org/', '/anna/b%C3%BCro/')).toBe('https://dav.example.org/anna/büro');
  expect(placeOf('https://dav.example.org/anna/büro/', null)).toBe('https://dav.example.org/anna/büro');
  expect(placeOf('anna@example.org', 'https://dav.example.org/anna/b%C3%BCro/')).toBe('https://dav.example.org/anna/büro');
  expect(placeOf('example.org', null)).toBe('example.org');
  expect(placeOf('https://x/%', '/%')).toBe('https://x/%');
});

it('a step that failed leaves the later ones untried; a book that can only be read is good', () => {
  const failed = newSteps();
  failed.pass('address', 'a');
  failed.fail('connection', 'b');
  expect(failed.all().map(({ ok }) => ok)).toEqual([true, false, null, null, null, null, null]);
  expect(isGood({ steps: failed.all(), found: [], contacts: null })).toBe(false);
  const read = newSteps();
  for (const step of ['address', 'connection', 'signIn', 'find', 'read'] as const) read.pass(step, 'x');
  read.none('certificate', 'x');
  read.fail('write', 'x');
  expect(isGood({ steps: read.all(), found: [], contacts: 1 })).toBe(true);
});

it('the server of a place is known where DNS named it', () => {
  expect(['https://dav.example.org:8443/anna/contacts/', 'https://dav.example.org', '/anna/contacts/', null, 'dc=example,dc=org'].map(serverOf)).toEqual(['https://dav.example.org:8443', 'https://dav.example.org', null, null, null]);
});
