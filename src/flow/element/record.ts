/** Greets, beeps and records a message. The recording goes on in the dialplan when Ringbook stops. */
import type { ElementKind } from './element.js';

export const record: ElementKind<'record'> = {
  phase: 'recording',
  doing: () => 'Taking a voicemail',
  segment: (c) => ({ segment: 'record', variables: { RB_FILE: c.file }, sound: c.greeting }),
  pin: (result) => (result === 'ERROR' || result === 'FAILED' ? 'failed' : 'done'),
  answers: true,
};
