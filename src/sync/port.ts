/**
 * What a source must do, whatever its protocol: of contacts, implemented by adapter/dav and adapter/folder, or of calendars (adapter/dav); the same
 * contract suite (test/contract) runs on both. A source never decides: it lists, reads and writes.
 * Every method throws Fault when the source cannot be used (codes of the adapter, for example `carddav.unreachable`).
 */

import type { Reading } from '../contact/form.js';
import type { SourceOptions } from '../store/schema.js';

/** A card as the source lists it. `etag` changes whenever the card does; '' when the source told none. `size` in bytes, when the source told it. */
export interface Listed { href: string; etag: string; size?: number }
/** A card that was left out, and why, in words for the owner of the book. */
export interface Skipped extends Listed { reason: string }

/**
 * `full`: everything there is. `changes`: what happened since the token that was given, deletions by name.
 * `token` belongs to the state after this listing; null when the source has none.
 */
export interface Listing { kind: 'full' | 'changes'; items: Listed[]; removed: string[]; skipped: Skipped[]; token: string | null }

/** One card, or object of a calendar, byte for byte as received. */
export interface ReceivedCard extends Listed { bytes: Uint8Array; /** Who it is, when the bytes alone do not say (directories). */ reading?: Reading }
/** `missing`: cards that were deleted since they were listed. */
export interface Batch { cards: ReceivedCard[]; skipped: Skipped[]; missing: string[] }

/** A whole collection. `token` belongs to a state that is not newer than the contents. */
export interface Whole { token: string | null; total: number; batches: AsyncIterable<Batch> }

/** `changed`: the etag given is not the card's any more. `etag` is undefined when the source did not tell it: read again. */
export type PutOutcome = { kind: 'written'; etag: string | undefined } | { kind: 'changed' } | { kind: 'gone' } | { kind: 'read-only' };

/** To be read only, such as a calendar. */
export interface Source {
  /** Whether Ringbook may go there at all; nothing is asked of the source. @throws Fault when it may not */
  check(): Promise<void>;
  /** Finds the collection. `location` is to be given back next time (saves the search); `others` names further books found there. */
  open(): Promise<{ location: string; others: string[] }>;
  /** @param token of the listing before, or null for everything. A token that is not known any more gives a `full` listing. */
  list(token: string | null): Promise<Listing>;
  /** Everything there is at once, for a first reading; undefined, or no such method: by list and fetch. */
  all?(): Promise<Whole | undefined>;
  /** Reads the cards of a listing in batches, as they come. */
  fetch(items: readonly Listed[]): AsyncIterable<Batch>;
  /** The card as it is now, with its exact bytes; undefined when it is gone. */
  read(href: string): Promise<ReceivedCard | undefined>;
}

export interface ContactSource extends Source {
  /** Replaces the card if its etag is still `etag`. */
  put(href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome>;
}

export type SourceKind = 'carddav' | 'ldap' | 'import' | 'practice';
/** `url` as the user gave it; `location` what `open` found before, if anything. `trusted`: may be in a private network (book.store.ts says which). */
export interface SourceSettings extends SourceOptions { /** Of the address book; books without a server find their cards by it. */ bookId?: string; kind: SourceKind; url: string; username: string; password: string; location: string | null; trusted?: boolean; /** Directories: to be read beside those of the map, because codes may stand there. */ attributes?: string[] }
export type OpenSource = (settings: SourceSettings) => ContactSource;
