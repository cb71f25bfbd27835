/** Contacts, their codes, and directory look-ups. */
import { z } from 'zod';
import { contactRef } from './call.js';
import { tier } from './profile.js';
import { dialable, handlingCode, instant, line } from './text.js';

export const contact = contactRef.extend({
  bookId: z.uuid(), numbers: z.array(z.object({ label: z.string().nullable(), raw: z.string(), e164: z.string().nullable() })), updatedAt: instant,
  pending: z.object({ code: z.string().nullable(), since: instant, error: z.string().nullable().describe('Why it has not been written'), refused: z.boolean().describe('The source will not take it: the code of the card counts again') }).nullable().describe('A code that waits to be written to the source, and counts for calls already; or one that the source refused'),
  lostCode: z.string().nullable().describe('A code that another program dropped from the card'),
}).meta({ id: 'Contact' });
export type Contact = z.infer<typeof contact>;
export const patchContact = z.strictObject({ handlingCode: handlingCode.nullable() });

/** One code for many: those named, or everybody whom a search finds (at most 5000). */
export const bulkCodes = z.strictObject({
  handlingCode: handlingCode.nullable(), contacts: z.array(z.uuid()).min(1).max(1000).optional(),
  search: z.strictObject({ q: line(100).optional(), book: z.uuid().optional(), code: z.union([handlingCode, z.literal('none')]).optional() }).optional(),
}).refine((b) => (b.contacts === undefined) !== (b.search === undefined), 'must name contacts or a search, and not both');
export const bulkAnswer = z.object({ queued: z.number().int(), unchanged: z.number().int(), refused: z.array(z.object({ contactId: z.uuid(), name: z.string(), text: z.string() })) }).meta({ id: 'BulkAnswer' });
export type BulkAnswer = z.infer<typeof bulkAnswer>;

export const lookupAnswer = z.object({ number: z.string(), tier, contact: contactRef.nullable(), candidates: z.array(contactRef), code: z.string().nullable(), chosen: z.boolean().describe('Several contacts have this number, and you said who it is') }).meta({ id: 'LookupAnswer' });
export type LookupAnswer = z.infer<typeof lookupAnswer>;
/** Who an ambiguous number belongs to, in this person's eyes; null: ask again. */
export const numberChoice = z.strictObject({ number: dialable, contactId: z.uuid().nullable() });
export const numberChoices = z.object({ items: z.array(z.object({ number: z.string(), contact: contactRef, at: instant })) }).meta({ id: 'NumberChoices' });
export type NumberChoices = z.infer<typeof numberChoices>;
