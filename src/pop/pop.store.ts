/** Pops in the database: derived from the rows of calls, with how often this caller has called this person before. */
import { Inject, Injectable } from '@nestjs/common';
import type { Pop } from '@ringbook/contracts';
import { sql } from 'kysely';
import { DB, type Db } from '../store/schema.js';
import { SUMMARY } from '../call/history.store.js';
import { popOf, type PopRow } from './pop.js';

/** More live calls than this for one person is a flood; the oldest are not shown. */
const MOST = 50;

@Injectable()
export class PopStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Calls of this person that are going on, oldest first. */
  async live(personId: string): Promise<Pop[]> {
    const rows = await this.rows().where('call.person_id', '=', personId).where('ended_at', 'is', null).orderBy('started_at', 'desc').orderBy('call.id').limit(MOST).execute();
    return rows.map(view).toReversed();
  }

  /** The pop of a call; undefined when there is no such call or it is nobody's. */
  async of(callId: string): Promise<Pop | undefined> {
    const row = await this.rows().where('call.id', '=', callId).where('call.person_id', 'is not', null).executeTakeFirst();
    return row && view(row);
  }

  /** Earlier calls of the same contact, or from the same number, to the same person. */
  private rows() {
    return this.db.selectFrom('call').leftJoinLateral(
      (eb) => eb.selectFrom('call as earlier').select((e) => [e.fn.countAll<string>().as('count'), e.fn.max('earlier.started_at').as('last')])
        .whereRef('earlier.person_id', '=', 'call.person_id').whereRef('earlier.started_at', '<', 'call.started_at').whereRef('earlier.id', '!=', 'call.id')
        .where(sql<boolean>`(earlier.contact_id = call.contact_id or earlier.from_e164 = call.from_e164 or (call.from_e164 is null and earlier.from_number = call.from_number))`).as('before'),
      (join) => join.onTrue(),
    ).select([...SUMMARY, 'before.count', 'before.last']);
  }
}

type Row = Omit<PopRow, 'person_id'> & { person_id: string | null; count: string | null; last: Date | null };
const view = ({ count, last, ...row }: Row): Pop => popOf(row as PopRow, { count: Number(count ?? 0), last: last?.toISOString() ?? null });
