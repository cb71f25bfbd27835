/** Address books and their sources: how they are reached, how they are doing. Where codes live in them: carrier.ts. */
import { z } from 'zod';
import { carrier } from './carrier.js';
import { instant, line, secretText } from './text.js';

/** URL parsers drop tabs and line breaks inside an address without a word: they are refused before. */
const address = (scheme: RegExp, said: string) => z.string().trim().max(1000).regex(scheme, said);
/** What people have: an address, a bare host name, or the e-mail address of the account (RFC 6764 finds the rest). */
export const davAddress = address(/^(?:https?:\/\/[^\s\u007f]+|[^\s\u007f/:@]+@[a-z0-9.-]+|[a-z0-9.-]+(?::\d{1,5})?)$/i, 'must be an address (https://...), a host name, or an e-mail address');
const ldapAddress = address(/^ldaps?:\/\/[^\s\u007f/?#@]+\/?$/i, 'must be an address that starts with ldap:// or ldaps://').pipe(z.url({ protocol: /^ldaps?$/ }));

export const davAuth = z.enum(['auto', 'basic', 'digest', 'bearer']).describe('How to sign in; "auto" does what the server asks for, "bearer" sends the password as a token');
export type DavAuth = z.infer<typeof davAuth>;

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,59}$/, 'must be an LDAP attribute such as telephoneNumber');
/** Which attributes of an entry say what. The first that holds something counts; all `numbers` do. */
export const ldapMap = z.strictObject({
  name: z.array(attribute).min(1).max(5), organisation: z.array(attribute).max(5), uid: z.array(attribute).max(3),
  numbers: z.array(z.strictObject({ attribute, label: line(30).optional() })).min(1, 'must name at least one attribute').max(20),
});
export type LdapMap = z.infer<typeof ldapMap>;
export const ldapOptions = z.strictObject({
  preset: z.enum(['openldap', 'activeDirectory']).describe('Filter and attribute map to start from'),
  base: line(400).describe('Where to search, e.g. ou=people,dc=example,dc=org'),
  filter: line(1000).optional().describe('Which entries are contacts; the preset\'s own when left out'),
  startTls: z.boolean().optional().describe('Switch a connection of ldap:// to TLS before signing in'),
  certificate: z.string().max(20_000).regex(/^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s-]+-----END CERTIFICATE-----\s*$/, 'must be a certificate in PEM form').optional().describe('PEM of the authority that signed the server\'s certificate, when it is no public one'),
  map: ldapMap.optional().describe('The preset\'s own when left out'),
});
export type LdapOptions = z.infer<typeof ldapOptions>;

const common = { name: line(80), carrier: carrier.optional(), shared: z.boolean().optional().describe('Everybody\'s callers are found in it (administrators only)') };
export const newCardDavBook = z.strictObject({
  kind: z.literal('carddav'), ...common, url: davAddress.describe('Server, account or collection address; a host name or an e-mail address will do'),
  username: z.union([line(200), z.literal('')]), password: secretText.max(4000), auth: davAuth.optional(),
});
export const newLdapBook = z.strictObject({
  kind: z.literal('ldap'), ...common, url: ldapAddress, username: z.union([line(400), z.literal('')]).describe('DN or user name to bind with; empty: anonymous'), password: secretText.max(500), ldap: ldapOptions,
});
/** For people without a server: contacts come from files (POST /address-books/{id}/import), and live here. */
export const newImportBook = z.strictObject({ kind: z.literal('import'), ...common });
export const newAddressBook = z.discriminatedUnion('kind', [newCardDavBook, newLdapBook, newImportBook]);
export type NewAddressBook = z.infer<typeof newAddressBook>;
/** What is left out stays. A new address wants the password again: no password follows to another server. */
export const patchAddressBook = z.strictObject({
  name: line(80).optional(), shared: z.boolean().optional(), url: z.union([davAddress, ldapAddress]).optional(), username: z.union([line(400), z.literal('')]).optional(), password: secretText.max(4000).optional(),
  auth: davAuth.optional(), ldap: ldapOptions.optional(),
});

/** Test a connection before anything is kept: the settings of a new book, or of a kept one with its password. */
export const testAddressBook = z.union([z.strictObject({ bookId: z.uuid(), changes: patchAddressBook.optional() }), newCardDavBook.omit({ name: true }).extend({ name: line(80).optional() }), newLdapBook.omit({ name: true }).extend({ name: line(80).optional() })]);
export const connectionStep = z.object({ step: z.enum(['address', 'connection', 'certificate', 'signIn', 'find', 'read', 'write']), ok: z.boolean().nullable().describe('null: not tried, because an earlier step failed'), text: z.string() });
export const foundCollection = z.object({ kind: z.enum(['addressBook', 'calendar']), name: z.string(), url: z.string(), readOnly: z.boolean().nullable(), known: z.boolean().describe('Ringbook has it already') });
export const connectionReport = z.object({ ok: z.boolean(), steps: z.array(connectionStep), found: z.array(foundCollection).describe('Every address book and calendar of this account'), contacts: z.number().int().nullable().describe('Contacts in the first address book, when the server tells') }).meta({ id: 'ConnectionReport' });
export type ConnectionReport = z.infer<typeof connectionReport>;
export type FoundCollection = z.infer<typeof foundCollection>;

export const sourceState = z.enum(['new', 'ok', 'syncing', 'failing']);
export const sourceError = z.object({ at: instant, code: z.string(), text: z.string() });
export const syncProgress = z.object({ done: z.number().int(), total: z.number().int() });
export const bookHealth = z.object({
  bookId: z.uuid(), state: sourceState, lastSuccess: instant.nullable(),
  lastError: sourceError.nullable(), progress: syncProgress.nullable().describe('Of a sync that is under way'),
  contacts: z.number().int(), numbers: z.number().int(), codes: z.number().int(), skipped: z.number().int().describe('Cards that could not be read'),
  pending: z.number().int().describe('Codes that wait to be written to the source'), refused: z.number().int().describe('Codes that the source will not take; each contact says why'), lost: z.number().int().describe('Codes that another program dropped, to be looked at'), nextRun: instant.nullable(),
}).meta({ id: 'BookHealth' });
export type BookHealth = z.infer<typeof bookHealth>;
export const addressBook = z.object({
  id: z.uuid(), kind: z.enum(['carddav', 'ldap', 'import', 'practice']), name: z.string(), url: z.string(), username: z.string(), auth: davAuth.nullable(), ldap: ldapOptions.nullable(),
  shared: z.boolean(), ownerId: z.uuid().nullable(), carrier, health: bookHealth,
}).meta({ id: 'AddressBook' });
export type AddressBook = z.infer<typeof addressBook>;
/** The person's order of precedence: where two books know a number, the earlier one speaks. Books left out come last. */
export const bookOrder = z.strictObject({ books: z.array(z.uuid()).max(200) });

export const syncBody = z.strictObject({ acceptEmpty: z.boolean().optional().describe('The book really is empty now: let its contacts go') });
const some = z.object({ count: z.number().int(), names: z.array(z.string()).describe('The first 20') });
/** What a sync would do now; nothing has been done. */
export const syncPlan = z.object({
  kind: z.enum(['go', 'held']), listing: z.enum(['full', 'changes']), add: some, update: some, remove: some, unchanged: z.number().int(), skipped: z.number().int(), text: z.string().describe('In words'),
}).meta({ id: 'SyncPlan' });
export type SyncPlan = z.infer<typeof syncPlan>;
export const skippedCard = z.object({ href: z.string(), reason: z.string(), at: instant });

/** Its length is not looked at: z.base64() decodes the whole file to see whether it is good. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
export const importBody = z.strictObject({
  fileName: line(200), content: z.string().max(24_000_000, 'must be a file of at most 18 MB').regex(BASE64, 'must be the file in base64').describe('The file\'s bytes in base64'),
  columns: z.record(z.string().max(200), z.enum(['ignore', 'name', 'givenName', 'familyName', 'organisation', 'phone', 'email', 'note', 'code', 'uid', 'other'])).optional().describe('What each column of a .csv holds; guessed from its heading when left out. "other": kept in the contact, as what its heading says; "ignore": left out'),
  dryRun: z.boolean().optional(), replace: z.boolean().optional().describe('Contacts of this book that are not in the file go'),
});
export const importReport = z.object({
  format: z.enum(['vcf', 'csv']), contacts: z.number().int(), added: z.number().int(), updated: z.number().int(), unchanged: z.number().int(), removed: z.number().int(),
  problems: z.array(z.object({ line: z.number().int(), text: z.string() })), columns: z.array(z.object({ heading: z.string(), holds: z.string(), sample: z.string() })), dryRun: z.boolean(),
}).meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof importReport>;
