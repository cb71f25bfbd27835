/**
 * The test of a connection, step by step, in words for who entered the settings. Adapters walk the steps (`Inspect`); the
 * first that fails explains itself, and those after it were not tried.
 */
import type { ConnectionReport, FoundCollection } from '@ringbook/contracts';
import type { SourceSettings } from './port.js';

export type ConnectionStep = ConnectionReport['steps'][number];
type Name = ConnectionStep['step'];
/** In the order in which they are tried. */
const ORDER: Name[] = ['address', 'connection', 'certificate', 'signIn', 'find', 'read', 'write'];

/** `found`: every collection of the account; whether Ringbook has it already is not the adapter's to know. `contacts`: in the first address book, if the server tells. */
export interface Inspection { steps: ConnectionStep[]; found: Omit<FoundCollection, 'known'>[]; contacts: number | null }
/** Goes to the source as a sync would, and changes nothing there. Trouble is a step that failed; only faults of our own are thrown. */
export type Inspect = (settings: SourceSettings) => Promise<Inspection>;

export interface Steps {
  pass(step: Name, text: string): void;
  /** Does not apply here, and is no trouble. */
  none(step: Name, text: string): void;
  fail(step: Name, text: string): void;
  all(): ConnectionStep[];
}
/** Every step occurs once, in order; what was not spoken of was not tried. */
export const newSteps = (): Steps => {
  const said = new Map<Name, ConnectionStep>();
  const say = (ok: boolean | null) => (step: Name, text: string): void => { said.set(step, { step, ok, text }); };
  // A sync comes again by itself; who tests must ask again.
  const failed = say(false);
  const fail = (step: Name, text: string): void => failed(step, text.replace(/[;.] Ringbook tries again by itself\.$/, '.'));
  return { pass: say(true), none: say(null), fail, all: () => ORDER.map((step) => said.get(step) ?? { step, ok: null, text: 'Not tried, because of what is said above.' }) };
};

/** A book that can be read is good, also when codes cannot be written to it: the step says so. */
export const isGood = ({ steps }: Inspection): boolean => steps.every(({ step, ok }) => ok !== false || step === 'write') && steps.some(({ step, ok }) => step === 'read' && ok === true);

/**
 * Whom a password is for: scheme, host and port of an address; the domain of a bare host name or an e-mail address. Two that
 * are spelt alike are the same; nothing else is.
 */
export const authorityOf = (url: string): string => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url.slice(url.lastIndexOf('@') + 1).toLowerCase();
  if (!URL.canParse(url)) return url;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
};

/** The server of a place that was found, where DNS named it; null for a path on the server that was entered. */
export const serverOf = (location: string | null): string | null => /^https?:\/\/[^/?#]+/i.exec(location ?? '')?.[0] ?? null;

/** The address of a collection itself: what was found at it, or else what was entered; for comparing only. */
export const placeOf = (url: string, location: string | null): string => {
  const base = URL.canParse(url) ? url : undefined;
  const whole = location !== null && URL.canParse(location, base) ? new URL(location, base).href : url;
  const decoded = (() => { try { return decodeURIComponent(whole); } catch { return whole; } })();
  return decoded.replace(/\/$/, '');
};
