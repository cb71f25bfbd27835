/** From the answers of a server to what a Source says: listings, batches, what is left out. */
import type { Batch, Listed, Listing, Skipped } from '../../sync/port.js';
import type { DavKind } from './kind.js';
import { asTree, type DavResponse, type Multistatus, textOf } from './xml.js';

const BATCH = 200;
/** Photos: taking one answer apart must not keep the process from its calls for long (1 MB of XML takes about 40 ms). */
const BATCH_BYTES = 512 * 1024;
export const MAX_ITEM = 4 * 1024 * 1024;

export const batchesOf = (items: readonly Listed[]): Listed[][] => {
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

export const tooBig = ({ items }: DavKind, bytes?: number): string => `it is ${bytes === undefined ? 'too large' : `${(bytes / 1024 / 1024).toFixed(1)} MB large`}; ${items} above ${MAX_ITEM / 1024 / 1024} MB are left out`;

/** The path of an href as the server spells it: absolute addresses lose their origin, illegal characters are encoded. SOGo writes names as they are, `100%` too. */
export const pathOf = (spelt: string, collection: string): string => {
  if (/^\/(?!\/)[\w~!$&'()*+,;=:@/.-]*$/.test(spelt) && !spelt.includes('/.')) return spelt; // nearly all are written as they are meant
  const href = spelt.replace(/%(?![0-9a-f]{2})/gi, '%25');
  const base = `http://x${collection.endsWith('/') ? collection : `${collection}/`}`;
  return URL.canParse(href, base) ? new URL(href, base).pathname + new URL(href, base).search : href;
};
/** For comparing only: one card may be spelt a%40b in one answer and a@b in the next. */
const same = (path: string): string => { if (!path.includes('%')) return path.endsWith('/') ? path.slice(0, -1) : path; try { return decodeURIComponent(path).replace(/\/$/, ''); } catch { return path; } };

/** Without what it was cut out of: a part of a text holds the whole in memory. */
const own = (text: string): string => ` ${text}`.slice(1);

/** Items and deletions of a listing, as they come: the collection itself and collections in it are neither. */
export class Sorter {
  readonly #items = new Map<string, Listed>();
  readonly #removed = new Set<string>();
  readonly #skipped: Skipped[] = [];
  constructor(private readonly kind: DavKind, private readonly collection: string) {}

  add(responses: readonly DavResponse[]): void {
    for (const { href, status, props } of responses) {
      const path = own(pathOf(href, this.collection));
      if (same(path) === same(this.collection) || 'collection' in asTree(props['resourcetype'])) continue;
      if (status === 404 || status === 410) { this.#removed.add(path); this.#items.delete(path); continue; }
      const size = Number(textOf(props['getcontentlength'])) || 0;
      const item: Listed = { href: path, etag: own(textOf(props['getetag']).trim()), ...(size > 0 ? { size } : {}) };
      this.#items.set(path, item);
      this.#removed.delete(path);
      if (size > MAX_ITEM) this.#skipped.push({ ...item, reason: tooBig(this.kind, size) });
    }
  }

  all(): Pick<Listing, 'items' | 'removed' | 'skipped'> { return { items: [...this.#items.values()], removed: [...this.#removed], skipped: this.#skipped }; }
}

const ENCODER = new TextEncoder();
/** One that is gone (404) or empty must not cost the batch. The etag that came with the content counts. */
export const batchOf = (kind: DavKind, answer: Multistatus, items: readonly Listed[], collection: string): Batch => {
  const asked = new Map(items.map((item) => [same(item.href), item]));
  const batch: Batch = { cards: [], skipped: [], missing: [] };
  for (const { href, status, props } of answer.responses) {
    const item = asked.get(same(pathOf(href, collection)));
    if (!item) continue;
    asked.delete(same(item.href));
    const text = textOf(props[kind.data]);
    if (status === 404 || status === 410) batch.missing.push(item.href);
    else if (text.trim() === '') batch.skipped.push({ ...item, reason: 'the server delivered it empty' });
    else if (text.length > MAX_ITEM) batch.skipped.push({ ...item, reason: tooBig(kind, text.length) });
    else batch.cards.push({ href: item.href, etag: textOf(props['getetag']).trim() || item.etag, bytes: ENCODER.encode(text) });
  }
  for (const item of asked.values()) batch.skipped.push({ ...item, etag: '', reason: 'the server did not deliver it' });
  return batch;
};
