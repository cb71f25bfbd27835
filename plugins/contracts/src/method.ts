/** What happens to a call: the handling methods a profile rule, an override or a decision can name. */
import { z } from 'zod';
import { dialable, id, line, list, paragraph, whole } from './text.js';

const seconds = whole(3, 120).describe('How long to try, in seconds (3 to 120)');

/** `device:<extension>` is one of the user's own telephones; anything else is a number to dial. */
export const target = z.union([
  z.string().regex(/^device:[0-9]{2,6}$/, 'must be device:<extension> or a telephone number'),
  dialable,
]);

export const promptName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be the name of a recorded prompt');
export const prompt = z.object({ name: z.string() }).meta({ id: 'Prompt' });
export type Prompt = z.infer<typeof prompt>;

/** Spoken text may name facts of the call: {{caller.name}}, {{caller.number}}, {{user.name}}, {{status}}. */
const spoken = {
  text: paragraph(1000).min(1, 'must not be empty').optional().describe('Text to speak; may name {{caller.name}} and {{user.name}}'),
  prompt: promptName.optional().describe('A recorded prompt to play instead of text'),
};

export type Method =
  | { kind: 'ring'; devices: 'all' | string[]; seconds: number; otherwise?: Method }
  | { kind: 'forward'; to: string; seconds?: number; otherwise?: Method }
  | { kind: 'oneNumber'; steps: OneNumberStep[]; otherwise?: Method }
  | { kind: 'announce'; text?: string; prompt?: string; then?: Method }
  | { kind: 'voicemail'; greeting?: string; prompt?: string }
  | { kind: 'attendant'; userId: string; seconds?: number; otherwise?: Method }
  | { kind: 'reject'; text?: string; prompt?: string };
export interface OneNumberStep { to: string[]; seconds: number; confirm?: boolean }

export const oneNumberStep = z.strictObject({
  to: list(target, 10),
  seconds,
  confirm: z.boolean().optional().describe('Whoever answers must press 1 first, so that a mailbox or a pocket cannot take the call'),
});

const atMostOneOf = (m: { text?: string; prompt?: string }) => !(m.text !== undefined && m.prompt !== undefined);
const needsWords = (m: { text?: string; prompt?: string }) => m.text !== undefined || m.prompt !== undefined;

export const method: z.ZodType<Method> = z.lazy(() => z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ring'), devices: z.union([z.literal('all'), list(z.string().regex(/^[0-9]{2,6}$/, 'must be an extension of 2 to 6 digits'), 20)]), seconds, otherwise: method.optional() }),
  z.strictObject({ kind: z.literal('forward'), to: dialable, seconds: seconds.optional(), otherwise: method.optional() }),
  z.strictObject({ kind: z.literal('oneNumber'), steps: list(oneNumberStep, 10), otherwise: method.optional() }),
  z.strictObject({ kind: z.literal('announce'), ...spoken, then: method.optional() })
    .refine(needsWords, { path: ['text'], message: 'needs a text or a prompt' }).refine(atMostOneOf, { path: ['prompt'], message: 'give a text or a prompt, not both' }),
  z.strictObject({ kind: z.literal('voicemail'), greeting: paragraph(1000).min(1, 'must not be empty').optional(), prompt: spoken.prompt }),
  z.strictObject({ kind: z.literal('attendant'), userId: id, seconds: seconds.optional(), otherwise: method.optional() }),
  z.strictObject({ kind: z.literal('reject'), ...spoken }).refine(atMostOneOf, { path: ['prompt'], message: 'give a text or a prompt, not both' }),
])).meta({ id: 'Method' });

/** The deepest chain of `otherwise`/`then` that is accepted; more is a mistake or an attack. */
export const MAX_METHOD_DEPTH = 8;
export const methodDepth = (m: Method): number => {
  const next = 'otherwise' in m ? m.otherwise : 'then' in m ? m.then : undefined;
  return 1 + (next ? methodDepth(next) : 0);
};
/** A method as it may arrive from outside: bounded in depth. */
export const boundedMethod = method.refine((m) => methodDepth(m) <= MAX_METHOD_DEPTH, `must not chain more than ${MAX_METHOD_DEPTH} methods`);
export const methodLabel = line(80);
