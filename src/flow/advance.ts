/**
 * Folds one event into the handling of a call: what is known of the call, what was decided, how far the run is, which
 * commands go out. Pure: everything that had to be looked up arrives as facts. This is where "an override contradicts the
 * decision", "the caller waits again after a crash" and "the own telephone rang without us" are told apart.
 */
import type { Decision, Method, TraceStep } from '@ringbook/contracts';
import type { Call } from '../call/call.js';
import { correlate } from '../call/correlate.js';
import type { CallEvent, PbxEvent } from '../call/event.js';
import { decide } from '../handling/decide.js';
import type { Situation } from '../handling/situation.js';
import { methodWords } from '../handling/words.js';
import { compile, giveBack, type CompileContext } from './compile.js';
import type { Command, Run, StepContext } from './program.js';
import { current, newRun, step, type Stepped } from './step.js';

export interface Facts { situation?: Situation; compile: CompileContext }

export interface Handling {
  call?: Call;
  decision?: Decision;
  run?: Run;
  trace: TraceStep[];
  commands: Command[];
}

/** Below this age a step that seems not carried out is still on its way; its command is not sent twice. Milliseconds. */
const IN_FLIGHT = 1000;
const NORMAL_CLEARING = 16;

type Of<K extends CallEvent['kind']> = Extract<CallEvent, { kind: K }>;

export const advance = (h: Handling, event: CallEvent, facts: Facts): Handling => {
  if (event.kind === 'override') return override(h, event, facts);
  if (event.kind === 'hangupRequest') return hangUp(h, event);
  const before = h.call;
  const call = correlate(before, event);
  if (!call) return h;
  const next: Handling = { ...h, call, trace: [...h.trace, ...milestones(before, call, event)] };
  if (event.kind === 'offered') return offered(next, event, facts);
  if (event.kind === 'fallback') return fallback(next, event, facts);
  if (event.kind === 'failed' && next.run && event.step === next.run.step) {
    return take(next, step(next.run, { kind: 'result', result: 'FAILED' }, context(next, event.at)), [note(event.at, event.step, `Could not be done: ${event.reason}`)]);
  }
  return next;
};

const offered = (h: Handling, e: Of<'offered'>, facts: Facts): Handling => {
  if (h.call?.phase === 'ended') return h;
  if (!h.run) return e.step === 'fallback' || h.decision?.rule === 'fallback' ? afterFallback(h, e, facts) : begin(h, e, facts);
  if (e.step === h.run.step) return take(h, step(h.run, { kind: 'result', result: e.result }, context(h, e.at)));
  if (e.step === 'fallback') return rangAnyway(h, e);
  const age = Date.parse(e.at) - Date.parse(h.run.at);
  if (!e.resumed && age < IN_FLIGHT) return { ...h, call: { ...h.call!, waiting: false } };
  return take(h, step({ ...h.run, at: e.at }, { kind: 'again' }, context(h, e.at)));
};

/** First time the call is seen: decide, and begin the program. */
const begin = (h: Handling, e: Of<'offered'>, facts: Facts): Handling => {
  if (!facts.situation) return take(h, step(newRun(giveBack(`${e.called} belongs to nobody here: its own telephone rings`), e.at), { kind: 'begin' }, context(h, e.at)));
  const decision = decide(facts.situation);
  return run({ ...h, decision }, decision.method, e.at, facts, [note(e.at, 'decide', `Decided: ${methodWords(decision.method)}`, { rule: decision.rule })]);
};

/** The dialplan rang the own telephone while we were away, and the caller is here now: go on with what comes after ringing. */
const afterFallback = (h: Handling, e: Of<'offered'>, facts: Facts): Handling => {
  if (!facts.situation) return take(h, { run: h.run ?? newRun(giveBack(''), e.at), commands: [{ kind: 'hangup', channel: e.channel, cause: NORMAL_CLEARING }], trace: [] });
  const decision = decide(facts.situation);
  const method: Method = decision.method.kind === 'ring' ? decision.method.otherwise ?? { kind: 'voicemail' } : decision.method;
  return run({ ...h, decision: { ...decision, method } }, method, e.at, facts, [note(e.at, 'decide', `The own telephone already rang (${e.result}). Decided: ${methodWords(method)}`)]);
};

/** Like the above, but we had already begun: a ring step counts as done, any other is carried out now. */
const rangAnyway = (h: Handling, e: Of<'offered'>): Handling => {
  const active = h.run as Run;
  const element = current(active);
  const what = element?.type === 'ring' || element?.type === 'ownPhone' ? { kind: 'result' as const, result: e.result || 'NOANSWER' } : { kind: 'again' as const };
  return take(h, step(active, what, context(h, e.at)), [note(e.at, 'fallback', `The own telephone rang meanwhile (${e.result})`)]);
};

const fallback = (h: Handling, e: Of<'fallback'>, facts: Facts): Handling => {
  if (h.run && current(h.run)?.type === 'ownPhone') return h; // our own doing: the number belongs to nobody here
  const trace = [...h.trace, note(e.at, 'fallback', `Ringbook was not reachable: the telephone system rang ${e.phone}`)];
  if (h.decision || !facts.situation) return { ...h, trace };
  const { because } = decide(facts.situation);
  const known = because.filter((b) => b.fact !== 'rule' && b.fact !== 'passed');
  const why = { fact: 'rule', text: 'Ringbook was not reachable; the number\'s own telephone rang', source: 'asterisk', at: e.at };
  return { ...h, trace, decision: { method: { kind: 'ring', devices: 'all', seconds: 30 }, rule: 'fallback', because: [...known, why] } };
};

const override = (h: Handling, e: Of<'override'>, facts: Facts): Handling => {
  if (!h.call || h.call.phase === 'ended') return { ...h, trace: [...h.trace, note(e.at, 'override', `${e.by.name} was too late: the call had ended`)] };
  const text = `${e.by.name} chose: ${methodWords(e.method)}`;
  const because = [...(h.decision?.because ?? []), { fact: 'override', text, source: e.by.name, at: e.at }];
  return run({ ...h, decision: { method: e.method, rule: 'override', because } }, e.method, e.at, facts, [note(e.at, 'override', text)]);
};

const hangUp = (h: Handling, e: Of<'hangupRequest'>): Handling => {
  if (!h.call || h.call.phase === 'ended') return h;
  const command: Command = { kind: 'hangup', channel: callerChannel(h.call), cause: NORMAL_CLEARING };
  return { ...h, commands: [...h.commands, command], trace: [...h.trace, note(e.at, 'hangup', `${e.by.name} hung up`)] };
};

const run = (h: Handling, method: Method, at: string, facts: Facts, trace: TraceStep[]): Handling => {
  const fresh = newRun(compile(method, { ...facts.compile, file: `${facts.compile.file}-${(h.run?.count ?? 0) + 1}` }), at, h.run);
  return take(h, step(fresh, { kind: 'begin' }, context(h, at)), trace);
};

/** Whoever is sent somewhere no longer waits. */
const take = (h: Handling, stepped: Stepped, first: TraceStep[] = []): Handling =>
  ({ ...h, ...(h.call ? { call: { ...h.call, waiting: false } } : {}), run: stepped.run, commands: [...h.commands, ...stepped.commands], trace: [...h.trace, ...first, ...stepped.trace] });

/** A channel that does not wait for us is pulled out of what it is in. */
const context = (h: Handling, at: string): StepContext => ({ channel: h.call ? callerChannel(h.call) : '', at, force: !h.call?.waiting });

/** The caller's own leg is the one that began the call. */
export const callerChannel = (call: Call): string => Object.values(call.legs).find((leg) => leg.uniqueid === call.id)?.channel ?? '';

const milestones = (before: Call | undefined, call: Call, event: PbxEvent): TraceStep[] => {
  const lines: TraceStep[] = [];
  if (event.kind === 'offered' && event.resumed) lines.push(note(event.at, 'resume', 'Ringbook was started anew or reconnected; the caller was still there'));
  if (call.ringingAt && !before?.ringingAt) lines.push(note(event.at, 'pbx', 'It rings'));
  if (call.answeredAt && !before?.answeredAt) lines.push(note(event.at, 'pbx', `Answered${call.answeredBy ? ` by ${call.answeredBy}` : ''}`));
  if (call.endedAt && !before?.endedAt) lines.push(note(event.at, 'pbx', endWords(event)));
  return lines;
};
const endWords = (event: PbxEvent): string => {
  if (event.kind === 'gone') return event.journal ? 'Ended while Ringbook was away; Asterisk kept a note of it' : 'Ended while Ringbook was away';
  return event.kind === 'hangup' && event.causeText ? `Ended: ${event.causeText}` : 'Ended';
};

const note = (at: string, id: string, text: string, data?: Record<string, unknown>): TraceStep => ({ at, step: id, text, ...(data ? { data } : {}) });
