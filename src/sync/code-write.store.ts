/** Codes on their way to the source (table code_write). A wish counts for calls from the moment it stands here. */
import { sql } from 'kysely';
import { codeIn } from '../contact/carriers.js';
import { carriersOf, holdBook, holdCarrier, shareCarrier } from '../contact/contact.store.js';
import { formOf } from '../contact/form.js';
import { visibleTo } from '../contact/search.store.js';
import type { Fault } from '../shared/fault.js';
import { type Db, json } from '../store/schema.js';
import { secondsToRetry, secondsToRetryOne } from './code-write.js';

/** `askedAt` as text, with all its digits: it tells this wish from a later one. */
export interface Wish { contactId: string; bookId: string; href: string; code: string | null; was: string | null; /** Tries while the source was away, and tries it answered. */ attempts: number; refusals: number; askedAt: string }

/** The person who asked is at it: no worker takes the wish for so many seconds. */
const HEAD_START = 30;
const trouble = ({ code, message }: Fault): string => json({ at: new Date().toISOString(), code, text: message });

export class CodeWriteStore {
  constructor(private readonly db: Db) {}

  /**
   * Keeps what is wished for these contacts of one book; a wish of before is replaced. A loss of a code is settled by it.
   * @param soon somebody is about to write it: workers keep off for a moment
   */
  wish(bookId: string, contactIds: readonly string[], code: string | null, personId: string | null, soon = false): Promise<Wish[]> {
    return this.db.transaction().execute(async (trx) => {
      if (contactIds.length > 1) await holdCarrier(trx, bookId); // rows that a save has in another order would wait for each other
      await holdBook(trx, bookId);
      await sql`select id from contact where book_id = ${bookId} and id = any(${contactIds}::uuid[]) order by id for update`.execute(trx);
      const { rows } = await sql<Wish>`with wished as (
          insert into code_write as w (contact_id, book_id, code, was, person_id, asked_at, next_try)
          select id, book_id, ${code}, code, ${personId}, clock_timestamp(), clock_timestamp() + make_interval(secs => ${soon ? HEAD_START : 0}) from contact where book_id = ${bookId} and id = any(${contactIds}::uuid[])
          on conflict (contact_id) do update set code = excluded.code, was = case when w.next_try is null then excluded.was else w.was end, person_id = excluded.person_id,
            asked_at = excluded.asked_at, attempts = 0, refusals = 0, next_try = excluded.next_try, error = null
          returning *)
        select w.contact_id as "contactId", w.book_id as "bookId", c.href, w.code, w.was, w.attempts, w.refusals, w.asked_at::text as "askedAt" from wished w join contact c on c.id = w.contact_id`.execute(trx);
      await sql`update contact set code = ${code} where book_id = ${bookId} and id = any(${contactIds}::uuid[]) and code is distinct from ${code}`.execute(trx);
      await sql`delete from lost_code where book_id = ${bookId} and contact_id = any(${contactIds}::uuid[])`.execute(trx);
      return rows;
    });
  }

  /** How it stands with these contacts, of those that this person may see. `code`: the one that counts. */
  async standing(ids: readonly string[], personId: string): Promise<{ id: string; name: string; bookId: string; book: string; code: string | null; waits: boolean; readOnly: boolean }[]> {
    const { rows } = await sql<Awaited<ReturnType<CodeWriteStore['standing']>>[number]>`select c.id, c.name, c.book_id as "bookId", b.name as book, c.code, w.contact_id is not null as waits, coalesce(s.read_only, false) as "readOnly"
      from contact c join address_book b on b.id = c.book_id left join book_source s on s.book_id = b.id left join code_write w on w.contact_id = c.id
      where c.id = any(${ids}::uuid[]) and ${visibleTo(personId)} order by lower(c.name), c.id`.execute(this.db);
    return rows;
  }

  /** Wishes of a book whose time has come, oldest first. */
  async due(bookId: string, limit: number): Promise<Wish[]> {
    const { rows } = await sql<Wish>`select w.contact_id as "contactId", w.book_id as "bookId", c.href, w.code, w.was, w.attempts, w.refusals, w.asked_at::text as "askedAt" from code_write w join contact c on c.id = w.contact_id
      where w.book_id = ${bookId} and w.next_try <= now() order by w.next_try, w.contact_id limit ${limit}`.execute(this.db);
    return rows;
  }

  /** Books with wishes whose time has come. */
  async dueBooks(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select distinct book_id as id from code_write where next_try <= now() limit 100`.execute(this.db);
    return rows.map(({ id }) => id);
  }

  /** Whether nobody has wished anything else since. */
  async stands({ contactId, askedAt }: Wish): Promise<boolean> {
    return (await sql`select from code_write where contact_id = ${contactId} and asked_at = ${askedAt}::timestamptz`.execute(this.db)).rows.length > 0;
  }
  /** The same, and nobody can until the transaction ends. */
  async holds(trx: Db, { contactId, askedAt }: Wish): Promise<boolean> {
    await sql`select from contact where id = ${contactId} for update`.execute(trx); // as `wish` does
    return (await sql`select from code_write where contact_id = ${contactId} and asked_at = ${askedAt}::timestamptz`.execute(trx)).rows.length > 0;
  }

  /**
   * The source has it. A later wish stays, and knows what the card says now; where codes have been given another place meanwhile, the wish
   * itself stays and is due.
   * @param card as it was written
   */
  async done({ contactId, bookId, code, askedAt }: Wish, card: Uint8Array): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await shareCarrier(trx, bookId);
      const there = codeIn(formOf(card), card, await carriersOf(trx, bookId)) === code;
      const mine = sql`contact_id = ${contactId} and asked_at = ${askedAt}::timestamptz`;
      const { numAffectedRows } = there ? await sql`delete from code_write where ${mine}`.execute(trx) : await sql`update code_write set next_try = now(), attempts = 0, refusals = 0, error = null where ${mine}`.execute(trx);
      if (!numAffectedRows) await sql`update code_write set was = ${code} where contact_id = ${contactId} and next_try is not null`.execute(trx);
    });
  }

  /** @param away the source is: it will be tried as soon as that is back. Else it is this one card, whatever becomes of the others. */
  async postpone({ contactId, askedAt, attempts, refusals }: Wish, fault: Fault, away: boolean): Promise<void> {
    const [counted, seconds] = away ? [sql`attempts = attempts + 1`, secondsToRetry(attempts + 1, fault)] : [sql`refusals = refusals + 1`, secondsToRetryOne(refusals + 1, fault)];
    await sql`update code_write set ${counted}, error = ${trouble(fault)}::jsonb, next_try = now() + make_interval(secs => ${seconds})
      where contact_id = ${contactId} and asked_at = ${askedAt}::timestamptz`.execute(this.db);
  }

  /** The source is not there: nothing of this book is tried before its time. */
  async postponeAll(bookId: string, attempts: number, fault: Fault): Promise<void> {
    await sql`update code_write set attempts = attempts + 1, error = ${trouble(fault)}::jsonb, next_try = now() + make_interval(secs => ${secondsToRetry(attempts + 1, fault)})
      where book_id = ${bookId} and next_try <= now()`.execute(this.db);
  }

  /** The source is there again: what waits for it is due at once; cards that it has trouble with are not. */
  async hurry(bookId: string): Promise<void> {
    await sql`update code_write set next_try = now() where book_id = ${bookId} and next_try > now() and attempts > 0 and refusals = 0`.execute(this.db);
  }

  /** The wish is taken back, and why; the card's own code counts again. @param told the person has been told: nothing needs to stay */
  refuse(wish: Wish, fault: Fault, told = false): Promise<void> {
    const { contactId, bookId, askedAt } = wish;
    const mine = sql`contact_id = ${contactId} and asked_at = ${askedAt}::timestamptz`;
    return this.db.transaction().execute(async (trx) => {
      await holdBook(trx, bookId);
      await trx.selectFrom('contact').select('id').where('id', '=', contactId).forUpdate().execute();
      const { numAffectedRows } = told ? await sql`delete from code_write where ${mine}`.execute(trx)
        : await sql`update code_write set next_try = null, attempts = attempts + 1, error = ${trouble(fault)}::jsonb where ${mine}`.execute(trx);
      if (numAffectedRows) await restore(trx, bookId, contactId);
    });
  }

  /** Whether the source took the last change of this book that it answered to. */
  async setReadOnly(bookId: string, readOnly: boolean): Promise<void> {
    await sql`insert into book_source (book_id, read_only) select id, ${readOnly} from address_book where id = ${bookId} on conflict (book_id) do update set read_only = excluded.read_only where book_source.read_only <> excluded.read_only`.execute(this.db);
  }
}

const restore = async (trx: Db, bookId: string, contactId: string): Promise<void> => {
  const contact = await trx.selectFrom('contact').select('card').where('id', '=', contactId).executeTakeFirst();
  if (contact) await trx.updateTable('contact').set({ code: codeIn(formOf(contact.card), contact.card, await carriersOf(trx, bookId)) }).where('id', '=', contactId).execute();
};
