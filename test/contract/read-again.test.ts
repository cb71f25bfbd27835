/** A database of an older version: what it holds of its cards is read again once, and nothing of it is lost until then. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openFolder } from '../../src/adapter/folder/folder.adapter.js';
import { ContactStore } from '../../src/contact/contact.store.js';
import { seal } from '../../src/shared/seal.adapter.js';
import { createDb } from '../../src/store/database.adapter.js';
import { migrate } from '../../src/store/migrate.store.js';
import { BookStore } from '../../src/sync/book.store.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { newPerson, vcard } from '../lab/books.js';
import { emptyDatabase } from '../lab/database.js';

it('reads all cards again after the migration, and holds them until then', async () => {
  const { url, drop } = await emptyDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'ringbook-again-'));
  const [old, cards] = [join(folder, 'migrations'), join(folder, 'cards')];
  for (const made of [old, cards]) mkdirSync(made);
  for (const name of ['0001-main.sql', '0002-book.sql']) copyFileSync(join('migrations', name), join(old, name));
  const texts = ['Anna', 'Bert', 'Carl'].map((name) => vcard(name, ['TEL:030 1234567', `EMAIL:${name}@example.org`, 'X-CUSTOM4:VIP']));
  texts.forEach((text, i) => { writeFileSync(join(cards, `${i}.vcf`), text); });
  await migrate(url, old);
  const db = createDb(url, { max: 4 });
  try {
    const key = randomBytes(32);
    const listed = (await openFolder(cards).list(null)).items;
    const personId = await newPerson(db);
    const { rows: [book] } = await sql<{ id: string }>`insert into address_book (person_id, kind, name, url, username, secret, sync_token, state) values (${personId}, 'practice', 'Old', ${cards}, '', ${seal(key, '')}, 'token', 'ok') returning id`.execute(db);
    await sql`insert into book_source (book_id, last_full) values (${book!.id}, now())`.execute(db);
    const etag = (i: number) => listed.find(({ href }) => href === `${i}.vcf`)!.etag;
    for (const i of [0, 1]) {
      const { rows: [{ id }] } = await sql<{ id: string }>`insert into contact (book_id, href, etag, uid, name, code, card) values (${book!.id}, ${`${i}.vcf`}, ${etag(i)}, null, ${['Anna', 'Bert'][i]}, 'VIP', ${Buffer.from(texts[i]!)}) returning id`.execute(db) as { rows: [{ id: string }] };
      await sql`insert into contact_number (contact_id, book_id, position, raw, suffix) values (${id}, ${book!.id}, 0, '030 1234567', '1234567')`.execute(db);
    }
    await sql`insert into skipped_card (book_id, href, etag, reason) values (${book!.id}, '2.vcf', ${etag(2)}, 'it could not be read then')`.execute(db);
    await migrate(url);
    const held = () => db.selectFrom('contact').select(['id', 'name', 'code', 'etag', 'more']).orderBy('name').execute();
    const before = await held();
    expect(before).toMatchObject([{ name: 'Anna', code: 'VIP', etag: '', more: '0301234567' }, { name: 'Bert', code: 'VIP' }]);
    const relay = { publish: () => {}, subscribe: () => () => {} };
    const contacts = new ContactStore(db, 'DE');
    const books = new BookStore(db, contacts, key, relay);
    const syncs = new SyncService(db, books, contacts, (settings) => openFolder(settings.url), relay);
    expect(await books.due()).toEqual([book!.id]);
    expect(await syncs.syncBook(book!.id)).toMatchObject({ kind: 'done', added: 1, updated: 2, removed: 0, skipped: 0 });
    const after = await held();
    expect(after.slice(0, 2).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after).toMatchObject(['Anna', 'Bert', 'Carl'].map((name, i) => ({ name, code: 'VIP', etag: etag(i), more: expect.stringContaining(`${name}@example.org`) })));
    expect((await db.selectFrom('contact_number').select('e164').execute()).map(({ e164 }) => e164)).toEqual(Array(3).fill('+49301234567'));
    expect(await syncs.syncBook(book!.id)).toMatchObject({ kind: 'done', added: 0, updated: 0, removed: 0 });
  } finally {
    await db.destroy();
    await drop();
    rmSync(folder, { recursive: true });
  }
});
