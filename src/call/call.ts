/** One conversation attempt and its channels (legs), as folded from events. Pure data; JSON-safe; stored in call.state. */
import type { Cli } from './event.js';

export type Phase = 'new' | 'ringing' | 'talking' | 'ended';

export interface Leg {
  channel: string; uniqueid: string;
  /** What was dialled to make this leg; absent for the caller's own leg. */
  endpoint?: string;
  state: 'new' | 'dialling' | 'ringing' | 'up' | 'ended';
  dialStatus?: string; cause?: number; bridge?: string;
  ringingAt?: string; answeredAt?: string; endedAt?: string; held?: boolean;
}

export interface Call {
  id: string;
  cli: Cli; called: string;
  phase: Phase;
  /** By channel name. The caller's leg is the one whose uniqueid is the call's id. */
  legs: Record<string, Leg>;
  startedAt: string; ringingAt?: string; answeredAt?: string; endedAt?: string;
  /** Endpoint of the leg that talked first with the caller, e.g. PJSIP/101. */
  answeredBy?: string;
  /** True while the caller's channel waits in AGI for us. */
  waiting: boolean;
  /** How it ended on the wire: the best news of all legs. Set when phase is ended. */
  end?: 'answered' | 'busy' | 'noanswer' | 'cancelled' | 'failed' | 'unknown';
  fallback?: boolean;
}
