/** Address books in the database: settings, sealed password, carrier, health. */
import type { AddressBook, BookHealth, Carrier } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { carrierProblem } from '../contact/carrier.js';
import type { Carriers } from '../contact/carriers.js';
import { type ContactStore, holdCarrier } from '../contact/contact.store.js';
import { UUID } from '../http/page.js';
import type { Who } from '../http/who.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { open, seal } from '../shared/seal.adapter.js';
import { type Db, json, type SourceOptions } from '../store/schema.js';
import { authorityOf } from './connection.js';
import { free } from './migration.store.js';
import type { SourceKind, SourceSettings } from './port.js';
import { isLocked, stateNow } from './state.store.js';

/** `personId` null: shared with everybody. */
export interface NewBook { personId: string | null; kind: SourceKind; name: string; url: string; username: string; password: string; carrier?: Carrier; options?: SourceOptions }
export type BookView = Omit<AddressBook, 'kind'> & { kind: SourceKind };
/** What a book is, without its health: that has to be counted. */
export type BookFacts = Omit<BookView, 'health'>;
/** What a sync goes by. `lastFull`: when the last full listing was reconciled. */
export interface SyncBook extends Carriers { id: string; settings: SourceSettings; token: string | null; failures: number; lastFull: Date | null; state: string; /** Its owner said that what the source lacks may go. */ lossAccepted: boolean; /** Of the database, as text. */ now: string; unfinished: boolean }

export const DEFAULT_CARRIER: Carrier = { field: 'X-CUSTOM4' };
export const defaultCarrier = (kind: string): Carrier => (kind === 'ldap' ? { attribute: 'employeeType' } : DEFAULT_CARRIER);
/** What a directory has to be asked for, for codes to be seen. */
export const attributesOf = (...carriers: (Carrier | null | undefined)[]): string[] => carriers.flatMap((carrier) => (carrier && 'attribute' in carrier ? [carrier.attribute] : []));
const PROBLEM = 'book.carrier';

export class BookStore {
  constructor(private readonly db: Db, private readonly contacts: ContactStore, private readonly key: Buffer, private readonly relay: Relay) {}

  /** The person's own books and the shared ones, with health, in the person's order of precedence; those without a place by name, own ones first. */
  async list(personId: string): Promise<BookView[]> {
    const { rows } = await selectBooks(sql`b.person_id = ${personId} or b.person_id is null`, sql`(select position from book_order o where o.person_id = ${personId} and o.book_id = b.id) nulls last, b.person_id is null, `).execute(this.db);
    return rows.map(viewOf);
  }

  /** One book that this person may see; undefined when there is none. */
  async get(id: string, personId: string): Promise<BookView | undefined> {
    if (!UUID.test(id)) return undefined;
    const { rows } = await selectBooks(sql`b.id = ${id} and (b.person_id = ${personId} or b.person_id is null)`).execute(this.db);
    return rows[0] && viewOf(rows[0]);
  }

  /** The same without its health, which costs nothing. @throws Fault `book.missing` */
  async seen(id: string, who: Pick<Who, 'id'>): Promise<BookFacts> {
    const { rows } = UUID.test(id) ? await sql<FactsRow>`select ${FACTS} from address_book b where b.id = ${id} and (b.person_id = ${who.id} or b.person_id is null)`.execute(this.db) : { rows: [] };
    if (!rows[0]) throw missing(id);
    return factsOf(rows[0]);
  }

  /** A book that this person may change: a shared one is everybody's to read and an administrator's to change. @throws Fault `book.missing`, `book.shared` */
  async kept(id: string, who: Pick<Who, 'id' | 'role'>, words = 'Only administrators change shared address books'): Promise<BookFacts> {
    const book = await this.seen(id, who);
    if (book.ownerId !== who.id && who.role !== 'admin') throw new Fault('forbidden', 'book.shared', words);
    return book;
  }

  /** Its first sync is due at once. @throws Fault `book.carrier` */
  async create({ personId, password, carrier, options = {}, ...book }: NewBook): Promise<BookView> {
    const its = carrier ?? defaultCarrier(book.kind);
    checkCarrier(its, book.kind);
    const { id } = await this.db.insertInto('address_book').values({ ...book, person_id: personId, secret: seal(this.key, password), carrier: json(its), options: json(options), next_run: new Date(0) })
      .returning('id').executeTakeFirstOrThrow();
    this.relay.publish('sync', { bookId: id });
    const { rows } = await selectBooks(sql`b.id = ${id}`).execute(this.db);
    return viewOf(rows[0]!);
  }

  /** Saves the carrier and reads all codes again from the cards we hold (a directory may have to be asked for another attribute: its sync is due); publishes `sync`. @throws Fault `book.missing`, `book.carrier`, `book.migrating`, `book.codes-behind` */
  async setCarrier(id: string, carrier: Carrier): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, id);
      const book = await trx.selectFrom('address_book').select('kind').where('id', '=', id).executeTakeFirst();
      checkCarrier(carrier, book?.kind ?? 'carddav');
      await free(trx, id, carrier);
      const saved = await trx.updateTable('address_book').set({ carrier: json(carrier), fallback_carrier: null, ...book?.kind === 'ldap' ? { next_run: new Date() } : {} }).where('id', '=', id).executeTakeFirst();
      if (saved.numUpdatedRows === 0n) throw missing(id);
      await this.contacts.reread(trx, id);
    });
    this.relay.publish('sync', { bookId: id });
  }

  /** Forgets the book and its contacts here; the source is left as it is. */
  async remove(id: string): Promise<void> {
    // the row first, as a sync that is under way takes it first too: else each may wait for the other
    await this.db.transaction().execute(async (trx) => {
      await trx.selectFrom('address_book').select('id').where('id', '=', id).forUpdate().execute();
      await trx.deleteFrom('address_book').where('id', '=', id).execute();
    });
    this.relay.publish('sync', { bookId: id });
  }

  /** Its sync is due now; with `acceptEmpty` it lets go what the source lacks: good for ten minutes, whoever runs it. */
  async ask(id: string, { acceptEmpty = false }: { acceptEmpty?: boolean } = {}): Promise<void> {
    await this.db.updateTable('address_book').set({ next_run: new Date() }).where('id', '=', id).execute();
    if (acceptEmpty) await sql`insert into book_source (book_id, loss_accepted_at) select id, now() from address_book where id = ${id} on conflict (book_id) do update set loss_accepted_at = now()`.execute(this.db);
  }

  /** Ids of the books whose next sync is due and not running. */
  async due(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select id from address_book where next_run <= now() and not ${isLocked(sql`id::text`)} order by next_run limit 100`.execute(this.db);
    return rows.map(({ id }) => id);
  }

  /** Cards that were left out, and why: at most 200. */
  async skipped(id: string): Promise<{ href: string; reason: string; at: string }[]> {
    const rows = await this.db.selectFrom('skipped_card').select(['href', 'reason', 'at']).where('book_id', '=', id).orderBy('href').limit(200).execute();
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /**
   * Whether a book may be in a private network: an administrator's may, shared ones are administrators', and others where one
   * of those is already: on the same server, and the same port of it.
   */
  async trusted(personId: string | null, url: string): Promise<boolean> {
    const { rows } = await sql<{ url: string | null }>`select null as url from person where id = ${personId} and role = 'admin'
      union all select b.url from address_book b left join person p on p.id = b.person_id where b.kind in ('carddav', 'ldap') and (b.person_id is null or p.role = 'admin')`.execute(this.db);
    return personId === null || rows.some((row) => row.url === null || authorityOf(row.url) === authorityOf(url));
  }

  /** @throws Fault `book.missing`, `seal.broken` */
  async forSync(id: string): Promise<SyncBook> {
    const { rows } = UUID.test(id) ? await sql<SyncRow>`select b.id, b.kind, b.url, b.username, b.secret, b.carrier, b.fallback_carrier as fallback, b.options, b.sync_token as token, b.state, b.person_id as "personId", s.location, coalesce(s.failures, 0) as failures, s.last_full as "lastFull",
      coalesce(s.loss_accepted_at > now() - interval '10 minutes', false) as "lossAccepted", statement_timestamp()::text as now, s.progress is not null as unfinished
      from address_book b left join book_source s on s.book_id = b.id where b.id = ${id}`.execute(this.db) : { rows: [] };
    const row = rows[0];
    if (!row) throw missing(id);
    const { kind, url, username, location, secret, personId, options, ...book } = row;
    return { ...book, settings: { ...options, bookId: id, kind, url, username, location, password: open(this.key, secret), trusted: await this.trusted(personId, url), attributes: attributesOf(book.carrier, book.fallback) } };
  }
}

interface SyncRow extends Omit<SyncBook, 'settings'>, Pick<SourceSettings, 'kind' | 'url' | 'username' | 'location'> { secret: Buffer; options: SourceOptions; personId: string | null }
interface FactsRow { id: string; kind: SourceKind; name: string; url: string; username: string; person_id: string | null; carrier: Carrier; options: SourceOptions }
interface BookRow extends FactsRow {
  state: 'new' | 'ok' | 'syncing' | 'failing';
  last_success: Date | null; last_error: AddressBook['health']['lastError']; skipped: number; next_run: Date | null; contacts: number; numbers: number; codes: number; pending: number; refused: number; lost: number; progress: BookHealth['progress'];
}

const missing = (id: string): Fault => new Fault('missing', 'book.missing', 'There is no such address book', { id });
/** Directories have attributes, cards have fields. */
export const checkCarrier = (carrier: Carrier, kind: string): void => {
  const fits = 'attribute' in carrier === (kind === 'ldap');
  const problem = fits ? carrierProblem(carrier) : kind === 'ldap' ? 'Codes of a directory are kept in an attribute, such as employeeType' : 'Codes of this address book are kept in a field of its cards, such as X-CUSTOM4';
  if (problem) throw new Fault('invalid', PROBLEM, problem, { errors: [{ path: 'carrier', message: problem }] });
};

const FACTS = sql.raw('b.id, b.kind, b.name, b.url, b.username, b.person_id, b.carrier, b.options');
/** Each count goes through an index of its own: 15 milliseconds for 100,000 contacts, a quarter of what joins take. */
const selectBooks = (where: RawBuilder<unknown>, order: RawBuilder<unknown> = sql``): RawBuilder<BookRow> => sql<BookRow>`
  select ${FACTS}, ${stateNow(sql`b.id::text`, sql`b.state`)} as state, b.last_success, b.last_error, b.skipped, b.next_run, s.progress,
    (select count(next_try) from code_write w where w.book_id = b.id)::int as pending, (select count(*) from code_write w where w.book_id = b.id and w.next_try is null)::int as refused, (select count(*) from lost_code l where l.book_id = b.id)::int as lost,
    (select count(*) from contact c where c.book_id = b.id)::int as contacts, (select count(*) from contact c where c.book_id = b.id and c.code is not null)::int as codes, (select count(*) from contact_number n where n.book_id = b.id)::int as numbers
  from address_book b left join book_source s on s.book_id = b.id
  where ${where} order by ${order}lower(b.name), b.id`;

const factsOf = (row: FactsRow): BookFacts => ({
  id: row.id, kind: row.kind, name: row.name, url: row.url, username: row.username, shared: row.person_id === null, ownerId: row.person_id, carrier: row.carrier,
  auth: row.kind === 'carddav' ? row.options.auth ?? 'auto' : null, ldap: row.options.ldap ?? null,
});
const viewOf = (row: BookRow): BookView => ({
  ...factsOf(row),
  health: {
    bookId: row.id, state: row.state, lastSuccess: row.last_success?.toISOString() ?? null, lastError: row.last_error, progress: row.state === 'syncing' ? row.progress : null, pending: row.pending, refused: row.refused, lost: row.lost, contacts: row.contacts,
    numbers: row.numbers, codes: row.codes, skipped: row.skipped, nextRun: row.next_run?.toISOString() ?? null,
  },
});
