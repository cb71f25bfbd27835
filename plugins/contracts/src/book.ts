/** Address books, their carrier, contacts and directory look-ups. */
import { z } from 'zod';
import { contactRef } from './call.js';
import { tier } from './profile.js';
import { handlingCode, instant, line, secretText } from './text.js';

const fieldName = z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'must be a vCard property name such as X-CUSTOM4 or NOTE');
/** Where the handling code lives: a whole field, or the part of a field that `pattern` marks ({code} stands for the code). */
export const carrier = z.union([
  z.strictObject({ field: fieldName, pattern: line(100).refine((p) => p.split('{code}').length === 2 && p.length > 6, 'must contain {code} once, with some text around it') }),
  z.strictObject({ field: fieldName }),
]);
export type Carrier = z.infer<typeof carrier>;

/** URL parsers drop tabs and line breaks inside an address without a word: they are refused before. */
const httpUrl = z.string().max(1000).regex(/^https?:\/\/[^\s\u007f]+$/i, 'must be an address that starts with http:// or https://').pipe(z.url({ protocol: /^https?$/ }));
export const newAddressBook = z.strictObject({
  kind: z.literal('carddav'), name: line(80), url: httpUrl.describe('Server, account or collection address'),
  username: line(200), password: secretText.max(500), carrier: carrier.optional(),
  shared: z.boolean().optional().describe('Everybody\'s callers are found in it (administrators only)'),
});
export const bookHealth = z.object({
  bookId: z.uuid(), state: z.enum(['new', 'ok', 'syncing', 'failing']), lastSuccess: instant.nullable(),
  lastError: z.object({ at: instant, code: z.string(), text: z.string() }).nullable(),
  contacts: z.number().int(), numbers: z.number().int(), codes: z.number().int(), skipped: z.number().int().describe('Cards that could not be read'), nextRun: instant.nullable(),
}).meta({ id: 'BookHealth' });
export type BookHealth = z.infer<typeof bookHealth>;
export const addressBook = z.object({
  id: z.uuid(), kind: z.enum(['carddav', 'practice']), name: z.string(), url: z.string(), username: z.string(), shared: z.boolean(), ownerId: z.uuid().nullable(), carrier, health: bookHealth,
}).meta({ id: 'AddressBook' });
export type AddressBook = z.infer<typeof addressBook>;

export const syncBody = z.strictObject({ acceptEmpty: z.boolean().optional().describe('The book really is empty now: let its contacts go') });

export const contact = contactRef.extend({ bookId: z.uuid(), numbers: z.array(z.object({ label: z.string().nullable(), raw: z.string(), e164: z.string().nullable() })), updatedAt: instant }).meta({ id: 'Contact' });
export type Contact = z.infer<typeof contact>;
export const patchContact = z.strictObject({ handlingCode: handlingCode.nullable() });

export const lookupAnswer = z.object({ number: z.string(), tier, contact: contactRef.nullable(), candidates: z.array(contactRef), code: z.string().nullable() }).meta({ id: 'LookupAnswer' });
export type LookupAnswer = z.infer<typeof lookupAnswer>;
