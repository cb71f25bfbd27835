/** Real calls through a real Asterisk and Ringbook's dialplan: what its events and its snapshot come to in our words. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AmiClient } from '../../src/adapter/asterisk/ami.adapter.js';
import { type AmiMessage, text } from '../../src/adapter/asterisk/message.js';
import { normalise } from '../../src/adapter/asterisk/normalise.js';
import { takeSnapshot } from '../../src/adapter/asterisk/snapshot.adapter.js';
import { parseAmiUrls } from '../../src/adapter/asterisk/url.js';
import type { Call } from '../../src/call/call.js';
import { correlate } from '../../src/call/correlate.js';
import type { DeviceEvent, PbxEvent } from '../../src/call/event.js';
import { wavOf } from '../../src/prompt/wav.js';
import { ALICE, type Office, openOffice } from '../practice/office.js';

/** What to do with the first offers of a call, in order; a call that is offered once more is hung up. */
type Steps = Record<string, string>[];
const dial = (what: string, seconds = '20'): Record<string, string> => ({ RB_STEP: 's1', RB_DIAL: what, RB_SECONDS: seconds, RB_OPTIONS: '' });

describe('calls on Asterisk', () => {
  let office: Office;
  let client: AmiClient;
  let events: PbxEvent[];
  let devices: DeviceEvent[];
  let phases: string[];
  let call: Call | undefined;
  let steps: Steps;

  const heartbeat = (timestamp: string) => client.action({ Action: 'Setvar', Variable: 'RB_HB', Value: Math.floor(Number(timestamp)) });
  const handle = async (channel: string): Promise<void> => {
    const step = steps.shift();
    if (!step) { await client.action({ Action: 'Hangup', Channel: channel, Cause: 16 }); return; }
    for (const [Variable, Value] of Object.entries(step)) await client.action({ Action: 'Setvar', Channel: channel, Variable, Value });
    await client.action({ Action: 'Redirect', Channel: channel, Context: 'ringbook', Exten: 'dial', Priority: 1 });
  };
  const hear = (event: PbxEvent | DeviceEvent | undefined): void => {
    if (!event) return;
    if (event.kind === 'device') { devices.push(event); return; }
    events.push(event);
    call = correlate(call, event);
    if (call && phases.at(-1) !== call.phase) phases.push(call.phase);
    if (event.kind === 'offered' && steps.length > 0) void handle(event.channel).catch(() => {});
  };
  const ended = (): Promise<void> => vi.waitFor(() => expect(call?.phase).toBe('ended'), { timeout: 15_000, interval: 10 });

  beforeAll(async () => {
    office = await openOffice();
    await mkdir(join(office.spool, 'prompts'), { recursive: true });
    await writeFile(join(office.spool, 'prompts/confirm.wav'), wavOf(new Int16Array(1600)));
    client = new AmiClient(parseAmiUrls(office.asterisk.amiUrl).targets[0]!, { ping: 500 });
    client.on('event', (message) => hear(normalise(message, new Date().toISOString())));
    client.on('pong', ({ timestamp }) => { heartbeat(timestamp).catch(() => {}); });
    await client.connect();
  });
  beforeEach(async () => {
    [events, devices, phases, call, steps] = [[], [], [], undefined, []];
    await heartbeat((await client.action({ Action: 'Ping' }))['Timestamp'] as string);
  });
  afterEach(() => office.clear());
  afterAll(async () => { await client?.close(); await office?.close(); });

  it('a call that is answered', async () => {
    await office.alice({ behaviour: { kind: 'answer', afterMs: 200 } });
    steps = [dial('PJSIP/101')];
    await (await office.call({ name: 'Иван "O\'Brien" Петров?', talkMs: 400 })).result;
    await ended();
    expect(call).toMatchObject({ cli: { number: '+4930123456', name: 'Иван "O\'Brien" Петров?', withheld: false }, called: ALICE, end: 'answered', answeredBy: 'PJSIP/101', waiting: false });
    expect(phases).toEqual(['new', 'ringing', 'talking', 'ended']);
    expect(events.find((event) => event.kind === 'leg')).toMatchObject({ cli: { name: 'Иван "O\'Brien" Петров?' } });
    await vi.waitFor(() => expect(devices.filter((device) => device.endpoint === 'PJSIP/101').map((device) => device.state)).toEqual(['ringing', 'busy', 'idle']));
  });

  it('a busy telephone, then one that rings until the caller gives up', async () => {
    await office.alice({ behaviour: { kind: 'busy' } });
    await office.bob({ behaviour: { kind: 'ring' } });
    steps = [dial('PJSIP/101'), dial('PJSIP/101&PJSIP/102')];
    await (await office.call({ patienceMs: 1200 })).result;
    await ended();
    expect(events.filter((event) => event.kind === 'offered')).toMatchObject([{ step: '', result: '' }, { step: 's1', result: 'BUSY' }]);
    expect(call).toMatchObject({ end: 'cancelled' });
    expect(phases).toEqual(['new', 'ringing', 'ended']);
  });

  it('a call to outside is a talk when outside has answered, and Local is who answered', async () => {
    await office.world({ behaviour: { kind: 'answer', afterMs: 300 } });
    steps = [dial('Local/+49171555@ringbook-outside/n')];
    await (await office.call({ talkMs: 300 })).result;
    await ended();
    expect(call).toMatchObject({ end: 'answered', answeredBy: 'Local/+49171555@ringbook-outside' });
    expect(phases).toEqual(['new', 'ringing', 'talking', 'ended']);
  });

  it('a call to outside with confirmation is a talk only after the key', async () => {
    const world = await office.world({ behaviour: { kind: 'answer', afterMs: 100 }, digits: { keys: '1', afterMs: 1200 } });
    steps = [dial('Local/+49171555@ringbook-confirm/n')];
    const caller = await office.call({ talkMs: 300 });
    await vi.waitFor(() => expect(world.calls[0]?.answeredAt).toBeDefined(), { timeout: 5000, interval: 10 });
    await sleep(500);
    expect(call).toMatchObject({ phase: 'ringing' });
    expect(call?.answeredAt).toBeUndefined();
    await caller.result;
    await ended();
    expect(call).toMatchObject({ end: 'answered', answeredBy: 'Local/+49171555@ringbook-confirm' });
    expect(Date.parse(call!.answeredAt!) - world.calls[0]!.answeredAt!).toBeGreaterThan(1000);
  });

  it('a call to outside that is picked up but not confirmed was not answered', async () => {
    await office.world({ behaviour: { kind: 'answer', afterMs: 100 }, digits: { keys: '9', afterMs: 600 } });
    steps = [dial('Local/+49171555@ringbook-confirm/n')];
    const caller = await office.call();
    await vi.waitFor(() => expect(events.findLast((event) => event.kind === 'offered')).toMatchObject({ step: 's1', result: 'NOANSWER' }), { timeout: 15_000 });
    caller.hangUp();
    await ended();
    expect(call).toMatchObject({ end: 'noanswer' });
    expect(call?.answeredBy).toBeUndefined();
  });

  it.each(['privacy', 'anonymous'] as const)('a withheld number (%s) is known to nobody', async (withheld) => {
    await (await office.call({ withheld, patienceMs: 300, name: 'Secret Person' })).result;
    await ended();
    expect(call).toMatchObject({ cli: { withheld: true }, end: 'unknown' });
    expect(JSON.stringify([call, events.filter((event) => event.kind === 'offered')])).not.toMatch(/30123456|Secret/);
  });

  it('a caller cannot write events, or lines of events, with a line break in the number', async () => {
    const raw: string[] = [];
    const listen = (message: AmiMessage): void => { raw.push(text(message, 'Event')); };
    client.on('event', listen);
    const forged = '+4930\r\nUniqueid: 1.1\r\nLinkedid: 1.1';
    await (await office.call({ from: forged, patienceMs: 300 })).result;
    await (await office.call({ from: `${forged}\r\n\r\nEvent: Forged\r\nX: y`, patienceMs: 300 })).result;
    await sleep(100);
    client.off('event', listen);
    expect(events.map((event) => event.kind)).toContain('offered');
    expect(events.filter((event) => event.call === '1.1' || event.uniqueid === '1.1')).toEqual([]);
    expect(raw).not.toContain('Forged');
    expect(raw).toContain('Newchannel');
  });

  it('a call that nobody took rings the number\'s own telephone', async () => {
    await office.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    await (await office.call({ talkMs: 200 })).result;
    await ended();
    expect(call).toMatchObject({ fallback: true, end: 'answered', answeredBy: 'PJSIP/101', called: ALICE });
    expect(events.find((event) => event.kind === 'fallback')).toMatchObject({ called: ALICE, phone: 'PJSIP/101' });
  });

  it('a snapshot finds who waits, who talks and what has ended, without a word of the events', async () => {
    await client.action({ Action: 'DBDelTree', Family: 'ringbook' });
    await office.alice({ behaviour: { kind: 'answer', afterMs: 50 } });
    steps = [dial('PJSIP/101')];
    const talking = await office.call({ name: '李雷' });
    await talking.reached('answered');
    const talk = call!.id;
    call = undefined;
    const waiting = await office.call({ from: '+4930999', name: 'Privat', withheld: 'privacy' });
    await vi.waitFor(() => expect(call?.waiting).toBe(true));
    const wait = call!.id;
    const during = await takeSnapshot(client, '2026-11-21T02:00:00.000Z');
    expect(during.alive).toEqual(new Set([talk, wait]));
    expect(during.journal.size).toBe(0);
    const calls = during.events.reduce((map, event) => map.set(event.call, correlate(map.get(event.call), event)), new Map<string, Call | undefined>());
    expect(calls.get(talk)).toMatchObject({ phase: 'talking', answeredBy: 'PJSIP/101', cli: { number: '+4930123456', name: '李雷' } });
    expect(calls.get(wait)).toMatchObject({ phase: 'new', waiting: true, called: ALICE, cli: { withheld: true } });
    expect(during.events.find((event) => event.kind === 'offered')).toMatchObject({ call: wait, resumed: true, called: ALICE, step: '', result: '' });
    talking.hangUp();
    waiting.hangUp();
    await Promise.all([talking.result, waiting.result]);
    const after = await vi.waitFor(async () => {
      const snapshot = await takeSnapshot(client, '2026-11-21T02:00:00.000Z');
      expect(snapshot.alive.size).toBe(0);
      return snapshot;
    });
    expect([...after.journal.keys()].toSorted()).toEqual([talk, wait].toSorted());
    expect(after.unreadable).toEqual([]);
    expect(after.journal.get(talk)).toMatchObject({ called: ALICE, step: 's1', dialStatus: 'ANSWER', peer: 'PJSIP/101', cli: { number: '+4930123456', name: '李雷' } });
    expect(after.journal.get(wait)).toMatchObject({ dialStatus: '', cli: { withheld: true } });
    const told = correlate(undefined, { kind: 'gone', call: talk, channel: '', uniqueid: '', at: '2026-11-21T02:00:00.000Z', journal: after.journal.get(talk)! });
    expect(told).toMatchObject({ phase: 'ended', end: 'answered', answeredBy: 'PJSIP/101' });
  });
});
