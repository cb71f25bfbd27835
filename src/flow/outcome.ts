/** Where a call stands and how it ended, derived from what was seen on the wire and how far the run is. */
import type { CallState, Outcome } from '@ringbook/contracts';
import type { Call } from '../call/call.js';
import { partner } from '../call/correlate.js';
import { kindOf } from './element/table.js';
import type { Run } from './program.js';
import { current } from './step.js';

export const phaseOf = (call: Call, run: Run | undefined): CallState => {
  if (call.phase === 'ended') return 'ended';
  const element = run && current(run);
  if (call.phase === 'talking' && (!element || element.type === 'ring' || element.type === 'ownPhone')) return 'answered';
  if (element && element.type !== 'reject') return kindOf(element).phase;
  return call.fallback || call.phase === 'ringing' ? 'ringing' : 'deciding';
};

export const doingOf = (call: Call, run: Run | undefined): string => {
  const phase = phaseOf(call, run);
  if (phase === 'ended') return 'Ended';
  if (phase === 'answered') {
    // A call that was sent on is with somebody else than who answered first.
    const other = partner(call)?.endpoint ?? call.answeredBy;
    return other ? `Talking with ${partyOf(other)}` : 'Talking';
  }
  const element = run && current(run);
  if (element) return kindOf(element).doing(element.config);
  return call.fallback ? 'Ringing the number\'s own telephone' : 'Deciding';
};

/** PJSIP/101 -> 101; Local/+4930123@ringbook-outside -> +4930123. */
export const partyOf = (endpoint: string): string => endpoint.replace(/^[^/]*\//, '').replace(/[@/-].*$/, '');

/** `recorded`: a voice message was kept. `unseen`: nobody saw how it ended. Meaningful only for an ended call. */
export const outcomeOf = (call: Call, run: Run | undefined, { recorded, unseen }: { recorded: boolean; unseen: boolean }): Outcome => {
  if (call.answeredAt) return 'answered'; // also after a message: who was talked with is what people look for
  if (recorded) return 'voicemail';
  const last = [...(run?.done ?? []), run && current(run)?.type].filter((t) => t !== undefined);
  if (last.includes('reject')) return 'rejected';
  if (last.at(-1) === 'play') return 'announced';
  if (unseen) return 'lost';
  return call.end === 'failed' ? 'failed' : 'missed';
};
