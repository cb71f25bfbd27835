/** The shelf of address books: contacts, what was left out, and how the book is doing. */
import { sql } from 'kysely';
import { type ContactStore, holdBook } from '../contact/contact.store.js';
import { formOf } from '../contact/form.js';
import type { Relay } from '../queue/relay.js';
import { storable } from '../shared/storable.js';
import { type Db, json } from '../store/schema.js';
import type { BookStore, SyncBook } from './book.store.js';
import type { Batch, Skipped } from './port.js';
import type { Entry, Finish, Held, News, Progress, Shelf, Trouble } from './shelf.js';

export type BookEntry = Entry & SyncBook;

export class BookShelf implements Shelf<BookEntry> {
  readonly words = { one: 'address book', many: 'contacts' };
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore, private readonly relay: Relay) {}

  async entry(id: string): Promise<BookEntry> {
    const book = await this.books.forSync(id);
    return { ...book, location: book.settings.location };
  }

  /** What comes from files is here only: who takes it away means it. */
  holds({ settings }: BookEntry): boolean { return settings.kind !== 'import'; }

  async count(id: string): Promise<number> {
    const { rows } = await sql<{ n: number }>`select ((select count(*) from contact where book_id = ${id}) + (select count(*) from skipped_card s where s.book_id = ${id}
      and not exists (select 1 from contact c where c.book_id = s.book_id and c.href = s.href)))::int as n`.execute(this.db);
    return rows[0]!.n;
  }

  async held(id: string, since: string, hrefs?: readonly string[]): Promise<Held> {
    const these = hrefs === undefined ? sql`` : sql`and href = any(${hrefs.map(storable)}::text[])`;
    const { rows } = await sql<{ href: string; etag: string; skipped: boolean; fresh: boolean; now: string }>`
      select n.now, h.* from (select statement_timestamp()::text as now) n left join (
        select href, etag, false as skipped, updated_at > ${since}::timestamptz as fresh from contact where book_id = ${id} ${these}
        union all select href, etag, true, false from skipped_card where book_id = ${id} ${these}) h on true order by h.skipped`.execute(this.db);
    const etags = new Map<string, string>(), base = new Map<string, string>(), kept = new Set<string>();
    for (const { href, etag, skipped, fresh } of rows) {
      if (href === null) continue; // nothing is held: the row is there for the clock
      etags.set(href, etag);
      if (fresh) base.delete(href); else base.set(href, etag);
      if (!skipped) kept.add(href);
    }
    return { etags, base, kept, since: rows[0]!.now };
  }

  async keep(book: BookEntry, { cards, skipped }: Pick<Batch, 'cards' | 'skipped'>, since: string): Promise<string[]> {
    const unreadable = await this.contacts.save(book.id, cards, since);
    const out = new Set(unreadable.map((card) => storable(card.href)));
    const read = cards.map((card) => card.href).filter((href) => !out.has(storable(href)));
    await this.keepSkipped(book.id, [...skipped, ...unreadable], read);
    return read;
  }

  async keepSkipped(id: string, skipped: readonly Skipped[], read: readonly string[] = []): Promise<void> {
    if (read.length > 0) await sql`delete from skipped_card where book_id = ${id} and href = any(${read.map(storable)}::text[])`.execute(this.db);
    if (skipped.length === 0) return;
    const rows = [...new Map(skipped.map(({ href, ...rest }) => [storable(href), rest]))];
    await sql`insert into skipped_card (book_id, href, etag, reason) select ${id}, * from unnest(${rows.map(([href]) => href)}::text[], ${rows.map(([, c]) => storable(c.etag))}::text[], ${rows.map(([, c]) => storable(c.reason))}::text[])
      on conflict (book_id, href) do update set etag = excluded.etag, reason = excluded.reason, at = now()`.execute(this.db);
  }

  async keepLocation(id: string, location: string | null): Promise<void> {
    await this.db.insertInto('book_source').values({ book_id: id, location: location && storable(location) }).onConflict((c) => c.column('book_id').doUpdateSet((eb) => ({ location: eb.ref('excluded.location') }))).execute();
  }

  async progress(id: string, progress: Progress | null): Promise<void> {
    await sql`update book_source set progress = ${progress && json(progress)}::jsonb where book_id = ${id}`.execute(this.db);
  }

  finish(id: string, { token, full, remove: going, since, seconds }: Finish): Promise<{ removed: number; skipped: number }> {
    const remove = going.map(storable);
    return this.db.transaction().execute(async (trx) => {
      await holdBook(trx, id);
      const { numAffectedRows } = remove.length === 0 ? {} : await sql`delete from contact where book_id = ${id} and href = any(${remove}::text[]) and updated_at <= ${since}::timestamptz`.execute(trx);
      if (remove.length > 0) await sql`delete from skipped_card where book_id = ${id} and href = any(${remove}::text[])`.execute(trx);
      const { rows } = await sql<{ skipped: number }>`update address_book set sync_token = ${token && storable(token)}, state = 'ok', last_success = now(), last_error = null, next_run = now() + make_interval(secs => ${seconds}),
        skipped = (select count(*) from skipped_card where book_id = ${id}) where id = ${id} returning skipped`.execute(trx);
      await sql`insert into book_source (book_id, last_full) values (${id}, ${full ? sql`now()` : null}) on conflict (book_id)
        do update set failures = 0, progress = null, loss_accepted_at = null, last_full = coalesce(excluded.last_full, book_source.last_full)`.execute(trx);
      return { removed: Number(numAffectedRows ?? 0n), skipped: rows[0]?.skipped ?? 0 };
    });
  }

  async fail(id: string, trouble: Trouble, seconds: number): Promise<void> {
    const lastError = json({ at: new Date().toISOString(), ...trouble });
    await this.db.transaction().execute(async (trx) => {
      if (!(await trx.selectFrom('address_book').select('id').where('id', '=', id).forNoKeyUpdate().executeTakeFirst())) return; // removed meanwhile: nobody to tell
      await sql`insert into book_source (book_id, failures) values (${id}, 1) on conflict (book_id) do update set failures = book_source.failures + 1, progress = null`.execute(trx);
      await sql`update address_book set state = 'failing', last_error = ${lastError}::jsonb, next_run = now() + make_interval(secs => ${seconds}),
        skipped = (select count(*) from skipped_card where book_id = ${id}) where id = ${id}`.execute(trx);
    });
  }

  tell(id: string, news: News): void { this.relay.publish('sync', { bookId: id, ...news }); }

  async names(id: string, hrefs: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ name: string }>`select name from contact where book_id = ${id} and href = any(${hrefs.map(storable)}::text[]) order by lower(name), id`.execute(this.db);
    return rows.map((row) => row.name);
  }

  nameOf({ bytes, reading }: Batch['cards'][number]): string | undefined { return (reading ?? formOf(bytes).read(bytes))?.name; }
}
