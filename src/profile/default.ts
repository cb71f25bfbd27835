import type { Method } from '@ringbook/contracts';

/** What applies to a person who never wrote a rule: ring everything, then take a message. */
export const DEFAULT_METHOD: Method = { kind: 'ring', devices: 'all', seconds: 25, otherwise: { kind: 'voicemail' } };
