/** The tables of migrations/, as Kysely sees them. JSON columns come back parsed and go in through `json()`. */
import type { CalendarRule, Carrier, ContactRef, DavAuth, Decision, Hours, LdapOptions, Method, Rule, TraceStep } from '@ringbook/contracts';
import type { ColumnType, Generated, Kysely } from 'kysely';
import type { Call } from '../call/call.js';
import type { CallEvent } from '../call/event.js';

/** A timestamptz column: a Date when read, a Date or ISO string when written. */
type At = ColumnType<Date, Date | string, Date | string>;
type MaybeAt = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type DefaultAt = ColumnType<Date, Date | string | undefined, Date | string>;
/** A jsonb column: parsed when read, JSON text when written. */
export type Json<T> = ColumnType<T, string, string>;
type DefaultJson<T> = ColumnType<T, string | undefined, string>;
type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
/** How a source is spoken to beside address, user and password. */
export interface SourceOptions { auth?: DavAuth; ldap?: LdapOptions }

export interface Schema {
  person: { id: Generated<string>; email: string; name: string; password_hash: string | null; role: Generated<'admin' | 'user'>; zone: Generated<string>; created_at: DefaultAt };
  session: { hash: Buffer; person_id: string; created_at: DefaultAt; expires_at: At };
  token: { id: Generated<string>; hash: Buffer; person_id: string; name: string; created_at: DefaultAt; last_used_at: MaybeAt };
  setting: { key: string; value: Json<unknown> };
  number: { id: Generated<string>; person_id: string; number: string };
  device: { id: Generated<string>; person_id: string; extension: string; name: string; endpoint: string };
  profile: { person_id: string; rules: DefaultJson<Rule[]>; otherwise: Json<Method>; version: Generated<number> };
  own_status: { person_id: string; status: string; until: MaybeAt; at: DefaultAt };
  device_state: { endpoint: string; state: string; at: At };
  address_book: {
    id: Generated<string>; person_id: string | null; kind: string; name: string; url: string; username: string; secret: Buffer; carrier: DefaultJson<Carrier>;
    sync_token: string | null; state: Generated<string>; last_success: MaybeAt; last_error: ColumnType<{ at: string; code: string; text: string } | null, string | null | undefined, string | null>;
    skipped: Generated<number>; next_run: MaybeAt; created_at: DefaultAt; options: DefaultJson<SourceOptions>; fallback_carrier: MaybeJson<Carrier>;
  };
  book_order: { person_id: string; book_id: string; position: number };
  import_revision: { book_id: string; revision: ColumnType<string, number | string, number | string> };
  import_card: { book_id: string; href: string; etag: string; bytes: Buffer };
  code_write: { contact_id: string; book_id: string; code: string | null; was: string | null; person_id: string | null; asked_at: DefaultAt; attempts: Generated<number>; refusals: Generated<number>; next_try: MaybeAt; error: MaybeJson<{ at: string; code: string; text: string }> };
  lost_code: { contact_id: string; book_id: string; code: string; why: string; at: DefaultAt };
  carrier_migration: { id: Generated<string>; book_id: string; from_carrier: Json<Carrier>; to_carrier: Json<Carrier>; state: string; text: string | null; attempts: Generated<number>; next_try: DefaultAt; started_at: DefaultAt; ended_at: MaybeAt };
  carrier_migration_item: { migration_id: string; contact_id: string | null; href: string; name: string; code: string; state: Generated<string>; problem: string | null; undo: MaybeJson<{ hunks: { at: number; was: string; now: string }[]; fields: { field: string; lines: string[]; left: string[] }[] }>; after: string | null; attempts: Generated<number>; next_try: DefaultAt };
  code_meaning: { person_id: string; code: string; name: string | null; colour: string | null; meaning: string | null; position: number };
  number_choice: { person_id: string; number: string; contact_id: string; at: DefaultAt };
  calendar: {
    id: Generated<string>; person_id: string; name: string; url: string; username: string; secret: Buffer; options: DefaultJson<SourceOptions>;
    sync_token: string | null; state: Generated<string>; last_success: MaybeAt; last_error: MaybeJson<{ at: string; code: string; text: string }>; skipped: Generated<number>; next_run: MaybeAt;
    location: string | null; failures: Generated<number>; last_full: MaybeAt; progress: MaybeJson<{ done: number; total: number }>; loss_accepted_at: MaybeAt; expanded_at: MaybeAt; expanded_for: string | null; created_at: DefaultAt;
  };
  calendar_object: { calendar_id: string; href: string; etag: string; body: Buffer; problem: string | null; updated_at: DefaultAt };
  calendar_window: {
    calendar_id: string; href: string; uid: string; title: string; starts_at: At; ends_at: At; all_day: boolean; busy: string;
    categories: Generated<string[]>; attendees: DefaultJson<string[]>;
  };
  calendar_rules: { person_id: string; rules: DefaultJson<CalendarRule[]>; addresses: DefaultJson<string[]> };
  book_source: { book_id: string; location: string | null; failures: Generated<number>; last_full: MaybeAt; progress: MaybeJson<{ done: number; total: number }>; read_only: Generated<boolean>; loss_accepted_at: MaybeAt };
  skipped_card: { book_id: string; href: string; etag: string; reason: string; at: DefaultAt };
  contact: { id: Generated<string>; book_id: string; href: string; etag: string; uid: string | null; name: string; organisation: string | null; code: string | null; card: Buffer; fields: string[] | null; more: string | null; words: ColumnType<string, never, never>; updated_at: DefaultAt };
  contact_number: { contact_id: string; book_id: string; position: number; label: string | null; raw: string; e164: string | null; national: string | null; extension: string | null; suffix: string | null };
  call: CallTable;
  call_event: { seq: Generated<string>; call_id: string; pbx: string; event: Json<CallEvent>; at: DefaultAt };
  command: { id: string; call_id: string; pbx: string; position: number; body: Json<unknown>; created_at: DefaultAt; sent_at: MaybeAt };
  voicemail: { id: Generated<string>; person_id: string; call_id: string; file: string; seconds: number | null; heard: Generated<boolean>; at: At };
}

interface CallTable {
  id: string; pbx: string; linkedid: string; person_id: string | null; version: Generated<number>;
  from_number: string | null; from_e164: string | null; from_display: Generated<string>; from_kind: Generated<string>; tier: Generated<string>;
  to_number: Generated<string>; contact_id: string | null; contact: ColumnType<ContactRef | null, string | null | undefined, string | null>; candidates: DefaultJson<ContactRef[]>; code: string | null;
  /** One of contracts' callState. */
  phase: Generated<string>;
  /** What is being done right now, in words. */
  doing: Generated<string>;
  outcome: string | null; answered_by: string | null;
  decision: ColumnType<Decision | null, string | null | undefined, string | null>;
  state: ColumnType<Call | null, string | null | undefined, string | null>; run: ColumnType<unknown, string | null | undefined, string | null>; trace: DefaultJson<TraceStep[]>;
  note: string | null; started_at: At; answered_at: MaybeAt; ended_at: MaybeAt;
}

export type Db = Kysely<Schema>;
/** Nest token of the one Kysely instance of a process. */
export const DB = Symbol('DB');
/** Text for a jsonb column. What PostgreSQL cannot keep, NUL and halves of characters, becomes U+FFFD. */
export const json = (value: unknown): string => {
  const text = JSON.stringify(value);
  return /\\u(?:0000|d[89a-f])/i.test(text) ? JSON.stringify(value, (_, v: unknown) => (typeof v === 'string' ? v.toWellFormed().replaceAll('\0', '\ufffd') : v)) : text;
};
export type { Hours };
