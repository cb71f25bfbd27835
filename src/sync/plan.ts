/**
 * What has to be done so that our copies become what the source lists. Pure, and the same for every source; after
 * vdirsyncer's three-way decision, in the one direction we need: the source is right, unless we changed a card ourselves
 * since the listing was begun.
 *
 * It refuses one thing: to lose everything, or most of it, on one word of a source (a wiped, half-mounted or restored server,
 * a revoked right, another collection at the same place). That is `held` until somebody says so. Who empties a book on
 * purpose and who loses it look the same from here, however the loss is told; a question too many costs one click.
 */
import type { Listed, Listing } from './port.js';

/** href -> etag. An empty etag means unknown: such a card is read again each time. */
export type Etags = ReadonlyMap<string, string>;
export type Loss = 'would-empty' | 'would-replace' | 'would-lose';
export type Plan =
  /** `spared`: the source does not list them any more, but we wrote to them since: looked at again next time. */
  | { kind: 'go'; add: Listed[]; update: Listed[]; remove: string[]; spared: string[] }
  | { kind: 'held'; why: Loss; going: number; holding: number; coming: number };
export interface PlanOptions {
  /** Somebody said that they may go. */
  acceptEmpty?: boolean;
  /** How many we hold, where `local` is only those that a listing of changes names. */
  holding?: number;
}

/** A handful of contacts is quickly made again, and testers empty small books all the time. */
export const FEW = 3;
/** More than this, and more than half of all, is a large loss. */
export const MANY = 20;

/**
 * @param local what we hold now
 * @param remote what the source lists
 * @param base what we held when the listing was begun; where `local` differs from it, we wrote in between
 */
export const plan = (local: Etags, remote: Pick<Listing, 'kind' | 'items' | 'removed'>, base: Etags = local, { acceptEmpty = false, holding = local.size }: PlanOptions = {}): Plan => {
  const listed = new Map(remote.items.map((item) => [item.href, item])); // some servers list an item twice: the last one counts
  const items = [...listed.values()];
  const gone = remote.kind === 'full' ? [...local.keys()].filter((href) => !listed.has(href)) : [...new Set(remote.removed)].filter((href) => local.has(href) && !listed.has(href));
  const add = items.filter((item) => !local.has(item.href));
  const why = acceptEmpty ? undefined : lossOf(remote.kind, { going: gone.length, holding, coming: add.length });
  if (why) return { kind: 'held', why, going: gone.length, holding, coming: add.length };
  const [remove, spared] = [gone.filter((href) => base.get(href) === local.get(href)), gone.filter((href) => base.get(href) !== local.get(href))];
  return { kind: 'go', add, update: items.filter((item) => isNewer(item, local, base)), remove, spared };
};

/** Whether this is a large loss, and which. Deletions named one by one are statements about each card: of few, they are believed even when they are all. */
export const lossOf = (kind: Listing['kind'], { going, holding, coming }: { going: number; holding: number; coming: number }): Loss | undefined => {
  const all = going === holding;
  if (!(isLarge(going, holding) || (kind === 'full' && all && going > FEW))) return undefined;
  return all ? coming === 0 ? 'would-empty' : 'would-replace' : 'would-lose';
};
const isLarge = (going: number, holding: number): boolean => going > MANY && going * 2 > holding;

/**
 * Whether an increment had better be checked by a full list: one that names half of what we hold may be a full list in disguise (some
 * servers answer so to a token they have forgotten, without the deletions), one that takes most of it away a lie.
 */
export const isDoubtful = ({ kind, items, removed }: Pick<Listing, 'kind' | 'items' | 'removed'>, holding: number): boolean =>
  kind === 'changes' && ((items.length > 0 && items.length * 2 >= holding) || isLarge(removed.length, holding));

/** A listing that still shows the card as it was before our own write is older than that write. */
const isNewer = ({ href, etag }: Listed, local: Etags, base: Etags): boolean => {
  const [ours, before] = [local.get(href), base.get(href)];
  if (ours === undefined || (ours === etag && etag !== '')) return false;
  return ours === before || etag !== before;
};
