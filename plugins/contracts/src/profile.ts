/** A user's ordered rules: (code or kind of caller) x (status) x (hours) -> handling method. First match wins. */
import { z } from 'zod';
import { boundedMethod } from './method.js';
import { handlingCode, instant, line, list, whole, zone } from './text.js';

export const status = z.enum(['available', 'onCall', 'meeting', 'away', 'outOfOffice', 'dnd']);
export type Status = z.infer<typeof status>;

/** How surely a number was matched, best first. `ambiguous`: several contacts fit equally; `none`: nobody does. */
export const tier = z.enum(['exact', 'national', 'extension', 'suffix', 'ambiguous', 'none']);
export type Tier = z.infer<typeof tier>;

export const callerKind = z.enum(['contact', 'unknown', 'withheld']);
export type CallerKind = z.infer<typeof callerKind>;

const clock = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, 'must be a time HH:MM');
/** Days are ISO 8601 week days, 1 = Monday. A window whose end is not after its start ends on the next day. */
export const hours = z.strictObject({
  zone: zone.optional().describe('Time zone; the user\'s own when left out'),
  windows: list(z.strictObject({ days: list(whole(1, 7, 'must be 1 (Monday) to 7 (Sunday)'), 7), from: clock, to: clock }), 28),
});
export type Hours = z.infer<typeof hours>;

export const when = z.strictObject({
  codes: list(handlingCode, 50).optional(),
  caller: callerKind.optional(),
  status: list(status, 6).optional(),
  hours: hours.optional(),
  minTier: z.enum(['exact', 'national', 'extension', 'suffix']).optional()
    .describe('The weakest match that may count for this rule; a code counts from "extension" on unless said otherwise'),
  attending: z.enum(['now', 'next', 'nowOrNext']).optional().describe('The caller takes part in the event that the person has now, or next (within 24 hours)'),
  calendar: z.enum(['read', 'stale']).optional().describe('"stale": a calendar of the person could not be read for an hour, so their status may be wrong'),
});
export type When = z.infer<typeof when>;

export const rule = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'must be 1 to 40 letters, digits or -'), label: line(80).optional(), when, method: boundedMethod });
export type Rule = z.infer<typeof rule>;

export const profile = z.strictObject({
  rules: z.array(rule).max(200, 'must be at most 200 rules').superRefine((rules, ctx) => {
    const seen = new Set<string>();
    rules.forEach((r, i) => { if (seen.has(r.id)) ctx.addIssue({ code: 'custom', path: [i, 'id'], message: 'is used by another rule' }); seen.add(r.id); });
  }),
  otherwise: boundedMethod,
});
export type Profile = z.infer<typeof profile>;
export const storedProfile = profile.extend({ version: z.number().int() }).meta({ id: 'Profile' });
export type StoredProfile = z.infer<typeof storedProfile>;

/** One fact behind something Ringbook decided or shows: what, where it comes from, since when it is known. */
export const because = z.object({
  fact: z.string().describe('Stable key, e.g. cli, match, contact, code, status, hours, rule, override'),
  text: z.string().describe('The fact in words'),
  source: z.string().optional().describe('Where it comes from: asterisk, an address book, the user, the profile'),
  at: instant.optional().describe('When the source said so; the age of the fact is counted from here'),
}).meta({ id: 'Because' });
export type Because = z.infer<typeof because>;

export const userStatus = z.object({ status, until: instant.nullable(), because: z.array(because), stale: z.boolean().optional().describe('A calendar behind it could not be read for an hour or longer') }).meta({ id: 'UserStatus' });
export type UserStatus = z.infer<typeof userStatus>;
export const setStatus = z.strictObject({ status: status.exclude(['onCall']), until: instant.nullable().optional() });

export const decision = z.object({
  method: boundedMethod,
  rule: z.string().describe('Id of the rule that won, or "otherwise", or "override"'),
  because: z.array(because),
}).meta({ id: 'Decision' });
export type Decision = z.infer<typeof decision>;
