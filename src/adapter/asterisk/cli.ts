/** Who calls, out of the ways in which Asterisk writes it. A number that is hidden by the network never gets past here. */
import type { Cli } from '../../call/event.js';

export type Presentation = 'allowed' | 'restricted' | 'unavailable';

/** `agi_callingpres`, and what CID-CallingPres begins with: bits 5 and 6 of octet 3a of Q.931's calling party number. */
export const presentationOfBits = (value: string): Presentation => {
  const bits = Number.parseInt(value, 10) & 0x60;
  return bits === 0 ? 'allowed' : bits === 0x40 ? 'unavailable' : 'restricted';
};

/** `${CALLERID(pres)}`: allowed_not_screened, prohib_passed_screen, unavailable ... */
export const presentationOfWord = (word: string): Presentation =>
  /^prohib/i.test(word) ? 'restricted' : /^unavailable/i.test(word) ? 'unavailable' : 'allowed';

/** What stands in place of a number or a name when there is none, or when it is not to be shown. */
const NOBODY = /^<?(?:|unknown|anonymous|restricted|unavailable|private|withheld)>?$/i;

/** `name` is free text of the caller's; it loses control characters and nothing else. */
export const cliOf = (number: string, name: string, presentation: Presentation = 'allowed'): Cli => {
  if (presentation === 'restricted') return { withheld: true };
  const shown = NOBODY.test(plain(name)) ? {} : { name: plain(name) };
  return presentation === 'unavailable' || NOBODY.test(number.trim()) ? { ...shown, withheld: true } : { number: plain(number), ...shown, withheld: false };
};

/** SIP escapes quotes and backslashes in names (RFC 3261, 25.1), and PJSIP leaves the escapes in. */
const plain = (value: string): string => value.replace(/\\(["\\])/g, '$1').replace(/\p{Cc}+/gu, ' ').trim();

/** Asterisk writes names in AMI fields with C's escapes, in AGI's environment without: O'Brien arrives as O\'Brien. */
export const unescaped = (field: string): string =>
  field.replace(/\\([abfnrtv\\'"?])/g, (_, character: string) => /[abfnrtv]/.test(character) ? ' ' : character);
