/** The columns of a call's row, from what is known of it; JSON columns as values. */
import type { CallerKind, Decision, TraceStep } from '@ringbook/contracts';
import type { Call } from '../call/call.js';
import type { Match } from '../directory/match.js';
import { doingOf, outcomeOf, partyOf, phaseOf } from '../flow/outcome.js';
import type { Run } from '../flow/program.js';
import { kindOf } from '../handling/decide.js';

/** A recording that holds something. `file`: path below the spool. */
export interface Collected { file: string; seconds: number }
/** Lines of trace kept of one call: a call that makes more is a fault, and its first and last lines tell. */
const TRACE_LINES = 300;

export interface Known {
  call: Call; run?: Run; decision?: Decision; trace: TraceStep[]; recorded: boolean; unseen: boolean;
  gathered?: { match: Match; e164: string | null };
}

export const columnsOf = (k: Known) => ({
  to_number: k.call.called, phase: phaseOf(k.call, k.run), doing: doingOf(k.call, k.run),
  answered_by: k.call.answeredBy ? partyOf(k.call.answeredBy) : null,
  decision: k.decision ?? null, state: k.call, run: k.run ?? null, trace: bounded(k.trace),
  started_at: k.call.startedAt, answered_at: k.call.answeredAt ?? null, ended_at: k.call.endedAt ?? null,
  outcome: k.call.phase === 'ended' ? outcomeOf(k.call, k.run, k) : null,
  ...(k.gathered ? callerColumns(k.call, k.gathered) : {}),
});

const callerColumns = (call: Call, g: { match: Match; e164: string | null }) => {
  const kind: CallerKind = kindOf({ cli: call.cli, match: g.match });
  const number = kind === 'withheld' ? null : call.cli.number ?? null;
  return {
    from_number: number, from_e164: g.e164, from_kind: kind, tier: g.match.tier,
    from_display: kind === 'withheld' ? 'Withheld number' : g.match.contact?.name ?? call.cli.name ?? number ?? 'Unknown',
    contact_id: g.match.contact?.id ?? null, contact: g.match.contact, candidates: g.match.candidates, code: g.match.contact?.code ?? null,
  };
};

const bounded = (trace: TraceStep[]): TraceStep[] => (trace.length <= TRACE_LINES ? trace : [...trace.slice(0, TRACE_LINES / 2), ...trace.slice(-TRACE_LINES / 2)]);
