/**
 * A directory (OpenLDAP, Active Directory and their like) as a ContactSource. A contact is an entry, found again by its entryUUID
 * or objectGUID wherever it is moved to; its bytes are LDIF of the attributes that the map names and of those that may
 * carry codes.
 */
import { AndFilter, type Filter } from 'ldapts';
import type { Hosts } from '../../shared/network.js';
import { must } from '../../shared/must.js';
import type { Batch, ContactSource, Listed, Listing, PutOutcome, ReceivedCard, SourceSettings } from '../../sync/port.js';
import { type Bounds, BOUNDS, type Budget } from './budget.js';
import { Client, type ClientSettings, filterOf, isFault } from './client.adapter.js';
import * as fault from './fault.js';
import { idFilter, type ListOptions, Lister } from './listing.adapter.js';
import { type Entry, RESULT } from './message.js';
import { entryReading, etagOf, hrefOf, keysOf, ldifOf, type Wanted, wantedOf } from './wanted.js';
import { write } from './write.adapter.js';

export interface LdapSettings extends SourceSettings { timeout?: number; listing?: ListOptions; bounds?: Partial<Bounds> }

const BATCH = 200;
/** Entries asked for one by one, at a time. */
const AT_ONCE = 32;
/** From this many on, and this part of all, everything is read in pages and the rest left aside. */
const MANY = 200, PART = 0.25;
const REMEMBERED = 100;
export const MAX_ENTRY = 256 * 1024;

/**
 * @param hosts the ones in private networks that books may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `ldap.url`, `ldap.map`, `ldap.filter`
 */
export const openLdap = (settings: LdapSettings, hosts?: Hosts): ContactSource => new LdapSource(clientOf(settings, hosts), wantedFor(settings), settings.listing);

export const clientOf = (settings: LdapSettings, hosts?: Hosts): Client => {
  const { url, username, password, timeout } = settings;
  const bounds = { ...BOUNDS, ...settings.bounds };
  const ask: ClientSettings = { url, username, password, ldap: must(settings.ldap, 'the options of a directory'), allowed: { trusted: settings.trusted === true, hosts }, bounds };
  return new Client(timeout === undefined ? ask : { ...ask, timeout });
};
export const wantedFor = (settings: LdapSettings): Wanted => wantedOf(must(settings.ldap, 'the options of a directory'), settings.attributes);

class LdapSource implements ContactSource {
  readonly #lister: Lister;
  readonly #filter: Filter;
  /** The entries that were read last, for `put`. */
  readonly #read = new Map<string, ReceivedCard>();
  constructor(private readonly client: Client, private readonly wanted: Wanted, options?: ListOptions) {
    this.#lister = new Lister(client, wanted, options);
    this.#filter = filterOf(wanted.filter);
  }

  check(): Promise<void> { return this.client.check(); }

  async open(): Promise<{ location: string; others: string[] }> {
    await this.client.features();
    await this.client.asked({ base: this.wanted.base, scope: 'base', filter: filterOf('(objectClass=*)'), attributes: ['1.1'] });
    return { location: this.wanted.base, others: [] };
  }

  list(token: string | null): Promise<Listing> { return this.#lister.list(token); }

  async *fetch(items: readonly Listed[]): AsyncIterable<Batch> {
    const { total } = this.#lister;
    const wanted = new Map(items.map((item) => [item.href, item]));
    if (total !== undefined && items.length >= MANY && items.length >= total * PART) {
      try { yield* this.#scan(wanted); } catch (thrown) {
        if (!isFault(thrown, 'ldap.too-large') && !isFault(thrown, 'ldap.endless')) throw thrown; // without pages: too much to hold at once, not one by one
      }
    }
    const rest = [...wanted.values()];
    const budget = this.#reading();
    for (let at = 0; at < rest.length; at += BATCH) {
      const from = performance.now();
      const batch = await this.#some(rest.slice(at, at + BATCH));
      budget.spend(performance.now() - from);
      yield batch;
    }
  }

  /** Whole entries pass through, and are not held. */
  #reading(): Budget {
    const { list, time } = this.client.bounds;
    return this.client.budget({ list: list * 16, time: time * 4 });
  }
  /** Everything, page by page; what is found of `wanted` is taken out of it. */
  async *#scan(wanted: Map<string, Listed>): AsyncGenerator<Batch> {
    for await (const page of this.client.pages({ base: this.wanted.base, filter: this.#filter, attributes: await this.#attributes() }, this.#reading())) {
      const batch: Batch = { cards: [], skipped: [], missing: [] };
      for (const entry of page) {
        const item = wanted.get(hrefOf(entry) ?? '');
        if (!item || !wanted.delete(item.href)) continue;
        this.#put(batch, item, entry);
      }
      yield batch;
    }
  }

  async #some(items: readonly Listed[]): Promise<Batch> {
    const batch: Batch = { cards: [], skipped: [], missing: [] };
    const queue = items.values();
    const work = async (): Promise<void> => {
      for (const item of queue) {
        const entry = await this.#entry(item.href);
        if (entry) this.#put(batch, item, entry); else batch.missing.push(item.href);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return batch;
  }

  #put(batch: Batch, item: Listed, entry: Entry): void {
    const card = this.#card(item.href, entry);
    if (card.bytes.length <= MAX_ENTRY) { batch.cards.push(card); return; }
    batch.skipped.push({ ...item, reason: `it is ${Math.round(card.bytes.length / 1024)} kB large; entries above ${MAX_ENTRY / 1024} kB are left out` });
  }
  #card(href: string, entry: Entry): ReceivedCard {
    return { href, etag: etagOf(entry, this.wanted.set), bytes: ldifOf(entry), reading: entryReading(entry, this.wanted.map) };
  }

  /** By its place of the last listing, and anywhere when it has gone from there. */
  async #entry(href: string): Promise<Entry | undefined> {
    const place = this.#lister.places.get(href);
    const there = place === undefined ? undefined : await this.#find({ base: place, scope: 'base', filter: this.#filter });
    if (there && hrefOf(there) === href) return there;
    const { activeDirectory } = await this.client.features();
    return this.#find({ base: this.wanted.base, scope: 'sub', filter: new AndFilter({ filters: [idFilter(href, activeDirectory), this.#filter] }) });
  }
  async #find({ base, scope, filter }: { base: string; scope: 'base' | 'sub'; filter: Filter }, extra: readonly string[] = []): Promise<Entry | undefined> {
    let found: Entry | undefined;
    const attributes = [...await this.#attributes(), ...extra];
    const { result } = await this.client.ask({ base, scope, filter, attributes }, { entry: (entry) => { found ??= entry; } });
    if (scope === 'base' && result.code === RESULT.noSuchObject) return undefined;
    if (result.code !== RESULT.success) throw fault.ofResult(this.client.host, base, this.client.signedIn, result);
    return found;
  }
  async #attributes(): Promise<string[]> {
    return [...this.wanted.attributes, ...keysOf((await this.client.features()).activeDirectory)];
  }

  async read(href: string): Promise<ReceivedCard | undefined> {
    const entry = await this.#entry(href);
    if (!entry) return undefined;
    const card = this.#card(href, entry);
    this.#read.delete(href);
    this.#read.set(href, card);
    if (this.#read.size > REMEMBERED) this.#read.delete(this.#read.keys().next().value!);
    return card;
  }

  /** What was not read here, or not with this etag, counts as changed: without knowing what it was, others' changes would be put back. */
  async put(href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome> {
    const before = this.#read.get(href);
    const { activeDirectory } = await this.client.features();
    const find = (extra: readonly string[]): Promise<Entry | undefined> => this.#find({ base: this.wanted.base, scope: 'sub', filter: new AndFilter({ filters: [idFilter(href, activeDirectory), this.#filter] }) }, extra);
    if (before?.etag !== etag) return await find([]) ? { kind: 'changed' } : { kind: 'gone' };
    return write(this.client, this.wanted, find, before.bytes, bytes, etag);
  }
}
