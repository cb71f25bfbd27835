/** A book that came from files is a source like any other; its cards are in our own database. */
import { etagOf, keepCards, removeCards } from '../../src/import/card.store.js';
import type { Db } from '../../src/store/schema.js';
import { contactSourceSuite } from './source.suite.js';

contactSourceSuite('a book of files', async () => {
  let db: Db, book_id: string;
  const one = (name: string) => ({ book_id, href: `${name}.vcf` });
  return {
    book: { kind: 'import', url: '', username: '', password: '' },
    opened: (all, id) => { [db, book_id] = [all.db, id]; },
    put: (name, card) => keepCards(db, book_id, [{ ...one(name), etag: etagOf(Buffer.from(card)), bytes: Buffer.from(card) }]),
    get: async (name) => (await db.selectFrom('import_card').select('bytes').where((eb) => eb.and(one(name))).executeTakeFirst())?.bytes.toString(),
    remove: (name) => removeCards(db, book_id, [one(name).href]),
    list: async () => (await db.selectFrom('import_card').select('href').where('book_id', '=', book_id).execute()).map(({ href }) => href.slice(0, -4)),
    close: () => Promise.resolve(),
  };
}, false);
