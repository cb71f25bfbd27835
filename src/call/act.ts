/** What a person may do to a live call. Implemented by act.service.ts; the call's own order of events decides what comes of it. */
import type { Method } from '@ringbook/contracts';

export interface Actor { userId: string; name: string }

export interface Act {
  /** Handles this one call otherwise, from now on. @throws Fault `call.ended` when it is over, `call.missing` when there is none. */
  override(callId: string, method: Method, by: Actor): Promise<void>;
  /** Ends the call. @throws as override */
  hangup(callId: string, by: Actor): Promise<void>;
}
/** Nest token of the one Act of a process. */
export const ACT = Symbol('ACT');
