/** LDAP against a real OpenLDAP: the common suite, and what only a directory can do to us. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewBook } from '../../src/sync/book.store.js';
import { type Slapd, type SlapdOptions, startSlapd } from '../lab/slapd.js';
import { contactSourceSuite, type Place, type Writing } from './source.suite.js';

export const bookAt = (server: Slapd, { url = server.url, user = server.user, password = server.password, ...ldap }: Partial<NewBook['options'] & object> & { url?: string; user?: string; password?: string } & object = {}): Pick<NewBook, 'kind' | 'url' | 'username' | 'password' | 'options'> =>
  ({ kind: 'ldap', url, username: user, password, options: { ldap: { ...server.options, ...ldap } } });

const LDIF: Writing = {
  card: ({ name, cell, work, phone, note, code }) => [`cn: ${name}`, `sn: ${name}`, ...cell ? [`mobile: ${cell}`] : [], ...work ?? phone ? [`telephoneNumber: ${work ?? phone}`] : [], ...note ? [`description: ${note}`] : [], ...code ? [`employeeType: ${code}`] : [], ''].join('\n'),
  note: (text) => `description: ${text}`, code: (text) => `employeeType: ${text}`, carries: (line) => line.startsWith('employeeType'),
};
const placeAt = async (options: SlapdOptions): Promise<Place> => {
  const server = await startSlapd(options);
  return { book: bookAt(server), writing: LDIF, put: server.put, get: server.get, remove: server.remove, list: server.list, close: server.stop };
};
contactSourceSuite('OpenLDAP with content synchronisation', () => placeAt({ sync: true }));
contactSourceSuite('OpenLDAP without it', () => placeAt({ sync: false }));
