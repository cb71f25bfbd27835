/** Codes moving from one carrier to another, in the tables carrier_migration and carrier_migration_item. */
import type { Carrier, CarrierMigration } from '@ringbook/contracts';
import { type RawBuilder, sql } from 'kysely';
import { carrierWords, sameCarrier } from '../contact/carrier.js';
import { inBreaths } from '../contact/breath.service.js';
import { holdCarrier } from '../contact/contact.store.js';
import { formOf } from '../contact/form.js';
import { portions, rereadCodes } from '../contact/keep.store.js';
import type { Undo } from '../contact/undo.js';
import { UUID } from '../http/page.js';
import { Fault } from '../shared/fault.js';
import { storable } from '../shared/storable.js';
import { type Db, json } from '../store/schema.js';
import { secondsToRetry, secondsToRetryOne } from './code-write.js';
import { isLocked } from './state.store.js';

/** `from`, `to`: in the direction in which codes move now; the other way round while it is undone. */
export interface Running { id: string; bookId: string; undoing: boolean; from: Carrier; to: Carrier; attempts: number }
export interface Item { href: string; contactId: string | null; undo: Undo | null; after: string | null; /** Tries that failed. */ attempts: number }
export interface StoredCode { id: string; href: string; name: string; code: string; card: Buffer }
type State = CarrierMigration['state'];
interface Row { id: string; bookId: string; from: Carrier; to: Carrier; state: State; text: string | null; startedAt: Date; endedAt: Date | null; total: number; done: number; failed: number; items: CarrierMigration['items'] | null }

const SHOWN = 50;
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

  /** The book's codes are read from the new carrier from now on, and from the old one where the new one has none yet. @throws Fault `book.migrating`, `book.codes-behind` */
  async start(bookId: string, from: Carrier, to: Carrier): Promise<string> {
    return this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      await free(trx, bookId, to);
      const { carrier } = await trx.selectFrom('address_book').select('carrier').where('id', '=', bookId).executeTakeFirstOrThrow();
      if (!sameCarrier(carrier, from)) throw new Fault('conflict', 'book.migrating', 'Somebody else has chosen another field for the codes of this book at the same moment. Look again.');
      const { id } = await trx.insertInto('carrier_migration').values({ book_id: bookId, from_carrier: json(from), to_carrier: json(to), state: 'running', text: null }).returning('id').executeTakeFirstOrThrow();
      await sql`insert into carrier_migration_item (migration_id, contact_id, href, name, code) select ${id}, id, href, name, code from contact where book_id = ${bookId} and code is not null`.execute(trx);
      await turn(trx, bookId, to, from);
      // What stood in the new place before this move is not its to take back.
      await sql`insert into carrier_migration_item (migration_id, contact_id, href, name, code, state) select ${id}, id, href, name, code, 'there' from contact where book_id = ${bookId} and code is not null on conflict do nothing`.execute(trx);
      return id;
    });
  }

  /**
   * Back to where the codes were. A move that is under way stops: what is being written at this moment is noted before, or not written.
   * @throws Fault `book.migrating`, `migration.over`
   */
  async undo(id: string, bookId: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      const { rows } = await sql<{ id: string; state: State; from: Carrier; to: Carrier; carrier: Carrier }>`select m.id, m.state, m.from_carrier as "from", m.to_carrier as "to", b.carrier
        from carrier_migration m join address_book b on b.id = m.book_id where m.book_id = ${bookId} order by m.started_at desc limit 1 for update of m`.execute(trx);
      const last = rows[0];
      if (last?.state === 'undoing') throw moving();
      if (last?.id !== id || (last.state !== 'done' && last.state !== 'running') || !sameCarrier(last.carrier, last.to)) throw new Fault('conflict', 'migration.over', 'This move cannot be undone any more: codes have been moved again or another field was chosen since. Move them back instead.');
      // what was never about to be written stands where it stood; what failed may have been written all the same
      await sql`update carrier_migration_item set state = case when state = 'there' then state when state = 'done' or undo is not null then 'waiting' else 'undone' end, problem = null, attempts = 0, next_try = now() where migration_id = ${id}`.execute(trx);
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

  /** Items whose time has come, those that failed last. */
  async waiting(id: string, limit: number): Promise<Item[]> {
    const { rows } = await sql<Item>`select href, contact_id as "contactId", undo, after, attempts from carrier_migration_item where migration_id = ${id} and state = 'waiting' and next_try <= now() order by next_try, href limit ${limit}`.execute(this.db);
    return rows;
  }
  /** Items are left whose time has not come: the move waits for the first of them. */
  async rests(running: Running): Promise<boolean> {
    const { rows } = await sql`update carrier_migration m set next_try = i.next_try from (select min(next_try) as next_try from carrier_migration_item where migration_id = ${running.id} and state = 'waiting') i
      where m.id = ${running.id} and m.state = ${stateOf(running)} and i.next_try is not null returning m.id`.execute(this.db);
    return rows.length > 0;
  }

  /** What is about to be written to a card: kept before, so that a kill in between loses no way back. False when the move has been stopped: nothing may be written. */
  async about(running: Running, href: string, undo?: Undo, after?: string): Promise<boolean> {
    const { rows } = await sql`update carrier_migration_item i set undo = coalesce(${undo ? json(undo) : null}::jsonb, i.undo), after = coalesce(${after ?? null}, i.after) from ${going(running)} m where i.migration_id = m.id and i.href = ${href} returning i.href`.execute(this.db);
    return rows.length > 0;
  }

  /** Nothing when the move has been stopped meanwhile: the item waits to be undone. */
  async settle(running: Running, href: string, state: 'done' | 'undone' | 'failed', problem: string | null = null): Promise<void> {
    await sql`update carrier_migration_item i set state = ${state}, problem = ${problem && storable(problem)} from ${going(running)} m where i.migration_id = m.id and i.href = ${href}`.execute(this.db);
  }
  /** One card: the others go on. Its trouble is shown meanwhile. */
  async postponeOne(running: Running, { href, attempts }: Item, fault: Fault): Promise<void> {
    await sql`update carrier_migration_item i set attempts = ${attempts + 1}, problem = ${storable(fault.message)}, next_try = now() + make_interval(secs => ${secondsToRetryOne(attempts + 1, fault)}) from ${going(running)} m where i.migration_id = m.id and i.href = ${href}`.execute(this.db);
  }

  async postpone(running: Running, fault: Fault): Promise<void> {
    const { id, attempts } = running;
    await sql`update carrier_migration set attempts = attempts + 1, text = ${storable(fault.message)}, next_try = now() + make_interval(secs => ${secondsToRetry(attempts + 1, fault)}) where id = ${id} and state = ${stateOf(running)}`.execute(this.db);
  }
  async goesOn(id: string): Promise<void> {
    await sql`update carrier_migration set attempts = 0, text = null where id = ${id} and attempts > 0`.execute(this.db);
  }

  /** Nothing could be written at all: the book is as it was. */
  async giveUp(running: Running, text: string): Promise<void> {
    const { id, bookId, to, from } = running;
    await this.db.transaction().execute(async (trx) => {
      await holdCarrier(trx, bookId);
      if (!(await isGoing(trx, running))) return;
      await trx.updateTable('carrier_migration').set({ state: 'failed', text: storable(text), ended_at: new Date() }).where('id', '=', id).execute();
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
      if (!(await isGoing(trx, running))) return false;
      const late: Omit<StoredCode, 'card'>[] = [];
      for await (const rows of storedCodes(trx, bookId, sql`not exists (select 1 from carrier_migration_item i where i.migration_id = ${id} and i.href = c.href and (i.problem is not null or i.state = 'there'))`)) late.push(...(await inBreaths(rows, ({ card, ...row }) => (isOld(card) ? [row] : []))).flat());
      for (const { id: contactId, href, name, code } of late) await sql`insert into carrier_migration_item (migration_id, contact_id, href, name, code) values (${id}, ${contactId}, ${href}, ${name}, ${code}) on conflict (migration_id, href) do update set state = 'waiting', undo = null, after = null, attempts = 0, next_try = now()`.execute(trx);
      if (late.length > 0) return false;
      const { n: failed } = await trx.selectFrom('carrier_migration_item').select((eb) => eb.fn.countAll<string>().as('n')).where('migration_id', '=', id).where('state', '=', 'failed').executeTakeFirstOrThrow();
      await trx.updateTable('carrier_migration').set({ state: undoing ? 'undone' : 'done', text: text(Number(failed)), ended_at: new Date() }).where('id', '=', id).execute();
      if (Number(failed) === 0) {
        await trx.updateTable('address_book').set({ fallback_carrier: null }).where('id', '=', bookId).execute();
        await rereadCodes(trx, bookId, [running.from]); // what stood in the other place before counts no more
      }
      return true;
    });
  }

  /** Any other contact of the book. */
  async other(bookId: string, hrefs: readonly string[]): Promise<string | undefined> {
    return (await sql<{ href: string }>`select href from contact where book_id = ${bookId} and href <> all(${hrefs}::text[]) limit 1`.execute(this.db)).rows[0]?.href;
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

const moving = (): Fault => new Fault('conflict', 'book.migrating', 'The codes of this address book are being moved to another field right now. Wait until that is done, or undo the move.');
/**
 * Whether another place for codes may be chosen: none are moving, and none would be left behind where an earlier move could not take them along.
 * @throws Fault `book.migrating`, `book.codes-behind`
 */
export const free = async (trx: Db, bookId: string, to?: Carrier): Promise<void> => {
  const running = await trx.selectFrom('carrier_migration').select('id').where('book_id', '=', bookId).where('state', 'in', ['running', 'undoing']).executeTakeFirst();
  if (running) throw moving();
  const book = await trx.selectFrom('address_book').select(['carrier', 'fallback_carrier as fallback']).where('id', '=', bookId).executeTakeFirst();
  const fallback = book?.fallback;
  if (!book || !fallback || (to && sameCarrier(to, fallback))) return;
  const behind: string[] = [];
  for await (const rows of storedCodes(trx, bookId)) behind.push(...(await inBreaths(rows, ({ card, name }) => (isBehind(card, book.carrier, fallback) ? [name] : []))).flat());
  if (behind.length === 0) return;
  const [count, them, names] = [behind.length === 1 ? '1 code still stands' : `${behind.length} codes still stand`, behind.length === 1 ? 'it' : 'them', behind.slice(0, 3).join(', ') + (behind.length > 3 ? ` and ${behind.length - 3} more` : '')];
  throw new Fault('conflict', 'book.codes-behind', `${count} in ${carrierWords(fallback)} (${names}), because the move to ${carrierWords(book.carrier)} could not take ${them} along. Another field now would lose ${them}. Undo that move, or set the ${behind.length === 1 ? 'code of this contact' : 'codes of these contacts'} again one by one, then choose the field.`);
};
/** Whether the code of a card is read from the old place. */
export const isBehind = (card: Uint8Array, carrier: Carrier, fallback: Carrier): boolean => { const form = formOf(card); return form.codeOf(card, carrier).code === null && form.codeOf(card, fallback).code !== null; };

const stateOf = ({ undoing }: Running): State => (undoing ? 'undoing' : 'running');
/** The move, held so that nobody stops it until the statement ends; no row once it has been stopped. */
const going = (running: Running): RawBuilder<unknown> => sql`(select id from carrier_migration where id = ${running.id} and state = ${stateOf(running)} for share)`;
const isGoing = async (trx: Db, running: Running): Promise<boolean> => (await sql`${going(running)}`.execute(trx)).rows.length > 0;

/** The book reads codes here from now on, and there where it finds none here. */
const turn = async (trx: Db, bookId: string, carrier: Carrier, fallback: Carrier): Promise<void> => {
  await trx.updateTable('address_book').set({ carrier: json(carrier), fallback_carrier: json(fallback) }).where('id', '=', bookId).execute();
  await rereadCodes(trx, bookId, [carrier]);
};

const storedCodes = async function* storedCodes(db: Db, bookId: string, where: RawBuilder<unknown> = sql`true`): AsyncIterable<StoredCode[]> {
  for await (const ids of portions(db, bookId, sql`c.code is not null and ${where}`)) {
    yield (await sql<StoredCode>`select id, href, name, code, card from contact where id = any(${ids}::uuid[]) and code is not null`.execute(db)).rows;
  }
};

const select = (where: RawBuilder<unknown>): RawBuilder<Row> => sql<Row>`
  select m.id, m.book_id as "bookId", m.from_carrier as "from", m.to_carrier as "to", m.state, m.text, m.started_at as "startedAt", m.ended_at as "endedAt", i.total, i.done, i.failed,
    (select jsonb_agg(jsonb_build_object('contactId', s.contact_id, 'name', s.name, 'code', s.code, 'problem', s.problem) order by s.problem is null, lower(s.name), s.href)
      from (select * from carrier_migration_item s where s.migration_id = m.id and s.state <> 'there' order by problem is null, lower(name), href limit ${SHOWN}) s) as items
  from carrier_migration m cross join lateral (select count(*)::int as total, count(*) filter (where state = case when m.state in ('undoing', 'undone') then 'undone' else 'done' end)::int as done,
    count(*) filter (where state = 'failed')::int as failed from carrier_migration_item i where i.migration_id = m.id and i.state <> 'there') i
  where ${where} order by m.started_at desc limit 20`;

const viewOf = ({ items, startedAt, endedAt, ...row }: Row): CarrierMigration => ({ ...row, items: items ?? [], startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null });
