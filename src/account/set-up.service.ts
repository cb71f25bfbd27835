/**
 * The first administrator: from the configuration at the first start, or by a one-time link that is printed. Both work
 * only as long as nobody has a password; the token of the link is kept as a hash.
 */
import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { Fault } from '../shared/fault.js';
import { must } from '../shared/must.js';
import { DB, json, type Db } from '../store/schema.js';
import { hashOf, hashPassword, newSecret } from './secret.adapter.js';

const KEY = 'account.setUp';
/** Two processes that start at once, or two people with the link: one after the other. */
const LOCK = 7_312_001;
export interface FirstAdmin { email: string; name: string; password: string }

@Injectable()
export class SetUpService {
  constructor(@Inject(DB) private readonly db: Db, @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl' | 'admin'>) {}

  /**
   * What to do at every start. With ADMIN_EMAIL and ADMIN_PASSWORD the administrator is made; without them the link is.
   * @returns the link to print, when somebody has to open it
   */
  async start(): Promise<string | undefined> {
    const { admin } = this.config;
    if (!admin) return this.link();
    await this.locked(async (trx) => {
      if (await isDone(trx)) return;
      await makeAdmin(trx, { email: admin.email, name: 'Administrator', password: admin.password.reveal() }, false);
    });
    return undefined;
  }

  /** A new link, which makes older ones void; undefined when somebody has a password. The token stands behind #, which browsers send nowhere. */
  link(): Promise<string | undefined> {
    return this.locked(async (trx) => {
      if (await isDone(trx)) return undefined;
      const secret = newSecret();
      const value = json({ hash: hashOf(secret).toString('hex') });
      await trx.insertInto('setting').values({ key: KEY, value }).onConflict((c) => c.column('key').doUpdateSet({ value })).execute();
      return `${this.config.publicUrl}/setup#token=${secret}`;
    });
  }

  /** @returns the id of the administrator. @throws Fault `setup.done` (conflict), `setup.refused` (forbidden), `user.email-taken` */
  async finish(token: string, admin: FirstAdmin): Promise<string> {
    return this.locked(async (trx) => {
      if (await isDone(trx)) throw new Fault('conflict', 'setup.done', 'Ringbook has been set up already: sign in');
      const kept = await trx.selectFrom('setting').select('value').where('key', '=', KEY).executeTakeFirst();
      const hash = Buffer.from((kept?.value as { hash?: string } | undefined)?.hash ?? '', 'hex');
      const given = hashOf(token);
      if (hash.length !== given.length || !timingSafeEqual(hash, given)) throw new Fault('forbidden', 'setup.refused', 'This set-up link is not valid (any more): the newest one is printed when Ringbook starts');
      await trx.deleteFrom('setting').where('key', '=', KEY).execute();
      return makeAdmin(trx, admin, true);
    });
  }

  private locked<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    return this.db.transaction().execute(async (trx) => {
      await trx.selectNoFrom((eb) => eb.fn('pg_advisory_xact_lock', [eb.val(LOCK)]).as('locked')).execute();
      return work(trx);
    });
  }
}

const isDone = async (db: Db): Promise<boolean> =>
  (await db.selectFrom('person').select('id').where('password_hash', 'is not', null).limit(1).executeTakeFirst()) !== undefined;

/** The administrator that came with the practice world, if there is one, becomes a real one; else a new person. */
const makeAdmin = async (db: Db, { email, name, password }: FirstAdmin, rename: boolean): Promise<string> => {
  const hash = await hashPassword(password);
  const seeded = await db.selectFrom('person').select('id').where('role', '=', 'admin').orderBy('created_at').limit(1).executeTakeFirst();
  const other = await db.selectFrom('person').select('id').where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase())).executeTakeFirst();
  if (other && other.id !== seeded?.id) throw new Fault('conflict', 'user.email-taken', 'Somebody else has this mail address', { errors: [{ path: 'email', message: 'is somebody else\'s' }] });
  if (seeded) {
    await db.updateTable('person').set({ email, password_hash: hash, ...(rename ? { name } : {}) }).where('id', '=', seeded.id).execute();
    return seeded.id;
  }
  const made = await db.insertInto('person').values({ email, name, password_hash: hash, role: 'admin' }).returning('id').executeTakeFirst();
  return must(made, 'the administrator just made').id;
};
