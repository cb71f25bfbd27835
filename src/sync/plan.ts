/**
 * What has to be done so that our copies become what the source lists. Pure, and the same for every source; after
 * vdirsyncer's three-way decision, in the one direction we need: the source is right, unless we changed a card ourselves
 * since the listing was begun.
 *
 * It refuses one thing: to believe a source that suddenly lists nothing at all while we hold contacts (a wiped or
 * half-mounted server, a revoked right). That is `held` until somebody says so. Deletions that a source names one by one
 * (`changes`) are believed, each is a statement about one card; so is a list that got shorter without getting empty.
 */
import type { Listed, Listing } from './port.js';

/** href -> etag. An empty etag means unknown: such a card is read again each time. */
export type Etags = ReadonlyMap<string, string>;
export type Plan =
  | { kind: 'go'; add: Listed[]; update: Listed[]; remove: string[] }
  | { kind: 'held'; why: 'would-empty'; holding: number };
export interface PlanOptions { /** Somebody said that the source really is empty. */ acceptEmpty?: boolean }

/** A handful of contacts is quickly made again, and testers empty small books all the time. */
export const FEW = 3;

/**
 * @param local what we hold now
 * @param remote what the source lists
 * @param base what we held when the listing was begun; where `local` differs from it, we wrote in between
 */
export const plan = (local: Etags, remote: Pick<Listing, 'kind' | 'items' | 'removed'>, base: Etags = local, { acceptEmpty = false }: PlanOptions = {}): Plan => {
  if (remote.kind === 'full' && remote.items.length === 0 && local.size > FEW && !acceptEmpty) return { kind: 'held', why: 'would-empty', holding: local.size };
  const listed = new Map(remote.items.map((item) => [item.href, item])); // some servers list an item twice: the last one counts
  const items = [...listed.values()];
  const gone = remote.kind === 'full' ? [...local.keys()].filter((href) => !listed.has(href)) : [...new Set(remote.removed)].filter((href) => local.has(href) && !listed.has(href));
  return {
    kind: 'go',
    add: items.filter((item) => !local.has(item.href)),
    update: items.filter((item) => isNewer(item, local, base)),
    remove: gone.filter((href) => base.get(href) === local.get(href)),
  };
};

/** A listing that still shows the card as it was before our own write is older than that write. */
const isNewer = ({ href, etag }: Listed, local: Etags, base: Etags): boolean => {
  const [ours, before] = [local.get(href), base.get(href)];
  if (ours === undefined || (ours === etag && etag !== '')) return false;
  return ours === before || etag !== before;
};
