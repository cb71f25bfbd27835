/** Users, sign-in, tokens, numbers and devices. */
import { z } from 'zod';
import { dialable, instant, line, zone } from './text.js';

export const password = z.string().min(10, 'must be at least 10 characters').max(200);
export const email = z.email().max(254);
export const signIn = z.strictObject({ email, password: z.string().min(1).max(200) });
export const setUp = z.strictObject({ token: z.string().min(10).max(200), email, name: line(80), password });
export const newToken = z.strictObject({ name: line(80) });
export const token = z.object({ id: z.uuid(), name: z.string(), createdAt: instant, lastUsedAt: instant.nullable() }).meta({ id: 'Token' });

export const role = z.enum(['admin', 'user']);
export const newUser = z.strictObject({ email, name: line(80), password, role: role.optional(), zone: zone.optional() });
export const patchUser = z.strictObject({ name: line(80).optional(), email: email.optional(), password: password.optional(), role: role.optional(), zone: zone.optional() });
export const user = z.object({ id: z.uuid(), email: z.string(), name: z.string(), role, zone: z.string() }).meta({ id: 'User' });
export type User = z.infer<typeof user>;

export const number = z.object({ id: z.uuid(), number: z.string() }).meta({ id: 'Number' });
export const newNumber = z.strictObject({ number: dialable });
export const device = z.object({ id: z.uuid(), extension: z.string(), name: z.string(), endpoint: z.string() }).meta({ id: 'Device' });
/** `endpoint` is what Asterisk dials. Only technology/resource; nothing that dialplan could read as an option. */
export const newDevice = z.strictObject({
  extension: z.string().regex(/^[0-9]{2,6}$/, 'must be 2 to 6 digits'), name: line(80),
  endpoint: z.string().regex(/^(PJSIP|SIP|IAX2|DAHDI)\/[A-Za-z0-9_.-]{1,60}$/, 'must look like PJSIP/101'),
});
export const me = user.extend({ numbers: z.array(number), devices: z.array(device), rights: z.array(z.enum(['admin'])) }).meta({ id: 'Me' });
export type Me = z.infer<typeof me>;
