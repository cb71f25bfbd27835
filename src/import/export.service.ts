/** The cards of a book, one after the other, as they are. */
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DB, type Db } from '../store/schema.js';
import type { BookFacts } from '../sync/book.store.js';
import { allCards } from './card.store.js';

const ROWS = 500;
const LINE_END = Buffer.from('\r\n');

@Injectable()
export class ExportService {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Of books with a server: as they were last read, without pictures and sounds, which are not kept here. */
  async *cards(book: BookFacts): AsyncGenerator<Buffer> {
    for await (const bytes of book.kind === 'import' ? allCards(this.db, book.id) : this.kept(book.id)) {
      const card = Buffer.from(bytes);
      yield card;
      if (card.length > 0 && !/[\r\n]/.test(String.fromCharCode(card.at(-1)!))) yield LINE_END;
    }
  }

  private async *kept(bookId: string): AsyncGenerator<Uint8Array> {
    for (let after = ''; ;) {
      const { rows } = await sql<{ href: string; card: Buffer }>`select href, card from contact where book_id = ${bookId} and href > ${after} order by href limit ${sql.lit(ROWS)}`.execute(this.db);
      for (const { card } of rows) yield card;
      if (rows.length < ROWS) return;
      after = rows.at(-1)!.href;
    }
  }
}
