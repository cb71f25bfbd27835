/**
 * Turns a handling method into a program. Every outcome has an end: where a method names no follower, a call that
 * nobody took becomes a voicemail, and a voicemail, announcement or rejection ends the call.
 */
import type { Method } from '@ringbook/contracts';
import { fillIn, type SpokenFacts } from '../prompt/words.js';
import type { Element, Program, Sound } from './program.js';

export interface CompileContext {
  /** Telephones of the called person. `endpoint` is what Asterisk dials. */
  devices: DialDevice[];
  /** Telephones of those who may be named as attendants, by user id. */
  attendants: Record<string, { name: string; devices: DialDevice[] }>;
  facts: SpokenFacts;
  /** Stem of the names of recordings: unique in the spool, only [A-Za-z0-9.-]. */
  file: string;
}
export interface DialDevice { extension: string; endpoint: string }

const NOBODY_TOOK_IT: Method = { kind: 'voicemail' };
const STANDARD_GREETING: Sound = { builtin: 'vm-intro' };
/** Played when a text cannot be spoken: nobody is left in silence. */
const SPEECHLESS = 'vm-nobodyavail';

export const compile = (method: Method, context: CompileContext): Program => {
  const elements: Record<string, Element> = {};
  const add = (element: Element): string => {
    const id = `e${Object.keys(elements).length + 1}`;
    elements[id] = element;
    return id;
  };
  return { start: build(method, context, add), elements };
};

type Add = (element: Element) => string;

const build = (m: Method, c: CompileContext, add: Add): string => {
  switch (m.kind) {
    case 'ring': return ring(m.devices === 'all' ? c.devices : c.devices.filter((d) => m.devices.includes(d.extension)), m.seconds, m.otherwise, c, add);
    case 'attendant': return attendant(m, c, add);
    case 'forward': return dial([plain(m.to)], { seconds: m.seconds ?? 30, label: m.to }, build(m.otherwise ?? NOBODY_TOOK_IT, c, add), add);
    case 'oneNumber': return oneNumber(m, c, add);
    case 'announce': return announce(m, c, add);
    case 'voicemail': return voicemail(m, c, add);
    case 'reject': return reject(m, c, add);
  }
};

const plain = (number: string) => number.replaceAll(/[^0-9+]/g, '');
const labels = (devices: DialDevice[]) => devices.map((d) => d.extension).join(', ');

const ring = (devices: DialDevice[], seconds: number, otherwise: Method | undefined, c: CompileContext, add: Add) => {
  const next = build(otherwise ?? NOBODY_TOOK_IT, c, add);
  return devices.length === 0 ? next : dial(devices.map((d) => d.endpoint), { seconds, label: labels(devices) }, next, add);
};

const dial = (targets: string[], how: { seconds: number; label: string; confirm?: boolean }, next: string, add: Add) =>
  add({ type: 'ring', config: { targets, ...how }, exits: { busy: next, noAnswer: next, unavailable: next } });

const attendant = (m: Extract<Method, { kind: 'attendant' }>, c: CompileContext, add: Add) => {
  const who = c.attendants[m.userId];
  return ring(who?.devices ?? [], m.seconds ?? 25, m.otherwise, c, add);
};

/** Steps are built from the last to the first, each followed by the next. A telephone of one's own never has to confirm. */
const oneNumber = (m: Extract<Method, { kind: 'oneNumber' }>, c: CompileContext, add: Add) =>
  m.steps.toReversed().reduce((next, step) => {
    const inside = step.to.flatMap((t) => c.devices.find((d) => `device:${d.extension}` === t)?.endpoint ?? []);
    const outside = step.to.filter((t) => !t.startsWith('device:')).map(plain);
    const label = step.to.map((t) => t.replace('device:', '')).join(', ');
    if (inside.length + outside.length === 0) return next;
    return dial([...inside, ...outside], { seconds: step.seconds, label, confirm: step.confirm ?? false }, next, add);
  }, build(m.otherwise ?? NOBODY_TOOK_IT, c, add));

const words = (m: { text?: string; prompt?: string }, c: CompileContext, orElse: string): Sound | undefined => {
  if (m.prompt !== undefined) return { prompt: m.prompt };
  return m.text === undefined ? undefined : { say: fillIn(m.text, c.facts), orElse };
};

const announce = (m: Extract<Method, { kind: 'announce' }>, c: CompileContext, add: Add) => {
  const next = m.then ? build(m.then, c, add) : undefined;
  return add({ type: 'play', config: { sound: words(m, c, SPEECHLESS) ?? { builtin: SPEECHLESS }, label: 'an announcement' }, exits: next ? { done: next, failed: next } : {} });
};

const voicemail = (m: Extract<Method, { kind: 'voicemail' }>, c: CompileContext, add: Add) => {
  const greeting = words({ text: m.greeting, prompt: m.prompt }, c, 'vm-intro') ?? STANDARD_GREETING;
  return add({ type: 'record', config: { greeting, file: c.file }, exits: {} });
};

const reject = (m: Extract<Method, { kind: 'reject' }>, c: CompileContext, add: Add) => {
  const refuse = add({ type: 'reject', config: { label: 'busy' }, exits: {} });
  const sound = words(m, c, SPEECHLESS);
  return sound ? add({ type: 'play', config: { sound, label: 'an announcement' }, exits: { done: refuse, failed: refuse } }) : refuse;
};

/** For a number that belongs to nobody here: the telephone system goes on as without Ringbook. */
export const giveBack = (label: string): Program => ({ start: 'e1', elements: { e1: { type: 'ownPhone', config: { label }, exits: {} } } });
