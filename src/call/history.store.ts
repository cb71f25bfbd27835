/** Calls in the database, as people look them up. A person sees their own; an administrator everybody's. */
import { Inject, Injectable } from '@nestjs/common';
import type { CallDetail, CallSummary, Decision } from '@ringbook/contracts';
import { sql, type SelectQueryBuilder } from 'kysely';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { INSTANT, pageOf, TEXT, unpackCursor, type Page, type PageAsk } from '../http/page.js';
import { parseNumber } from '../number/parse.js';
import { DB, type Db, type Schema } from '../store/schema.js';
import { withoutTitles } from './private.js';
import { detailOf, summaryOf } from './view.js';

export interface CallSearch extends PageAsk { q?: string; contact?: string; number?: string; from?: string; to?: string }
export interface Viewer { id: string; role: 'admin' | 'user' }

export const SUMMARY = [
  'call.id', 'pbx', 'linkedid', 'call.person_id', 'version', 'from_number', 'from_e164', 'from_display', 'from_kind', 'tier', 'to_number', 'contact_id', 'contact', 'candidates', 'code',
  'phase', 'doing', 'outcome', 'answered_by', 'decision', 'note', 'started_at', 'answered_at', 'ended_at',
] as const;
type Query<O> = SelectQueryBuilder<Schema, 'call', O>;

@Injectable()
export class CallHistoryStore {
  constructor(@Inject(DB) private readonly db: Db, @Inject(CONFIG) private readonly config: Pick<Config, 'region'>) {}

  /** Newest first. @throws Fault on a cursor that is not ours */
  async search(search: CallSearch, viewer: Viewer): Promise<Page<CallSummary>> {
    let query = this.filtered(this.db.selectFrom('call'), search, viewer);
    if (search.cursor) {
      const [at, id] = unpackCursor(search.cursor, [INSTANT, TEXT]) as [string, string];
      query = query.where(({ eb, and, or }) => or([eb('started_at', '<', instant(at)), and([eb('started_at', '=', instant(at)), eb('call.id', '>', id)])]));
    }
    const rows = await query.leftJoin('voicemail', 'voicemail.call_id', 'call.id').select([...SUMMARY, 'voicemail.id as voicemail_id', sql<string>`started_at::text`.as('key')])
      .orderBy('started_at', 'desc').orderBy('call.id').limit(search.limit + 1).execute();
    return pageOf(rows, search.limit, (row) => summaryOf(row, row.voicemail_id), (row) => [row.key, row.id]);
  }

  async get(id: string, viewer: Viewer): Promise<CallDetail | undefined> {
    const row = await visible(this.db.selectFrom('call'), viewer).leftJoin('voicemail', 'voicemail.call_id', 'call.id')
      .selectAll('call').select('voicemail.id as voicemail_id').where('call.id', '=', id).executeTakeFirst();
    return row && detailOf(row.person_id === viewer.id ? row : hidden(row), row.voicemail_id);
  }

  /** Whose call it is and whether it goes on; undefined when this person may not know of it. */
  acting(id: string, viewer: Viewer): Promise<{ person_id: string | null; ended_at: Date | null } | undefined> {
    return visible(this.db.selectFrom('call'), viewer).select(['person_id', 'ended_at']).where('call.id', '=', id).executeTakeFirst();
  }

  async note(id: string, note: string): Promise<void> { await this.db.updateTable('call').set({ note: note || null }).where('id', '=', id).execute(); }

  private filtered<O>(query: Query<O>, { q, contact, number, from, to }: CallSearch, viewer: Viewer): Query<O> {
    let found = visible(query, viewer);
    if (contact) found = found.where('contact_id', '=', contact);
    if (from) found = found.where('started_at', '>=', new Date(from));
    if (to) found = found.where('started_at', '<', new Date(to));
    if (number) found = this.fromNumber(found, number);
    if (q) found = words(found, q);
    return found;
  }

  private fromNumber<O>(query: Query<O>, raw: string): Query<O> {
    const { e164 } = parseNumber(raw, this.config.region);
    return query.where(({ eb, or }) => or([eb('from_number', '=', raw), ...(e164 ? [eb('from_e164', '=', e164)] : [])]));
  }
}

/** Administrators see how calls were handled, not what people have in their calendars. */
const hidden = <R extends { decision: Decision | null }>(row: R): R => ({ ...row, decision: row.decision && { ...row.decision, because: withoutTitles(row.decision.because) } });

/** With microseconds, which a Date has not. */
const instant = (at: string) => sql<Date>`${at}::timestamptz`;

const visible = <O>(query: Query<O>, viewer: Viewer): Query<O> => (viewer.role === 'admin' ? query : query.where('call.person_id', '=', viewer.id));

const words = <O>(query: Query<O>, q: string): Query<O> => {
  const like = `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const digits = q.replaceAll(/[ ()./-]/g, '');
  return query.where(({ eb, or }) => or([eb('from_display', 'ilike', like), eb('note', 'ilike', like), eb('code', 'ilike', like), ...(/^\+?\d{2,}$/.test(digits) ? [eb('from_number', 'like', `%${digits}%`)] : [])]));
};
