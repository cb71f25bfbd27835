/** Users, sign-in, tokens, numbers and devices. */
import { z } from 'zod';
import { dialable, instant, line, secretText, zone } from './text.js';

export const password = secretText.min(10, 'must be at least 10 characters').max(200);
export const email = z.email().max(254);
export const signIn = z.strictObject({ email, password: secretText.min(1, 'must not be empty').max(200) });
const tokenText = z.string().regex(/^[A-Za-z0-9_-]{10,200}$/, 'must be a token');
export const setUp = z.strictObject({ token: tokenText.describe('From the one-time set-up link'), email, name: line(80), password });
export const newToken = z.strictObject({ name: line(80) });
export const token = z.object({ id: z.uuid(), name: z.string(), createdAt: instant, lastUsedAt: instant.nullable() }).meta({ id: 'Token' });
export type Token = z.infer<typeof token>;
/** `token` is shown this once; only its hash is kept. */
export const createdToken = token.extend({ token: z.string() }).meta({ id: 'CreatedToken' });

/** A plugin asks to be paired, shows `code`, a signed-in person confirms it in the console, the plugin polls by `id` and gets its token once. */
export const newPairing = z.strictObject({ name: line(80).describe('What the token will be called, e.g. "Thunderbird on desk 4"') });
export const startedPairing = z.object({ id: z.uuid().describe('Known to the plugin alone: whoever has it gets the token'), code: z.string().describe('To be typed into the console'), expiresAt: instant }).meta({ id: 'StartedPairing' });
export const pairing = z.object({ state: z.enum(['waiting', 'confirmed']), expiresAt: instant, token: z.string().optional().describe('Given once, in the first answer after the confirmation') }).meta({ id: 'Pairing' });
export const pairingCode = z.string().regex(/^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$/, 'must be a pairing code such as ABCD-2345');
export const confirmedPairing = z.object({ name: z.string() }).meta({ id: 'ConfirmedPairing' });

export const role = z.enum(['admin', 'user']);
export const newUser = z.strictObject({ email, name: line(80), password, role: role.optional(), zone: zone.optional() });
export const patchUser = z.strictObject({ name: line(80).optional(), email: email.optional(), password: password.optional(), role: role.optional(), zone: zone.optional() });
export const user = z.object({ id: z.uuid(), email: z.string(), name: z.string(), role, zone: z.string() }).meta({ id: 'User' });
export type User = z.infer<typeof user>;

/** What people change about themselves. */
export const patchMe = z.strictObject({
  name: line(80).optional(), zone: zone.optional(),
  password: z.strictObject({
    current: secretText.min(1, 'must not be empty').max(200, 'must be at most 200 characters'), next: password,
    endTokens: z.boolean().optional().describe('End your access tokens too; your other sessions end in any case'),
  }).optional(),
});

export const number = z.object({ id: z.uuid(), number: z.string() }).meta({ id: 'Number' });
export type LineNumber = z.infer<typeof number>;
export const newNumber = z.strictObject({ number: dialable });
export const device = z.object({ id: z.uuid(), extension: z.string(), name: z.string(), endpoint: z.string() }).meta({ id: 'Device' });
export type Device = z.infer<typeof device>;
/** `endpoint` is what Asterisk dials. Only technology/resource; nothing that dialplan could read as an option. */
export const newDevice = z.strictObject({
  extension: z.string().regex(/^[0-9]{2,6}$/, 'must be 2 to 6 digits'), name: line(80),
  endpoint: z.string().regex(/^(PJSIP|SIP|IAX2|DAHDI)\/[A-Za-z0-9_.-]{1,60}$/, 'must look like PJSIP/101'),
});
export const me = user.extend({ numbers: z.array(number), devices: z.array(device), rights: z.array(z.enum(['admin'])) }).meta({ id: 'Me' });
export type Me = z.infer<typeof me>;
