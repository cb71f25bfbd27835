import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AmiMessage } from '../../src/adapter/asterisk/message.js';
import { normalise } from '../../src/adapter/asterisk/normalise.js';
import { createParser } from '../../src/adapter/asterisk/parser.js';
import type { Call } from '../../src/call/call.js';
import { correlate } from '../../src/call/correlate.js';
import { RECORDED_EVENTS, recording } from './recording.js';

const NAMES = ['Иван Петров', '李雷', 'Anna Müller', 'José Pepe García', 'John Smith', 'محمد علي', 'Ελένη', '😀 Emoji Co', 'O Brien: Ltd', ''];
const AT = '2026-11-21T00:00:00.000Z';

const parsed = (chunks: Iterable<Uint8Array>): AmiMessage[] => {
  const messages: AmiMessage[] = [];
  const parser = createParser({ onMessage: (message) => messages.push(message) });
  for (const chunk of chunks) parser.push(chunk);
  return messages;
};
const cutAt = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
};
const folded = (messages: readonly AmiMessage[]): Map<string, Call> => {
  const calls = new Map<string, Call>();
  for (const message of messages) {
    const event = normalise(message, AT);
    if (!event || event.kind === 'device') continue;
    const call = correlate(calls.get(event.call), event);
    if (call) calls.set(event.call, call);
  }
  return calls;
};
const count = (values: Iterable<string | undefined>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value ?? 'none'] = (counts[value ?? 'none'] ?? 0) + 1;
  return counts;
};

const endings = (from: Map<string, Call>): unknown => [...from].map(([id, call]) => [id, call.phase, call.end, call.answeredBy, call.cli]);
/** The value of a line in a block of raw text. */
const lineOf = (block: string, name: string): string => new RegExp(`^${name}: (.*)\r$`, 'm').exec(block)?.[1] ?? '';

describe('2,000 recorded calls', () => {
  let raw: Buffer;
  let calls: Map<string, Call>;
  let messages: AmiMessage[];
  beforeAll(() => {
    raw = recording();
    const chunks = Array.from({ length: Math.ceil(raw.length / 65_536) }, (_, i) => raw.subarray(i * 65_536, (i + 1) * 65_536));
    messages = parsed(chunks);
    calls = folded(messages);
  });
  /** Blocks of the raw text by a search of its own: nothing here goes through our parser. */
  const blocks = (event: string): string[] => raw.toString('utf8').match(new RegExp(`^Event: ${event}\r\n(?:.+\r\n)+`, 'gm')) ?? [];

  it('parses every event and the answer to the login', () => {
    expect(messages.filter((m) => m['Event'] !== undefined)).toHaveLength(RECORDED_EVENTS);
    expect(raw.toString('latin1').match(/^Event: /gm)).toHaveLength(RECORDED_EVENTS);
    expect(messages).toHaveLength(RECORDED_EVENTS + 1);
  });

  it('ends every call the way the raw text says', () => {
    const said = new Map(blocks('DialEnd').map((block) => [lineOf(block, 'Linkedid'), lineOf(block, 'DialStatus')]));
    const ends: Record<string, Call['end']> = { ANSWER: 'answered', BUSY: 'busy', NOANSWER: 'noanswer' };
    expect(calls.size).toBe(2000);
    for (const [id, call] of calls) expect([id, call.phase, call.end]).toEqual([id, 'ended', ends[said.get(id) ?? '']]);
    expect(count([...calls.values()].map((call) => call.end))).toEqual({ answered: 1509, busy: 248, noanswer: 243 });
    const hungUp = blocks('Hangup').filter((block) => lineOf(block, 'Uniqueid') === lineOf(block, 'Linkedid'));
    expect(new Set(hungUp.map((block) => lineOf(block, 'Linkedid')))).toEqual(new Set(calls.keys()));
  });

  it('knows who answered, what rang, and what was called', () => {
    const all = [...calls.values()];
    expect(count(all.map((call) => call.answeredBy))).toEqual({ 'PJSIP/101': 1509, none: 491 });
    expect(count(all.map((call) => call.called))).toEqual(count(blocks('Newchannel').filter((b) => lineOf(b, 'Context') === 'from-trunk').map((b) => lineOf(b, 'Exten'))));
    expect(all.filter((call) => call.ringingAt)).toHaveLength(1509 + 243); // a busy telephone does not ring
    for (const call of all) {
      const dialled = Object.values(call.legs).filter((leg) => leg.endpoint);
      expect(dialled).toHaveLength(1);
      expect(dialled[0]).toMatchObject({ state: 'ended', endpoint: call.called.replace(/^[78]?(10\d)$/, 'PJSIP/$1') });
    }
  });

  it('keeps every caller\'s number and name, in any script', () => {
    const callers = blocks('Newchannel').filter((block) => lineOf(block, 'Context') === 'from-trunk');
    const names = count(callers.map((block) => lineOf(block, 'CallerIDName').replace('<unknown>', '')));
    expect(Object.keys(names).toSorted()).toEqual(NAMES.toSorted());
    expect(count([...calls.values()].map((call) => call.cli.name ?? ''))).toEqual(names);
    for (const block of callers) expect(calls.get(lineOf(block, 'Linkedid'))?.cli.number).toBe(lineOf(block, 'CallerIDNum'));
    for (const name of NAMES) expect(raw.includes(`\r\nCallerIDName: ${name || '<unknown>'}\r\n`)).toBe(true);
  });

  it('offers nobody else\'s AGI requests', () => {
    expect(blocks('AsyncAGIStart')).toHaveLength(404);
    expect(messages.map((m) => normalise(m, AT)).filter((event) => event?.kind === 'offered')).toEqual([]);
  });

  it('gives the same messages wherever the network cuts', () => {
    const start = 1_000_000;
    const part = Buffer.concat([Buffer.from('Asterisk Call Manager/11.0.0\r\n'), raw.subarray(raw.indexOf('\r\n\r\n', start) + 4, start + 60_000)]);
    expect(part.some((byte) => byte > 127)).toBe(true);
    const whole = parsed([part]);
    expect(whole.length).toBeGreaterThan(100);
    fc.assert(fc.property(fc.array(fc.nat(part.length), { maxLength: 400 }), (cuts) => { expect(parsed(cutAt(part, cuts))).toEqual(whole); }), { numRuns: 60 });
    expect(parsed(cutAt(part, Array.from(part.keys())))).toEqual(whole);
  });

  it('comes out the same when every event is told twice', () => {
    const few = messages.slice(0, 8000);
    expect(endings(folded(few.flatMap((message) => [message, message])))).toEqual(endings(folded(few)));
  });
});
