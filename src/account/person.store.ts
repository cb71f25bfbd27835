/** People, as administrators keep them. */
import { Inject, Injectable } from '@nestjs/common';
import type { User } from '@ringbook/contracts';
import { pageOf, TEXT, unpackCursor, UUID, type Page, type PageAsk } from '../http/page.js';
import { Fault } from '../shared/fault.js';
import { must } from '../shared/must.js';
import { taken } from './taken.js';
import { DB, type Db } from '../store/schema.js';
import type { Credentials } from '../http/who.js';
import { hashOf, hashPassword } from './secret.adapter.js';

export interface NewPerson { email: string; name: string; password: string; role?: 'admin' | 'user'; zone?: string }
export type PersonPatch = Partial<NewPerson>;
/** What a new password leaves: the session or token that is asking, and with `tokens: false` all tokens. */
export interface Ends { keep?: Credentials; tokens: boolean }
const EVERYTHING: Ends = { tokens: true };
const COLUMNS = ['id', 'email', 'name', 'role', 'zone'] as const;
const emailTaken = taken('email', 'user.email-taken', 'Somebody else has this mail address');

@Injectable()
export class PersonStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  async list({ limit, cursor }: PageAsk): Promise<Page<User>> {
    let query = this.db.selectFrom('person').select(COLUMNS);
    if (cursor) {
      const [name, id] = unpackCursor(cursor, [TEXT, UUID]) as [string, string];
      query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('name', 'id'), '>', tuple(name, id)));
    }
    return pageOf(await query.orderBy('name').orderBy('id').limit(limit + 1).execute(), limit, (row) => row, (row) => [row.name, row.id]);
  }

  get(id: string): Promise<User | undefined> { return this.db.selectFrom('person').select(COLUMNS).where('id', '=', id).executeTakeFirst(); }
  /** @throws Fault `user.missing` */
  async need(id: string): Promise<User> { return (await this.get(id)) ?? missing(); }

  byEmail(email: string): Promise<{ id: string; password_hash: string | null } | undefined> {
    return this.db.selectFrom('person').select(['id', 'password_hash']).where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase())).executeTakeFirst();
  }

  /** @throws Fault `user.email-taken` */
  async create(person: NewPerson): Promise<User> {
    const { password, ...rest } = person;
    const hash = await hashPassword(password);
    return must(await emailTaken(this.db.insertInto('person').values({ ...rest, password_hash: hash }).returning(COLUMNS).executeTakeFirst()), 'the person just made');
  }

  /** A new password ends all sessions and tokens of that person, but what `ends` leaves. @throws Fault `user.missing`, `user.email-taken`, `user.last-admin` */
  async patch(id: string, { password, ...rest }: PersonPatch, ends: Ends = EVERYTHING): Promise<User> {
    const hash = password === undefined ? undefined : await hashPassword(password);
    return emailTaken(this.db.transaction().execute(async (trx) => {
      if (rest.role === 'user') await keepAnAdmin(trx, id);
      const changes = { ...rest, ...(hash ? { password_hash: hash } : {}) };
      if (Object.keys(changes).length > 0) await trx.updateTable('person').set(changes).where('id', '=', id).execute();
      if (hash) await end(trx, id, ends);
      return (await trx.selectFrom('person').select(COLUMNS).where('id', '=', id).executeTakeFirst()) ?? missing();
    }));
  }

  /** @throws Fault `user.missing`, `user.last-admin` */
  async remove(id: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await keepAnAdmin(trx, id);
      const gone = await trx.deleteFrom('person').where('id', '=', id).returning('id').executeTakeFirst();
      if (!gone) missing();
    });
  }
}

export const missing = (): never => { throw new Fault('missing', 'user.missing', 'There is no such user'); };

const end = async (trx: Db, personId: string, { keep = {}, tokens }: Ends): Promise<void> => {
  await trx.deleteFrom('session').where('person_id', '=', personId).where('hash', '!=', hashOf(keep.cookie ?? '')).execute();
  if (tokens) await trx.deleteFrom('token').where('person_id', '=', personId).where('hash', '!=', hashOf(keep.bearer ?? '')).execute();
};

/** The rows of all administrators are locked: two of them cannot remove each other at once. */
const keepAnAdmin = async (trx: Db, id: string): Promise<void> => {
  const admins = await trx.selectFrom('person').select('id').where('role', '=', 'admin').orderBy('id').forUpdate().execute();
  if (admins.length === 1 && admins[0]!.id === id) throw new Fault('conflict', 'user.last-admin', 'Somebody must stay administrator');
};
