/** Calls, pops and what can be done with a live call. */
import { z } from 'zod';
import { boundedMethod } from './method.js';
import { because, callerKind, decision, status, tier } from './profile.js';
import { dialable, instant, paragraph } from './text.js';

export const caller = z.object({
  number: z.string().nullable().describe('As the network gave it; null when withheld'),
  display: z.string().describe('What to show for this caller: contact name, network name, number or "Withheld number"'),
  kind: callerKind,
  tier,
}).meta({ id: 'Caller' });
export type Caller = z.infer<typeof caller>;

export const contactRef = z.object({ id: z.uuid(), name: z.string(), organisation: z.string().nullable(), code: z.string().nullable(), uid: z.string().nullable(), book: z.string() }).meta({ id: 'ContactRef' });
export type ContactRef = z.infer<typeof contactRef>;

export const callState = z.enum(['deciding', 'ringing', 'announcing', 'recording', 'answered', 'ended']);
export type CallState = z.infer<typeof callState>;

/** How a call ended. `voicemail`: a message was kept. `missed`: nobody took it. `lost`: Asterisk or we were gone and the end was not seen. */
export const outcome = z.enum(['answered', 'voicemail', 'announced', 'rejected', 'missed', 'failed', 'lost']);
export type Outcome = z.infer<typeof outcome>;

export const traceStep = z.object({ at: instant, step: z.string(), text: z.string(), data: z.record(z.string(), z.unknown()).optional() }).meta({ id: 'TraceStep' });
export type TraceStep = z.infer<typeof traceStep>;

export const callSummary = z.object({
  id: z.string(), userId: z.uuid().nullable(), from: caller, to: z.string(),
  contact: contactRef.nullable(), code: z.string().nullable(),
  state: callState, outcome: outcome.nullable(), method: z.string().nullable().describe('Kind of the method in force'),
  answeredBy: z.string().nullable(), startedAt: instant, answeredAt: instant.nullable(), endedAt: instant.nullable(),
  voicemailId: z.uuid().nullable(), note: z.string().nullable(),
}).meta({ id: 'CallSummary' });
export type CallSummary = z.infer<typeof callSummary>;

export const callDetail = callSummary.extend({ decision: decision.nullable(), trace: z.array(traceStep) }).meta({ id: 'CallDetail' });
export type CallDetail = z.infer<typeof callDetail>;

export const popAction = z.enum(['forward', 'voicemail', 'hangup', 'take', 'reject', 'announce']);
export const pop = z.object({
  id: z.string(), callId: z.string(), userId: z.uuid(),
  version: z.number().int().describe('Grows with every change of this pop; an older one never replaces a newer one'),
  state: z.enum(['ringing', 'answered', 'ended']),
  doing: z.string().describe('What is being done with the call right now, in words'),
  from: caller, to: z.string(), contact: contactRef.nullable(), candidates: z.array(contactRef), code: z.string().nullable(),
  decision: decision.nullable(), startedAt: instant, answeredAt: instant.nullable(), endedAt: instant.nullable(), outcome: outcome.nullable(),
  history: z.object({ count: z.number().int(), last: instant.nullable() }),
  actions: z.array(popAction),
}).meta({ id: 'Pop' });
export type Pop = z.infer<typeof pop>;

export const presence = z.object({ userId: z.uuid(), name: z.string().optional(), status, until: instant.nullable(), because: z.array(because), stale: z.boolean().optional() }).meta({ id: 'Presence' });
export type Presence = z.infer<typeof presence>;

export const overrideBody = z.strictObject({ method: boundedMethod });
export const forwardBody = z.strictObject({ to: dialable });
export const takeBody = z.strictObject({ device: z.string().regex(/^[0-9]{2,6}$/, 'must be an extension of 2 to 6 digits').optional().describe('Extension of one of your telephones; the first one when left out') });
export const noteBody = z.strictObject({ note: paragraph(2000) });

export const askDecision = z.strictObject({
  from: z.union([dialable, z.literal('withheld')]).describe('A telephone number, or "withheld"'),
  to: dialable.describe('The number called'),
  at: instant.optional().describe('The instant to decide for; now when left out'),
});
export const answerDecision = decision.extend({
  userId: z.uuid(), at: instant, tier, contact: contactRef.nullable(), candidates: z.array(contactRef), code: z.string().nullable(), status,
}).meta({ id: 'DecisionAnswer' });

export const voicemail = z.object({
  id: z.uuid(), callId: z.string(), from: caller, contact: contactRef.nullable(), at: instant, seconds: z.number().nullable(), heard: z.boolean(),
}).meta({ id: 'Voicemail' });
export type Voicemail = z.infer<typeof voicemail>;
export const patchVoicemail = z.strictObject({ heard: z.boolean() });
export type DecisionAnswer = z.infer<typeof answerDecision>;
export type PopAction = z.infer<typeof popAction>;
