/**
 * The notice of a call on a person's screens, derived from the call and never kept on the side. One pop per call and
 * user, however many windows are open; `version` is the call's, so that an older one never replaces a newer one.
 */
import type { CallState, Outcome, Pop, PopAction } from '@ringbook/contracts';
import { callerOf, isoOrNull, type CallRow } from '../call/view.js';

export type PopRow = Omit<CallRow, 'state' | 'run' | 'trace'> & { person_id: string };

/** What can be done in which state. Before somebody talks, everything; a caller who hears an announcement or leaves a message can still be fetched. */
const ACTIONS: Record<CallState, PopAction[]> = {
  deciding: ['take', 'forward', 'voicemail', 'announce', 'reject', 'hangup'],
  ringing: ['take', 'forward', 'voicemail', 'announce', 'reject', 'hangup'],
  announcing: ['take', 'forward', 'voicemail', 'hangup'],
  recording: ['take', 'forward', 'hangup'],
  answered: ['forward', 'hangup'],
  ended: [],
};

/** Words for a state the call itself has no words for yet. */
const DOING: Record<CallState, string> = {
  deciding: 'Deciding', ringing: 'Ringing', announcing: 'Playing an announcement', recording: 'Leaving a message', answered: 'In conversation', ended: 'Ended',
};

export const popId = (callId: string, userId: string): string => `${callId}.${userId}`;

export const popOf = (row: PopRow, history: Pop['history']): Pop => {
  const phase = row.ended_at ? 'ended' : row.phase as CallState;
  return {
    id: popId(row.id, row.person_id), callId: row.id, userId: row.person_id, version: row.version,
    state: phase === 'answered' || phase === 'ended' ? phase : 'ringing',
    doing: row.doing || DOING[phase],
    from: callerOf(row), to: row.to_number, contact: row.contact, candidates: row.candidates, code: row.code, decision: row.decision,
    startedAt: row.started_at.toISOString(), answeredAt: isoOrNull(row.answered_at), endedAt: isoOrNull(row.ended_at), outcome: row.outcome as Outcome | null,
    history, actions: ACTIONS[phase],
  };
};
