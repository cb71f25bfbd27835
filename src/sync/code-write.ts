/** What becomes of a code that could not be written to its source. */
import type { Fault, FaultKind } from '../shared/fault.js';

const SECONDS = [5, 10, 30, 60, 120, 300, 600];
/** A wrong password does not mend itself, and many tries may lock the account. */
const NEEDS_SOMEBODY = 900;
const LONGEST = 3600;

const FINAL: Partial<Record<FaultKind, true>> = { forbidden: true, conflict: true, missing: true };
/**
 * The source answered, and will answer the same again: the wish is taken back. Anything else (not reached, wrong password, one of
 * our own faults, a card that others keep changing) may be mended: the wish stays and is tried again.
 */
export const isRefusal = ({ kind, code }: Fault): boolean => FINAL[kind] === true && /^(?:contact|ldap)\./.test(code) && code !== 'contact.changed-elsewhere';
/** The trouble is with this one contact: the others of the book may be written. */
export const isOfOne = (fault: Fault): boolean => isRefusal(fault) || fault.code.startsWith('contact.');

/** @param attempts that have failed, from 1 */
export const secondsToRetry = (attempts: number, { kind, context }: Pick<Fault, 'kind' | 'context'>): number =>
  Math.max(SECONDS[Math.min(attempts, SECONDS.length) - 1]!, kind === 'invalid' ? NEEDS_SOMEBODY : 0, Math.min(context.retryAfter ?? 0, LONGEST));
