/** The outcome of finding a contact for a number. A guess is said to be one: tiers are visible and usable in rules. */
import type { ContactRef, Tier } from '@ringbook/contracts';

export interface Match { tier: Tier; contact: ContactRef | null; candidates: ContactRef[] }
export const NO_MATCH: Match = { tier: 'none', contact: null, candidates: [] };
