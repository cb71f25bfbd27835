/** What Ringbook relies on of a manager interface: on a real Asterisk, and on the fake that can do what a real one rarely does. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AmiClient } from '../../src/adapter/asterisk/ami.adapter.js';
import { type AmiMessage, succeeded, text } from '../../src/adapter/asterisk/message.js';
import type { Timings } from '../../src/adapter/asterisk/session.adapter.js';
import { parseAmiUrls } from '../../src/adapter/asterisk/url.js';
import { Fault } from '../../src/shared/fault.js';
import { FakeAmi } from '../lab/fake-ami.js';
import { openOffice } from '../practice/office.js';

const SCRIPTS = ['Иван Петров', '李雷', 'Anna Müller', 'محمد علي', 'Ελένη', '😀 Emoji Co', 'שלום', 'O\'Brien: "Ltd" \\ 100 %'];
const QUICK: Partial<Timings> = { connect: 1500, login: 1500, boot: 1500, action: 1500, ping: 200, silence: 1500 };

const clients: AmiClient[] = [];
const clientOf = (url: string, timings: Partial<Timings> = {}): AmiClient => {
  const { targets: [target], problems } = parseAmiUrls(url);
  if (!target) throw new Error(problems.join());
  const client = new AmiClient(target, timings);
  clients.push(client);
  return client;
};
const connected = async (url: string, timings?: Partial<Timings>): Promise<AmiClient> => {
  const client = clientOf(url, timings);
  await client.connect();
  return client;
};
const warningOf = async (client: AmiClient): Promise<Fault> => (await once(client, 'warning'))[0] as Fault;
const withCode = (code: string) => expect.objectContaining({ code });
afterEach(async () => { await Promise.all(clients.splice(0).map((client) => client.close())); });

let dir: string;
const certificate = (name: string, san: string): { key: string; cert: string; file: string } => {
  const [key, cert, file] = ['key', 'crt', 'pem'].map((ending) => join(dir, `${name}.${ending}`)) as [string, string, string];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${san}`, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(file, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'));
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), file };
};
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'ringbook-ami-')); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

interface Peer { url: string; tlsUrl: string; ca: string; otherCa: string; restart(): Promise<void>; close(): Promise<void> }
const openPeer = async (kind: 'the fake' | 'Asterisk'): Promise<Peer> => {
  const own = certificate(kind.slice(-4), 'IP:127.0.0.1');
  const common = { ca: join(dir, `${kind.slice(-4)}.crt`), otherCa: join(dir, 'stranger.crt') };
  certificate('stranger', 'IP:127.0.0.1');
  if (kind === 'Asterisk') {
    const { asterisk, close } = await openOffice({ tlsCertificate: own.file, mayOriginate: true });
    return { ...common, url: asterisk.amiUrl, tlsUrl: asterisk.amisUrl!, restart: () => asterisk.restart(), close };
  }
  const plain = await FakeAmi.start();
  const tls = await FakeAmi.start({ tls: own });
  return { ...common, url: plain.url, tlsUrl: tls.url, restart: () => plain.restart(), close: async () => { await plain.stop(); await tls.stop(); } };
};

describe.each(['the fake', 'Asterisk'] as const)('the manager interface of %s', (kind) => {
  let peer: Peer;
  beforeAll(async () => { peer = await openPeer(kind); });
  afterAll(() => peer?.close());

  it('lets us in, says that it has booted, and answers pings with its own clock', async () => {
    const client = clientOf(peer.url, QUICK);
    expect(client.isConnected).toBe(false);
    const [banner, pong] = [once(client, 'connected'), once(client, 'pong')];
    await client.connect();
    expect(client.isConnected).toBe(true);
    expect((await banner)[0]).toEqual({ banner: expect.stringMatching(/^Asterisk Call Manager\/\d+/) });
    const { timestamp, roundTripMs } = (await pong)[0] as { timestamp: string; roundTripMs: number };
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5);
    expect(roundTripMs).toBeLessThan(1500);
  });

  it('refuses a wrong secret, and the refusal does not show it', async () => {
    const wrong = peer.url.replace(/:[^:@]+@/, ':hunter2@');
    const refusal = await clientOf(wrong).connect({ retry: false }).catch((thrown: unknown) => thrown as Fault);
    expect(refusal).toMatchObject({ kind: 'unauthenticated', code: 'ami.login-refused', message: expect.stringMatching(/Authentication failed/) });
    const trying = clientOf(wrong);
    void trying.connect().catch(() => {});
    const warning = await warningOf(trying);
    expect(warning).toMatchObject({ code: 'ami.login-refused', context: { attempt: 1, nextInMs: 5000 } });
    expect(`${JSON.stringify([refusal, warning])} ${String((refusal as Fault).stack)}`).not.toContain('hunter2');
  });

  it('answers each action of many at once with its own answer', async () => {
    const client = await connected(peer.url);
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.action({ Action: 'Setvar', Variable: `RB_T${i}`, Value: String(i) })));
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => client.action({ Action: 'Getvar', Variable: `RB_T${i}` })));
    expect(answers.map((answer) => text(answer, 'Value'))).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    const error = await client.action({ Action: 'NoSuchAction' });
    expect([succeeded(error), text(error, 'Message')]).toEqual([false, expect.stringMatching(/^Invalid\/unknown command/)]);
  });

  it('carries text in any script there and back', async () => {
    const client = await connected(peer.url);
    for (const value of SCRIPTS) {
      await client.action({ Action: 'Setvar', Variable: 'RB_TEXT', Value: value });
      expect(text(await client.action({ Action: 'Getvar', Variable: 'RB_TEXT' }), 'Value')).toBe(value);
    }
  });

  it('cannot be given a second action inside a value', async () => {
    const client = await connected(peer.url);
    await client.action({ Action: 'Setvar', Variable: 'RB_SAFE', Value: 'yes' });
    const attack = 'x\r\n\r\nAction: Setvar\r\nVariable: RB_SAFE\r\nValue: no\r\n\r\n';
    await expect(client.action({ Action: 'Setvar', Variable: 'RB_X', Value: attack })).rejects.toEqual(withCode('ami.value-refused'));
    await expect(client.action({ Action: 'Setvar', Variable: 'RB_X', Value: 'x'.repeat(2000) })).rejects.toEqual(withCode('ami.action-too-large'));
    expect(text(await client.action({ Action: 'Getvar', Variable: 'RB_SAFE' }), 'Value')).toBe('yes');
    await client.action({ Action: 'Setvar', Variable: 'RB_X', Value: 'y'.repeat(970) });
    expect(text(await client.action({ Action: 'Getvar', Variable: 'RB_X' }), 'Value')).toHaveLength(970);
  });

  it('lists, also nothing, and says why when it does not', async () => {
    const client = await connected(peer.url);
    expect(await client.list({ Action: 'CoreShowChannels' })).toEqual([]);
    expect(await client.list({ Action: 'DBGetTree', Family: 'ringbook' })).toEqual(expect.any(Array));
    await expect(client.list({ Action: 'NoSuchList' })).rejects.toEqual(withCode('ami.refused'));
  });

  it('tells events, one of which looks like an answer', async () => {
    const client = await connected(peer.url);
    const events: AmiMessage[] = [];
    client.on('event', (event) => events.push(event));
    const answer = await client.action({ Action: 'Originate', Channel: 'Local/nobody@ringbook-nowhere', Context: 'ringbook', Exten: 'ask', Priority: 1, Async: true });
    expect(succeeded(answer)).toBe(true);
    await vi.waitFor(() => expect(events.map((event) => text(event, 'Event'))).toContain('OriginateResponse'));
    expect(events.find((event) => text(event, 'Event') === 'OriginateResponse')).toMatchObject({ Response: 'Failure' });
  });

  it('is found again after it was restarted', async () => {
    const client = await connected(peer.url);
    const [gone, back] = [once(client, 'disconnected'), new Promise((done) => { client.once('disconnected', () => client.once('connected', done)); })];
    await peer.restart();
    expect((await gone)[0]).toEqual(withCode('ami.disconnected'));
    await back;
    expect(succeeded(await client.action({ Action: 'Ping' }))).toBe(true);
  });

  it('is checked by its certificate', async () => {
    const trusted = await connected(`${peer.tlsUrl}?ca=${peer.ca}`);
    expect(succeeded(await trusted.action({ Action: 'Ping' }))).toBe(true);
    for (const options of ['', `?ca=${peer.otherCa}`]) {
      await expect(clientOf(peer.tlsUrl + options).connect({ retry: false })).rejects.toEqual(withCode('ami.unreachable'));
    }
    await expect(clientOf(`${peer.tlsUrl}?ca=/nowhere.pem`).connect({ retry: false })).rejects.toEqual(withCode('ami.unreachable'));
    await connected(`${peer.tlsUrl}?insecure=1`);
    await expect(clientOf(peer.url.replace('ami://', 'amis://'), QUICK).connect({ retry: false })).rejects.toEqual(withCode('ami.unreachable'));
    await expect(clientOf(peer.tlsUrl.replace('amis://', 'ami://'), QUICK).connect({ retry: false })).rejects.toBeInstanceOf(Fault);
  });
});
