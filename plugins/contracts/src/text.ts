/** Building blocks that keep caller data and user input harmless before it reaches any sink. */
import { z } from 'zod';

/** One line of text a person types: no control characters (CR, LF, NUL, ESC ...), trimmed, 1 to `max` characters. */
export const line = (max: number) =>
  z.string().trim().min(1, 'must not be empty').max(max, `must be at most ${max} characters`)
    // oxlint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/, 'must not contain control characters or line breaks');

/** Several lines of text: line feeds allowed, other control characters not. */
export const paragraph = (max: number) =>
  z.string().trim().max(max, `must be at most ${max} characters`)
    // oxlint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f]*$/, 'must not contain control characters');

/** A password or the like: any characters but control characters, and not trimmed. */
export const secretText = z.string()
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters');

/** A whole number between two others; both stand in what is said about one that is not. */
export const whole = (min: number, max: number, said = `must be ${min} to ${max}`) => z.number(said).int(said).min(min, said).max(max, said);
export const list = <T extends z.ZodType>(item: T, max: number) => z.array(item).min(1, `must have 1 to ${max} entries`).max(max, `must have 1 to ${max} entries`);

/** A number somebody may dial: optional +, digits, and the separators people write. 2 to 32 characters. */
export const dialable = z.string().trim()
  .regex(/^\+?[0-9][0-9 ()./-]{0,30}[0-9]$|^\+?[0-9]{2,20}$/, 'must be a telephone number: digits, with an optional + in front');

/** A handling code: a short word that survives every contact manager's save. */
export const handlingCode = z.string().trim()
  .regex(/^[A-Za-z0-9_-]{1,24}$/, 'must be 1 to 24 letters, digits, - or _');

export const instant = z.iso.datetime({ offset: true });
export const id = z.uuid();
export const zone = line(64).refine((name) => {
  try { return Boolean(new Intl.DateTimeFormat('en', { timeZone: name })); } catch { return false; }
}, 'must be a time zone name such as Europe/Berlin');
