/**
 * An address book on a CardDAV server as a ContactSource. Lists etags by sync-collection (RFC 6578) where the server
 * knows it, reads cards by addressbook-multiget in batches, writes with If-Match. Servers differ: see the comments.
 */
import { setImmediate } from 'node:timers/promises';
import { updateObject } from 'tsdav';
import type { Hosts } from '../../shared/network.js';
import type { Batch, ContactSource, Listed, Listing, PutOutcome, ReceivedCard, Skipped, SourceSettings } from '../../sync/port.js';
import { discover, fetchThrough, isFault } from './discover.adapter.js';
import * as fault from './fault.js';
import { type DavAnswer, type DavHttp, openDav } from './http.adapter.js';
import { asTree, type DavResponse, LIST_BODY, listingParts, multigetBody, type Multistatus, parseMultistatus, syncBody, textOf } from './xml.js';

const BATCH = 200;
/** Photos: taking one answer apart must not keep the process from its calls for long (1 MB of XML takes about 40 ms). */
const BATCH_BYTES = 512 * 1024;
const AT_ONCE = 2;
export const MAX_CARD = 4 * 1024 * 1024;
/** Cards come in batches of BATCH_BYTES, or one by one: an answer beyond this is not parsed. */
const MAX_ANSWER = 6 * 1024 * 1024;
const MAX_ROUNDS = 1000;
/** A server that fails on a card is asked for smaller batches, but one that fails on everything is left alone soon. */
const MAX_REFUSALS = 40;
const XML_HEADERS = { 'content-type': 'application/xml; charset=utf-8' };
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * @param hosts the ones in private networks that books may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `carddav.url`
 */
export const openCardDav = (settings: SourceSettings & { timeout?: number }, hosts?: Hosts): ContactSource =>
  new CardDavSource(openDav({ ...settings, allowed: { trusted: settings.trusted === true, hosts } }), settings.location);

class CardDavSource implements ContactSource {
  #path: string | null;
  constructor(private readonly http: DavHttp, location: string | null) { this.#path = location; }

  check(): Promise<void> { return this.http.check(); }

  async open(): Promise<{ location: string; others: string[] }> {
    const found = this.#path === null ? await discover(this.http) : { location: this.#path, others: [] };
    this.#path = found.location;
    return found;
  }

  /**
   * A token that is not known any more is answered with 403 (Radicale), 500 (Xandikos) or simply a full list (DAViCal,
   * SOGo; who syncs notices by its length): asked again without one. No sync-collection at all: PROPFIND.
   */
  async list(token: string | null): Promise<Listing> {
    const changes = token === null ? undefined : await this.#syncCollection(token);
    const all = changes ?? await this.#syncCollection('');
    return all ? { ...all, kind: changes ? 'changes' : 'full' } : this.#propfind();
  }

  async #syncCollection(from: string): Promise<Omit<Listing, 'kind'> | undefined> {
    const responses: DavResponse[] = [];
    let token = from;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const answer = await this.#ask('REPORT', syncBody(token), '0');
      const part = answer.status === 207 ? await this.#listing(answer) : undefined;
      if (!part) return this.#withoutSync(answer, responses.length > 0);
      for (const response of part.responses) responses.push(response);
      // RFC 6578, 3.6: 507 on the collection means there is more to come, with the token just given.
      const more = part.responses.some((r) => r.status === 507) && part.token !== null && part.token !== token;
      token = part.token ?? '';
      if (!more) return { ...sortOut(responses, this.#collection), token: token || null };
    }
    throw fault.notUnderstood(this.http.base.host, 'a list without end');
  }

  /** Refused: no such report, or no such token. Refused in the middle of a list: we must not take the half for the whole. */
  #withoutSync(answer: DavAnswer, begun: boolean): undefined {
    if (begun || [429, 502, 503, 504].includes(answer.status)) throw this.#failed(answer);
    return undefined;
  }

  async #propfind(): Promise<Listing> {
    const answer = await this.#ask('PROPFIND', LIST_BODY, '1');
    if (answer.status !== 207) throw this.#failed(answer);
    return { kind: 'full', ...sortOut((await this.#listing(answer)).responses, this.#collection), removed: [], token: null };
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
      const answer = await this.#ask('REPORT', multigetBody(items.map((item) => item.href)), '0', MAX_ANSWER);
      if (answer.status !== 207) throw this.#failed(answer);
      return cardsOf(this.#multistatus(answer), items, this.#collection);
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
      const card = await this.read(item.href);
      return card ? { cards: [{ ...card, etag: item.etag || card.etag }], skipped: [], missing: [] } : { cards: [], skipped: [], missing: [item.href] };
    } catch (thrown) {
      if (isFault(thrown, 'carddav.too-large')) return skip(tooBig());
      if (isAboutContent(thrown)) return skip('the server cannot deliver it');
      throw thrown;
    }
  }

  async read(href: string): Promise<ReceivedCard | undefined> {
    const answer = await this.http.request('GET', href, { headers: { accept: 'text/vcard, */*;q=0.1' }, limit: MAX_CARD });
    if (answer.status === 404 || answer.status === 410) return undefined;
    if (answer.status !== 200) throw this.#failed(answer);
    return { href, etag: answer.headers.get('etag') ?? '', bytes: answer.bytes };
  }

  async put(href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome> {
    const response = await updateObject({
      url: new URL(href, this.http.base).href, data: bytes as unknown as string, etag, headers: { 'content-type': 'text/vcard; charset=utf-8' }, fetch: fetchThrough(this.http),
    });
    if (response.ok) return { kind: 'written', etag: strongEtag(response.headers.get('etag')) };
    if (response.status === 412) return { kind: 'changed' };
    if (response.status === 404 || response.status === 410) return { kind: 'gone' };
    if (response.status === 403 || response.status === 405) return { kind: 'read-only' };
    throw fault.refused(this.http.base.host, response.status);
  }

  get #collection(): string {
    if (this.#path === null) throw new Error('open() comes first');
    return this.#path;
  }
  #ask(method: string, body: string, depth: '0' | '1', limit?: number): Promise<DavAnswer> {
    return this.http.request(method, this.#collection, { body, limit, headers: { ...XML_HEADERS, depth } });
  }
  #multistatus(answer: DavAnswer): Multistatus {
    const parsed = parseMultistatus(decode(answer.bytes));
    if (!parsed) throw fault.notUnderstood(this.http.base.host, `${answer.bytes.length} bytes`);
    return parsed;
  }
  async #listing(answer: DavAnswer): Promise<Multistatus> {
    const parts = listingParts(decode(answer.bytes));
    const all: Multistatus = { responses: [], token: null };
    for (const part of parts ?? [undefined]) {
      const parsed = part === undefined ? undefined : parseMultistatus(part);
      if (!parsed) throw fault.notUnderstood(this.http.base.host, `${answer.bytes.length} bytes`);
      for (const response of parsed.responses) all.responses.push(response);
      all.token = parsed.token ?? all.token;
      await setImmediate();
    }
    return all;
  }
  #failed({ status, headers }: DavAnswer): Error {
    const { host, origin } = this.http.base;
    if (status === 429 || (status === 503 && headers.has('retry-after'))) return fault.limited(host, Number(headers.get('retry-after')) || undefined);
    if (status === 403) return fault.forbidden(origin + this.#collection);
    if (status < 500) return fault.notAnAddressBook(origin + this.#collection);
    return fault.serverFailed(host, status);
  }
}

const batchesOf = (items: readonly Listed[]): Listed[][] => {
  const batches: Listed[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = batches.at(-1);
    bytes += item.size ?? 0;
    if (last && last.length < BATCH && bytes <= BATCH_BYTES) { last.push(item); continue; }
    batches.push([item]);
    bytes = item.size ?? 0;
  }
  return batches;
};

const tooBig = (bytes?: number): string => `it is ${bytes === undefined ? 'too large' : `${(bytes / 1024 / 1024).toFixed(1)} MB large`}; contacts above ${MAX_CARD / 1024 / 1024} MB are left out`;
/** Worth asking for fewer cards: the rest of the batch may well be fine. */
const isAboutContent = (thrown: unknown): boolean => ['carddav.too-large', 'carddav.server-failed', 'carddav.not-understood', 'carddav.not-an-address-book', 'carddav.forbidden'].some((code) => isFault(thrown, code));
/** RFC 6352, 6.3.2.3: without a strong ETag the server may have changed what we sent. */
const strongEtag = (etag: string | null): string | undefined => (etag === null || etag.startsWith('W/') ? undefined : etag);

/** The path of an href as the server spells it: absolute addresses lose their origin, illegal characters are encoded. */
const pathOf = (href: string, collection: string): string => {
  const base = `http://x${collection.endsWith('/') ? collection : `${collection}/`}`;
  return URL.canParse(href, base) ? new URL(href, base).pathname + new URL(href, base).search : href;
};
/** For comparing only: one card may be spelt a%40b in one answer and a@b in the next. */
const same = (path: string): string => { try { return decodeURIComponent(path).replace(/\/$/, ''); } catch { return path; } };

/** Cards and deletions of a listing: the collection itself and collections in it are neither. */
const sortOut = (responses: readonly DavResponse[], collection: string): Pick<Listing, 'items' | 'removed' | 'skipped'> => {
  const items = new Map<string, Listed>();
  const removed = new Set<string>();
  const skipped: Skipped[] = [];
  for (const { href, status, props } of responses) {
    const path = pathOf(href, collection);
    if (same(path) === same(collection) || 'collection' in asTree(props['resourcetype'])) continue;
    if (status === 404 || status === 410) { removed.add(path); items.delete(path); continue; }
    const size = Number(textOf(props['getcontentlength'])) || 0;
    const item: Listed = { href: path, etag: textOf(props['getetag']).trim(), ...(size > 0 ? { size } : {}) };
    items.set(path, item);
    removed.delete(path);
    if (size > MAX_CARD) skipped.push({ ...item, reason: tooBig(size) });
  }
  return { items: [...items.values()], removed: [...removed], skipped };
};

const ENCODER = new TextEncoder();
/** One card that is gone (404) or empty must not cost the batch. The etag that came with the card counts. */
const cardsOf = (answer: Multistatus, items: readonly Listed[], collection: string): Batch => {
  const asked = new Map(items.map((item) => [same(item.href), item]));
  const batch: Batch = { cards: [], skipped: [], missing: [] };
  for (const { href, status, props } of answer.responses) {
    const item = asked.get(same(pathOf(href, collection)));
    if (!item) continue;
    asked.delete(same(item.href));
    const text = textOf(props['address-data']);
    if (status === 404 || status === 410) batch.missing.push(item.href);
    else if (text.trim() === '') batch.skipped.push({ ...item, reason: 'the server delivered it empty' });
    else if (text.length > MAX_CARD) batch.skipped.push({ ...item, reason: tooBig(text.length) });
    else batch.cards.push({ href: item.href, etag: textOf(props['getetag']).trim() || item.etag, bytes: ENCODER.encode(text) });
  }
  for (const item of asked.values()) batch.skipped.push({ ...item, etag: '', reason: 'the server did not deliver it' });
  return batch;
};
