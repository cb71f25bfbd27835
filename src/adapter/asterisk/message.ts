/**
 * AMI messages as data: what the parser makes, how fields are read, and how an action becomes text. An action that could
 * smuggle a second action in (CR, LF or NUL anywhere) is refused, and so is one that Asterisk would not take.
 */
import { Fault } from '../../shared/fault.js';

/**
 * One message: field name -> value. A field that came more than once is an array in the order it came; `Output` always is
 * one. It has no prototype, so every name is a plain name. Names are spelled as Asterisk spelled them.
 */
export type AmiMessage = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An action: `Action` and its fields. Arrays repeat the field; undefined fields are left out. */
export interface AmiAction { Action: string; [field: string]: AmiValue | readonly AmiValue[] | undefined }
export type AmiValue = string | number | boolean;

/** The field's value, the first one when it came several times, '' when it is not there. */
export const text = (message: AmiMessage, field: string): string => {
  const value = message[field];
  return typeof value === 'string' ? value : value?.[0] ?? '';
};

/** All values of the field, in the order they came. */
export const texts = (message: AmiMessage, field: string): readonly string[] => {
  const value = message[field];
  return typeof value === 'string' ? [value] : value ?? [];
};

/**
 * Whether a field came twice that Asterisk writes once, or a line is no field: a line break in a caller's number (%0D%0A in a SIP
 * address) puts lines of the caller's own into the events of that channel, before the real ones.
 */
export const looksForged = (message: AmiMessage): boolean => {
  for (const field in message) if (typeof message[field] === 'object' && !/^(?:Dest)?ChanVariable$/.test(field)) return true;
  return false;
};

/** Whether Asterisk did what the action asked. */
export const succeeded = (response: AmiMessage): boolean => text(response, 'Response') === 'Success';

/** Asterisk cuts the action off at 1,024 bytes a line and 128 lines; the limits here leave room for its own count. */
export const MAX_LINE_BYTES = 1000;
export const MAX_LINES = 120;
const UTF8 = new TextEncoder();

/**
 * The action as AMI text, ActionID right after Action: an error about a later line then still carries it.
 * @throws Fault `ami.value-refused` (a CR, LF or NUL; a field name that is none), `ami.action-too-large`
 */
export const serialise = (action: AmiAction, actionId: string): string => {
  const { Action, ActionID: _, ...fields } = action;
  const lines = [line('Action', Action), line('ActionID', actionId), ...Object.entries(fields).flatMap(([field, value]) => linesOf(field, value))];
  if (lines.length > MAX_LINES) throw new Fault('invalid', 'ami.action-too-large', `the AMI action ${Action} has more than ${MAX_LINES} lines`);
  return `${lines.join('')}\r\n`;
};

const linesOf = (field: string, value: AmiAction[string]): string[] => {
  if (value === undefined) return [];
  if (typeof value === 'object') return value.map((each) => line(field, each));
  return [line(field, value)];
};

const line = (field: string, value: AmiValue): string => {
  if (!/^[A-Za-z][\w-]*$/.test(field)) throw refused('a field name');
  const written = String(value);
  if (hasLineBreak(written)) throw refused(`the field ${field}`);
  const result = `${field}: ${written}\r\n`;
  if (result.length * 3 > MAX_LINE_BYTES && UTF8.encode(result).length > MAX_LINE_BYTES) {
    throw new Fault('invalid', 'ami.action-too-large', `the field ${field} of an AMI action is longer than ${MAX_LINE_BYTES} bytes`);
  }
  return result;
};

/** Whether the text would end its line, or (NUL) the string that Asterisk makes of it. */
export const hasLineBreak = (value: string): boolean => value.includes('\r') || value.includes('\n') || value.includes('\0');

/** Never with the value: it may be a secret, or an attack on whoever reads the log. */
const refused = (what: string): Fault => new Fault('invalid', 'ami.value-refused', `${what} of an AMI action has a character that would end the line`);
