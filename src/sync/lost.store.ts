/** Codes that another program dropped from their cards (contact/loss.ts says how that is told), until somebody restores or forgets them. */
import type { LostCode } from '@ringbook/contracts';
import { sql } from 'kysely';
import type { Db } from '../store/schema.js';

const MOST = 1000;

export class LostStore {
  constructor(private readonly db: Db) {}

  /** Of a book, the latest first: at most 1000. */
  async list(bookId: string): Promise<LostCode[]> {
    const { rows } = await sql<Omit<LostCode, 'at'> & { at: Date }>`select l.contact_id as "contactId", c.name, l.code, l.at, l.why from lost_code l join contact c on c.id = l.contact_id where l.book_id = ${bookId} order by l.at desc, c.id limit ${MOST}`.execute(this.db);
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  }

  async forget(bookId: string, contacts: readonly string[]): Promise<void> {
    await sql`delete from lost_code where book_id = ${bookId} and contact_id = any(${contacts}::uuid[])`.execute(this.db);
  }

  /** The code each of these contacts lost; those that have lost none are left out. */
  async of(bookId: string, contacts: readonly string[]): Promise<{ contactId: string; code: string }[]> {
    return this.db.selectFrom('lost_code').select(['contact_id as contactId', 'code']).where('book_id', '=', bookId).where('contact_id', 'in', [...contacts]).execute();
  }
}
