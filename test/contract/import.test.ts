/** A book that came from files is a source like any other; its cards are in our own database. */
import { etagOf } from '../../src/import/card.store.js';
import type { Db } from '../../src/store/schema.js';
import { contactSourceSuite } from './source.suite.js';

contactSourceSuite('a book of files', async () => {
  let db: Db, book_id: string;
  const one = (name: string) => ({ book_id, href: `${name}.vcf` });
  return {
    book: { kind: 'import', url: '', username: '', password: '' },
    opened: (all, id) => { [db, book_id] = [all.db, id]; },
    put: async (name, card) => {
      const content = { etag: etagOf(Buffer.from(card)), bytes: Buffer.from(card) };
      await db.insertInto('import_card').values({ ...one(name), ...content }).onConflict((c) => c.columns(['book_id', 'href']).doUpdateSet(content)).execute();
    },
    get: async (name) => (await db.selectFrom('import_card').select('bytes').where((eb) => eb.and(one(name))).executeTakeFirst())?.bytes.toString(),
    remove: async (name) => { await db.deleteFrom('import_card').where((eb) => eb.and(one(name))).execute(); },
    list: async () => (await db.selectFrom('import_card').select('href').where('book_id', '=', book_id).execute()).map(({ href }) => href.slice(0, -4)),
    close: () => Promise.resolve(),
  };
}, false);
