/** Sessions and tokens in the database: who a secret belongs to, as long as it stands. */
import { Inject, Injectable } from '@nestjs/common';
import type { Token } from '@ringbook/contracts';
import { pageOf, unpackCursor, UUID, type Page, type PageAsk } from '../http/page.js';
import { DB, type Db } from '../store/schema.js';
import { must } from '../shared/must.js';
import { hashOf, newSecret } from './secret.adapter.js';

export interface Holder { id: string; name: string; role: 'admin' | 'user' }
const SESSION_DAYS = 30;
export const SESSION_SECONDS = SESSION_DAYS * 86_400;

@Injectable()
export class SessionStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** @returns the secret for the cookie */
  async open(personId: string, now: Date): Promise<string> {
    const secret = newSecret();
    await this.db.deleteFrom('session').where('expires_at', '<', now).execute();
    await this.db.insertInto('session').values({ hash: hashOf(secret), person_id: personId, expires_at: new Date(now.getTime() + SESSION_SECONDS * 1000) }).execute();
    return secret;
  }

  /** @returns whose session it was */
  async close(secret: string): Promise<string | undefined> {
    const closed = await this.db.deleteFrom('session').where('hash', '=', hashOf(secret)).returning('person_id').executeTakeFirst();
    return closed?.person_id;
  }

  byCookie(secret: string, now: Date): Promise<Holder | undefined> {
    return this.db.selectFrom('session').innerJoin('person', 'person.id', 'session.person_id')
      .select(['person.id', 'person.name', 'person.role']).where('session.hash', '=', hashOf(secret)).where('session.expires_at', '>', now).executeTakeFirst();
  }

  async byToken(secret: string, now: Date): Promise<Holder | undefined> {
    const found = await this.db.selectFrom('token').innerJoin('person', 'person.id', 'token.person_id')
      .select(['person.id', 'person.name', 'person.role', 'token.id as token_id', 'token.last_used_at']).where('token.hash', '=', hashOf(secret)).executeTakeFirst();
    if (!found) return undefined;
    const { token_id: tokenId, last_used_at: lastUsed, ...holder } = found;
    // To the minute is enough: a write for every request is not.
    if (!lastUsed || now.getTime() - lastUsed.getTime() > 60_000) await this.db.updateTable('token').set({ last_used_at: now }).where('id', '=', tokenId).execute();
    return holder;
  }

  async createToken(personId: string, name: string): Promise<Token & { token: string }> {
    const secret = newSecret('rb_');
    const row = await this.db.insertInto('token').values({ hash: hashOf(secret), person_id: personId, name }).returning(['id', 'name', 'created_at', 'last_used_at']).executeTakeFirst();
    return { ...viewOf(must(row, 'the token just made')), token: secret };
  }

  async tokens(personId: string, { limit, cursor }: PageAsk): Promise<Page<Token>> {
    let query = this.db.selectFrom('token').select(['id', 'name', 'created_at', 'last_used_at']).where('person_id', '=', personId);
    if (cursor) query = query.where('id', '>', unpackCursor(cursor, [UUID])[0]!);
    return pageOf(await query.orderBy('id').limit(limit + 1).execute(), limit, viewOf, (row) => [row.id]);
  }

  /** @returns whether there was such a token of this person */
  async deleteToken(id: string, personId: string): Promise<boolean> {
    return (await this.db.deleteFrom('token').where('id', '=', id).where('person_id', '=', personId).returning('id').executeTakeFirst()) !== undefined;
  }
}

const viewOf = (row: { id: string; name: string; created_at: Date; last_used_at: Date | null }): Token =>
  ({ id: row.id, name: row.name, createdAt: row.created_at.toISOString(), lastUsedAt: row.last_used_at?.toISOString() ?? null });
