/**
 * Ringbook's dialplan template on a real Asterisk with real SIP telephones, without Ringbook: what a call does when Ringbook is
 * there, slow, or gone. See ARCHITECTURE.md, "The call path".
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readWav, wavOf } from '../../src/prompt/wav.js';
import { sine, toneShare } from '../../src/practice/tone.js';
import { envOf, type Message } from './ami.js';
import { ALICE, type Office, openOffice } from './office.js';

let office: Office;
beforeAll(async () => {
  office = await openOffice({ mayOriginate: true });
  await writeFile(join(office.spool, 'prompts/tone.wav'), wavOf(sine(1000, 0, 8000)));
  await writeFile(join(office.spool, 'prompts/confirm.wav'), wavOf(sine(600, 0, 4000)));
});
afterAll(() => office?.close());
afterEach(async () => { clearInterval(beating); await office.clear(); });

/** A bridge that is there: waits for the call to ask, tells which channel it is. */
const asked = async (ms = 10_000): Promise<{ channel: string; env: Message }> => {
  const start = await office.ami.wait((m) => m.Event === 'AsyncAGIStart', ms);
  return { channel: start.Channel!, env: envOf(start) };
};
/** Takes the journal line of a call that ended: its fields. */
const journal = async (uniqueid: string): Promise<string[]> => {
  for (let i = 0; i < 200; i++) {
    const answer = await office.ami.action({ Action: 'DBGet', Family: 'ringbook', Key: uniqueid });
    if (answer.Response === 'Success') {
      const { Val } = await office.ami.wait((m) => m.Event === 'DBGetResponse' && m.Key === uniqueid, 2000, office.ami.seen.length - 3);
      return Val!.split('|');
    }
    await sleep(50);
  }
  throw new Error('no journal line');
};
/** Ringbook's heartbeat, as long as a test lasts. */
let beating: NodeJS.Timeout;
const beat = async (): Promise<void> => {
  await office.ami.heartbeat();
  beating = setInterval(() => { void office.ami.heartbeat(); }, 2000);
};
const newCall = (): Promise<Message> => office.ami.wait((m) => m.Event === 'Newchannel' && m.Channel!.startsWith('PJSIP/world'));

describe('when Ringbook is not there', () => {
  it('rings the number\'s telephone at once when the heartbeat is stale', async () => {
    const alice = await office.alice({ behaviour: { kind: 'answer', afterMs: 200 }, tone: 440 });
    const call = await office.call({ talkMs: 1000, tone: 800 });
    await call.reached('answered');
    await sleep(800);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    expect(alice.calls[0]!.hears(800)).toBeGreaterThan(0.8);
    const result = await call.result;
    expect(result).toMatchObject({ finalCode: 200, endedBy: 'caller' });
    expect(result.ringingMs).toBeLessThan(150);
  });

  it('rings it after three seconds when the heartbeat is fresh but nobody answers', async () => {
    await office.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    await office.ami.heartbeat();
    const fallback = office.ami.wait((m) => m.Event === 'UserEvent' && m.UserEvent === 'RingbookFallback');
    const call = await office.call({ talkMs: 200 });
    expect(await fallback).toMatchObject({ Number: ALICE, Phone: 'PJSIP/101' });
    const result = await call.result;
    expect(result.ringingMs).toBeGreaterThan(2700);
    expect(result.ringingMs).toBeLessThan(3700);
    expect(result.finalCode).toBe(200);
  });

  it('takes a message when nobody answers either, and says where in the journal', async () => {
    await office.alice({ behaviour: { kind: 'ring' } });
    const entered = newCall();
    const call = await office.call({ tone: 800, name: 'Иван Петров' });
    const { Uniqueid } = await entered;
    await call.reached('answered');
    await sleep(9500); // the greeting (about 6 s) and the beep
    call.hangUp();
    const { answeredMs } = await call.result;
    expect(answeredMs).toBeGreaterThan(2900);
    const line = await journal(Uniqueid!);
    expect(line).toHaveLength(13);
    expect(decodeURIComponent(line[5]!)).toBe('Иван Петров');
    expect(line[7]).toBe('message');
    const { samples } = readWav(await readFile(line[12]!));
    expect(toneShare(samples.slice(-8000), 800)).toBeGreaterThan(0.8);
  });
});

describe('when Ringbook decides', () => {
  beforeEach(beat);

  it('hands over the number, rings what Ringbook says, and comes back with how that went', async () => {
    const bob = await office.bob({ behaviour: { kind: 'busy' } });
    const alice = await office.alice({ behaviour: { kind: 'answer', afterMs: 200 } });
    const start = asked();
    const call = await office.call({ talkMs: 300 });
    const { channel, env } = await start;
    expect(env).toMatchObject({ agi_arg_1: ALICE, agi_callerid: '+4930123456' });
    const again = asked();
    await office.ami.send(channel, 'dial', { RB_STEP: 's1', RB_DIAL: 'PJSIP/102', RB_SECONDS: '20', RB_OPTIONS: '' });
    expect((await again).env).toMatchObject({ agi_arg_1: ALICE, agi_arg_2: 's1', agi_arg_3: 'BUSY' });
    await office.ami.send(channel, 'dial', { RB_STEP: 's2', RB_DIAL: 'PJSIP/101', RB_SECONDS: '20', RB_OPTIONS: '' });
    expect(await call.result).toMatchObject({ finalCode: 200, endedBy: 'caller' });
    expect(bob.calls).toHaveLength(1);
    expect(alice.calls).toHaveLength(1);
  });

  it('plays a prompt and asks what next', async () => {
    const start = asked();
    const call = await office.call();
    const { channel } = await start;
    const again = asked();
    await office.ami.send(channel, 'play', { RB_STEP: 'p', RB_PROMPT: join(office.spool, 'prompts/tone') });
    await call.reached('answered');
    await sleep(700);
    expect(call.hears(1000)).toBeGreaterThan(0.8);
    expect((await again).env).toMatchObject({ agi_arg_2: 'p', agi_arg_3: 'SUCCESS' });
    call.hangUp();
    await call.result;
  });

  it('says when a prompt is not there', async () => {
    const start = asked();
    const call = await office.call();
    const { channel } = await start;
    const again = asked();
    await office.ami.send(channel, 'play', { RB_STEP: 'p', RB_PROMPT: '/nonexistent' });
    expect((await again).env).toMatchObject({ agi_arg_2: 'p', agi_arg_3: 'FAILED' });
    call.hangUp();
    await call.result;
  });

  it('keeps what a caller said who just hangs up', async () => {
    const start = asked();
    const entered = newCall();
    const call = await office.call({ tone: 900 });
    const { channel } = await start;
    await office.ami.send(channel, 'record', { RB_STEP: 'r', RB_FILE: 'message-1', RB_PROMPT: join(office.spool, 'prompts/tone') });
    await call.reached('answered');
    await sleep(3500);
    call.hangUp();
    await call.result;
    const line = await journal((await entered).Uniqueid!);
    expect(line[7]).toBe('r');
    expect(line[12]).toBe(join(office.spool, 'voicemail/message-1.wav'));
    const { rate, samples } = readWav(await readFile(line[12]!));
    expect(rate).toBe(8000);
    expect(samples.length / rate).toBeGreaterThan(1);
    expect(toneShare(samples.slice(-4000), 900)).toBeGreaterThan(0.8);
  });

  it('refuses a caller who is not connected as busy', async () => {
    const start = asked();
    const call = await office.call();
    await office.ami.send((await start).channel, 'reject', { RB_STEP: 'x' });
    expect(await call.result).toMatchObject({ finalCode: 486, endedBy: 'refused' });
  });

  it('lets a caller who is connected hear the busy tone first', async () => {
    const start = asked();
    const call = await office.call();
    const { channel } = await start;
    const again = asked();
    await office.ami.send(channel, 'play', { RB_STEP: 'p', RB_PROMPT: join(office.spool, 'prompts/tone') });
    await again;
    await office.ami.send(channel, 'reject', { RB_STEP: 'x' });
    let loudest = 0;
    for (let i = 0; i < 20; i++) { await sleep(100); loudest = Math.max(loudest, call.hears(425, 300)); }
    expect(loudest).toBeGreaterThan(0.8);
    expect(await call.result).toMatchObject({ finalCode: 200, endedBy: 'callee' });
  });

  it('goes on to the telephone when Ringbook dies while its telephone rings', async () => {
    await office.bob({ behaviour: { kind: 'ring' } });
    const alice = await office.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    const start = asked();
    const call = await office.call({ talkMs: 300 });
    await office.ami.send((await start).channel, 'dial', { RB_STEP: 's1', RB_DIAL: 'PJSIP/102', RB_SECONDS: '2', RB_OPTIONS: '' });
    expect(await call.result).toMatchObject({ finalCode: 200 });
    expect(alice.calls).toHaveLength(1);
  });

  it('releases the caller at once when the other side hangs up', async () => {
    await office.bob({ behaviour: { kind: 'answer', afterMs: 50, hangUpAfterMs: 500 } });
    const start = asked();
    const entered = newCall();
    const call = await office.call();
    await office.ami.send((await start).channel, 'dial', { RB_STEP: 's1', RB_DIAL: 'PJSIP/102', RB_SECONDS: '20', RB_OPTIONS: '' });
    const result = await call.result;
    expect(result.endedBy).toBe('callee');
    expect(result.endedMs - result.answeredMs!).toBeLessThan(900);
    const line = await journal((await entered).Uniqueid!);
    expect(line.slice(7, 12)).toEqual(['s1', '', 'ANSWER', expect.stringMatching(/^[01]$/), expect.stringMatching(/^PJSIP%2F102-/)]);
  });
});

describe('outside', () => {
  beforeEach(beat);
  const mobile = '+491711234567';

  it('reaches a number through the trunk, and hears busy from it', async () => {
    const world = await office.world({ behaviour: { kind: 'busy' } });
    const start = asked();
    const call = await office.call();
    const { channel } = await start;
    const again = asked();
    await office.ami.send(channel, 'dial', { RB_STEP: 'o', RB_DIAL: `Local/${mobile}@ringbook-outside`, RB_SECONDS: '20', RB_OPTIONS: '' });
    expect((await again).env).toMatchObject({ agi_arg_3: 'BUSY' });
    await world.call();
    call.hangUp();
    await call.result;
  });

  it('puts the caller through to who pressed 1, and lets the caller hear ringing until then', async () => {
    const world = await office.world({ behaviour: { kind: 'answer', afterMs: 300 }, tone: 440, digits: { keys: '1', afterMs: 1500 } });
    const start = asked();
    const codes: string[] = [];
    const call = await office.call({ tone: 800, onProgress: (event, ms) => codes.push(`${event} ${ms > 1500 ? 'late' : 'soon'}`) });
    await office.ami.send((await start).channel, 'dial', { RB_STEP: 'c', RB_DIAL: `Local/${mobile}@ringbook-confirm/n`, RB_SECONDS: '40', RB_OPTIONS: '' });
    const there = await world.call((one) => one.answeredAt !== undefined);
    await sleep(400);
    expect(there.hears(600)).toBeGreaterThan(0.5);
    await call.reached('answered');
    expect(codes).toEqual(['calling soon', 'ringing soon', 'answered late']);
    await sleep(800);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    expect(there.hears(800)).toBeGreaterThan(0.8);
    call.hangUp();
    await call.result;
  });

  it('does not put the caller through to a mailbox, which presses nothing', async () => {
    const world = await office.world({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 440 });
    const start = asked();
    const events: string[] = [];
    const call = await office.call({ onProgress: (event) => events.push(event) });
    const { channel } = await start;
    const again = asked(40_000);
    await office.ami.send(channel, 'dial', { RB_STEP: 'c', RB_DIAL: `Local/${mobile}@ringbook-confirm/n`, RB_SECONDS: '40', RB_OPTIONS: '' });
    expect((await again).env).toMatchObject({ agi_arg_2: 'c', agi_arg_3: 'NOANSWER' });
    expect(events).toEqual(['calling', 'ringing']);
    await world.call((one) => one.ending === 'hung up by the other side');
    call.hangUp();
    expect(await call.result).toMatchObject({ reached: 180, finalCode: 487 });
  });
});

describe('outside and inside at once', () => {
  beforeEach(beat);
  const dial = { RB_STEP: 'b', RB_DIAL: 'PJSIP/101&Local/+491711234567@ringbook-confirm/n', RB_SECONDS: '30', RB_OPTIONS: '' };

  it('a mailbox outside does not take the call from the telephone here', async () => {
    const alice = await office.alice({ behaviour: { kind: 'answer', afterMs: 1500 }, tone: 440 });
    const world = await office.world({ behaviour: { kind: 'answer', afterMs: 50 }, tone: 700 });
    const start = asked();
    const call = await office.call({ tone: 800 });
    await office.ami.send((await start).channel, 'dial', dial);
    await call.reached('answered');
    await sleep(800);
    expect(call.hears(440)).toBeGreaterThan(0.8);
    expect(alice.calls[0]!.hears(800)).toBeGreaterThan(0.8);
    expect((await world.call((one) => one.ending !== undefined)).ending).toBe('hung up by the other side');
    call.hangUp();
    await call.result;
  });

  it('who pressed 1 outside takes it, and the telephone here stops ringing', async () => {
    const alice = await office.alice({ behaviour: { kind: 'ring' } });
    await office.world({ behaviour: { kind: 'answer', afterMs: 50 }, tone: 700, digits: { keys: '1', afterMs: 800 } });
    const start = asked();
    const call = await office.call();
    await office.ami.send((await start).channel, 'dial', dial);
    await call.reached('answered');
    expect((await alice.call((one) => one.ending !== undefined)).ending).toBe('cancelled');
    call.hangUp();
    await call.result;
  });

  it('a wrong key is a no', async () => {
    const world = await office.world({ behaviour: { kind: 'answer', afterMs: 50 }, digits: { keys: '2', afterMs: 800 } });
    const start = asked();
    const call = await office.call();
    const { channel } = await start;
    const again = asked();
    await office.ami.send(channel, 'dial', { ...dial, RB_DIAL: 'Local/+491711234567@ringbook-confirm/n' });
    expect((await again).env).toMatchObject({ agi_arg_3: 'NOANSWER' });
    await world.call((one) => one.ending === 'hung up by the other side');
    call.hangUp();
    expect((await call.result).finalCode).toBe(487);
  });

  it.each([200, 700, 950, 1400, 1800, 2300, 2950, 4100])('the key is heard whenever it is pressed: after %i ms', async (afterMs) => {
    await office.world({ behaviour: { kind: 'answer', afterMs: 10 }, digits: { keys: '1', afterMs } });
    const start = asked();
    const call = await office.call();
    await office.ami.send((await start).channel, 'dial', { ...dial, RB_DIAL: 'Local/+491711234567@ringbook-confirm/n' });
    await call.reached('answered');
    call.hangUp();
    const { answeredMs } = await call.result;
    expect(answeredMs! - afterMs).toBeLessThan(900);
  });

  it('a caller who gives up while somebody outside is asked sets that one free', async () => {
    const world = await office.world({ behaviour: { kind: 'answer', afterMs: 50 } });
    const start = asked();
    const call = await office.call();
    await office.ami.send((await start).channel, 'dial', { ...dial, RB_DIAL: 'Local/+491711234567@ringbook-confirm/n' });
    await world.call((one) => one.answeredAt !== undefined);
    call.hangUp();
    expect((await call.result).finalCode).toBe(487);
    const { answeredAt, endedAt } = await world.call((one) => one.endedAt !== undefined);
    expect(endedAt! - answeredAt!).toBeLessThan(2500);
  });
});

describe('the heartbeat', () => {
  it.each([['with a fraction', (now: string) => now, true], ['from another clock, behind', (now: string) => String(Number(now) - 60), false], ['that is no number', () => 'x"1', false]])('%s', async (_, value, counts) => {
    await office.alice({ behaviour: { kind: 'ring' } });
    const { Timestamp = '' } = await office.ami.action({ Action: 'Ping' });
    await office.ami.action({ Action: 'Setvar', Variable: 'RB_HB', Value: value(Timestamp) });
    const before = office.ami.seen.length;
    const call = await office.call({ patienceMs: 400 });
    await call.result;
    expect(office.ami.seen.slice(before).some((m) => m.Event === 'AsyncAGIStart')).toBe(counts);
    expect(office.ami.seen.slice(before).some((m) => m.Event === 'DialBegin')).toBe(!counts);
  });
});

describe('what a stranger sends', () => {
  const nasty = ['${RB_DEFAULT}', '$[1+1] ${EPOCH}', 'a,b&PJSIP/102|c', 'x):0:2', 'Я):1:1', '(((', 'a}b{c', "o'neil; drop=1", '%2C%7C', '李雷 😀', 'محمد علي', 'Иван Петров'];
  const missed = async (options: { name?: string; from?: string }): Promise<string[]> => {
    await office.alice({ behaviour: { kind: 'ring' } });
    const entered = newCall();
    const call = await office.call({ ...options, patienceMs: 200 });
    const { Uniqueid } = await entered;
    expect(await call.result).toMatchObject({ finalCode: 487 });
    const line = await journal(Uniqueid!);
    expect(line).toHaveLength(13);
    expect(line[3]).toBe(ALICE);
    return line;
  };

  it.each(nasty)('is taken literally as a name: %s', async (name) => {
    expect(decodeURIComponent((await missed({ name }))[5]!)).toBe(name.replaceAll(':', '꞉'));
  });

  it.each(['${RB_DEFAULT}', '1,2&3', 'a"b', 'x|y', '+49 (30) 123', '%00'])('keeps only what numbers are made of: %s', async (from) => {
    expect(decodeURIComponent((await missed({ from }))[4]!)).toBe(from.replace(/[^0-9A-Za-z+*#._]/g, ''));
  });

  it('cannot forge manager events with line breaks in its number', async () => {
    const before = office.ami.seen.length;
    await office.alice({ behaviour: { kind: 'ring' } });
    const call = await office.call({ from: '1\r\n\r\nEvent: UserEvent\r\nUserEvent: Forged\r\nX: ', patienceMs: 300 });
    await call.reached('ringing');
    await office.ami.action({ Action: 'CoreShowChannels' });
    await call.result;
    await sleep(200);
    const since = office.ami.seen.slice(before);
    expect(since.filter((m) => m.UserEvent === 'Forged')).toEqual([]);
    expect(since.filter((m) => m.Event === 'DialBegin').map((m) => m.CallerIDNum)).toEqual(['1EventUserEventUserEventForgedX']);
  });

  it('cannot add anything to a number that is dialled outside', async () => {
    await office.world({ behaviour: { kind: 'busy' } });
    const dialled = office.ami.wait((m) => m.Event === 'DialBegin' && m.DestChannel!.startsWith('PJSIP/world'));
    await office.ami.action({ Action: 'Originate', Channel: 'Local/+4917112&PJSIP,30,x102@ringbook-outside', Application: 'Wait', Data: '1', Async: 'true' });
    expect((await dialled).DialString).toBe('+491711230102@world');
  });
});
