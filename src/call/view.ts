/** A row of `call` as people and plugins see it. */
import type { CallDetail, Caller, CallerKind, CallState, CallSummary, Outcome, Tier } from '@ringbook/contracts';
import type { Selectable } from 'kysely';
import type { Schema } from '../store/schema.js';

export type CallRow = Selectable<Schema['call']>;

export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

export const callerOf = (row: Pick<CallRow, 'from_number' | 'from_display' | 'from_kind' | 'tier'>): Caller => ({
  number: row.from_number,
  display: row.from_display || row.from_number || 'Withheld number',
  kind: row.from_kind as CallerKind,
  tier: row.tier as Tier,
});

export const summaryOf = (row: Omit<CallRow, 'state' | 'run' | 'trace'>, voicemailId: string | null): CallSummary => ({
  id: row.id, userId: row.person_id, from: callerOf(row), to: row.to_number,
  contact: row.contact, code: row.code,
  state: row.phase as CallState, outcome: row.outcome as Outcome | null, method: row.decision?.method.kind ?? null,
  answeredBy: row.answered_by, startedAt: row.started_at.toISOString(), answeredAt: isoOrNull(row.answered_at), endedAt: isoOrNull(row.ended_at),
  voicemailId, note: row.note,
});

export const detailOf = (row: CallRow, voicemailId: string | null): CallDetail => ({ ...summaryOf(row, voicemailId), decision: row.decision, trace: row.trace });
