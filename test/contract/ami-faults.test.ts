/** What the AMI client does when the other side misbehaves, in ways in which a real Asterisk rarely does on demand. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AmiClient } from '../../src/adapter/asterisk/ami.adapter.js';
import { type AmiMessage, text } from '../../src/adapter/asterisk/message.js';
import type { Timings } from '../../src/adapter/asterisk/session.adapter.js';
import { parseAmiUrls } from '../../src/adapter/asterisk/url.js';
import type { Fault } from '../../src/shared/fault.js';
import { FakeAmi, type FakeBehaviour } from '../lab/fake-ami.js';

const QUICK: Partial<Timings> = { connect: 300, login: 300, boot: 300, action: 300, ping: 50, silence: 250 };
const SECRET = 'hunter2';
const withCode = (code: string) => expect.objectContaining({ code });

const opened: { client: AmiClient; fake: FakeAmi }[] = [];
const meet = async (behaviour: FakeBehaviour = {}, timings = QUICK): Promise<{ client: AmiClient; fake: FakeAmi }> => {
  const fake = await FakeAmi.start({ secret: SECRET, ...behaviour });
  const client = new AmiClient(parseAmiUrls(fake.url).targets[0]!, timings);
  opened.push({ client, fake });
  return { client, fake };
};
const met = async (behaviour: FakeBehaviour = {}, timings = QUICK) => {
  const both = await meet(behaviour, timings);
  await both.client.connect();
  return both;
};
const disconnected = async (client: AmiClient): Promise<Fault> => (await once(client, 'disconnected'))[0] as Fault;
const eventsOf = (client: AmiClient): AmiMessage[] => {
  const events: AmiMessage[] = [];
  client.on('event', (event) => events.push(event));
  return events;
};
afterEach(async () => {
  for (const { client, fake } of opened.splice(0)) { await client.close(); await fake.stop(); }
});

describe('before it is connected', () => {
  it.each<[string, FakeBehaviour, string]>([
    ['says nothing', { banner: '' }, 'ami.login-timeout'],
    ['is slow to answer the login', { loginDelayMs: 2000 }, 'ami.login-timeout'],
    ['never boots', { neverBoots: true }, 'ami.not-booted'],
    ['is another server', { banner: 'SSH-2.0-OpenSSH_9.2\r\n' }, 'ami.not-asterisk'],
    ['talks nonsense', { banner: Buffer.from([0, 255, 254, 13, 10]) }, 'ami.not-asterisk'],
  ])('a peer that %s is given up', async (_, behaviour, code) => {
    const { client } = await meet(behaviour);
    await expect(client.connect({ retry: false })).rejects.toEqual(withCode(code));
    expect(client.isConnected).toBe(false);
  });

  it('the secret goes to nobody but an Asterisk', async () => {
    const { client, fake } = await meet({ banner: 'HTTP/1.1 400 Bad Request\r\n\r\n' });
    await expect(client.connect({ retry: false })).rejects.toEqual(withCode('ami.not-asterisk'));
    expect(fake.actions).toEqual([]);
  });

  it('it goes on trying, more and more slowly, and says so each time without the secret', async () => {
    const { client, fake } = await meet();
    await fake.stop();
    const warnings: Fault[] = [];
    client.on('warning', (warning) => warnings.push(warning));
    const connecting = client.connect();
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(3), 5000);
    for (const [i, { code, context }] of warnings.slice(0, 4).entries()) {
      expect([code, context['attempt']]).toEqual(['ami.unreachable', i + 1]);
      expect(context['nextInMs']).toBeGreaterThanOrEqual(100 * 2 ** i);
      expect(context['nextInMs']).toBeLessThanOrEqual(Math.min(5000, 100 * 2 ** (i + 1)));
    }
    expect(JSON.stringify(warnings) + warnings.map((warning) => warning.stack).join('')).not.toContain(SECRET);
    await fake.listen();
    await connecting;
    expect(client.isConnected).toBe(true);
  });

  it('nothing is sent, and nothing is kept for later', async () => {
    const { client, fake } = await meet({ loginDelayMs: 100 });
    const connecting = client.connect();
    await expect(client.action({ Action: 'Ping' })).rejects.toEqual(withCode('ami.disconnected'));
    await connecting;
    expect(fake.actions.filter((action) => action['Action'] === 'Originate')).toEqual([]);
  });

  it.each([{ loginDelayMs: 5000 }, { banner: '' }, { neverBoots: true }])('it can be told to stop: %j', async (behaviour) => {
    const { client } = await meet(behaviour, {});
    const connecting = expect(client.connect()).rejects.toEqual(withCode('ami.closed'));
    await sleep(50);
    const started = performance.now();
    await client.close();
    await connecting;
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a connection', () => {
  it('that no longer answers pings is dead within the silence, and made anew', async () => {
    const { client, fake } = await met();
    const pending = expect(client.action({ Action: 'Getvar', Variable: 'X' }, { timeoutMs: 60_000 })).rejects.toEqual(withCode('ami.disconnected'));
    fake.behaviour = { ...fake.behaviour, deaf: true };
    const hanging = expect(client.action({ Action: 'Getvar', Variable: 'Y' }, { timeoutMs: 60_000 })).rejects.toEqual(withCode('ami.disconnected'));
    const started = performance.now();
    expect(await disconnected(client)).toMatchObject({ code: 'ami.silent' });
    expect(performance.now() - started).toBeLessThan(2000);
    await hanging;
    fake.behaviour = { ...fake.behaviour, deaf: false };
    await once(client, 'connected');
    await pending.catch(() => {}); // answered before it fell silent, or rejected with it
  });

  it('that is cut rejects what is pending, and comes back quickly', async () => {
    const { client, fake } = await met();
    fake.behaviour = { ...fake.behaviour, deaf: true };
    const pending = client.action({ Action: 'Getvar', Variable: 'X' });
    fake.cut();
    await expect(pending).rejects.toEqual(withCode('ami.disconnected'));
    fake.behaviour = { ...fake.behaviour, deaf: false };
    const started = performance.now();
    await once(client, 'connected');
    expect(performance.now() - started).toBeLessThan(2000);
    expect(fake.logins).toBe(2);
  });

  it('closed in the middle of a message loses that message only', async () => {
    const { client, fake } = await met();
    const events = eventsOf(client);
    await fake.send('Event: Whole\r\nX: 1\r\n\r\nEvent: Half\r\nX: ');
    const gone = disconnected(client);
    fake.cut();
    await gone;
    await once(client, 'connected');
    await fake.send('Event: Next\r\n\r\n');
    await vi.waitFor(() => expect(events.map((event) => text(event, 'Event'))).toEqual(['Whole', 'FullyBooted', 'Next']));
  });

  it('survives garbage between messages, and characters cut in pieces', async () => {
    const { client, fake } = await met({ pieces: 1 });
    const events = eventsOf(client);
    await fake.send(Buffer.concat([Buffer.from([255, 0, 13, 10, 13, 10, 58, 58, 13, 10, 13, 10]), Buffer.from('no colon\r\n\r\n\r\nEvent: Name\r\nCallerIDName: 😀 محمد 李雷\r\n\r\n')]));
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ Event: 'Name', CallerIDName: '😀 محمد 李雷' }));
    expect(client.isConnected).toBe(true);
  });

  it('that sends a message without end is dropped', async () => {
    const { client, fake } = await met({}, { ...QUICK, ping: 5000, silence: 5000 });
    const gone = disconnected(client);
    void fake.send(`Event: Endless\r\n${'Output: and on\r\n'.repeat(200_000)}`);
    expect(await gone).toMatchObject({ code: 'ami.message-too-large' });
  });

  it('whose other side does not read is not filled without bound', async () => {
    const { client, fake } = await met({}, { ...QUICK, ping: 60_000, action: 60_000 });
    fake.stopReading();
    const results = Array.from({ length: 20_000 }, () => client.action({ Action: 'Setvar', Variable: 'X', Value: 'x'.repeat(900) }).then(() => '', (thrown: Fault) => thrown.code));
    const gone = client.close();
    const codes = new Set(await Promise.all(results));
    await gone;
    expect(codes).toEqual(new Set(['ami.stalled', 'ami.disconnected']));
  });

  it('outlives an action without an answer, and a listener that throws', async () => {
    const { client, fake } = await met({}, { ...QUICK, silence: 5000 });
    fake.behaviour = { ...fake.behaviour, deaf: true };
    await expect(client.action({ Action: 'Getvar', Variable: 'X' })).rejects.toEqual(withCode('ami.timeout'));
    fake.behaviour = { ...fake.behaviour, deaf: false };
    client.once('event', () => { throw new Error('a bug of ours'); });
    const warned = once(client, 'warning');
    await fake.send('Event: Bad\r\n\r\n');
    expect((await warned)[0]).toMatchObject({ code: 'ami.listener-failed' });
    const events = eventsOf(client);
    await fake.send('Event: Good\r\n\r\n');
    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(client.isConnected).toBe(true);
  });

  it('survives that this process stood still for longer than the silence', async () => {
    const { client } = await met();
    let lost = 0;
    client.on('disconnected', () => lost++);
    for (let i = 0; i < 4; i++) {
      await sleep(30);
      const until = performance.now() + 400;
      while (performance.now() < until); // the fake lives in this process and stands still as well
    }
    await sleep(200);
    expect([lost, client.isConnected]).toEqual([0, true]);
  });
});

describe('closing', () => {
  it('rejects what is pending, ends the connection, and is final', async () => {
    const { client, fake } = await met();
    fake.behaviour = { ...fake.behaviour, deaf: true };
    const pending = expect(client.action({ Action: 'Getvar', Variable: 'X' })).rejects.toEqual(withCode('ami.disconnected'));
    let lost = 0;
    client.on('disconnected', () => lost++);
    await client.close();
    await pending;
    expect([client.isConnected, lost]).toEqual([false, 0]);
    expect(() => client.connect()).toThrow(withCode('ami.in-use'));
  });

  it('lets out what was just sent', async () => {
    const { client, fake } = await met({}, {});
    void client.action({ Action: 'Setvar', Variable: 'LAST', Value: 'word' }).catch(() => {});
    await sleep(0); // the promise of `action` has begun
    await client.close();
    await vi.waitFor(() => expect(fake.actions.filter((action) => action['Variable'] === 'LAST')).toHaveLength(1));
  });

  it('ids are its own', async () => {
    const [a, b] = [await met(), await met()];
    const ids = Array.from({ length: 100 }, () => [a.client.uniqueId(), b.client.uniqueId()]).flat();
    expect(new Set(ids).size).toBe(200);
  });
});

describe('a list', () => {
  it('cannot be used by a caller to forge events, with a blank line in the number', async () => {
    const { client, fake } = await met({}, { ...QUICK, ping: 5000 });
    const events = eventsOf(client);
    fake.behaviour.deaf = true;
    const asked = client.list({ Action: 'CoreShowChannels' });
    const id = await vi.waitFor(() => { const action = fake.actions.find((one) => one['Action'] === 'CoreShowChannels'); expect(action).toBeDefined(); return action!['ActionID']; });
    await fake.send([
      'Response: Success', `ActionID: ${id}`, 'EventList: start', '', 'Event: CoreShowChannel', `ActionID: ${id}`, 'Channel: PJSIP/world-00000004', 'CallerIDNum: ', '',
      'Event:AsyncAGIStart', 'Channel:PJSIP/101-00000001', 'CallerIDName: <unknown>', 'Linkedid: 9.9', '', 'Event:Hangup', 'Uniqueid: 1.1', 'Linkedid: 1.1', '', '',
      'Event: CoreShowChannelsComplete', `ActionID: ${id}`, 'EventList: Complete', '', 'Event: Real', '', '',
    ].join('\r\n'));
    expect(await asked).toEqual([{ Event: 'CoreShowChannel', ActionID: id, Channel: 'PJSIP/world-00000004', CallerIDNum: '' }]);
    await vi.waitFor(() => expect(events.map((event) => text(event, 'Event'))).toContain('Real'));
    expect(events.map((event) => text(event, 'Event')).filter((name) => name === 'AsyncAGIStart' || name === 'Hangup')).toEqual([]);
  });
});
