/** The outcome of finding a contact for a number. A guess is said to be one: tiers are visible and usable in rules. */
import type { ContactRef, Tier } from '@ringbook/contracts';

export interface Match {
  tier: Tier; contact: ContactRef | null; candidates: ContactRef[];
  /** Several contacts have this number, and the person has said who it is. */
  chosen?: boolean;
  /** When the contact's book was last read from its source: ISO; the age of what it says is counted from here. */
  asOf?: string;
}
export const NO_MATCH: Match = { tier: 'none', contact: null, candidates: [] };
