/**
 * Connecting a plugin without typing a token: the plugin shows a code, a signed-in person types it into the console, the
 * plugin asks again and gets a token of that person. The id of a pairing is known to the plugin alone; the code alone gives nothing.
 * Pairings live for minutes, so they are rows of `setting` (pairing.<id>).
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Fault } from '../shared/fault.js';
import { DB, json, type Db } from '../store/schema.js';
import { newCode } from './secret.adapter.js';
import { SessionStore } from './session.store.js';

interface Waiting { code: string; name: string; expiresAt: string; personId?: string }
const MINUTES = 10;
/** Anybody may start one: more than this at once is an attack. */
const MOST = 200;
const keyOf = (id: string) => `pairing.${id}`;
const missing = () => new Fault('missing', 'pairing.missing', 'There is no such pairing, or its time is over: start again in the plugin');

@Injectable()
export class PairingService {
  constructor(@Inject(DB) private readonly db: Db, private readonly sessions: SessionStore) {}

  /** @throws Fault `pairing.too-many` */
  async start(name: string): Promise<{ id: string; code: string; expiresAt: string }> {
    const now = Date.now();
    await this.all().where(sql<string>`value->>'expiresAt'`, '<', new Date(now).toISOString()).execute();
    const { n } = await this.db.selectFrom('setting').select((eb) => eb.fn.countAll<string>().as('n')).where('key', 'like', 'pairing.%').executeTakeFirstOrThrow();
    if (Number(n) >= MOST) throw new Fault('limited', 'pairing.too-many', 'Too many plugins are being connected right now', { retryAfter: 60 });
    const id = randomUUID();
    const waiting: Waiting = { code: newCode(), name, expiresAt: new Date(now + MINUTES * 60_000).toISOString() };
    await this.db.insertInto('setting').values({ key: keyOf(id), value: json(waiting) }).execute();
    return { id, code: waiting.code, expiresAt: waiting.expiresAt };
  }

  /** The token, once, after the confirmation; then the pairing is gone. @throws Fault `pairing.missing` */
  async collect(id: string): Promise<{ state: 'waiting' | 'confirmed'; expiresAt: string; token?: string }> {
    const row = await this.db.selectFrom('setting').select('value').where('key', '=', keyOf(id)).executeTakeFirst();
    const waiting = row?.value as Waiting | undefined;
    if (!waiting || waiting.expiresAt < new Date().toISOString()) throw missing();
    if (!waiting.personId) return { state: 'waiting', expiresAt: waiting.expiresAt };
    const taken = await this.db.deleteFrom('setting').where('key', '=', keyOf(id)).returning('key').executeTakeFirst();
    if (!taken) throw missing();
    const { token } = await this.sessions.createToken(waiting.personId, waiting.name);
    return { state: 'confirmed', expiresAt: waiting.expiresAt, token };
  }

  /** @returns what the plugin calls itself. @throws Fault `pairing.missing` */
  async confirm(code: string, personId: string): Promise<{ name: string }> {
    const wanted = code.toUpperCase().replace('-', '').replace(/^(.{4})/, '$1-');
    const row = await this.db.updateTable('setting').set({ value: sql<string>`value || jsonb_build_object('personId', ${personId}::text)` })
      .where('key', 'like', 'pairing.%').where(sql<string>`value->>'code'`, '=', wanted).where(sql<string>`value->>'expiresAt'`, '>', new Date().toISOString())
      .where(sql<boolean>`not value ? 'personId'`).returning('value').executeTakeFirst();
    if (!row) throw missing();
    return { name: (row.value as Waiting).name };
  }

  private all() { return this.db.deleteFrom('setting').where('key', 'like', 'pairing.%'); }
}
