/** Codes moving from one carrier to another, in the tables carrier_migration and carrier_migration_item. */
import type { Carrier, CarrierMigration } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { sameCarrier } from '../contact/carrier.js';
import { holdCarrier } from '../contact/contact.store.js';
import { portions, rereadCodes } from '../contact/keep.store.js';
import type { Undo } from '../contact/undo.js';
import { UUID } from '../http/page.js';
import { Fault } from '../shared/fault.js';
import { type Db, json } from '../store/schema.js';
import { secondsToRetry } from './code-write.js';
import { isLocked } from './state.store.js';

/** `from`, `to`: in the direction in which codes move now; the other way round while it is undone. */
export interface Running { id: string; bookId: string; undoing: boolean; from: Carrier; to: Carrier; attempts: number }
export interface Item { href: string; contactId: string | null; undo: Undo | null; after: string | null }
export interface StoredCode { id: string; href: string; name: string; code: string; card: Buffer }
type State = CarrierMigration['state'];
interface Row { id: string; bookId: string; from: Carrier; to: Carrier; state: State; text: string | null; startedAt: Date; endedAt: Date | null; total: number; done: number; failed: number; items: CarrierMigration['items'] | null }

const SHOWN = 50;
const SCAN = 200;
export const lockOf = (bookId: string): string => `migration ${bookId}`;

export class MigrationStore {
  constructor(private readonly db: Db) {}

  /** Of a book, newest first; items of the newest ones only. */
  async list(bookId: string): Promise<CarrierMigration[]> {
    const { rows } = await select(sql`m.book_id = ${bookId}`).execute(this.db);
    return rows.map(viewOf);
  }

  /** @throws Fault `migration.missing` */
  async get(id: string, bookId: string): Promise<CarrierMigration> {
    const { rows } = UUID.test(id) ? await select(sql`m.book_id = ${bookId} and m.id = ${id}`).execute(this.db) : { rows: [] };
    if (!rows[0]) throw new Fault('missing', 'migration.missing', 'There is no such move of codes');
    return viewOf(rows[0]);
  }

  /** The book's codes are read from the new carrier from now on, and from the old one where the new one has none yet. @throws Fault `book.migrating` */
  async start(bookId: string, from: Carrier, to: Carrier): Promise<string> {
    return this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      await free(trx, bookId);
      const { carrier } = await trx.selectFrom('address_book').select('carrier').where('id', '=', bookId).executeTakeFirstOrThrow();
      if (!sameCarrier(carrier, from)) throw new Fault('conflict', 'book.migrating', 'Somebody else has chosen another field for the codes of this book at the same moment. Look again.');
      const { id } = await trx.insertInto('carrier_migration').values({ book_id: bookId, from_carrier: json(from), to_carrier: json(to), state: 'running', text: null }).returning('id').executeTakeFirstOrThrow();
      await sql`insert into carrier_migration_item (migration_id, contact_id, href, name, code) select ${id}, id, href, name, code from contact where book_id = ${bookId} and code is not null`.execute(trx);
      await turn(trx, bookId, to, from);
      return id;
    });
  }

  /** Back to where the codes were. @throws Fault `book.migrating`, `migration.over` */
  async undo(id: string, bookId: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      await free(trx, bookId);
      const { rows } = await sql<{ id: string; state: State; from: Carrier; to: Carrier; carrier: Carrier }>`select m.id, m.state, m.from_carrier as "from", m.to_carrier as "to", b.carrier
        from carrier_migration m join address_book b on b.id = m.book_id where m.book_id = ${bookId} order by m.started_at desc limit 1`.execute(trx);
      const last = rows[0];
      if (last?.id !== id || last.state !== 'done' || !sameCarrier(last.carrier, last.to)) throw new Fault('conflict', 'migration.over', 'This move cannot be undone any more: codes have been moved again or another field was chosen since. Move them back instead.');
      await trx.updateTable('carrier_migration_item').set({ state: 'waiting' }).where('migration_id', '=', id).where('state', '=', 'done').execute();
      await trx.updateTable('carrier_migration').set({ state: 'undoing', text: null, attempts: 0, next_try: new Date(), ended_at: null }).where('id', '=', id).execute();
      await turn(trx, bookId, last.from, last.to);
    });
  }

  /** Of this book, if its time has come. */
  async running(bookId: string): Promise<Running | undefined> {
    const { rows } = await sql<{ id: string; state: State; from: Carrier; to: Carrier; attempts: number }>`select id, state, from_carrier as "from", to_carrier as "to", attempts from carrier_migration
      where book_id = ${bookId} and state in ('running', 'undoing') and next_try <= now()`.execute(this.db);
    const row = rows[0];
    return row && { id: row.id, bookId, attempts: row.attempts, undoing: row.state === 'undoing', ...(row.state === 'undoing' ? { from: row.to, to: row.from } : { from: row.from, to: row.to }) };
  }

  /** Books whose codes are to be moved, and nobody is at it. */
  async dueBooks(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select book_id as id from carrier_migration where state in ('running', 'undoing') and next_try <= now() and not ${isLocked(sql`'migration ' || book_id::text`)} limit 100`.execute(this.db);
    return rows.map(({ id }) => id);
  }

  async waiting(id: string, limit: number): Promise<Item[]> {
    return this.db.selectFrom('carrier_migration_item').select(['href', 'contact_id as contactId', 'undo', 'after']).where('migration_id', '=', id).where('state', '=', 'waiting').orderBy('href').limit(limit).execute();
  }

  /** What is about to be written to a card: kept before, so that a kill in between loses no way back. */
  async about(id: string, href: string, undo: Undo, after: string): Promise<void> {
    await this.db.updateTable('carrier_migration_item').set({ undo: json(undo), after }).where('migration_id', '=', id).where('href', '=', href).execute();
  }

  async settle(id: string, href: string, state: 'done' | 'undone' | 'failed', problem: string | null = null): Promise<void> {
    await this.db.updateTable('carrier_migration_item').set({ state, problem }).where('migration_id', '=', id).where('href', '=', href).execute();
  }

  async postpone({ id, attempts }: Running, fault: Fault): Promise<void> {
    await sql`update carrier_migration set attempts = attempts + 1, text = ${fault.message}, next_try = now() + make_interval(secs => ${secondsToRetry(attempts + 1, fault)}) where id = ${id}`.execute(this.db);
  }
  async goesOn(id: string): Promise<void> {
    await sql`update carrier_migration set attempts = 0, text = null where id = ${id} and attempts > 0`.execute(this.db);
  }

  /** Nothing could be written at all: the book is as it was. */
  async giveUp({ id, bookId, to, from }: Running, text: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      await trx.updateTable('carrier_migration').set({ state: 'failed', text, ended_at: new Date() }).where('id', '=', id).execute();
      await trx.updateTable('address_book').set({ carrier: json(from), fallback_carrier: null }).where('id', '=', bookId).execute();
      await rereadCodes(trx, bookId, [from, to]);
    });
  }

  /**
   * The end, unless cards came meanwhile whose codes still stand in the old place: those are added, and false is returned.
   * @param isOld whether a card's code is read from the old place
   */
  finish(running: Running, isOld: (card: Uint8Array) => boolean, text: (failed: number) => string | null): Promise<boolean> {
    const { id, bookId, undoing } = running;
    return this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      const late: StoredCode[] = [];
      for await (const rows of storedCodes(trx, bookId, sql`not exists (select 1 from carrier_migration_item i where i.migration_id = ${id} and i.href = c.href and i.problem is not null)`)) late.push(...rows.filter(({ card }) => isOld(card)));
      for (const { id: contactId, href, name, code } of late) await sql`insert into carrier_migration_item (migration_id, contact_id, href, name, code) values (${id}, ${contactId}, ${href}, ${name}, ${code}) on conflict (migration_id, href) do update set state = 'waiting', undo = null, after = null`.execute(trx);
      if (late.length > 0) return false;
      const { n: failed } = await trx.selectFrom('carrier_migration_item').select((eb) => eb.fn.countAll<string>().as('n')).where('migration_id', '=', id).where('state', '=', 'failed').executeTakeFirstOrThrow();
      await trx.updateTable('carrier_migration').set({ state: undoing ? 'undone' : 'done', text: text(Number(failed)), ended_at: new Date() }).where('id', '=', id).execute();
      if (Number(failed) === 0) await trx.updateTable('address_book').set({ fallback_carrier: null }).where('id', '=', bookId).execute();
      return true;
    });
  }

  /** Whether no card has been changed yet. */
  async untouched(id: string): Promise<boolean> {
    return !(await this.db.selectFrom('carrier_migration_item').select('href').where('migration_id', '=', id).where('state', '=', 'done').limit(1).executeTakeFirst());
  }
  async readOnly(bookId: string): Promise<boolean> {
    return (await this.db.selectFrom('book_source').select('read_only').where('book_id', '=', bookId).executeTakeFirst())?.read_only ?? false;
  }

  /** Contacts with a code, in portions. */
  codes(bookId: string): AsyncIterable<StoredCode[]> { return storedCodes(this.db, bookId); }
}

/** @throws Fault `book.migrating` */
export const free = async (trx: Db, bookId: string): Promise<void> => {
  const running = await trx.selectFrom('carrier_migration').select('id').where('book_id', '=', bookId).where('state', 'in', ['running', 'undoing']).executeTakeFirst();
  if (running) throw new Fault('conflict', 'book.migrating', 'The codes of this address book are being moved to another field right now. Wait until that is done.');
};

/** The book reads codes here from now on, and there where it finds none here. */
const turn = async (trx: Db, bookId: string, carrier: Carrier, fallback: Carrier): Promise<void> => {
  await trx.updateTable('address_book').set({ carrier: json(carrier), fallback_carrier: json(fallback) }).where('id', '=', bookId).execute();
  await rereadCodes(trx, bookId, [carrier]);
};

const storedCodes = async function* storedCodes(db: Db, bookId: string, where: RawBuilder<unknown> = sql`true`): AsyncIterable<StoredCode[]> {
  for await (const ids of portions(db, bookId, sql`c.code is not null and ${where}`, SCAN)) {
    yield (await sql<StoredCode>`select id, href, name, code, card from contact where id = any(${ids}::uuid[]) and code is not null`.execute(db)).rows;
  }
};

const select = (where: RawBuilder<unknown>): RawBuilder<Row> => sql<Row>`
  select m.id, m.book_id as "bookId", m.from_carrier as "from", m.to_carrier as "to", m.state, m.text, m.started_at as "startedAt", m.ended_at as "endedAt", i.total, i.done, i.failed,
    (select jsonb_agg(jsonb_build_object('contactId', s.contact_id, 'name', s.name, 'code', s.code, 'problem', s.problem) order by s.problem is null, lower(s.name), s.href)
      from (select * from carrier_migration_item s where s.migration_id = m.id order by problem is null, lower(name), href limit ${SHOWN}) s) as items
  from carrier_migration m cross join lateral (select count(*)::int as total, count(*) filter (where state = case when m.state in ('undoing', 'undone') then 'undone' else 'done' end)::int as done,
    count(*) filter (where state = 'failed')::int as failed from carrier_migration_item i where i.migration_id = m.id) i
  where ${where} order by m.started_at desc limit 20`;

const viewOf = ({ items, startedAt, endedAt, ...row }: Row): CarrierMigration => ({ ...row, items: items ?? [], startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null });
