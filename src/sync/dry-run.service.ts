/** What a sync would do, in numbers, names and words: the source is asked, nothing is done. */
import type { SyncPlan } from '@ringbook/contracts';
import type { Look, SyncEngine } from './engine.service.js';
import type { Listed } from './port.js';
import { type Entry, lastPart, type Shelf } from './shelf.js';

const NAMES = 20;

export const dryRun = async <E extends Entry>(engine: SyncEngine<E>, shelf: Shelf<E>, id: string): Promise<SyncPlan> => {
  const look = await engine.look(await shelf.entry(id));
  const { made, listing, refusal } = look;
  const unusable = new Set(listing.skipped.map((item) => item.href));
  const usable = (items: readonly Listed[]): Listed[] => items.filter((item) => !unusable.has(item.href));
  const [add, update, holding] = [usable(made.add), usable(made.update), (await shelf.held(id, '-infinity')).kept.size];
  const unchanged = Math.max(holding - update.length - made.remove.length, 0);
  return {
    kind: refusal ? 'held' : 'go', listing: listing.kind,
    add: { count: add.length, names: await newNames(look, shelf, add.slice(0, NAMES)) },
    update: { count: update.length, names: await shelf.names(id, update.slice(0, NAMES).map((item) => item.href)) },
    remove: { count: made.remove.length, names: await shelf.names(id, made.remove.slice(0, NAMES)) },
    unchanged, skipped: listing.skipped.length,
    text: refusal?.text ?? inWords({ add: add.length, update: update.length, remove: made.remove.length, unchanged }, shelf.words.many),
  };
};

/** Those we have never seen are read for their names; what cannot be read is called by the last part of its address. */
const newNames = async <E extends Entry>({ source }: Look, shelf: Shelf<E>, items: readonly Listed[]): Promise<string[]> => {
  const names = new Map<string, string>();
  if (items.length > 0) {
    for await (const { cards } of source.fetch(items)) for (const card of cards) names.set(card.href, shelf.nameOf(card) ?? lastPart(card));
  }
  return items.map((item) => names.get(item.href) ?? lastPart(item));
};

const count = (n: number): string => n.toLocaleString('en');
const inWords = ({ add, update, remove, unchanged }: { add: number; update: number; remove: number; unchanged: number }, many: string): string => {
  if (add + update + remove === 0) return `Nothing would change: all ${count(unchanged)} ${many} are as the source has them.`;
  return `${count(add)} ${many} would be added, ${count(update)} changed and ${count(remove)} removed here; ${count(unchanged)} stay as they are.`;
};
