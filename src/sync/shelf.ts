/**
 * Where the engine keeps what a source holds, and how the source is doing: one shelf for address books (book-shelf.store.ts), one for calendars.
 * Ids are those of the address book or calendar. Whatever is kept is kept for good; a method that finds the source removed meanwhile
 * throws Fault (`book.missing`).
 */
import type { Batch, Listed, Skipped } from './port.js';
import type { Etags } from './plan.js';

/** A source as a sync finds it. `location` null: to be searched. `lastFull`: when the last full listing was reconciled. */
export interface Entry {
  id: string; location: string | null; token: string | null; failures: number; lastFull: Date | null; state: string;
  /** Somebody said that what the source does not show any more may go. */
  lossAccepted: boolean;
  /** Instant of the database at which this was read (a timestamptz as text). */
  now: string;
  /** A sync before was cut short, and how far it was still stands there. */
  unfinished?: boolean;
}
/**
 * `etags` of everything held, what was left out included (with the etag it had then); `base`: of what has not been written by
 * ourselves since the instant that was asked for; `kept`: hrefs of what is not left out. `since`: the instant this was read.
 */
export interface Held { etags: Etags; base: Etags; kept: ReadonlySet<string>; since: string }
export interface Progress { done: number; total: number }
export interface Finish { token: string | null; full: boolean; remove: readonly string[]; since: string; seconds: number }
export interface Trouble { code: string; text: string }
/** `syncing`: progress of a long sync. Without progress: something may have changed, look again. */
export interface News { state?: 'syncing' | 'ok' | 'failing'; progress?: Progress | null }

export interface Shelf<E extends Entry> {
  /** For sentences. */
  readonly words: { one: string; many: string };
  /** @throws Fault when there is none */
  entry(id: string): Promise<E>;
  /** Whether a large loss is held back and asked about. */
  holds(entry: E): boolean;
  /** How many are held, those left out included. */
  count(id: string): Promise<number>;
  /** @param hrefs of these only; all when left out */
  held(id: string, since: string, hrefs?: readonly string[]): Promise<Held>;
  /**
   * Keeps what was received, new or changed, unless it was written by ourselves after `since`.
   * @returns hrefs of those that were read; what could not be read is left out with a reason
   */
  keep(entry: E, batch: Pick<Batch, 'cards' | 'skipped'>, since: string): Promise<string[]>;
  keepSkipped(id: string, skipped: readonly Skipped[]): Promise<void>;
  keepLocation(id: string, location: string | null): Promise<void>;
  progress(id: string, progress: Progress | null): Promise<void>;
  /** The last step of a sync, in one transaction: the token is kept only together with all it stands for. Returns how many went, and how many are left out. */
  finish(id: string, finish: Finish): Promise<{ removed: number; skipped: number }>;
  /** The sync did not come to an end; what it kept so far is good, the token stays the old one. */
  fail(id: string, trouble: Trouble, seconds: number): Promise<void>;
  /** Tells whoever looks on. */
  tell(id: string, news: News): void;
  /** Names of what is held, by href, for people. */
  names(id: string, hrefs: readonly string[]): Promise<string[]>;
  /** The name that stands in what was received; undefined when it cannot be read. */
  nameOf(card: Batch['cards'][number]): string | undefined;
}

/** For what has no name: the last part of its address, as people may know it. */
export const lastPart = ({ href }: Pick<Listed, 'href'>): string => {
  const last = href.replace(/\/$/, '').split('/').at(-1) ?? href;
  try { return decodeURIComponent(last); } catch { return last; }
};
