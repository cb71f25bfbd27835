/** Path and query parameters. Numbers come as text, so they are read from it. */
import { z } from 'zod';
import { pairingCode } from './account.js';
import { dialable, handlingCode, instant, line } from './text.js';

const uuid = z.uuid().toLowerCase();
const LIMIT = 'must be 1 to 200';
const limit = z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(200, LIMIT).default(50).describe('How many at most (1 to 200)');
const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,400}$/, 'must be a cursor from an earlier page').optional().describe('The cursor of the page before');
export const pageQuery = z.strictObject({ limit, cursor });

export const idParam = z.strictObject({ id: uuid });
export const userNumberParam = z.strictObject({ id: uuid, numberId: uuid });
export const userDeviceParam = z.strictObject({ id: uuid, deviceId: uuid });
export const callParam = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9._:@-]{1,120}$/, 'must be the id of a call') });
export const pairingParam = z.strictObject({ code: pairingCode });

export const callQuery = pageQuery.extend({
  q: line(100).optional().describe('Words in the caller\'s name or number'),
  contact: uuid.optional().describe('Calls from this contact'), number: dialable.optional().describe('Calls from this number'),
  from: instant.optional().describe('Started at this instant or later'), to: instant.optional().describe('Started before this instant'),
});
export const contactQuery = pageQuery.extend({
  q: line(100).optional().describe('Words in the name, organisation or number'), number: dialable.optional().describe('Has this number'),
  book: uuid.optional().describe('In this address book'), code: z.union([handlingCode, z.literal('none')]).optional().describe('With this handling code, or "none"'),
});
export const migrationParam = z.strictObject({ id: uuid, migrationId: uuid });
export const lookupQuery = z.strictObject({ number: dialable, user: uuid.optional().describe('Whose address books to look in; your own when left out') });
