/**
 * Brings what we hold of a source up to date, address books and calendars alike (shelf.ts). What is received is kept batch by
 * batch as it comes; the sync token only at the end, so that a sync that was cut short is taken up again without losing
 * or doubling anything. Nothing here can write to a source.
 */
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { serverOf } from './connection.js';
import { heldBack, vanished } from './hold.js';
import { secondsToNext } from './interval.js';
import { isDoubtful, lossOf, plan, type Plan } from './plan.js';
import type { Batch, Listing, Source } from './port.js';
import type { Entry, Held, Progress, Shelf, Trouble } from './shelf.js';
import { alone } from './state.store.js';

/** `held`: the source suddenly lacks much of what we hold: kept until somebody says so. `busy`: a sync of this source is running. */
export type SyncOutcome =
  | { kind: 'done'; added: number; updated: number; removed: number; skipped: number; others: string[] }
  | { kind: 'held'; code: string; text: string }
  | { kind: 'failed'; code: string; text: string }
  | { kind: 'busy' };
export interface SyncOptions { /** The owner said that what the source lacks may go. */ acceptEmpty?: boolean }
export interface EngineParts<E extends Entry> {
  db: Db; shelf: Shelf<E>;
  /** Goes by `location` of the entry. */
  open(entry: E): Source;
  /** Told every ten seconds of a long sync, for the log. */
  onProgress?: (id: string, progress: Progress & { seconds: number }) => void;
}
/** What the source shows, and what is to be done about it; `refusal`: not without somebody's word. */
export interface Look { source: Source; location: string; others: string[]; listing: Listing; held: Held; made: Extract<Plan, { kind: 'go' }>; refusal?: Trouble }

type Done = Extract<SyncOutcome, { kind: 'done' }>;

/** Some servers answer a token they do not know with a full list that names no deletions: once a day everything is compared. */
const FULL_EVERY = 24 * 3600 * 1000;
const TELL_EVERY = 1000;
const LOG_EVERY = 10_000;
/** A server that drips must not keep others from their turn for ever; what was read is kept, and the next sync goes on from there. */
const LONGEST = 45 * 60_000;

export class SyncEngine<E extends Entry> {
  constructor(private readonly parts: EngineParts<E>) {}

  /** Trouble with the source is an outcome and stands in its health. @throws Fault as Shelf.entry, and when Ringbook itself is at fault */
  async sync(id: string, options: SyncOptions = {}): Promise<SyncOutcome> {
    const { db, shelf } = this.parts;
    try { await shelf.entry(id); } catch (thrown) { // what is not there is not busy
      if (!(thrown instanceof Fault) || thrown.kind === 'missing') throw thrown;
      return this.#failed({ id, failures: 0 }, thrown); // a password that cannot be read any more
    }
    return alone(db, id, async () => {
      const entry = await shelf.entry(id);
      try {
        if (entry.unfinished) await shelf.progress(id, null);
        if (entry.state === 'new' || entry.state === 'failing') shelf.tell(id, { state: 'syncing' });
        const outcome = await this.#run(entry, options);
        if (outcome.kind === 'held' || hasChanged(outcome) || entry.state !== 'ok') shelf.tell(id, { state: outcome.kind === 'held' ? 'failing' : 'ok', progress: null });
        return outcome;
      } catch (thrown) { return this.#failed(entry, thrown); }
    });
  }

  /** Asks the source and decides; changes nothing, here or there. */
  async look(entry: E, { acceptEmpty = entry.lossAccepted }: SyncOptions = {}): Promise<Look> {
    try { return await this.#lookAt(entry, acceptEmpty); } catch (thrown) {
      if (!isGone(thrown) || entry.location === null) throw thrown;
      return this.#search(entry, acceptEmpty, thrown);
    }
  }

  /** The collection is not where it was: moved, made anew under another name, or gone. It is looked for on its own server. */
  async #search(entry: E, acceptEmpty: boolean, gone: Fault): Promise<Look> {
    const { shelf } = this.parts;
    try { return await this.#lookAt({ ...entry, location: serverOf(entry.location) }, acceptEmpty, true); } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
      const holding = shelf.holds(entry) ? await shelf.count(entry.id) : 0;
      if (holding === 0) throw gone;
      const listing: Listing = { kind: 'full', items: [], removed: [], skipped: [], token: null };
      const held = await shelf.held(entry.id, entry.now);
      return { source: this.parts.open(entry), location: serverOf(entry.location) ?? '', others: [], listing, held, made: planned(held, listing), ...(acceptEmpty ? {} : { refusal: vanished(holding, shelf.words) }) };
    }
  }

  async #lookAt(entry: E, acceptEmpty: boolean, moved = false): Promise<Look> {
    const { shelf } = this.parts;
    const source = this.parts.open(entry);
    const { location, others } = await source.open();
    const { listing, holding } = await this.#list(source, entry, moved);
    const named = listing.kind === 'full' ? undefined : [...listing.items.map((item) => item.href), ...listing.removed];
    const held = named?.length === 0 ? NOTHING : await shelf.held(entry.id, entry.now, named);
    const made = plan(held.etags, listing, held.base, { acceptEmpty: acceptEmpty || !shelf.holds(entry), holding });
    if (made.kind === 'go') return { source, location, others, listing, held, made };
    return { source, location, others, listing, held, made: planned(held, listing), refusal: heldBack(made, shelf.words, moved ? location : undefined) };
  }

  /** `holding` is undefined with a full list: that is compared with everything. */
  async #list(source: Source, entry: E, moved: boolean): Promise<{ listing: Listing; holding?: number }> {
    const fresh = entry.lastFull !== null && Date.now() - entry.lastFull.getTime() < FULL_EVERY;
    const listing = await source.list(fresh && !moved ? entry.token : null);
    if (listing.kind === 'full') return { listing };
    if (listing.items.length + listing.removed.length === 0) return { listing, holding: 0 };
    const holding = await this.parts.shelf.count(entry.id);
    return isDoubtful(listing, holding) ? { listing: await source.list(null) } : { listing, holding };
  }

  /** Nothing is held yet: everything at once, where the source can do that better than list and fetch. */
  async #first(entry: E): Promise<Done | undefined> {
    const { shelf } = this.parts;
    if (entry.token !== null || entry.lastFull !== null || await shelf.count(entry.id) > 0) return undefined;
    const source = this.parts.open(entry);
    if (!source.all) return undefined;
    const { location, others } = await source.open();
    const whole = await source.all();
    if (!whole) return undefined;
    if (location !== entry.location) await shelf.keepLocation(entry.id, location);
    const { kept } = await this.#keep(entry, whole.batches, whole.total, entry.now);
    const { skipped } = await shelf.finish(entry.id, { token: whole.token, full: true, remove: [], since: entry.now, seconds: secondsToNext(0) });
    return { kind: 'done', added: kept.length, updated: 0, removed: 0, skipped, others };
  }

  async #run(entry: E, options: SyncOptions): Promise<Done | Extract<SyncOutcome, { kind: 'held' }>> {
    const { shelf } = this.parts;
    const { id } = entry;
    const first = await this.#first(entry);
    if (first) return first;
    const seen = await this.look(entry, options.acceptEmpty === undefined ? {} : options);
    if (seen.refusal) return this.#hold(entry, seen.refusal);
    const { source, location, others, listing, held, made } = seen;
    if (location !== entry.location) await shelf.keepLocation(id, location || null);
    const unusable = new Set(listing.skipped.map((item) => item.href));
    await shelf.keepSkipped(id, listing.skipped);
    const wanted = [...made.add, ...made.update].filter((item) => !unusable.has(item.href));
    const { kept, missing } = wanted.length === 0 ? { kept: [], missing: [] } : await this.#keep(entry, source.fetch(wanted), wanted.length, held.since);
    // What we wrote to and the source does not list any more is to be looked at again: by the old token, or by a full list.
    const token = made.spared.length === 0 ? listing.token : listing.kind === 'full' ? null : entry.token;
    const gone = missing.filter((href) => held.kept.has(href));
    const loss = gone.length === 0 || (options.acceptEmpty ?? entry.lossAccepted) ? undefined : await this.#lossOf(entry, made.remove.length + gone.length);
    if (loss) return this.#hold(entry, loss);
    const { removed, skipped } = await shelf.finish(id, { token, full: listing.kind === 'full', remove: [...made.remove, ...missing], since: held.since, seconds: secondsToNext(0) });
    const added = kept.filter((href) => !held.kept.has(href)).length;
    return { kind: 'done', added, updated: kept.length - added, removed, skipped, others };
  }

  /** A source that lists everything and then has nothing of it (restored, not mounted) is as little believed as one that lists nothing. */
  async #lossOf(entry: E, going: number): Promise<Trouble | undefined> {
    const { shelf } = this.parts;
    if (!shelf.holds(entry)) return undefined;
    const holding = await shelf.count(entry.id);
    const why = lossOf('full', { going, holding, coming: 0 });
    return why && heldBack({ kind: 'held', why, going, holding, coming: 0 }, shelf.words);
  }

  /** Keeps batch by batch; the next one comes while one is being kept. `missing` were deleted since they were listed. */
  async #keep(entry: E, batches: AsyncIterable<Batch>, total: number, since: string): Promise<{ kept: string[]; missing: string[] }> {
    const { shelf } = this.parts;
    const kept: string[] = [], missing: string[] = [];
    const progress = this.#progress(entry.id, total);
    const began = Date.now();
    let keeping: Promise<void> = Promise.resolve();
    try {
      for await (const batch of batches) {
        await keeping;
        if (Date.now() - began > LONGEST) throw tooLong();
        missing.push(...batch.missing);
        keeping = shelf.keep(entry, batch, since).then((read) => { kept.push(...read); return progress(batch.cards.length + batch.skipped.length + batch.missing.length); });
        keeping.catch(() => {}); // awaited before the next, and at the end
      }
    } finally { await keeping; }
    return { kept, missing };
  }

  #progress(id: string, total: number): (more: number) => Promise<void> {
    const { shelf, onProgress } = this.parts;
    const began = Date.now();
    let done = 0, told = began, logged = began;
    return async (more) => {
      done += more;
      const now = Date.now();
      if (now - logged >= LOG_EVERY) { logged = now; onProgress?.(id, { done, total, seconds: Math.round((now - began) / 1000) }); }
      if (now - told < TELL_EVERY) return;
      told = now;
      await shelf.progress(id, { done, total });
      shelf.tell(id, { state: 'syncing', progress: { done, total } });
    };
  }

  async #hold(entry: E, { code, text }: Trouble): Promise<Extract<SyncOutcome, { kind: 'held' }>> {
    await this.parts.shelf.fail(entry.id, { code, text }, secondsToNext(entry.failures + 1));
    return { kind: 'held', code, text };
  }

  async #failed(entry: Pick<E, 'id' | 'failures'>, thrown: unknown): Promise<SyncOutcome> {
    const { shelf } = this.parts;
    const fault = thrown instanceof Fault ? thrown : new Fault('broken', 'sync.broken', 'The sync stopped by an error inside Ringbook; its log says more. It is tried again by itself.', {}, thrown);
    await shelf.fail(entry.id, { code: fault.code, text: fault.message }, secondsToNext(entry.failures + 1, fault.kind === 'invalid' || fault.code === 'seal.broken', fault.context.retryAfter));
    shelf.tell(entry.id, { state: 'failing', progress: null });
    if (!(thrown instanceof Fault)) throw thrown;
    return { kind: 'failed', code: fault.code, text: fault.message };
  }
}

/** An increment without news needs nothing of what we hold. */
const NOTHING: Held = { etags: new Map(), base: new Map(), kept: new Set(), since: '-infinity' };
const planned = ({ etags, base }: Held, listing: Listing): Look['made'] => plan(etags, listing, base, { acceptEmpty: true }) as Look['made'];
const tooLong = (): Fault => new Fault('unavailable', 'sync.too-long', 'The server is so slow that reading was broken off after 45 minutes. What was read is kept; Ringbook goes on from there by itself.');
const hasChanged = ({ added, updated, removed }: Done): boolean => added + updated + removed > 0;
const isGone = (thrown: unknown): thrown is Fault => thrown instanceof Fault && /\.not-an?-(?:address-book|calendar)$/.test(thrown.code);
