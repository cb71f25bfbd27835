/**
 * What a directory holds, and what has changed in it: by content synchronisation (RFC 4533) where it is offered, by DirSync in
 * Active Directory, else by asking for what was modified since. None of them is believed further than it goes: a token that
 * the server has forgotten, a list of what is still there instead of what is gone, or a limit lead to a full listing.
 */
import { AndFilter, EqualityFilter, type Filter, GreaterThanEqualsFilter, NotFilter, OrFilter, PresenceFilter } from 'ldapts';
import type { Listed, Listing, Skipped } from '../../sync/port.js';
import type { Budget } from './budget.js';
import { type Ask, type Client, filterOf } from './client.adapter.js';
import { ValueControl } from './connection.adapter.js';
import { CONTROL, dirSyncAnswer, dirSyncValue, guidBytes, guidText, SYNC_INFO, syncDone, syncInfo, syncState, syncValue } from './control.js';
import * as fault from './fault.js';
import { attributesOf } from './filter.js';
import { type Entry, RESULT, textsOf, valuesOf } from './message.js';
import { cookieText, type Token, tokenOf, tokenText, unbase64 } from './token.js';
import { etagOf, hrefOf, keysOf, shortOf, type Wanted } from './wanted.js';

/** Where each entry of the last full listing is. */
export type Places = Map<string, string>;
export interface ListOptions { /** Directories up to this size are listed anew each time they are polled. */ small?: number; /** Milliseconds until larger ones, and those that name no deletions, are listed anew. */ every?: number; now?: () => number }
const SMALL = 20_000;
const EVERY = 600_000;
const MAX_REFERRALS = 20;
/** More that are gone than this are found by listing what is there. */
const MAX_GONE = 100_000;
const MAX_PLACE = 1000;
const NONE = new Uint8Array();

export class Lister {
  readonly places: Places = new Map();
  /** How many there are, after a full listing. */
  total: number | undefined;
  readonly #small: number;
  readonly #every: number;
  readonly #now: () => number;
  constructor(private readonly client: Client, private readonly wanted: Wanted, { small = SMALL, every = EVERY, now = Date.now }: ListOptions = {}) {
    this.#small = small; this.#every = every; this.#now = now;
  }

  async list(text: string | null): Promise<Listing> {
    const token = tokenOf(text, this.wanted.set);
    const { controls, activeDirectory, server } = await this.client.features();
    const budget = this.client.budget();
    // A server may name a control that the part with our base does not have: then the token says that it is polled.
    const polled = token?.how === 'poll' && token.count > this.#small && this.#now() - token.at < this.#every ? token : undefined;
    if (polled) return this.#pollChanges(polled, budget);
    if (controls.has(CONTROL.sync)) {
      const changes = token?.how === 'sync' ? await this.#syncChanges(token, budget) : undefined;
      return changes ?? this.#syncFull(budget);
    }
    if (activeDirectory && controls.has(CONTROL.dirSync)) {
      const fresh = token?.how === 'dirSync' && token.server === server && this.#now() - token.at < this.#every ? token : undefined;
      return (fresh && await this.#dirSyncChanges(fresh, budget)) ?? this.#dirSyncFull(server, budget);
    }
    return this.#pollFull(budget);
  }

  /** All entries, page by page. */
  async #everything(budget: Budget): Promise<{ listing: Listing; newest: string }> {
    const found = new Collected(this.wanted.set);
    budget.again();
    const newest = await this.#each(this.#ask(), found, '', budget);
    this.total = found.size;
    return { listing: found.listing('full'), newest };
  }
  /** @returns when the last of them was changed, or `since` */
  async #each(ask: Ask, found: Collected, since: string, budget: Budget): Promise<string> {
    let newest = since;
    await this.client.each(ask, { entry: (entry) => {
      this.#take(found, entry);
      const time = shortOf(textsOf(entry, 'modifyTimestamp')[0]);
      if (time > newest) newest = time;
    }, reference: found.reference }, budget);
    return newest;
  }
  #take(found: Collected, entry: Entry): string {
    const { href } = found.take(entry, this.client.host);
    if (entry.dn.length <= MAX_PLACE) this.places.set(href, entry.dn);
    return href;
  }
  #ask(filter: Filter = filterOf(this.wanted.filter)): { base: string; filter: Filter; attributes: string[] } {
    return { base: this.wanted.base, filter, attributes: [...keysOf(false), ...keysOf(true)] };
  }

  // Content synchronisation

  /** In one go where no limit stands against it; else the state is taken down first, and what it stands for is listed after. */
  async #syncFull(budget: Budget): Promise<Listing> {
    const found = new Collected(this.wanted.set);
    budget.again();
    let usable = true; // some servers name entries by another number there
    const { result, controls } = await this.client.ask({ ...this.#ask(), controls: [new ValueControl(CONTROL.sync, syncValue(undefined), true)] }, {
      entry: (entry, its) => { usable &&= hrefOf(entry) !== undefined && syncState(its)?.uuid === this.#take(found, entry); }, reference: found.reference,
    }, budget);
    if (!usable) return this.#pollFull(budget);
    const cookie = cookieText(syncDone(controls)?.cookie);
    this.total = found.size;
    if (result.code === RESULT.success) return found.listing('full', cookie && tokenText({ how: 'sync', set: this.wanted.set, cookie }));
    const state = await this.#syncStateNow(budget);
    const { listing, newest } = await this.#everything(budget);
    return { ...listing, token: state ? tokenText({ how: 'sync', set: this.wanted.set, cookie: state }) : this.#pollToken(newest, listing.items.length) };
  }
  /** The state of the directory, without its entries. */
  async #syncStateNow(budget: Budget): Promise<string | undefined> {
    const nothing = new NotFilter({ filter: new PresenceFilter({ attribute: 'objectClass' }) });
    const { result, controls } = await this.client.ask({ base: this.wanted.base, filter: nothing, attributes: ['1.1'], controls: [new ValueControl(CONTROL.sync, syncValue(undefined), true)] }, {}, budget);
    return result.code === RESULT.success ? cookieText(syncDone(controls)?.cookie) : undefined;
  }
  /** Undefined when the server cannot say, or says only what is still there. */
  async #syncChanges(token: Extract<Token, { how: 'sync' }>, budget: Budget): Promise<Listing | undefined> {
    const cookie = unbase64(token.cookie);
    if (!cookie?.length) return undefined;
    const found = new Collected(this.wanted.set);
    const gone = new Set<string>();
    let present = false;
    const { result, controls } = await this.client.ask({ ...this.#ask(), controls: [new ValueControl(CONTROL.sync, syncValue(cookie), true)] }, {
      entry: (entry, its) => {
        const change = syncState(its);
        if (change?.state === 'delete') gone.add(change.uuid);
        else if (change?.state === 'present') present = true;
        else gone.delete(this.#take(found, entry));
      },
      reference: found.reference,
      intermediate: (oid, value) => {
        if (oid !== SYNC_INFO) return;
        const info = syncInfo(value);
        for (const uuid of info.gone) gone.add(uuid);
        present ||= info.present || gone.size > MAX_GONE;
        if (present) gone.clear();
      },
    }, budget);
    const done = syncDone(controls);
    // Any other result than these is not about the token: too many changes, a token of another server, one that was made up.
    if (result.code === RESULT.busy || result.code === RESULT.unavailable) throw fault.ofResult(this.client.host, this.wanted.base, this.client.signedIn, result);
    // An empty cookie answers one that was no cookie: that is everything, not the changes.
    if (result.code !== RESULT.success || present || !done?.deletes || done.cookie?.length === 0) return undefined;
    const next = done.cookie ? cookieText(done.cookie) : token.cookie;
    return { ...found.listing('changes', next === undefined ? null : tokenText({ ...token, cookie: next })), removed: [...gone] };
  }

  // Active Directory

  async #dirSyncFull(server: string, budget: Budget): Promise<Listing> {
    const state = await this.#dirSync(NONE, budget);
    const { listing, newest } = await this.#everything(budget);
    return { ...listing, token: state ? tokenText({ how: 'dirSync', set: this.wanted.set, cookie: state.cookie, server, at: this.#now() }) : this.#pollToken(newest, listing.items.length) };
  }
  /** What DirSync names is looked at once more, under the base and with the filter: it tells of the whole domain. */
  async #dirSyncChanges(token: Extract<Token, { how: 'dirSync' }>, budget: Budget): Promise<Listing | undefined> {
    const cookie = unbase64(token.cookie);
    const state = cookie?.length ? await this.#dirSync(cookie, budget) : undefined;
    if (!state) return undefined;
    const found = new Collected(this.wanted.set);
    const gone = new Set(state.changed);
    for (let at = 0; at < state.changed.length; at += 50) {
      const some = new OrFilter({ filters: state.changed.slice(at, at + 50).map((href) => idFilter(href, true)) });
      await this.client.each(this.#ask(new AndFilter({ filters: [filterOf(this.wanted.filter), some] })), { entry: (entry) => { gone.delete(this.#take(found, entry)); }, reference: found.reference }, budget);
    }
    return { ...found.listing('changes', tokenText({ ...token, cookie: state.cookie })), removed: [...gone] };
  }
  /** Every object of the domain that was changed since. Without a cookie: only the state. Undefined when the server refuses. */
  async #dirSync(from: Uint8Array, budget: Budget): Promise<{ cookie: string; changed: string[] } | undefined> {
    const { contexts } = await this.client.features();
    const base = contexts.find((context) => this.wanted.base.toLowerCase().endsWith(context.toLowerCase())) ?? this.wanted.base;
    const nothing = new NotFilter({ filter: new PresenceFilter({ attribute: 'objectClass' }) });
    const filter = from.length > 0 ? new PresenceFilter({ attribute: 'objectClass' }) : nothing;
    // Only objects of which one of these was changed are named: what the filter looks at counts too, and where they are.
    const attributes = ['objectGUID', 'isDeleted', 'name', 'parentGUID', ...attributesOf(this.wanted.filter), ...this.wanted.attributes];
    const changed = new Set<string>();
    let cookie = from;
    for (let more = true; more;) {
      const { result, controls } = await this.client.ask({ base, filter, attributes, controls: [new ValueControl(CONTROL.dirSync, dirSyncValue(cookie), true), new ValueControl(CONTROL.showDeleted, undefined, false)] },
        { entry: (entry) => { const guid = valuesOf(entry, 'objectGUID')[0]; if (guid?.length === 16) changed.add(guidText(guid)); } }, budget);
      const answer = result.code === RESULT.success ? dirSyncAnswer(controls) : undefined;
      if (!answer) return undefined;
      ({ cookie, more } = answer);
    }
    const text = cookieText(cookie);
    return text === undefined ? undefined : { cookie: text, changed: [...changed] };
  }

  // Neither

  async #pollFull(budget: Budget): Promise<Listing> {
    const { listing, newest } = await this.#everything(budget);
    return { ...listing, token: this.#pollToken(newest, listing.items.length) };
  }
  #pollToken(since: string, count: number): string | null {
    return since === '' ? null : tokenText({ how: 'poll', set: this.wanted.set, since, count, at: this.#now() });
  }
  /** In the server's own time, of which a second may hold several changes. Deletions show in the next full listing. */
  async #pollChanges(token: Extract<Token, { how: 'poll' }>, budget: Budget): Promise<Listing> {
    const found = new Collected(this.wanted.set);
    const filter = new AndFilter({ filters: [filterOf(this.wanted.filter), new GreaterThanEqualsFilter({ attribute: 'modifyTimestamp', value: token.since })] });
    const since = await this.#each(this.#ask(filter), found, token.since, budget);
    return found.listing('changes', tokenText({ ...token, since }));
  }
}

/** Finds one entry, wherever it is. */
export const idFilter = (href: string, activeDirectory: boolean): Filter => {
  if (activeDirectory) return new EqualityFilter({ attribute: 'objectGUID', value: Buffer.from(guidBytes(href)) });
  return href.startsWith('ns:') ? new EqualityFilter({ attribute: 'nsUniqueId', value: href.slice(3) }) : new EqualityFilter({ attribute: 'entryUUID', value: href });
};

/** What a listing has come to so far. */
class Collected {
  readonly #items = new Map<string, Listed>();
  readonly #referrals = new Set<string>();
  constructor(private readonly set: string) {}
  get size(): number { return this.#items.size; }
  readonly reference = (uris: string[]): void => { for (const uri of uris) if (this.#referrals.size < MAX_REFERRALS) this.#referrals.add(uri.slice(0, 300)); };

  /** @throws Fault `ldap.no-id` */
  take(entry: Entry, host: string): Listed {
    const href = hrefOf(entry);
    if (href === undefined) throw fault.noId(host);
    const item = { href, etag: etagOf(entry, this.set) };
    this.#items.set(href, item);
    return item;
  }
  /** A part that another server holds is left out, and said so: no password is given to it. */
  listing(kind: Listing['kind'], token: string | null | undefined = null): Listing {
    const skipped = [...this.#referrals].map((uri): Skipped => ({ href: `referral:${uri}`, etag: 'referral', reason: `a part of the directory is on another server (${uri}); add that one as an address book of its own` }));
    return { kind, items: [...this.#items.values(), ...skipped.map(({ href, etag }) => ({ href, etag }))], removed: [], skipped, token: token ?? null };
  }
}
