/** Rings telephones or numbers by Dial; comes back with Asterisk's DIALSTATUS when nobody talked. */
import type { Element, Run } from '../program.js';
import type { ElementKind } from './element.js';

type Ring = Extract<Element, { type: 'ring' }>;

/** Numbers go through a Local channel into the telephone system's own outbound route. `/n` keeps that channel in place. */
const dialString = (target: string, confirm: boolean) =>
  (/^\+?[0-9]+$/.test(target) ? `Local/${target}@${confirm ? 'ringbook-confirm' : 'ringbook-outside'}/n` : target);

const PINS: Record<string, keyof Ring['exits']> = { ANSWER: 'answered', BUSY: 'busy', NOANSWER: 'noAnswer' };

export const ring: ElementKind<'ring'> = {
  phase: 'ringing',
  doing: (c) => `Ringing ${c.label}`,
  segment: (c, run: Run) => ({
    segment: 'dial',
    variables: {
      RB_DIAL: c.targets.map((t) => dialString(t, c.confirm ?? false)).join('&'),
      RB_SECONDS: String(c.seconds),
      // r: a connected caller hears ringing. I: no new offer to the caller's side for every telephone's name; some trunks drop the call.
      RB_OPTIONS: run.answered ? 'rI' : '',
    },
  }),
  pin: (result) => PINS[result] ?? 'unavailable',
  answers: false,
};
