/**
 * Calls survive us: the bridge is killed, hung, cut off or started anew at the worst moments of a real call, PostgreSQL and
 * Asterisk die and come back. The caller always reaches a telephone or a voicemail, talk is never cut, and afterwards
 * the history says what happened.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Voicemail } from '@ringbook/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startProxy, type Proxy } from '../lab/proxy.js';
import { Desk, dialled, GREETING_HZ, VIP, VM } from './desk.js';

const voicemail = { kind: 'voicemail', prompt: 'short' } as const;
const RING = { kind: 'ring', devices: 'all', seconds: 20, otherwise: voicemail } as const;

let desk: Desk;
let proxy: Proxy;
beforeAll(async () => {
  desk = await Desk.open();
  const { hostname, port } = new URL(desk.world.office.asterisk.amiUrl);
  proxy = await startProxy(hostname, Number(port));
  await desk.world.bridge.stop();
  desk.world.bridge.env['AMI_URL'] = `${desk.world.office.asterisk.amiUrl.replace(`:${port}`, `:${proxy.port}`)}?name=lab`;
  await desk.world.bridge.start();
});
afterAll(async () => { await desk?.close(); await proxy?.stop(); });
beforeEach(async () => {
  if (!(await desk.world.bridge.ready())) await desk.world.bridge.start();
  await desk.world.rules(desk.world.alice.id, [{ id: 'vm', when: { codes: ['VM'] }, method: voicemail }], RING);
  await desk.beating();
});
afterEach(async () => { desk.world.bridge.thaw(); proxy.mend(); await desk.clear(); });

const row = (from: string) => desk.world.db.selectFrom('call').selectAll().where('from_number', '=', from).orderBy('started_at', 'desc').executeTakeFirst();
const texts = (trace: { text: string }[]) => trace.map((t) => t.text).join('\n');
const historyOf = async (from: string) => desk.world.callWhere((c) => c.from.number === from && c.endedAt !== null, 15_000);
const noGhosts = async () => {
  await desk.world.until(async () => (await desk.world.db.selectFrom('call').select('id').where('ended_at', 'is', null).execute()).length === 0, 10_000, 'an end of every call');
  const { messages } = await desk.world.live();
  expect(messages[0]).toMatchObject({ type: 'snapshot', pops: [] });
};
let number = 0;
/** A caller nobody knows, another one each time. */
const someone = () => `+4940900${String(++number).padStart(3, '0')}`;

describe('kill -9 of the bridge', () => {
  it('before AsyncAGIStart is handled: the own telephone rings after 3 s, and the history has the call', async () => {
    const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 200 }, tone: 440 });
    const from = someone();
    desk.world.bridge.freeze();
    const call = await desk.call({ from, name: 'Иван', talkMs: 1500, tone: 800 });
    await sleep(500);
    await desk.world.bridge.kill();
    await call.reached('answered');
    await sleep(900);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    const result = await call.result;
    expect(result.answeredMs).toBeGreaterThan(2500);
    expect(result.answeredMs).toBeLessThan(5000);
    expect(alice.calls).toHaveLength(1);
    await desk.world.bridge.start();
    const detail = await historyOf(from);
    expect(detail).toMatchObject({ outcome: 'answered', answeredBy: '101', from: { display: 'Иван' }, userId: desk.world.alice.id });
    expect(texts(detail.trace)).toContain('Asterisk kept a note of it');
    await noGhosts();
  });

  it('between decision and Redirect: the own telephone rings, nothing is done twice', async () => {
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 200 }, tone: 440 });
    proxy.hold();
    const call = await desk.call({ from: dialled(VM), talkMs: 1200, tone: 700 });
    await desk.world.until(async () => (await row(dialled(VM)))?.run != null && proxy.held() > 0, 3000, 'the decision');
    await desk.world.bridge.kill();
    proxy.cut();
    await call.reached('answered');
    await sleep(700);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    await call.result;
    proxy.mend();
    await desk.world.bridge.start();
    const detail = await historyOf(dialled(VM));
    expect(detail).toMatchObject({ outcome: 'answered', answeredBy: '101', decision: { rule: 'vm' } });
    await noGhosts();
  });

  it('between decision and Redirect, and back at once: the new bridge takes the waiting caller over and does what was decided', async () => {
    const from = someone();
    await desk.world.rules(desk.world.alice.id, [], voicemail);
    const alice = await desk.alice({ behaviour: { kind: 'answer' } });
    proxy.hold();
    const call = await desk.call({ from, talkMs: 2500, tone: 700 });
    await desk.world.until(async () => (await row(from))?.run != null && proxy.held() > 0, 3000, 'the decision');
    await desk.world.bridge.kill();
    proxy.cut();
    proxy.mend();
    await desk.world.bridge.start();
    await call.reached('answered');
    await sleep(500);
    const own = alice.calls.length > 0;
    if (!own) expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await call.result;
    const detail = await historyOf(from);
    expect(texts(detail.trace)).toMatch(own ? /Ringbook was not reachable/ : /the caller was still there/);
    expect(detail.outcome).toBe(own ? 'answered' : 'voicemail');
    await noGhosts();
  });

  it('while it rings: the telephone goes on ringing and is answered', async () => {
    const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 2500 }, tone: 440 });
    const from = someone();
    const call = await desk.call({ from, talkMs: 1200, tone: 800 });
    await alice.call();
    await desk.world.bridge.kill();
    await call.reached('answered');
    await sleep(700);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    await call.result;
    expect(alice.calls).toHaveLength(1);
    await desk.world.bridge.start();
    expect(await historyOf(from)).toMatchObject({ outcome: 'answered', answeredBy: '101' });
    await noGhosts();
  });

  it('while it rings and nobody answers: the new bridge goes on with what follows', async () => {
    const from = someone();
    await desk.world.rules(desk.world.alice.id, [], { ...RING, seconds: 5 });
    const alice = await desk.alice({ behaviour: { kind: 'ring' } });
    const call = await desk.call({ from, talkMs: 1500, tone: 700 });
    await alice.call();
    await desk.world.bridge.kill();
    await desk.world.bridge.start();
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await call.result;
    expect(alice.calls).toHaveLength(1);
    expect(texts((await historyOf(from)).trace)).toContain('101 did not answer');
    await noGhosts();
  });

  it('while it rings, nobody answers and nobody comes back: the own telephone, then a message that is filed later', async () => {
    const from = someone();
    await desk.world.rules(desk.world.alice.id, [], { ...RING, seconds: 4 });
    const alice = await desk.alice({ behaviour: { kind: 'ring' } });
    const call = await desk.call({ from, tone: 700 });
    await alice.call();
    await desk.world.bridge.kill();
    await call.reached('answered');
    await sleep(9500); // Asterisk's own greeting, and the beep
    call.hangUp();
    await call.result;
    await desk.world.bridge.start();
    const detail = await historyOf(from);
    expect(detail.outcome).toBe('voicemail');
    const { items } = await desk.world.admin.get<{ items: Voicemail[] }>('/voicemails');
    expect(items.find((v) => v.callId === detail.id)?.seconds).toBeGreaterThan(0.5);
    await noGhosts();
  });

  it('in talk: the talk goes on, the pop comes back, the end is seen', async () => {
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 440 });
    const from = someone();
    const call = await desk.call({ from, tone: 800 });
    await call.reached('answered');
    await sleep(500);
    await desk.world.bridge.kill();
    await sleep(500);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    await desk.world.bridge.start();
    const live = await desk.world.live();
    expect(await live.pop((p) => p.from.number === from && p.state === 'answered')).toMatchObject({ doing: expect.stringContaining('101') });
    expect(call.hears(440)).toBeGreaterThan(0.8);
    call.hangUp();
    await call.result;
    await live.pop((p) => p.from.number === from && p.state === 'ended');
    expect(await historyOf(from)).toMatchObject({ outcome: 'answered', answeredBy: '101' });
    await noGhosts();
  });

  it('in an announcement: the caller reaches the telephone afterwards', async () => {
    await desk.world.rules(desk.world.alice.id, [], { kind: 'announce', prompt: 'short', then: RING });
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 440 });
    const from = someone();
    const call = await desk.call({ from, talkMs: 7000 });
    await call.reached('answered');
    await sleep(200);
    await desk.world.bridge.kill();
    await desk.world.until(async () => call.hears(440) > 0.8, 7000, 'the telephone');
    call.hangUp();
    await call.result;
    await desk.world.bridge.start();
    expect(await historyOf(from)).toMatchObject({ outcome: 'answered', answeredBy: '101' });
    await noGhosts();
  });

  it('in a voicemail recording: the message is kept whole and filed', async () => {
    const call = await desk.call({ from: dialled(VM), tone: 700 });
    await call.reached('answered');
    await sleep(2000);
    await desk.world.bridge.kill();
    await sleep(2000);
    call.hangUp();
    await call.result;
    await desk.world.bridge.start();
    const detail = await desk.world.callWhere((c) => c.from.number === dialled(VM) && c.outcome === 'voicemail', 15_000);
    const { items } = await desk.world.admin.get<{ items: Voicemail[] }>('/voicemails');
    expect(items.find((v) => v.callId === detail.id)?.seconds).toBeGreaterThan(2);
    await noGhosts();
  });
});

describe('the bridge hangs', () => {
  it('the own telephone rings after 3 s, and at once for the next caller; when it is back, nothing is done late', async () => {
    const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 200 }, tone: 440 });
    desk.world.bridge.freeze();
    const one = await desk.call({ from: someone(), talkMs: 6000, tone: 800 });
    await one.reached('answered');
    await sleep(2500);
    const two = await desk.call({ from: someone(), talkMs: 1000 });
    await two.reached('ringing');
    expect((await two.result).ringingMs).toBeLessThan(1000);
    desk.world.bridge.thaw();
    await sleep(1200);
    expect(one.hears(440)).toBeGreaterThan(0.8); // the late Redirect did not tear the talk apart
    await one.result;
    expect(alice.calls).toHaveLength(2);
    await noGhosts();
  });
});

describe('servers that die and come back', () => {
  it('AMI cut for 10 s in a talk and while another call comes in: both go on, the state is right afterwards', async () => {
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 200 }, tone: 440 });
    const [talking, arriving] = [someone(), someone()];
    const one = await desk.call({ from: talking, tone: 800 });
    await one.reached('answered');
    await sleep(400);
    proxy.cut();
    await sleep(6000);
    const two = await desk.call({ from: arriving, talkMs: 1000 });
    expect((await two.result).finalCode).toBe(200);
    await sleep(3000);
    proxy.mend();
    const live = await desk.world.live();
    await live.pop((p) => p.from.number === talking && p.state === 'answered');
    expect(one.hears(440)).toBeGreaterThan(0.8);
    expect(await historyOf(arriving)).toMatchObject({ outcome: 'answered', answeredBy: '101' });
    one.hangUp();
    await one.result;
    expect(await historyOf(talking)).toMatchObject({ outcome: 'answered' });
    await noGhosts();
  });

  it('Asterisk killed and back: the pops close, no ghost call stays, the next call works', async () => {
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    const from = someone();
    const live = await desk.world.live();
    const call = await desk.call({ from });
    await call.reached('answered');
    await live.pop((p) => p.from.number === from && p.state === 'answered');
    await desk.world.office.asterisk.kill();
    await desk.world.office.asterisk.restart();
    await live.pop((p) => p.from.number === from && p.state === 'ended', 15_000);
    expect(await historyOf(from)).toMatchObject({ outcome: 'answered' });
    call.hangUp();
    await noGhosts();
    await desk.beating();
    const next = someone();
    expect((await (await desk.call({ from: next, talkMs: 300 })).result).finalCode).toBe(200);
    expect(await historyOf(next)).toMatchObject({ outcome: 'answered' });
  });

  it('the VIP is found again after all that', async () => {
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    await (await desk.call({ from: dialled(VIP), talkMs: 200 })).result;
    expect(await historyOf(dialled(VIP))).toMatchObject({ code: 'VIP', outcome: 'answered' });
  });
});
