/**
 * One step of a call through its program: pure, so that a crash, a replay and a simulation go the same way. Takes the
 * run as it was and what happened; gives the run as it is, the commands to send, and the trace to keep.
 */
import type { TraceStep } from '@ringbook/contracts';
import { must } from '../shared/must.js';
import { kindOf } from './element/table.js';
import type { Command, Element, Program, Run, StepContext, StepEvent } from './program.js';

/** No method needs more; a program that does is going round in circles. */
const MAX_STEPS = 50;
/** ITU-T Q.850 cause 16, normal clearing; 41, temporary failure. */
const NORMAL_CLEARING = 16, TEMPORARY_FAILURE = 41;

export interface Stepped { run: Run; commands: Command[]; trace: TraceStep[] }

/** A run that has not begun. `before`: the run it replaces (an override), whose step numbers and recordings go on. */
export const newRun = (program: Program, at: string, before?: Run | null): Run => ({
  program, element: null, step: before?.step ?? 's0', count: before?.count ?? 0, answered: before?.answered ?? false,
  at, recordings: before?.recordings ?? [], done: before?.done ?? [],
});

export const step = (run: Run, event: StepEvent, context: StepContext): Stepped => {
  if (event.kind === 'begin') return enter(run, run.program.start, context, []);
  const element = current(run);
  if (!element) return hangUp(run, context, NORMAL_CLEARING, 'The program has ended');
  if (event.kind === 'again') return { run, commands: [send(run, element, context)], trace: [note(context, run.step, 'Sent again: the caller was still waiting')] };
  return leave(run, element, event.result, context);
};

export const current = (run: Run): Element | undefined => (run.element === null ? undefined : run.program.elements[run.element]);

const leave = (run: Run, element: Element, result: string, context: StepContext): Stepped => {
  const pin = kindOf(element).pin(result);
  const next = (element.exits as Record<string, string | undefined>)[pin];
  const trace = [note(context, run.step, `${resultWords(element, result)}${next ? '' : '; the call ends'}`, { result, pin })];
  const after: Run = { ...run, done: [...run.done, element.type] };
  if (next === undefined) return hangUp({ ...after, element: null }, context, NORMAL_CLEARING, undefined, trace);
  return enter(after, next, context, trace);
};

const enter = (run: Run, id: string, context: StepContext, trace: TraceStep[]): Stepped => {
  if (run.count >= MAX_STEPS) return hangUp({ ...run, element: null }, context, TEMPORARY_FAILURE, `Stopped after ${MAX_STEPS} steps`, trace);
  const element = must(run.program.elements[id], `element ${id}`);
  const kind = kindOf(element);
  const count = run.count + 1;
  const next: Run = { ...run, element: id, count, step: `s${count}`, at: context.at, recordings: recordingsOf(run, element) };
  const command = send(next, element, context);
  const entered = note(context, next.step, kind.doing(element.config));
  return { run: { ...next, answered: run.answered || kind.answers }, commands: [command], trace: [...trace, entered] };
};

const recordingsOf = (run: Run, element: Element) =>
  (element.type === 'record' && !run.recordings.includes(element.config.file) ? [...run.recordings, element.config.file] : run.recordings);

const send = (run: Run, element: Element, context: StepContext): Command => {
  const { segment, variables, sound } = kindOf(element).segment(element.config, run);
  return { kind: 'segment', channel: context.channel, segment, step: run.step, variables, sound, force: context.force };
};

const hangUp = (run: Run, context: StepContext, cause: number, why: string | undefined, trace: TraceStep[] = []): Stepped => ({
  run: { ...run, element: null }, commands: [{ kind: 'hangup', channel: context.channel, cause }],
  trace: why ? [...trace, note(context, run.step, why)] : trace,
});

const note = (context: StepContext, id: string, text: string, data?: Record<string, unknown>): TraceStep => ({ at: context.at, step: id, text, ...(data ? { data } : {}) });

const RING_RESULTS: Record<string, string> = {
  ANSWER: 'answered and ended', BUSY: 'was busy', NOANSWER: 'did not answer', CANCEL: 'was cancelled', CHANUNAVAIL: 'could not be reached', CONGESTION: 'could not be reached',
};
const resultWords = (element: Element, result: string): string => {
  if (element.type === 'ring') return `${element.config.label} ${RING_RESULTS[result] ?? `gave up (${result})`}`;
  if (element.type === 'play') return result === 'SUCCESS' ? 'Played to the end' : `Could not play (${result})`;
  if (element.type === 'record') return `Recording ended (${result})`;
  return `Done (${result})`;
};
