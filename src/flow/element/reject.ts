/** Busy for a caller who is not connected yet, the busy tone for one who is. The dialplan hangs up. */
import type { ElementKind } from './element.js';

export const reject: ElementKind<'reject'> = {
  phase: 'deciding',
  doing: () => 'Rejecting the call',
  segment: () => ({ segment: 'reject', variables: {} }),
  pin: () => 'done',
  answers: false,
};
