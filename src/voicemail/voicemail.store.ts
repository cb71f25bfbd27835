/** Voice messages: who they are for is the only one who sees and hears them. */
import { Inject, Injectable } from '@nestjs/common';
import type { Voicemail } from '@ringbook/contracts';
import { sql } from 'kysely';
import { callerOf, type CallRow } from '../call/view.js';
import { INSTANT, pageOf, unpackCursor, UUID, type Page, type PageAsk } from '../http/page.js';
import { DB, type Db } from '../store/schema.js';

@Injectable()
export class VoicemailStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Newest first. */
  async list(personId: string, { limit, cursor }: PageAsk): Promise<Page<Voicemail>> {
    let query = this.rows().where('voicemail.person_id', '=', personId);
    if (cursor) {
      const [key, id] = unpackCursor(cursor, [INSTANT, UUID]) as [string, string];
      const at = sql<Date>`${key}::timestamptz`;
      query = query.where(({ eb, and, or }) => or([eb('voicemail.at', '<', at), and([eb('voicemail.at', '=', at), eb('voicemail.id', '>', id)])]));
    }
    const rows = await query.orderBy('voicemail.at', 'desc').orderBy('voicemail.id').limit(limit + 1).execute();
    return pageOf(rows, limit, view, (row) => [row.key, row.id]);
  }

  async get(id: string, personId: string): Promise<Voicemail | undefined> {
    const row = await this.rows().where('voicemail.id', '=', id).where('voicemail.person_id', '=', personId).executeTakeFirst();
    return row && view(row);
  }

  /** @returns the path below the spool folder, in the message's row before it is gone */
  async file(id: string, personId: string): Promise<string | undefined> {
    return (await this.db.selectFrom('voicemail').select('file').where('id', '=', id).where('person_id', '=', personId).executeTakeFirst())?.file;
  }

  async setHeard(id: string, personId: string, heard: boolean): Promise<void> {
    await this.db.updateTable('voicemail').set({ heard }).where('id', '=', id).where('person_id', '=', personId).execute();
  }

  async remove(id: string, personId: string): Promise<void> {
    await this.db.deleteFrom('voicemail').where('id', '=', id).where('person_id', '=', personId).execute();
  }

  private rows() {
    return this.db.selectFrom('voicemail').leftJoin('call', 'call.id', 'voicemail.call_id').select([
      'voicemail.id', 'voicemail.call_id', 'voicemail.at', 'voicemail.seconds', 'voicemail.heard', 'from_number', 'from_display', 'from_kind', 'tier', 'contact', sql<string>`voicemail.at::text`.as('key'),
    ]);
  }
}

type Nullable<T> = { [K in keyof T]: T[K] | null };
type Row = { id: string; call_id: string; at: Date; seconds: number | null; heard: boolean } & Nullable<Pick<CallRow, 'from_number' | 'from_display' | 'from_kind' | 'tier' | 'contact'>>;
/** The call may have been forgotten before its message. */
const view = (row: Row): Voicemail => ({
  id: row.id, callId: row.call_id, at: row.at.toISOString(), seconds: row.seconds, heard: row.heard, contact: row.contact,
  from: callerOf({ from_number: row.from_number, from_display: row.from_display ?? 'Unknown', from_kind: row.from_kind ?? 'unknown', tier: row.tier ?? 'none' }),
});
