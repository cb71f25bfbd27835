/**
 * What Ringbook's part of the dialplan (templates/asterisk/extensions_ringbook.conf.hbs) is filled with. A dialplan has no
 * quoting worth the name, so the rule here is: only characters that mean nothing to Asterisk get in, all else is refused.
 */
import { Fault, type FieldError } from '../shared/fault.js';

export interface DialplanNumber {
  /** The number as Ringbook knows it, E.164 with `+`, or an extension. */
  number: string;
  /** What rings when Ringbook is not there: `PJSIP/101`, or several joined by `&`. */
  fallback: string;
  /** The ways in which the trunk may write this number; default: `+49…`, `49…` and `0049…`. */
  dialled?: readonly string[];
}

export interface DialplanOptions {
  numbers: readonly DialplanNumber[];
  /** How the telephone system reaches a number outside, with `${EXTEN}` in its place: `PJSIP/${EXTEN}@trunk`. */
  outbound: string;
  /** Absolute path of the folder that Ringbook and Asterisk share (`PBX_SPOOL_DIR`). */
  spool: string;
  /** What somebody outside hears before pressing 1, without the file's ending; default a sound that comes with Asterisk ("press 1 to accept"). */
  confirmPrompt?: string;
  /** How long the number's own telephone rings when Ringbook is not there; default 30. */
  fallbackSeconds?: number;
}

export interface DialplanContext {
  numbers: { number: string; fallback: string; dialled: string[] }[];
  outbound: string; spool: string; confirmPrompt: string; fallbackSeconds: number;
}

/** Of the core sounds in every language; "Press 1 to accept this call, or 2 to decline it". */
const ASTERISKS_OWN = 'followme/options';
const NUMBER = /^\+?[0-9*#]{1,32}$/;
const DEVICE = /^[A-Za-z][A-Za-z0-9]*\/[A-Za-z0-9_.@+:/-]+$/;
const EXTEN = /\$\{EXTEN(:\d{1,2}(:\d{1,2})?)?\}/g;
const PATH = /^\/[\p{L}\p{N}_.@+~/ -]*$/u;

/** Whether every part of the dial string is `TECHNOLOGY/name`, free of options, commas and expressions. */
export const isDialString = (value: string): boolean => value.split('&').every((part) => DEVICE.test(part));
/** Whether the path is absolute and made of characters that neither Asterisk nor its configuration files interpret. */
export const isPlainPath = (value: string): boolean => PATH.test(value) && value.trim() === value;

/** The usual ways in which a trunk writes a number: with `+`, without, and with the international prefix. */
export const waysToDial = (number: string): string[] =>
  number.startsWith('+') ? [number, number.slice(1), `00${number.slice(1)}`] : [number];

/**
 * The validated context for the template.
 * @throws Fault `dialplan.unsafe` that lists every value which must not get into a dialplan, and why
 */
export const dialplanContext = (options: DialplanOptions): DialplanContext => {
  const { outbound, spool, confirmPrompt = ASTERISKS_OWN, fallbackSeconds = 30 } = options;
  const numbers = options.numbers.map(({ number, fallback, dialled }) => ({ number, fallback, dialled: [...(dialled ?? waysToDial(number))] }));
  const errors: FieldError[] = numbers.flatMap(numberErrors);
  if (!outbound.includes('${EXTEN') || !isDialString(outbound.replace(EXTEN, '0'))) {
    errors.push({ path: 'outbound', message: 'must be TECHNOLOGY/... with ${EXTEN} where the number goes, such as PJSIP/${EXTEN}@trunk' });
  }
  if (!isPlainPath(spool)) errors.push({ path: 'spool', message: 'must be an absolute path of letters, digits, spaces and _ . @ + ~ -' });
  if (confirmPrompt !== ASTERISKS_OWN && !isPlainPath(confirmPrompt)) errors.push({ path: 'confirmPrompt', message: 'must be an absolute path like spool, without the ending .wav' });
  if (!Number.isInteger(fallbackSeconds) || fallbackSeconds < 1 || fallbackSeconds > 600) errors.push({ path: 'fallbackSeconds', message: 'must be 1 to 600' });
  errors.push(...doubles(numbers));
  if (errors.length > 0) {
    throw new Fault('invalid', 'dialplan.unsafe', `These must not go into a dialplan: ${errors.map((e) => `${e.path} ${e.message}`).join('; ')}`, { errors });
  }
  return { numbers, outbound, spool, confirmPrompt, fallbackSeconds };
};

const numberErrors = (entry: DialplanContext['numbers'][number], index: number): FieldError[] => {
  const path = `numbers[${index}]`;
  const wrong = [entry.number, ...entry.dialled].filter((value) => !NUMBER.test(value));
  const errors: FieldError[] = wrong.map((value) => ({ path, message: `is no telephone number: ${JSON.stringify(value.slice(0, 40))}` }));
  if (!isDialString(entry.fallback)) errors.push({ path, message: `must fall back to TECHNOLOGY/name, not ${JSON.stringify(entry.fallback.slice(0, 40))}` });
  return errors;
};

/** An extension that stands twice in a context makes Asterisk ignore the second, silently. */
const doubles = (numbers: DialplanContext['numbers']): FieldError[] => {
  const seen = new Map<string, number>();
  return numbers.flatMap((entry, index) => [...new Set(entry.dialled)].flatMap((way) => {
    const before = seen.get(way);
    seen.set(way, index);
    return before === undefined ? [] : [{ path: `numbers[${index}]`, message: `is dialled as ${way}, and so is numbers[${before}]` }];
  }));
};

export interface ManagerOptions {
  user: string; secret: string;
  /** From where Ringbook may connect, as address/mask: `127.0.0.1/255.255.255.255`. */
  permit: string;
}
/**
 * The validated context of templates/asterisk/manager_ringbook.conf.hbs.
 * @throws Fault `dialplan.unsafe`; the secret is not quoted in it
 */
export const managerContext = ({ user, secret, permit }: ManagerOptions): ManagerOptions => {
  const errors: FieldError[] = [];
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(user)) errors.push({ path: 'user', message: 'must be letters, digits, _ and -' });
  if (!/^[A-Za-z0-9._~+/=-]{12,120}$/.test(secret)) errors.push({ path: 'secret', message: 'must be 12 to 120 letters, digits and . _ ~ + / = -' });
  if (!/^[0-9a-fA-F.:]+\/[0-9.]{1,15}$/.test(permit)) errors.push({ path: 'permit', message: 'must be address/mask, such as 192.0.2.5/255.255.255.255' });
  if (errors.length === 0) return { user, secret, permit };
  throw new Fault('invalid', 'dialplan.unsafe', `These must not go into manager.conf: ${errors.map((e) => `${e.path} ${e.message}`).join('; ')}`, { errors });
};
