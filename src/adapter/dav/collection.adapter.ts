/**
 * A collection on a DAV server as a read-only Source, whatever is in it. Lists etags by sync-collection (RFC 6578) where the
 * server knows it, reads contents by multiget in batches. Servers differ: see the comments.
 */
import { setImmediate } from 'node:timers/promises';
import type { Hosts } from '../../shared/network.js';
import type { Batch, Listed, Listing, ReceivedCard, Source, Whole } from '../../sync/port.js';
import { DavAccount, type DavSettings } from './account.adapter.js';
import { isTrouble } from './fault.js';
import { Allowance, LISTING_MOST } from './allowance.adapter.js';
import type { DavAnswer, DavAsk, DavHttp } from './http.adapter.js';
import type { DavKind } from './kind.js';
import { batchesOf, batchOf, MAX_ITEM, Sorter, tooBig } from './listing.js';
import { cuts, isRadicale, isUnchanged, nextCut, NO_TOKEN, pieceOf, radicaleToken, stamped, TIMES_BODY, timesOf, type Times, wholeBody } from './radicale.js';
import { decoded, multistatusParts, readMultistatus } from './read.adapter.js';
import { ETAG_BODY, LIST_BODY, multigetBody, type Multistatus, syncBody, textOf } from './xml.js';

const AT_ONCE = 2;
/** Contents come in batches of half a megabyte, or one by one: an answer beyond this is not parsed. */
const MAX_ANSWER = 6 * 1024 * 1024;
/** A few properties of one resource. */
const MAX_PROPS = 64 * 1024;
const MAX_ROUNDS = 1000;
/** Cards of a whole answer that are read in one go (2 ms), and that are kept together. */
const PIECE = 50, WHOLE_BATCH = 400;
/** A server that fails on one item is asked for smaller batches, but one that fails on everything is left alone soon. */
const MAX_REFUSALS = 40;
const XML_HEADERS = { 'content-type': 'application/xml; charset=utf-8' };

/**
 * `hosts`: the ones in private networks that may be gone to (BOOK_HOSTS); without any, `trusted` decides. A location is a path
 * where the user entered an address, and a whole address where DNS named the server: without a path, the collection is looked for on that server.
 * @throws Fault `.url`
 */
export class DavCollection implements Source {
  #path: string | null = null;
  #http: DavHttp | undefined;
  readonly #account: DavAccount;
  constructor(private readonly settings: DavSettings, private readonly kind: DavKind, hosts?: Hosts) {
    this.#account = new DavAccount(settings, kind, hosts);
    this.#http = this.#account.straight;
    if (this.#http && !isServer(settings.location)) this.#path = pathIn(settings.location);
  }

  check(): Promise<void> { return this.#account.check(); }

  async open(): Promise<{ location: string; others: string[] }> {
    const { location } = this.settings;
    if (this.#http && this.#path !== null) return { location: this.#path, others: [] };
    if (!this.#http && location !== null && URL.canParse(location) && !isServer(location)) {
      [this.#http, this.#path] = [await this.#account.known(), pathIn(location)];
      return { location, others: [] };
    }
    const { http, collections: [first, ...others] } = await this.#account.find();
    [this.#http, this.#path] = [http, first!.path];
    return { location: this.#account.straight ? first!.path : http.base.origin + first!.path, others: others.map(({ name, path }) => name || path) };
  }

  protected get http(): DavHttp {
    if (!this.#http) throw new Error('open() comes first');
    return this.#http;
  }

  /**
   * A token that is not known any more is answered with 403 (Radicale), 500 (Xandikos) or simply a full list (DAViCal,
   * SOGo; who syncs notices by its length): asked again without one. No sync-collection at all: PROPFIND.
   */
  async list(token: string | null): Promise<Listing> {
    const known = token === null ? undefined : radicaleToken(token);
    const times = known?.modified === undefined ? undefined : await this.#times();
    if (known && times && isUnchanged(known, times, Date.now())) return { kind: 'changes', items: [], removed: [], skipped: [], token };
    const began = Date.now();
    const changes = token === null ? undefined : await this.#syncCollection(known?.token ?? token);
    const all = changes ?? await this.#syncCollection('');
    return all ? { ...all, token: await this.#stamped(all.token, began), kind: changes ? 'changes' : 'full' } : this.#propfind();
  }

  /** Where the server is known to do it faster than in parts (radicale.ts). */
  async all(): Promise<Whole | undefined> {
    const times = await this.#times();
    if (!times?.radicale) return undefined;
    const answer = await this.#ask('REPORT', wholeBody(this.kind), '1').catch((thrown: unknown) => { if (isTrouble(thrown, 'too-large')) return undefined; throw thrown; });
    const text = answer?.status === 207 ? await decoded(answer.bytes) : '';
    const at = cuts(text, this.#most.items);
    const token = stamped(NO_TOKEN, times, 0, Date.now());
    return at && { token: token === NO_TOKEN.token ? null : token, total: at.length - 1, batches: this.#pieces(text, at) };
  }

  async *#pieces(text: string, at: readonly number[]): AsyncIterable<Batch> {
    for (let i = 0; i < at.length - 1; i += WHOLE_BATCH) {
      const batch: Batch = { cards: [], skipped: [], missing: [] };
      const end = Math.min(i + WHOLE_BATCH, at.length - 1);
      for (let k = i, to = k; k < end; k = to) {
        to = nextCut(at, k, Math.min(PIECE, end - k));
        const piece = pieceOf(this.kind, text.slice(at[k], at[to]), this.#collection);
        if (!piece) throw this.kind.faults.notUnderstood(this.http.base.host, `${text.length} characters`);
        batch.cards.push(...piece.cards);
        batch.skipped.push(...piece.skipped);
        await setImmediate();
      }
      yield batch;
    }
  }

  async #times(): Promise<Times & { radicale: boolean } | undefined> {
    const answer = await this.#ask('PROPFIND', TIMES_BODY, '0', { limit: MAX_PROPS });
    const props = answer.status === 207 ? (await this.#multistatus(answer)).responses[0]?.props ?? {} : {};
    const times = timesOf(textOf(props['getlastmodified']), answer.headers.get('date'));
    return times && { ...times, radicale: isRadicale(props) };
  }
  async #stamped(token: string | null, began: number): Promise<string | null> {
    const known = token === null ? undefined : radicaleToken(token);
    if (!known) return token;
    const times = await this.#times();
    return stamped(known, times, Date.now() - began, Date.now());
  }

  async #syncCollection(from: string): Promise<Omit<Listing, 'kind'> | undefined> {
    const [sorter, allowance] = [new Sorter(this.kind, this.#collection), this.#allowance()];
    let token = from;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const answer = await this.#ask('REPORT', syncBody(token), '0', { within: allowance.left() });
      const part = answer.status === 207 ? await this.#listing(answer, sorter, allowance) : undefined;
      if (!part) return this.#withoutSync(answer, round > 0);
      const { cut } = part;
      // RFC 6578, 3.6: 507 on the collection means there is more to come, with the token just given. Without a new one there is no way to the rest.
      if (cut && (part.token === null || part.token === token)) throw this.kind.faults.notUnderstood(this.http.base.host, 'a list that was cut short');
      token = part.token ?? '';
      if (!cut) return { ...sorter.all(), token: token || null };
    }
    throw this.kind.faults.notUnderstood(this.http.base.host, 'a list without end');
  }

  /** Refused: no such report, or no such token. Refused in the middle of a list: we must not take the half for the whole. */
  #withoutSync(answer: DavAnswer, begun: boolean): undefined {
    if (begun || [429, 502, 503, 504].includes(answer.status)) throw this.#failed(answer);
    return undefined;
  }

  async #propfind(): Promise<Listing> {
    const [sorter, allowance] = [new Sorter(this.kind, this.#collection), this.#allowance()];
    const answer = await this.#ask('PROPFIND', LIST_BODY, '1', { within: allowance.left() });
    if (answer.status !== 207) throw this.#failed(answer);
    await this.#listing(answer, sorter, allowance);
    return { kind: 'full', ...sorter.all(), removed: [], token: null };
  }

  async *fetch(items: readonly Listed[]): AsyncIterable<Batch> {
    const running: Promise<Batch>[] = [];
    const budget = { refusals: MAX_REFUSALS };
    for (const batch of batchesOf(items)) {
      const next = this.#multiget(batch, budget);
      next.catch(() => {}); // awaited below, unless an earlier one fails first
      running.push(next);
      if (running.length >= AT_ONCE) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  }

  async #multiget(items: readonly Listed[], budget: { refusals: number }): Promise<Batch> {
    try {
      const answer = await this.#ask('REPORT', multigetBody(this.kind, items.map((item) => item.href)), '0', { limit: MAX_ANSWER });
      if (answer.status !== 207) throw this.#failed(answer);
      return batchOf(this.kind, await this.#multistatus(answer), items, this.#collection);
    } catch (thrown) {
      budget.refusals -= 1;
      if (budget.refusals < 0 || !isAboutContent(thrown)) throw thrown;
      return items.length > 1 ? this.#halves(items, budget) : this.#single(items[0]!);
    }
  }

  async #halves(items: readonly Listed[], budget: { refusals: number }): Promise<Batch> {
    const middle = items.length >> 1;
    const [first, second] = [await this.#multiget(items.slice(0, middle), budget), await this.#multiget(items.slice(middle), budget)];
    return { cards: [...first.cards, ...second.cards], skipped: [...first.skipped, ...second.skipped], missing: [...first.missing, ...second.missing] };
  }

  /** The last way to a card that its server cannot list with others. */
  async #single(item: Listed): Promise<Batch> {
    const skip = (reason: string): Batch => ({ cards: [], skipped: [{ ...item, reason }], missing: [] });
    try {
      const card = await this.get(item.href);
      return card ? { cards: [{ ...card, etag: item.etag || card.etag }], skipped: [], missing: [] } : { cards: [], skipped: [], missing: [item.href] };
    } catch (thrown) {
      if (isTrouble(thrown, 'too-large')) return skip(tooBig(this.kind));
      if (isAboutContent(thrown)) return skip('the server cannot deliver it');
      throw thrown;
    }
  }

  read(href: string): Promise<ReceivedCard | undefined> { return this.get(href); }

  /** The property, which may be there where the header of that name is not. */
  protected async etagOf(href: string): Promise<string | undefined> {
    const answer = await this.http.request('PROPFIND', href, { body: ETAG_BODY, limit: MAX_PROPS, headers: { ...XML_HEADERS, depth: '0' } });
    const etag = answer.status === 207 ? textOf((await this.#multistatus(answer)).responses[0]?.props['getetag']).trim() : '';
    return etag || undefined;
  }

  protected async get(href: string): Promise<ReceivedCard | undefined> {
    const answer = await this.http.request('GET', href, { headers: { accept: `${this.kind.media}, */*;q=0.1` }, limit: MAX_ITEM });
    if (answer.status === 404 || answer.status === 410) return undefined;
    if (answer.status !== 200) throw this.#failed(answer);
    return { href, etag: answer.headers.get('etag') ?? '', bytes: answer.bytes };
  }

  get #collection(): string {
    if (this.#path === null) throw new Error('open() comes first');
    return this.#path;
  }
  get #most(): typeof LISTING_MOST { return this.settings.most ?? LISTING_MOST; }
  #allowance(): Allowance { return new Allowance(this.#most, this.kind.faults, this.http.base.host); }
  #ask(method: string, body: string, depth: '0' | '1', more: Pick<DavAsk, 'limit' | 'within'> = {}): Promise<DavAnswer> {
    return this.http.request(method, this.#collection, { body, ...more, headers: { ...XML_HEADERS, depth } });
  }
  async #multistatus({ bytes }: DavAnswer): Promise<Multistatus> {
    return await readMultistatus(bytes, { most: MAX_ANSWER }) ?? this.#strange(bytes);
  }
  /** `cut`: there is more to come, with this token. */
  async #listing({ bytes }: DavAnswer, sorter: Sorter, allowance: Allowance): Promise<{ token: string | null; cut: boolean }> {
    allowance.take('bytes', bytes.length);
    const said = { token: null as string | null, cut: false };
    for await (const part of multistatusParts(bytes)) {
      if (!part) return this.#strange(bytes);
      allowance.take('items', part.responses.length);
      allowance.left();
      sorter.add(part.responses);
      said.cut ||= part.responses.some(({ status }) => status === 507);
      said.token = part.token ?? said.token;
    }
    return said;
  }
  #strange(bytes: Uint8Array): never { throw this.kind.faults.notUnderstood(this.http.base.host, `${bytes.length} bytes`); }
  #failed({ status, headers }: DavAnswer): Error {
    const { host, origin } = this.http.base;
    if (status === 429 || (status === 503 && headers.has('retry-after'))) return this.kind.faults.limited(host, secondsIn(headers.get('retry-after')));
    // A page of a proxy or a portal: nothing is known about the collection itself.
    if (status < 400) return this.kind.faults.notUnderstood(host, `answer ${status}`);
    if (status === 403) return this.kind.faults.forbidden(origin + this.#collection);
    if (status < 500) return this.kind.faults.none(origin + this.#collection);
    return this.kind.faults.serverFailed(host, status);
  }
}

/** A server that is known while the place on it is not. */
const isServer = (location: string | null): boolean => location !== null && /^https?:\/\/[^/?#]+$/i.test(location);
const pathIn = (location: string | null): string | null => (location !== null && URL.canParse(location) ? new URL(location).pathname : location);
/** Retry-After: seconds, or a date (RFC 9110, 10.2.3). */
const secondsIn = (text: string | null): number | undefined => {
  const seconds = text === null || text.trim() === '' ? Number.NaN : Number(text);
  const until = Number.isNaN(seconds) ? (Date.parse(text ?? '') - Date.now()) / 1000 : seconds;
  return until > 0 && Number.isFinite(until) ? Math.ceil(until) : undefined;
};
/** Worth asking for fewer: the rest of the batch may well be fine. */
const isAboutContent = (thrown: unknown): boolean => isTrouble(thrown, 'too-large', 'server-failed', 'not-understood', 'not-an-address-book', 'not-a-calendar', 'forbidden');
