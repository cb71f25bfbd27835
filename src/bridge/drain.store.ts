/**
 * Reads a call with its unread events, and saves it: one statement each. The save is optimistic: it does nothing at all
 * unless the call still has the version that was read, so that no lock is held while a decision is made.
 */
import { randomUUID } from 'node:crypto';
import type { Decision, TraceStep } from '@ringbook/contracts';
import { sql } from 'kysely';
import type { Call } from '../call/call.js';
import type { Handling } from '../flow/advance.js';
import type { Run } from '../flow/program.js';
import { json, type Db } from '../store/schema.js';
import { columnsOf, type Collected } from './columns.js';
import type { Gathered } from './gather.store.js';
import type { Stored } from './intake.service.js';

/** What of a call's row a fold needs. */
export interface KnownRow { version: number; pbx: string; person_id: string | null; ended: boolean; decision: Decision | null; state: Call | null; run: Run | null; trace: TraceStep[] }
export interface Loaded { row: KnownRow | null; events: Stored[] }

export const load = async (db: Db, callId: string): Promise<Loaded> => {
  const { rows } = await sql<Loaded>`/* prepared */
    select (select jsonb_build_object('version', version, 'pbx', pbx, 'person_id', person_id, 'ended', ended_at is not null, 'decision', decision, 'state', state, 'run', run, 'trace', trace)
        from call where id = ${callId}) as row,
      (select coalesce(jsonb_agg(jsonb_build_object('seq', seq::text, 'pbx', pbx, 'event', event) order by seq), '[]') from call_event where call_id = ${callId}) as events`.execute(db);
  return rows[0]!;
};

/** Events that begin no call. */
export const forget = async (db: Db, seqs: string[]): Promise<void> => { await db.deleteFrom('call_event').where('seq', 'in', seqs).execute(); };

export interface Save {
  callId: string; pbx: string; row: KnownRow | null; call: Call; handling: Handling; gathered?: Gathered;
  collected: Collected[]; unseen: boolean; seqs: string[];
  /** The commands go out from this process right after: they are marked sent before they do. */
  sent: boolean;
}
/** `saved` false: somebody else saved the call since it was read; nothing was written. */
export interface Saved { saved: boolean; version: number; personId: string | null; voicemailId: string | null }

/** Written with every save. */
const ALWAYS = ['version', 'person_id', 'to_number', 'phase', 'doing', 'outcome', 'answered_by', 'decision', 'state', 'run', 'trace', 'started_at', 'answered_at', 'ended_at'];
/** Written only when the caller was looked up: with their defaults. */
const CALLER: Record<string, string> = { from_number: 'null', from_e164: 'null', from_display: `''`, from_kind: `'unknown'`, tier: `'none'`, contact_id: 'null', contact: 'null', candidates: `'[]'::jsonb`, code: 'null' };
const NAMES = ['id', 'pbx', 'linkedid', ...ALWAYS, ...Object.keys(CALLER)].join(', ');
const VALUES = [...['id', 'pbx', 'linkedid', ...ALWAYS].map((name) => `v.${name}`), ...Object.entries(CALLER).map(([name, value]) => `coalesce(v.${name}, ${value})`)].join(', ');
/** How a call ended is said once: later news of it knows no recordings any more. */
const ONCE = new Set(['outcome']);
const UPDATES = (known: string) => [...ALWAYS.map((name) => `${name} = ${ONCE.has(name) ? `coalesce(c.${name}, excluded.${name})` : `excluded.${name}`}`), ...Object.keys(CALLER).map((name) => `${name} = case when ${known} then excluded.${name} else c.${name} end`)].join(', ');
const KNOWN = `(select known from k)`;

/** The row as it stands after this save: what the next fold would read. */
export const rowAfter = (s: Save, saved: Saved): KnownRow => ({
  version: saved.version, pbx: s.pbx, person_id: saved.personId, ended: s.call.endedAt !== undefined,
  decision: s.handling.decision ?? null, state: s.call, run: s.handling.run ?? null, trace: s.handling.trace,
});

export const save = async (db: Db, s: Save): Promise<Saved> => {
  const version = (s.row?.version ?? 0) + 1;
  const personId = s.row?.person_id ?? s.gathered?.personId ?? null;
  const columns = columnsOf({ call: s.call, run: s.handling.run, decision: s.handling.decision, trace: s.handling.trace, gathered: s.gathered, recorded: s.collected.length > 0, unseen: s.unseen });
  const values = { id: s.callId, pbx: s.pbx, linkedid: s.call.id, version, person_id: personId, ...columns };
  const commands = s.handling.commands.map((body, position) => ({ id: randomUUID(), position, body }));
  const message = personId === null ? undefined : s.collected.toSorted((a, b) => b.seconds - a.seconds)[0];
  const { rows } = await sql<{ saved: number; voicemail: string | null }>`/* prepared */
    with v as (select * from jsonb_populate_record(null::call, ${json(values)}::jsonb)), k as (select ${s.gathered !== undefined}::boolean as known),
    saved as (
      insert into call as c (${sql.raw(NAMES)}) select ${sql.raw(VALUES)} from v
      on conflict (id) do update set ${sql.raw(UPDATES(KNOWN))} where c.version = excluded.version - 1
      returning c.id),
    folded as (delete from call_event where seq = any(${s.seqs}::bigint[]) and exists (select from saved)),
    told as (
      insert into command (id, call_id, pbx, position, body, sent_at)
      select r.id, ${s.callId}, ${s.pbx}, r.position, r.body, case when ${s.sent}::boolean then now() end from saved, jsonb_to_recordset(${json(commands)}::jsonb) as r(id uuid, position int, body jsonb)),
    kept as (
      insert into voicemail (person_id, call_id, file, seconds, at)
      select ${personId}::uuid, ${s.callId}, ${message?.file ?? null}::text, ${message?.seconds ?? null}::real, coalesce(${s.call.endedAt ?? null}::timestamptz, now()) from saved where ${message !== undefined}::boolean
      on conflict (call_id) do nothing returning id)
    select (select count(*)::int from saved) as saved, (select id from kept) as voicemail`.execute(db);
  return { saved: rows[0]!.saved === 1, version, personId, voicemailId: rows[0]!.voicemail };
};
