/**
 * What a handling method is turned into: elements joined by exits, run step by step by `step`. JSON-safe: it is stored
 * with the call, so that a call ends with the program it began with.
 */
import type { CallState } from '@ringbook/contracts';

/** Parts of the dialplan that carry out a step (templates/asterisk). The caller's channel comes back to `ask` when one ends. */
export type Segment = 'dial' | 'play' | 'record' | 'reject' | 'fallback';

/** What to play: a text to be spoken, a recorded prompt of ours, or a sound that every Asterisk has. */
export type Sound = { say: string; orElse?: string } | { prompt: string } | { builtin: string };

export interface RingConfig { targets: string[]; seconds: number; confirm?: boolean; label: string }
export interface PlayConfig { sound: Sound; label: string }
export interface RecordConfig { greeting: Sound; file: string }

export type Element =
  | { type: 'ring'; config: RingConfig; exits: Exits<'busy' | 'noAnswer' | 'unavailable' | 'answered'> }
  | { type: 'play'; config: PlayConfig; exits: Exits<'done' | 'failed'> }
  | { type: 'record'; config: RecordConfig; exits: Exits<'done' | 'failed'> }
  | { type: 'reject'; config: { label: string }; exits: Exits<'done'> }
  | { type: 'ownPhone'; config: { label: string }; exits: Exits<'done'> };
/** An exit without an element ends the call. */
export type Exits<Pin extends string> = Partial<Record<Pin, string>>;

export interface Program { start: string; elements: Record<string, Element> }

export interface Run {
  program: Program;
  /** Element in progress; null when the program has ended. */
  element: string | null;
  /** Id of the step in progress (s1, s2 ...): unique within the call, so that late results of older steps are told apart. */
  step: string;
  count: number;
  /** The caller's channel has been answered by a step, so ringing must be played to it. */
  answered: boolean;
  /** When the step in progress was handed out: ISO. */
  at: string;
  /** Names of recordings this run may have made, without directory and ending. */
  recordings: string[];
  /** Kinds of elements that came to their end, for the outcome. */
  done: Element['type'][];
}

export type Command =
  /** Set the channel's variables and send it into a segment. `force`: also out of a segment or a talk; else only while it waits. */
  | { kind: 'segment'; channel: string; segment: Segment; step: string; variables: Record<string, string>; sound?: Sound; force: boolean }
  | { kind: 'hangup'; channel: string; cause: number };

/** What the elements need to know of the call. */
export interface StepContext { channel: string; at: string; force: boolean }
export type StepEvent = { kind: 'begin' } | { kind: 'result'; result: string } | { kind: 'again' };
export type { CallState };
