/** Carriers: where the handling code lives in the cards or entries of an address book, and which field is free for it. */
import { z } from 'zod';
import { handlingCode, instant, line } from './text.js';

const fieldName = z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'must be a vCard property name such as X-CUSTOM4 or NOTE');
const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,59}$/, 'must be an LDAP attribute such as employeeType');
const pattern = line(100).refine((p) => p.split('{code}').length === 2 && p.length > 6, 'must contain {code} once, with some text around it');
const prefix = z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, 'must be 1 to 20 letters, digits, - or _');
/**
 * Where the handling code lives: a whole field, the part of a field that `pattern` marks ({code} stands for the code), or the
 * one entry of a list (CATEGORIES) that begins with `prefix`. `attribute` instead of `field` in LDAP directories.
 */
export const carrier = z.union([
  z.strictObject({ field: fieldName, pattern }), z.strictObject({ field: fieldName, prefix }), z.strictObject({ field: fieldName }),
  z.strictObject({ attribute, pattern }), z.strictObject({ attribute }),
]);
export type Carrier = z.infer<typeof carrier>;

/** One field over all cards of a book. `empty` cards do not have it, or have nothing in it. */
export const fieldReport = z.object({
  field: z.string(), cards: z.number().int(), empty: z.number().int(), samples: z.array(z.string()).describe('Up to 3 values, shortened'), codes: z.number().int().describe('Values that look like a handling code'),
  verdict: z.enum(['free', 'codes', 'partly', 'used', 'taken']).describe('free: nobody uses it · codes: only what looks like codes · partly: some use it · used: most use it · taken: it says who somebody is'),
  text: z.string(), carrier: carrier.nullable().describe('How it could carry codes; null when it cannot'),
});
export const fillReport = z.object({ cards: z.number().int(), fields: z.array(fieldReport), suggested: z.array(carrier) }).meta({ id: 'FillReport' });
export type FillReport = z.infer<typeof fillReport>;
export type FieldReport = z.infer<typeof fieldReport>;

export const carrierBody = z.strictObject({ carrier });
export const carrierPreview = z.object({
  cards: z.number().int(), codes: z.number().int().describe('Cards in which a code would be read'), inUse: z.number().int().describe('Cards in which the field holds something else'), warning: z.string().nullable(),
  sample: z.array(z.object({ name: z.string(), value: z.string().nullable(), code: z.string().nullable(), reason: z.string().nullable() })).describe('20 contacts: those where the field holds something first'),
}).meta({ id: 'CarrierPreview' });
export type CarrierPreview = z.infer<typeof carrierPreview>;

export const newMigration = z.strictObject({ to: carrier, dryRun: z.boolean().optional() });
/** Moving the codes of a book from one carrier to another, contact by contact. */
export const migration = z.object({
  id: z.uuid().nullable().describe('null: a dry run'), bookId: z.uuid(), from: carrier, to: carrier, state: z.enum(['planned', 'running', 'done', 'undoing', 'undone', 'failed']),
  total: z.number().int(), done: z.number().int(), failed: z.number().int(), text: z.string().nullable(),
  items: z.array(z.object({ contactId: z.uuid().nullable(), name: z.string(), code: z.string(), problem: z.string().nullable() })).describe('The first 50; those with a problem first'),
  startedAt: instant.nullable(), endedAt: instant.nullable(),
}).meta({ id: 'CarrierMigration' });
export type CarrierMigration = z.infer<typeof migration>;

export const lostCode = z.object({ contactId: z.uuid(), name: z.string(), code: z.string(), at: instant, why: z.string() }).meta({ id: 'LostCode' });
export type LostCode = z.infer<typeof lostCode>;
export const repairBody = z.strictObject({ contacts: z.array(z.uuid()).min(1).max(1000), action: z.enum(['restore', 'forget']) });

/** What a code means to one person: its name, colour, and a sentence. */
export const codeColour = z.enum(['gray', 'red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'lime', 'yellow', 'orange']);
export const codeMeaning = z.strictObject({ code: handlingCode, name: line(40).optional(), colour: codeColour.optional(), meaning: line(200).optional() });
export type CodeMeaning = z.infer<typeof codeMeaning>;
export const codeList = z.strictObject({ codes: z.array(codeMeaning).max(200) });
export const knownCode = codeMeaning.extend({ contacts: z.number().int(), rules: z.number().int().describe('Rules of yours that name it') });
export const knownCodes = z.object({ codes: z.array(knownCode) }).meta({ id: 'KnownCodes' });
export type KnownCode = z.infer<typeof knownCode>;
export type KnownCodes = z.infer<typeof knownCodes>;
