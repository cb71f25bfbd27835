/** Everything a decision may rest on, gathered beforehand: `decide` looks nothing up. */
import type { Hours, Method, Rule, UserStatus } from '@ringbook/contracts';
import type { Cli } from '../call/event.js';
import type { Match } from '../directory/match.js';

export interface Situation {
  /** The instant to decide for: ISO, UTC. */
  at: string;
  cli: Cli;
  /** Number dialled, in canonical form. */
  called: string;
  user: { id: string; name: string; zone: string };
  match: Match;
  status: UserStatus;
  profile: { rules: Rule[]; otherwise: Method };
}

/** What applies to a person who never wrote a rule: ring everything, then take a message. */
export const DEFAULT_METHOD: Method = { kind: 'ring', devices: 'all', seconds: 25, otherwise: { kind: 'voicemail' } };
export type { Hours };
