/** What becomes of a code that could not be written to its source. */
import { Fault, type FaultKind } from '../shared/fault.js';

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
/** It is the same for every card, whichever was asked for first. */
const WHOLE = /\.(?:unauthorised|anonymous|insecure|start-tls|limited|certificate|address-refused|url)$|^(?:seal|book)\./;
export const isWhole = ({ code }: Fault): boolean => WHOLE.test(code);
/** It may be about one card: a server may give up on one that it cannot deal with. */
const AWAY = /\.(?:unreachable|busy)$|^folder\./;
const IN_TROUBLE = /\.(?:server-failed|not-understood|forbidden)$/;
/** What keeps the source from being used at all, as the cards that were tried together tell. @param faults one a card; undefined where it went well */
export const downOf = (faults: readonly (Fault | undefined)[]): Fault | undefined => faults.find((fault) => fault && isWhole(fault)) ?? alike(faults, AWAY);
/** The source answers every one of several cards that it is in trouble: no use to ask on for the moment. */
export const inTrouble = (faults: readonly (Fault | undefined)[]): Fault | undefined => (faults.length > 1 ? alike(faults, IN_TROUBLE) : undefined);
const alike = (faults: readonly (Fault | undefined)[], codes: RegExp): Fault | undefined => (faults.every((fault) => fault && codes.test(fault.code)) ? faults[0] : undefined);

/** Tries of one card. What the server says of the card itself will not change; other answers may (12 tries take more than half an hour). */
const [FEW, MANY] = [4, 12];
const ABOUT_THE_CARD = /\.(?:refused|forbidden|too-large|redirected)$/;
/** @param tries of this one card that the source has answered with trouble */
export const isEnough = (tries: number, { code }: Fault): boolean => tries >= (ABOUT_THE_CARD.test(code) ? FEW : MANY);
/** A wish never ends by our own faults, by a source that is away, or because others keep changing the card. */
export const isGivenUp = (refusals: number, fault: Fault): boolean => !/^contact\.(?:broken|changed-elsewhere)$/.test(fault.code) && !AWAY.test(fault.code) && !isWhole(fault) && isEnough(refusals, fault);
export const givenUp = (tries: number, fault: Fault): Fault => new Fault('conflict', 'contact.given-up', `The code was not written: ${tries} tries failed. ${lastWords(fault)}`, {}, fault);
/** What a fault says, without the promise that is not kept any more. */
export const lastWords = ({ message }: Pick<Fault, 'message'>): string => message.replace(/[;.]? Ringbook (?:waits and )?(?:tries again|goes on) by itself\./g, '.').replace('it is tried again. ', '');

/** @param attempts that have failed, from 1 */
export const secondsToRetry = (attempts: number, { kind, context }: Pick<Fault, 'kind' | 'context'>): number =>
  Math.max(SECONDS[Math.min(attempts, SECONDS.length) - 1]!, kind === 'invalid' ? NEEDS_SOMEBODY : 0, Math.min(context.retryAfter ?? 0, LONGEST));
/** Of one card: others of the book are written, so nobody has to mend the settings first. */
export const secondsToRetryOne = (tries: number, { context }: Pick<Fault, 'context'>): number => secondsToRetry(tries, { kind: 'unavailable', context });
