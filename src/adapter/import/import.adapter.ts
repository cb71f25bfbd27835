/** An address book without a server: its cards came from files and live in our own database. */
import { cardsOf, etagsOf, replaceCard, revisionOf } from '../../import/card.store.js';
import { Fault } from '../../shared/fault.js';
import type { Db } from '../../store/schema.js';
import type { Batch, ContactSource, Listed, Listing, SourceSettings } from '../../sync/port.js';

const BATCH = 200;

export const openImport = (db: Db, { bookId }: Pick<SourceSettings, 'bookId'>): ContactSource => {
  const book = (): string => { if (bookId === undefined) throw new Fault('broken', 'import.no-book', 'An address book without a server was opened without saying which'); return bookId; };
  return {
    check: () => Promise.resolve(),
    open: () => Promise.resolve({ location: '', others: [] }),
    list: async (token) => list(db, book(), token),
    fetch: (items) => fetch(db, book(), items),
    read: async (href) => (await cardsOf(db, book(), [href]))[0],
    put: (href, bytes, etag) => replaceCard(db, book(), href, bytes, etag),
  };
};

/** Nothing happens to these cards but through us: the revision says whether anything did. It is read first, so that a change during the listing shows next time. */
const list = async (db: Db, bookId: string, token: string | null): Promise<Listing> => {
  const revision = await revisionOf(db, bookId);
  if (token === revision) return { kind: 'changes', items: [], removed: [], skipped: [], token };
  return { kind: 'full', items: [...await etagsOf(db, bookId)].map(([href, etag]) => ({ href, etag })), removed: [], skipped: [], token: revision };
};

const fetch = async function* fetch(db: Db, bookId: string, items: readonly Listed[]): AsyncIterable<Batch> {
  for (let i = 0; i < items.length; i += BATCH) {
    const hrefs = items.slice(i, i + BATCH).map(({ href }) => href);
    const cards = await cardsOf(db, bookId, hrefs);
    const found = new Set(cards.map(({ href }) => href));
    yield { cards, skipped: [], missing: hrefs.filter((href) => !found.has(href)) };
  }
};
