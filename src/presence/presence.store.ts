/** What is known of people's status: their own word, their telephones' states and what their calendars say. */
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { factsOf, type CalendarFacts } from '../calendar/facts.js';
import { calendarColumn } from '../calendar/facts.store.js';
import { DB, type Db } from '../store/schema.js';
import type { OwnWord, Phone } from './resolve.js';

export interface Known { personId: string; name: string; zone: string; own?: OwnWord; phones: Phone[]; calendar?: CalendarFacts }

@Injectable()
export class PresenceStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  async everybody(): Promise<string[]> { return (await this.db.selectFrom('person').select('id').orderBy('id').execute()).map(({ id }) => id); }

  /** Of these people; who does not exist is left out. @param at ISO: the instant whose events count */
  async known(at: string, personIds: readonly string[]): Promise<Known[]> {
    const people = this.db.selectFrom('person').leftJoin('own_status', 'own_status.person_id', 'person.id')
      .select(['person.id', 'person.name', 'person.zone', 'own_status.status', 'own_status.until', 'own_status.at', calendarColumn('person', at, 'now').as('calendar')]).where('person.id', '=', sql<string>`any(${[...personIds]}::uuid[])`);
    const phones = this.db.selectFrom('device').innerJoin('device_state', 'device_state.endpoint', 'device.endpoint')
      .select(['device.person_id', 'device.endpoint', 'device_state.state', 'device_state.at']).where('device.person_id', '=', sql<string>`any(${[...personIds]}::uuid[])`);
    const [rows, states] = await Promise.all([people.orderBy('person.id').execute(), phones.orderBy('device.endpoint').execute()]);
    const phonesOf = Map.groupBy(states, (state) => state.person_id);
    return rows.map((row) => ({
      personId: row.id, name: row.name, zone: row.zone, calendar: factsOf(row.calendar, at),
      own: row.status !== null && row.at !== null ? { status: row.status, until: row.until?.toISOString() ?? null, at: row.at.toISOString() } : undefined,
      phones: (phonesOf.get(row.id) ?? []).map((s) => ({ endpoint: s.endpoint, state: s.state, at: s.at.toISOString() })),
    }));
  }

  async setOwn(personId: string, own: OwnWord): Promise<void> {
    const { status, until, at } = own;
    await this.db.insertInto('own_status').values({ person_id: personId, status, until, at }).onConflict((c) => c.column('person_id').doUpdateSet({ status, until, at })).execute();
  }

  /** @returns whose telephone it is, when this was news; older news never replaces newer */
  async setPhone({ endpoint, state, at }: Phone): Promise<string[]> {
    const changed = await this.db.insertInto('device_state').values({ endpoint, state, at })
      .onConflict((c) => c.column('endpoint').doUpdateSet({ state, at }).where('device_state.at', '<=', new Date(at)).where('device_state.state', '!=', state))
      .returning('endpoint').executeTakeFirst();
    if (!changed) return [];
    return (await this.db.selectFrom('device').select('person_id').distinct().where('endpoint', '=', endpoint).execute()).map((row) => row.person_id);
  }
}
