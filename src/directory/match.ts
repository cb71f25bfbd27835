/** The outcome of finding a contact for a number. A guess is said to be one: tiers are visible and usable in rules. */
import type { ContactRef, Tier } from '@ringbook/contracts';

export interface Match {
  tier: Tier; contact: ContactRef | null; candidates: ContactRef[];
  /** When the contact's book was last read from its source: ISO; the age of what it says is counted from here. */
  asOf?: string;
}
export const NO_MATCH: Match = { tier: 'none', contact: null, candidates: [] };
