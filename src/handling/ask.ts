/** What would happen to a call that came now, or at another instant: the same decision as for a real call; nothing is changed. */
import type { DecisionAnswer } from '@ringbook/contracts';

export interface Question {
  /** A number as somebody typed it, or "withheld". */
  from: string;
  /** The number called, as typed. */
  to: string;
  /** ISO instant to decide for. */
  at: string;
}
export interface Ask {
  /** @throws Fault `number.unassigned` (missing) when nobody has the number called. */
  ask(question: Question): Promise<DecisionAnswer>;
}
/** Nest token of the one Ask of a process. */
export const ASK = Symbol('ASK');
