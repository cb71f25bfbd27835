/** What one kind of element knows: what it shows, what it sends, and which exit a result means. One file an element. */
import type { CallState } from '@ringbook/contracts';
import type { Element, Run, Segment, Sound } from '../program.js';

type Of<T extends Element['type']> = Extract<Element, { type: T }>;

export interface ElementKind<T extends Element['type']> {
  /** What the call's state is while this element is in progress. */
  phase: CallState;
  /** What is being done, in words. */
  doing(config: Of<T>['config']): string;
  segment(config: Of<T>['config'], run: Run): { segment: Segment; variables: Record<string, string>; sound?: Sound };
  /** The exit that a result of the dialplan means. */
  pin(result: string): keyof Of<T>['exits'] & string;
  /** The caller's channel is answered by this element. */
  answers: boolean;
}
