/** Answers and plays one sound to its end. */
import type { ElementKind } from './element.js';

export const play: ElementKind<'play'> = {
  phase: 'announcing',
  doing: (c) => `Playing ${c.label}`,
  segment: (c) => ({ segment: 'play', variables: {}, sound: c.sound }),
  pin: (result) => (result === 'SUCCESS' ? 'done' : 'failed'),
  answers: true,
};
