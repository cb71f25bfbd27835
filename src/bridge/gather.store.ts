/** Gathers everything a decision may rest on, from what is already in PostgreSQL: nothing here waits for another server. */
import type { Method } from '@ringbook/contracts';
import { sql } from 'kysely';
import { type CalendarRow, factsOf } from '../calendar/facts.js';
import { calendarColumn } from '../calendar/facts.store.js';
import type { Cli } from '../call/event.js';
import { findContact } from '../directory/directory.service.js';
import { NO_MATCH, type Match } from '../directory/match.js';
import type { CompileContext, DialDevice } from '../flow/compile.js';
import type { Facts } from '../flow/advance.js';
import { DEFAULT_METHOD, type Situation } from '../handling/situation.js';
import { STATUS_WORDS } from '../handling/words.js';
import { parseNumber } from '../number/parse.js';
import { resolveStatus } from '../presence/resolve.js';
import type { Schema } from '../store/schema.js';
import type { Kysely, Selectable } from 'kysely';

type Iso = string;
interface PersonRow {
  id: string; name: string; zone: string; rules: Situation['profile']['rules'] | null; otherwise: Method | null;
  own: { status: string; until: Iso | null; at: Iso } | null;
  devices: Selectable<Schema['device']>[] | null;
  phones: { endpoint: string; state: string; at: Iso }[] | null;
  calendar: CalendarRow | null;
}

export interface Gathered extends Facts { match: Match; personId: string | null; e164: string | null }
export interface Question { cli: Cli; called: string; at: string; file: string }

export const gather = async (db: Kysely<Schema>, region: string, q: Question): Promise<Gathered> => {
  const forms = q.cli.withheld || !q.cli.number ? undefined : parseNumber(q.cli.number, region);
  // at the same time: the caller waits for the longer of the two
  const [person, match] = await Promise.all([personOf(db, q.called, q.at), forms ? findContact(db, forms, ownerOf(q.called), region) : NO_MATCH]);
  const known = person && situationOf(person, match, q);
  const [attendants, callerMails] = known ? await Promise.all([attendantsOf(db, known), mailsOf(db, known)]) : [{}, []];
  const situation = known && { ...known, callerMails };
  return { situation, compile: compileContext(person, match, q, situation, attendants), match, personId: person?.id ?? null, e164: forms?.e164 ?? null };
};

const ownerOf = (called: string) => sql<string>`(select person_id from number where number = ${called})`;

const personOf = async (db: Kysely<Schema>, called: string, at: string): Promise<PersonRow | undefined> => {
  const { rows } = await sql<PersonRow>`/* prepared */
    select p.id, p.name, p.zone, pr.rules, pr.otherwise,
      (select to_jsonb(o) from own_status o where o.person_id = p.id) as own,
      (select jsonb_agg(to_jsonb(d) order by d.extension) from device d where d.person_id = p.id) as devices,
      (select jsonb_agg(to_jsonb(s)) from device_state s join device d on d.endpoint = s.endpoint where d.person_id = p.id) as phones, ${calendarColumn('p', at)} as calendar
    from number n join person p on p.id = n.person_id left join profile pr on pr.person_id = p.id where n.number = ${called}`.execute(db);
  return rows[0];
};

const situationOf = (p: PersonRow, match: Match, q: Question): Situation => {
  const calendar = factsOf(p.calendar, q.at);
  return {
    at: q.at, cli: q.cli, called: q.called, user: { id: p.id, name: p.name, zone: p.zone }, match, calendar,
    status: resolveStatus({ calendar, zone: p.zone, own: p.own ? { ...p.own, at: iso(p.own.at), until: p.own.until && iso(p.own.until) } : undefined, phones: (p.phones ?? []).map((s) => ({ ...s, at: iso(s.at) })), at: q.at }),
    profile: { rules: p.rules ?? [], otherwise: p.otherwise ?? DEFAULT_METHOD },
  };
};
const iso = (at: string) => new Date(at).toISOString();

/** The contact's e-mail addresses, where an event has attendees; at the same time as the telephones of attendants. */
const mailsOf = async (db: Kysely<Schema>, { match, calendar }: Situation): Promise<string[]> => {
  if (!match.contact || ![...calendar?.current ?? [], ...calendar?.next ?? []].some((event) => event.attendees.length > 0)) return [];
  const row = await db.selectFrom('contact').select('more').where('id', '=', match.contact.id).executeTakeFirst();
  return (row?.more ?? '').split(' ').filter((word) => word.includes('@'));
};

/** Telephones of everybody whom a method of this profile names as attendant. */
const attendantsOf = async (db: Kysely<Schema>, s: Situation): Promise<CompileContext['attendants']> => {
  const ids = [...new Set([s.profile.otherwise, ...s.profile.rules.map((r) => r.method)].flatMap(attendantIds))];
  return ids.length === 0 ? {} : attendantDevices(db, ids);
};

export const attendantDevices = async (db: Kysely<Schema>, ids: string[]): Promise<CompileContext['attendants']> => {
  const rows = await db.selectFrom('person').innerJoin('device', 'device.person_id', 'person.id').where('person.id', 'in', ids)
    .select(['person.id', 'person.name', 'device.extension', 'device.endpoint']).orderBy('device.extension').execute();
  const found: CompileContext['attendants'] = {};
  for (const r of rows) (found[r.id] ??= { name: r.name, devices: [] }).devices.push({ extension: r.extension, endpoint: r.endpoint });
  return found;
};

export const attendantIds = (m: Method): string[] => {
  const next = 'otherwise' in m ? m.otherwise : 'then' in m ? m.then : undefined;
  return [...(m.kind === 'attendant' ? [m.userId] : []), ...(next ? attendantIds(next) : [])];
};

const compileContext = (p: PersonRow | undefined, match: Match, q: Question, s: Situation | undefined, attendants: CompileContext['attendants']): CompileContext => ({
  devices: (p?.devices ?? []).map((d): DialDevice => ({ extension: d.extension, endpoint: d.endpoint })), attendants, file: q.file,
  facts: {
    'caller.name': match.contact?.name ?? q.cli.name ?? '', 'caller.number': q.cli.withheld ? '' : q.cli.number ?? '',
    'user.name': p?.name ?? '', status: s ? STATUS_WORDS[s.status.status] : '',
  },
});
