/** A real call on a real Asterisk is handled as the contact's code, the profile and the status say. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallDetail, Method, Rule, Voicemail } from '@ringbook/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readWav } from '../../src/prompt/wav.js';
import { toneShare } from '../../src/practice/tone.js';
import { ALICE, BOB } from '../world.js';
import { ARABIC, card, Desk, dialled, EMOJI, GREETING_HZ, PEOPLE, VIP, VM } from './desk.js';

const UNKNOWN = '+4940999888';
const voicemail = { kind: 'voicemail', prompt: 'short' } as const;
const RULES: Rule[] = [
  { id: 'vip', label: 'VIP through', when: { codes: ['VIP'] }, method: { kind: 'ring', devices: 'all', seconds: 20, otherwise: voicemail } },
  { id: 'vm', label: 'Machine first', when: { codes: ['VM'] }, method: voicemail },
  { id: 'busy', label: 'Not in meetings', when: { status: ['meeting', 'dnd'] }, method: voicemail },
];
const DEFAULT = { kind: 'ring', devices: 'all', seconds: 4, otherwise: voicemail } as const;

let desk: Desk;
beforeAll(async () => { desk = await Desk.open(); });
afterAll(() => desk?.close());
afterEach(async () => {
  await desk.clear();
  await desk.world.admin.send('PUT', `/users/${desk.world.alice.id}/status`, { status: 'available' });
});
const rules = (more: Rule[] = RULES, otherwise: Parameters<Desk['world']['rules']>[2] = DEFAULT) => desk.world.rules(desk.world.alice.id, more, otherwise);
const ended = (from: string | null): Promise<CallDetail> => desk.world.callWhere((c) => c.from.number === from && c.endedAt !== null);
const newest = async (path: string) => (await desk.world.admin.get<{ items: Voicemail[] }>(path)).items[0];

describe('the code decides', () => {
  it('a VIP rings though the user is in a meeting', async () => {
    await rules();
    await desk.world.admin.send('PUT', `/users/${desk.world.alice.id}/status`, { status: 'meeting' });
    const phone = await desk.alice({ behaviour: { kind: 'answer', afterMs: 300 }, tone: 440 });
    const live = await desk.world.live();
    const call = await desk.call({ from: dialled(VIP), talkMs: 1500, tone: 800 });
    await call.reached('answered');
    await sleep(900);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    expect(phone.calls[0]!.hears(800)).toBeGreaterThan(0.8);
    expect((await call.result).finalCode).toBe(200);
    const pop = await live.pop((p) => p.state === 'ended' && p.from.number === dialled(VIP));
    expect(pop).toMatchObject({ contact: { name: VIP.name }, code: 'VIP', outcome: 'answered', from: { tier: 'exact', display: VIP.name } });
    const call1 = await ended(dialled(VIP));
    expect(call1).toMatchObject({ outcome: 'answered', answeredBy: '101', code: 'VIP', decision: { rule: 'vip' } });
    expect(call1.decision!.because.find((b) => b.fact === 'status')?.text).toBe('Alice is in a meeting');
    expect(call1.trace.map((t) => t.text)).toEqual(expect.arrayContaining(['It rings', 'Answered by PJSIP/101']));
  });

  it('the code VM goes to voicemail, and the WAV holds the caller\'s own sound', async () => {
    await rules();
    const phone = await desk.alice({ behaviour: { kind: 'answer' } });
    const call = await desk.call({ from: dialled(VM), tone: 700 });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await sleep(3500);
    call.hangUp();
    await call.result;
    const detail = await ended(dialled(VM));
    expect(detail).toMatchObject({ outcome: 'voicemail', decision: { rule: 'vm' }, contact: { name: VM.name } });
    expect(phone.calls).toHaveLength(0);
    const message = await desk.world.until(() => newest('/voicemails'), 5000, 'the voicemail');
    expect(message.callId).toBe(detail.id);
    const wav = new Uint8Array(await (await desk.world.admin.raw('GET', `/voicemails/${message.id}/audio`)).arrayBuffer());
    const { samples } = readWav(wav);
    expect(samples.length).toBeGreaterThan(8000);
    expect(toneShare(samples.subarray(-8000), 700)).toBeGreaterThan(0.8);
    expect(toneShare(samples.subarray(-8000), GREETING_HZ)).toBeLessThan(0.1);
  });

  it('who is on the telephone is on a call, and rules know it', async () => {
    await rules([{ id: 'engaged', label: 'One at a time', when: { status: ['onCall'] }, method: voicemail }]);
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    const first = await desk.call({ from: '+4940881001' });
    await first.reached('answered');
    const status = () => desk.world.admin.get<{ status: string; because: { source: string }[] }>(`/users/${desk.world.alice.id}/status`);
    await desk.world.until(async () => (await status()).status === 'onCall', 5000, 'the status');
    expect((await status()).because[0]?.source).toBe('asterisk');
    const second = await desk.call({ from: '+4940881002', talkMs: 1000 });
    await second.reached('answered');
    await sleep(500);
    expect(second.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await second.result;
    expect(await ended('+4940881002')).toMatchObject({ decision: { rule: 'engaged' } });
    first.hangUp();
    await first.result;
    await desk.world.until(async () => (await status()).status === 'available', 5000, 'the status');
  });

  it('a code edited at the address book\'s server takes effect on the next call', async () => {
    await rules();
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    await (await desk.call({ from: dialled(ARABIC), talkMs: 300 })).result;
    expect(await ended(dialled(ARABIC))).toMatchObject({ outcome: 'answered', code: null, from: { display: ARABIC.name } });
    await desk.radicale.put(ARABIC.uid, card({ ...ARABIC, code: 'VM' }));
    await desk.sync(PEOPLE.length);
    await desk.world.until(async () => (await desk.world.admin.get<{ code: string | null }>(`/directory/lookup?number=${encodeURIComponent(dialled(ARABIC))}`)).code === 'VM', 10_000, 'the new code');
    const call = await desk.call({ from: dialled(ARABIC), talkMs: 1200 });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await call.result;
    expect(await desk.world.callWhere((c) => c.from.number === dialled(ARABIC) && c.code === 'VM' && c.endedAt !== null)).toMatchObject({ decision: { rule: 'vm' } });
  });

  it.each([['an unknown number', { from: UNKNOWN }, UNKNOWN, 'unknown'], ['a withheld number', { from: '+4940111', withheld: true }, null, 'withheld'], ['an anonymous caller', { from: '+4940112', withheld: 'anonymous' as const }, null, 'withheld']])('%s takes the default', async (_, caller, number, kind) => {
    await rules();
    const phone = await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    expect((await (await desk.call({ ...caller, talkMs: 300 })).result).finalCode).toBe(200);
    const detail = await ended(number);
    expect(detail).toMatchObject({ outcome: 'answered', contact: null, from: { kind, tier: 'none' }, decision: { rule: 'otherwise' } });
    if (kind === 'withheld') expect(JSON.stringify(detail)).not.toContain('+494011');
    expect(phone.calls).toHaveLength(1);
  });

  it('names in every script stay whole in pops and history, and are nobody\'s markup', async () => {
    await rules();
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 50 } });
    const live = await desk.world.live();
    for (const p of [VIP, VM, EMOJI]) {
      const call = await desk.call({ from: dialled(p), talkMs: 200 });
      await call.result;
      expect((await live.pop((one) => one.state === 'ended' && one.from.number === dialled(p))).from.display).toBe(p.name);
    }
    const network = 'Ελένη "N" 李雷 😀';
    await (await desk.call({ from: '+4940777', name: network, talkMs: 200 })).result;
    expect((await ended('+4940777')).from.display).toBe(network);
  });
});

describe('every outcome has an end', () => {
  it('busy telephone: the caller reaches the voicemail', async () => {
    await rules();
    await desk.alice({ behaviour: { kind: 'busy' } });
    const call = await desk.call({ from: '+4940666', talkMs: 900 });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await call.result;
    const detail = await ended('+4940666');
    expect(detail.trace.map((t) => t.text)).toEqual(expect.arrayContaining([expect.stringContaining('101 was busy')]));
  });

  it('nobody answers: after the seconds of the rule, the voicemail', async () => {
    await rules();
    await desk.alice({ behaviour: { kind: 'ring' } });
    const result = await (await desk.call({ from: '+4940222', talkMs: 700 })).result;
    expect(result.answeredMs).toBeGreaterThan(3800);
    expect(result.answeredMs).toBeLessThan(6000);
    expect((await ended('+4940222')).trace.map((t) => t.text)).toEqual(expect.arrayContaining([expect.stringContaining('101 did not answer')]));
  });

  it('telephone unplugged: the voicemail', async () => {
    await rules();
    const result = await (await desk.call({ from: '+4940333', talkMs: 700 })).result;
    expect(result.finalCode).toBe(200);
    expect(result.answeredMs).toBeLessThan(6000);
  });

  it('the caller gives up while it rings: a missed call', async () => {
    await rules();
    await desk.alice({ behaviour: { kind: 'ring' } });
    const call = await desk.call({ from: '+4940444', patienceMs: 1200 });
    expect((await call.result).endedBy).toBe('caller');
    expect(await ended('+4940444')).toMatchObject({ outcome: 'missed', answeredBy: null });
  });

  it('a number that belongs to nobody rings its own telephone as before', async () => {
    const numbers = await desk.world.admin.get<{ items?: { id: string; number: string }[] }>(`/users/${desk.world.bob.id}/numbers`);
    const list = numbers.items ?? (numbers as unknown as { id: string; number: string }[]);
    await desk.world.admin.send('DELETE', `/users/${desk.world.bob.id}/numbers/${list[0]!.id}`);
    try {
      const bob = await desk.bob({ behaviour: { kind: 'answer', afterMs: 100 } });
      expect((await (await desk.call({ from: UNKNOWN, to: BOB, talkMs: 300 })).result).finalCode).toBe(200);
      expect(bob.calls).toHaveLength(1);
    } finally { await desk.world.admin.send('POST', `/users/${desk.world.bob.id}/numbers`, { number: BOB }); }
  });
});

describe('the methods', () => {
  it('forward: the outside number rings and talks', async () => {
    await rules([], { kind: 'forward', to: '+49 171 555 0001', seconds: 10 });
    const outside = await desk.outside({ behaviour: { kind: 'answer', afterMs: 200 }, tone: 500 });
    const call = await desk.call({ from: UNKNOWN, talkMs: 1200, tone: 800 });
    await call.reached('answered');
    await sleep(800);
    expect(call.hears(500)).toBeGreaterThan(0.8);
    expect(outside.calls[0]!.hears(800)).toBeGreaterThan(0.8);
    await call.result;
    expect(await desk.world.callWhere((c) => c.from.number === UNKNOWN && c.method === 'forward' && c.endedAt !== null)).toMatchObject({ outcome: 'answered', answeredBy: '+491715550001' });
  });

  it('forward to a busy number ends in what follows', async () => {
    await rules([], { kind: 'forward', to: '+491715550001', seconds: 10, otherwise: voicemail });
    await desk.outside({ behaviour: { kind: 'busy' } });
    const call = await desk.call({ from: UNKNOWN, talkMs: 900 });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await call.result;
  });

  const steps = (confirm: boolean): Extract<Method, { kind: 'oneNumber' }> => ({ kind: 'oneNumber', steps: [{ to: ['device:101'], seconds: 3 }, { to: ['+491715550002'], seconds: 12, confirm }], otherwise: voicemail });

  it('one number: the desk first, then the mobile', async () => {
    await rules([], steps(false));
    const alice = await desk.alice({ behaviour: { kind: 'ring' } });
    const mobile = await desk.outside({ behaviour: { kind: 'answer', afterMs: 100 } });
    const result = await (await desk.call({ from: UNKNOWN, talkMs: 300 })).result;
    expect(result.answeredMs).toBeGreaterThan(2800);
    expect(alice.calls[0]!.ending).toBe('cancelled');
    expect(mobile.calls).toHaveLength(1);
  });

  it('one number with confirmation: who presses 1 gets the call', async () => {
    await rules([], steps(true));
    await desk.outside({ behaviour: { kind: 'answer', afterMs: 100 }, digits: { keys: '1', afterMs: 1500 }, tone: 500 });
    const call = await desk.call({ from: UNKNOWN, tone: 800, talkMs: 1500 });
    await call.reached('answered');
    await sleep(900);
    expect(call.hears(500)).toBeGreaterThan(0.8);
    await call.result;
  });

  it('one number with confirmation: a mailbox that answers does not get it, and the caller reaches our voicemail', async () => {
    await rules([], { ...steps(true), steps: [{ to: ['+491715550002'], seconds: 6, confirm: true }] });
    const mailbox = await desk.outside({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 500 });
    const call = await desk.call({ from: UNKNOWN, talkMs: 900 });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await call.result;
    expect(mailbox.calls).toHaveLength(1);
  });

  it('announce: a recorded prompt, then what follows', async () => {
    await rules([], { kind: 'announce', prompt: 'short', then: { kind: 'ring', devices: ['101'], seconds: 5, otherwise: { kind: 'reject' } } });
    await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 440 });
    const call = await desk.call({ from: '+4940881', talkMs: 3000 });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await sleep(1900);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    await call.result;
    expect(await ended('+4940881')).toMatchObject({ outcome: 'answered', answeredBy: '101' });
  });

  it('announce: a text in the caller\'s own name is spoken, and the call ends by itself', async () => {
    await rules([], { kind: 'announce', text: 'Hello {{caller.name}}. {{user.name}} is {{status}}.' });
    const call = await desk.call({ from: dialled(EMOJI) });
    await call.reached('answered');
    const heard = await desk.world.until(async () => call.heardMs() > 1500 && call.heardMs(), 8000, 'the speech');
    expect(heard).toBeGreaterThan(1500);
    expect((await call.result).endedBy).toBe('callee');
    expect(await desk.world.callWhere((c) => c.from.number === dialled(EMOJI) && c.method === 'announce' && c.endedAt !== null)).toMatchObject({ outcome: 'announced' });
    expect((await desk.world.bridge.log())).not.toContain('could not be spoken');
  });

  it('reject: busy to the caller', async () => {
    await rules([], { kind: 'reject' });
    const phone = await desk.alice({ behaviour: { kind: 'answer' } });
    expect((await (await desk.call({ from: '+4940555' })).result).finalCode).toBe(486);
    expect(await ended('+4940555')).toMatchObject({ outcome: 'rejected' });
    expect(phone.calls).toHaveLength(0);
  });

  it('reject with an announcement: heard to its end, then the busy tone and the end', async () => {
    await rules([], { kind: 'reject', prompt: 'short' });
    const call = await desk.call({ from: '+4940556' });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await desk.world.until(async () => call.hears(425, 300) > 0.5, 4000, 'the busy tone');
    expect((await call.result).endedBy).toBe('callee');
    expect(await ended('+4940556')).toMatchObject({ outcome: 'rejected' });
  });

  it('attendant: the attendant\'s telephone rings', async () => {
    await rules([], { kind: 'attendant', userId: desk.world.bob.id, seconds: 8 });
    const bob = await desk.bob({ behaviour: { kind: 'answer', afterMs: 100 } });
    await (await desk.call({ from: UNKNOWN, talkMs: 300 })).result;
    expect(bob.calls).toHaveLength(1);
  });
});

describe('overrides from the pop', () => {
  it('while it rings: send elsewhere', async () => {
    await rules();
    const alice = await desk.alice({ behaviour: { kind: 'ring' } });
    const bob = await desk.bob({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 480 });
    const live = await desk.world.live();
    const call = await desk.call({ from: '+4940661', talkMs: 1200 });
    const pop = await live.pop((p) => p.state === 'ringing' && p.from.number === '+4940661' && p.doing.includes('101'));
    await alice.call();
    await desk.world.admin.send('POST', `/calls/${encodeURIComponent(pop.callId)}/override`, { method: { kind: 'attendant', userId: desk.world.bob.id } });
    await call.reached('answered');
    await sleep(700);
    expect(call.hears(480)).toBeGreaterThan(0.8);
    expect(bob.calls).toHaveLength(1);
    expect(alice.calls[0]!.ending).toBe('cancelled');
    await call.result;
    const detail = await ended('+4940661');
    expect(detail).toMatchObject({ outcome: 'answered', answeredBy: '102', decision: { rule: 'override' } });
    expect(detail.decision!.because.at(-1)!.text).toBe('Alice chose: ring the attendant');
  });

  it('while it rings: voicemail, then in the voicemail: take it after all', async () => {
    await rules();
    const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 1500 }, tone: 440 });
    const live = await desk.world.live();
    const call = await desk.call({ from: '+4940662', tone: 700 });
    const pop = await live.pop((p) => p.state === 'ringing' && p.from.number === '+4940662' && p.doing.includes('101'));
    const path = `/calls/${encodeURIComponent(pop.callId)}`;
    await alice.call();
    await desk.world.admin.send('POST', `${path}/override`, { method: voicemail });
    await call.reached('answered');
    await sleep(500);
    expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
    await live.pop((p) => p.callId === pop.callId && p.doing === 'Taking a voicemail');
    await sleep(1500);
    await desk.world.admin.send('POST', `${path}/take`, {});
    await live.pop((p) => p.callId === pop.callId && p.state === 'answered');
    await sleep(900);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    call.hangUp();
    await call.result;
    expect(await ended('+4940662')).toMatchObject({ outcome: 'answered', answeredBy: '101', voicemailId: expect.any(String) });
  });

  it('hang up', async () => {
    await rules();
    await desk.alice({ behaviour: { kind: 'ring' } });
    const live = await desk.world.live();
    const call = await desk.call({ from: '+4940663' });
    const pop = await live.pop((p) => p.state === 'ringing' && p.from.number === '+4940663');
    await desk.world.admin.send('POST', `/calls/${encodeURIComponent(pop.callId)}/hangup`);
    expect((await call.result).finalCode).toBeGreaterThanOrEqual(400);
    await live.pop((p) => p.callId === pop.callId && p.state === 'ended');
    const late = await desk.world.admin.raw('POST', `/calls/${encodeURIComponent(pop.callId)}/hangup`);
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({ code: 'call.ended' });
  });

  it('two calls at once for one user: two pops, each its own', async () => {
    await rules();
    const phone = await desk.alice({ behaviour: { kind: 'answer', afterMs: 800 } });
    const live = await desk.world.live();
    const calls = await Promise.all([desk.call({ from: '+4940671', talkMs: 900 }), desk.call({ from: '+4940672', talkMs: 900 })]);
    const one = await live.pop((p) => p.from.number === '+4940671');
    const two = await live.pop((p) => p.from.number === '+4940672');
    expect(one.id).not.toBe(two.id);
    expect((await Promise.all(calls.map((c) => c.result))).map((r) => r.finalCode)).toEqual([200, 200]);
    expect(phone.calls).toHaveLength(2);
    expect(new Set(live.messages.filter((m) => m.type === 'pop.opened' && m.pop.from.number?.startsWith('+494067')).map((m) => 'pop' in m && m.pop.id)).size).toBe(2);
  });

  it('POST /decisions says what a call would do, now and at another hour, and changes nothing', async () => {
    await rules([{ id: 'night', label: 'Nights', when: { hours: { windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' }] } }, method: voicemail }, ...RULES]);
    const before = (await desk.world.admin.get<{ items: unknown[] }>('/calls?limit=200')).items.length;
    const ask = (at: string, from = dialled(VIP)) => desk.world.admin.send<{ rule: string; code: string; because: { text: string }[] }>('POST', '/decisions', { from, to: ALICE, at });
    expect(await ask('2026-11-20T12:00:00Z')).toMatchObject({ rule: 'vip', code: 'VIP' });
    expect(await ask('2026-11-20T22:30:00Z')).toMatchObject({ rule: 'night' });
    expect(await ask('2026-11-20T12:00:00Z', 'withheld')).toMatchObject({ rule: 'otherwise', code: null });
    expect((await desk.world.admin.get<{ items: unknown[] }>('/calls?limit=200')).items.length).toBe(before);
  });
});

it('keeps the log free of secrets', async () => {
  const log = await readFile(desk.world.bridge.logFile, 'utf8');
  for (const secret of [desk.radicale.password, desk.world.office.asterisk.secret, 'correct horse battery']) expect(log).not.toContain(secret);
});
