/** Gives the call back to the telephone system: the number's own telephone rings, as without Ringbook. */
import type { ElementKind } from './element.js';

export const ownPhone: ElementKind<'ownPhone'> = {
  phase: 'ringing',
  doing: (c) => c.label,
  segment: () => ({ segment: 'fallback', variables: {} }),
  pin: () => 'done',
  answers: false,
};
