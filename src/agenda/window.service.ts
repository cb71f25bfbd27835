/** Works out windows without keeping the process from its calls: one event after the other, with breaths in between. */
import { setImmediate } from 'node:timers/promises';
import { type Range, readObject, type Window } from '../calendar/expand.js';

/** Of one calendar: what a person has to see events by. */
export interface Owner { zone: string; addresses: string[] }
export interface Expanded { href: string; windows: Window[]; problem: string | null }

const HOUR = 3600_000;
/** Milliseconds of work in one go. */
const SLICE = 8;
/** Milliseconds for one object; an event with all its exceptions takes one or two. */
const MOST_WORK = 2000;
/** ... and this much longer for the one that is under way. */
const LATE = 1000;
const MAX_WINDOWS = 3000;
const LEFT_OUT = 'the calendar holds more events than one can: this one was left out';
/** A task or a journal is no event, and no trouble either. */
const OTHER = /^BEGIN:(?:VTODO|VJOURNAL|VFREEBUSY)\s*$/im;
const decoder = new TextDecoder();

/** From yesterday to 30 days ahead, and an hour more: they are worked out again every hour. */
export const rangeAt = (now: number): Range => ({ from: now - 24 * HOUR, to: now + 30 * 24 * HOUR + HOUR });

/** @param room for so many windows: events that come after are left out, and say so */
export const expandObjects = async (objects: readonly { href: string; body: Uint8Array }[], owner: Owner, range: Range, room: number): Promise<Expanded[]> => {
  const looker = { zone: owner.zone, addresses: new Set(owner.addresses.map((address) => address.toLowerCase())) };
  const done: Expanded[] = [];
  let left = room;
  let breath = performance.now();
  const rest = async (): Promise<void> => { if (performance.now() - breath > SLICE) { await setImmediate(); breath = performance.now(); } };
  for (const { href, body } of objects) {
    if (left <= 0) { done.push({ href, windows: [], problem: LEFT_OUT }); continue; }
    const text = decoder.decode(body);
    const end = performance.now() + MOST_WORK;
    const { series, problems } = readObject(text, looker, range, () => performance.now() > end + LATE);
    await rest();
    const windows: Window[] = [];
    const said = new Set(problems.filter((problem) => problem !== 'it holds no event' || !OTHER.test(text.slice(0, 100_000))));
    for (const one of series) {
      if (performance.now() > end || windows.length > MAX_WINDOWS) { said.add('it is too much to work out: some of it was left out'); break; }
      const { windows: found, problem } = one.windows(range);
      for (const window of found) windows.push(window);
      if (problem) said.add(problem);
      await rest();
    }
    if (windows.length > left) said.add(LEFT_OUT);
    const kept = windows.length > left ? [] : windows.slice(0, MAX_WINDOWS);
    left = windows.length > left ? 0 : left - kept.length;
    done.push({ href, windows: kept, problem: said.size === 0 ? null : [...said].slice(0, 5).join('; ') });
  }
  return done;
};
