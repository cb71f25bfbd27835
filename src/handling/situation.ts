/** Everything a decision may rest on, gathered beforehand: `decide` looks nothing up. */
import type { Hours, Method, Rule, UserStatus } from '@ringbook/contracts';
import type { CalendarFacts } from '../calendar/facts.js';
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
  /** What their calendars say; undefined when they have none. */
  calendar?: CalendarFacts | undefined;
  /** E-mail addresses of the contact, when they may matter. */
  callerMails?: string[];
  profile: { rules: Rule[]; otherwise: Method };
}

export { DEFAULT_METHOD } from '../profile/default.js';
export type { Hours };
