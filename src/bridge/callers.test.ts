import { expect, it } from 'vitest';
import type { PbxEvent } from '../call/event.js';
import { Callers, PATIENCE_MS } from './callers.js';

const at = '2026-11-20T10:00:00.000Z';
const caller = { call: '1.1', channel: 'PJSIP/trunk-1', uniqueid: '1.1', at };
const callee = { call: '1.1', channel: 'PJSIP/101-2', uniqueid: '1.2', at };
const offered = (more: Partial<PbxEvent> = {}): PbxEvent => ({ kind: 'offered', ...caller, cli: { withheld: true }, called: '+49', step: '', result: '', ...more } as PbxEvent);
const hangup = (leg = caller): PbxEvent => ({ kind: 'hangup', ...leg, cause: 16, causeText: '' });
const joined = (leg = caller): PbxEvent => ({ kind: 'joined', ...leg, bridge: 'b' });

it('tells the news of calls that came through Ringbook, and only what their story needs', () => {
  const c = new Callers();
  expect(c.hear(joined(), 0)).toBe(false);
  expect(c.hear(offered(), 0)).toBe(true);
  expect(c.hear(joined(callee), 0)).toBe(true);
  expect(c.hear(hangup(callee), 0)).toBe(false);
  expect(c.hear({ kind: 'left', ...callee, bridge: 'b' }, 0)).toBe(false);
  expect(c.hear(hangup(), 0)).toBe(true);
  expect(c.hear(joined(), 0)).toBe(false);
});

it('knows until when a channel may be moved', () => {
  const c = new Callers();
  c.hear(offered(), 100);
  expect(c.waits(caller.channel, 100 + PATIENCE_MS - 1)).toBe(true);
  expect(c.waits(caller.channel, 100 + PATIENCE_MS)).toBe(false);
  c.hear({ kind: 'unoffered', ...caller }, 200);
  expect(c.waits(caller.channel, 201)).toBe(false);
});

it('a call that ends while a snapshot is on its way ends after it, and does not stay as a ghost', () => {
  const c = new Callers();
  c.hold();
  expect(c.hear(hangup(), 0)).toBe(false);
  expect(c.settle([joined(), joined(callee)])).toEqual([joined(), joined(callee), hangup()]);
  expect(c.hear(joined(), 0)).toBe(false);
});

it('news of calls that are not ours is held and then dropped', () => {
  const c = new Callers();
  c.hold();
  c.hear(hangup(), 0);
  expect(c.settle([])).toEqual([]);
});

it('a new call is told at once while a snapshot is on its way, and the snapshot does not offer it again', () => {
  const c = new Callers();
  c.hold();
  expect(c.hear(offered(), 0)).toBe(true);
  c.hear({ kind: 'unoffered', ...caller }, 1);
  expect(c.settle([offered({ resumed: true } as Partial<PbxEvent>)])).toEqual([]);
  expect(c.waits(caller.channel, 2)).toBe(false);
});

it('a step that is still being prepared gives way to a newer one', () => {
  const c = new Callers();
  c.meant(caller.channel, 's1');
  c.meant(caller.channel, 's2');
  expect(c.stillMeant(caller.channel, 's1')).toBe(false);
  expect(c.stillMeant(caller.channel, 's2')).toBe(true);
});
