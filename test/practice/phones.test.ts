/** The practice telephones, callers and Asterisk themselves: what other tests and `npm run call` rely on. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PHONE_IP, startAsterisk, TRUNK_IP } from '../../src/practice/asterisk.adapter.js';
import { unpackPhoneSystem } from '../../src/practice/debs.adapter.js';
import { placePracticeCall, startPracticePhones } from '../../src/practice/practice.service.js';
import { readWav } from '../../src/prompt/wav.js';
import { speak } from '../../src/practice/speak.adapter.js';
import { Ami, envOf } from './ami.js';
import { ALICE, type Office, openOffice } from './office.js';

let office: Office;
beforeAll(async () => { office = await openOffice({ mayOriginate: true }); });
afterAll(() => office?.close());
afterEach(() => office.clear());

describe('a telephone', () => {
  it('is unpacked once: the second time takes no time', async () => {
    const from = performance.now();
    await unpackPhoneSystem({ dir: join(import.meta.dirname, '../../.cache/phone-system') });
    expect(performance.now() - from).toBeLessThan(50);
  });

  it.each([['busy', 486], ['decline', 603]] as const)('says %s to a caller of the extension', async (kind, code) => {
    const alice = await office.alice({ behaviour: { kind } });
    const call = await office.call({ ip: PHONE_IP, from: '102', to: '101' });
    const result = await call.result;
    expect(result.endedBy).toBe('refused');
    expect(code === 486 ? [486] : [603, 403, 480]).toContain(result.finalCode);
    expect((await alice.call((one) => one.ending !== undefined)).ending).toBe('refused');
  });

  it('takes several calls at once, each with its own sound', async () => {
    const alice = await office.alice({ behaviour: { kind: 'answer', afterMs: 50 }, tone: 440 });
    const calls = await Promise.all([500, 700, 900].map((tone) => office.call({ tone, talkMs: 1500 })));
    await Promise.all(calls.map((call) => call.reached('answered')));
    await sleep(900);
    expect([500, 700, 900].map((tone) => alice.calls.filter((one) => one.hears(tone) > 0.8).length)).toEqual([1, 1, 1]);
    expect(calls.every((call) => call.hears(440) > 0.8)).toBe(true);
    for (const call of calls) expect((await call.result).endedBy).toBe('caller');
  });

  it('answers and hangs up when told to', async () => {
    const alice = await office.alice({ behaviour: { kind: 'ring' } });
    const call = await office.call();
    const ringing = await alice.call();
    await call.reached('ringing');
    alice.act(ringing);
    await call.reached('answered');
    await alice.call((one) => one.answeredAt !== undefined);
    alice.act(ringing);
    expect(await call.result).toMatchObject({ finalCode: 200, endedBy: 'callee' });
    expect((await alice.call((one) => one.endedAt !== undefined)).ending).toBe('hung up here');
  });

  it('stops ringing when the caller gives up', async () => {
    const alice = await office.alice({ behaviour: { kind: 'ring' } });
    const call = await office.call({ patienceMs: 300 });
    expect(await call.result).toMatchObject({ reached: 180, finalCode: 487, endedBy: 'caller' });
    expect((await alice.call((one) => one.endedAt !== undefined)).ending).toBe('cancelled');
  });
});

describe('a caller', () => {
  it('presses keys that Asterisk hears', async () => {
    await office.ami.heartbeat();
    const asked = office.ami.event('AsyncAGIStart');
    const call = await office.call();
    const { Channel = '' } = await asked;
    await office.ami.set(Channel, { 'TIMEOUT(absolute)': '20' });
    await office.ami.action({ Action: 'AGI', Channel, Command: 'ANSWER', CommandID: 'k1' });
    await call.reached('answered');
    await office.ami.action({ Action: 'AGI', Channel, Command: 'GET DATA silence/5 8000 4', CommandID: 'k2' });
    const heard = office.ami.wait((m) => m.Event === 'AsyncAGIExec' && m.CommandId === 'k2');
    call.press('12#');
    expect(decodeURIComponent((await heard).Result!)).toContain('result=12');
    call.hangUp();
    await call.result;
  });

  it('shows or hides the number', async () => {
    await office.ami.heartbeat();
    const env = async (options: Parameters<Office['call']>[0]) => {
      const asked = office.ami.event('AsyncAGIStart');
      const call = await office.call(options);
      const seen = envOf(await asked);
      call.hangUp();
      await call.result;
      return [seen.agi_callerid, seen.agi_calleridname, seen.agi_callingpres];
    };
    expect(await env({ name: 'Ελένη 李雷 😀' })).toEqual(['+4930123456', 'Ελένη 李雷 😀', '0']);
    expect(await env({ withheld: true })).toEqual(['+4930123456', 'unknown', '32']);
    expect(await env({ withheld: 'anonymous' })).toEqual(['anonymous', 'Anonymous', '0']);
  });
});

describe('the practice Asterisk', () => {
  const start = async (dir: string, more = {}) => startAsterisk({
    root: office.root, runDir: join(dir, 'run'), spool: join(dir, 'spool'), numbers: [{ number: ALICE, fallback: 'PJSIP/101' }],
    extensions: [{ extension: '101', port: 5101 }], worldPort: 5080, ...more,
  });
  const inFolder = async (work: (dir: string) => Promise<void>, name = 'ringbook-asterisk-') => {
    const dir = await mkdtemp(join(tmpdir(), name));
    try { await work(dir); } finally { await rm(dir, { recursive: true, force: true }); }
  };

  it('comes back on the same ports, with its database, after a crash', () => inFolder(async (dir) => {
    const asterisk = await start(dir);
    try {
      const ami = await Ami.open(asterisk.amiUrl);
      await ami.action({ Action: 'DBPut', Family: 'ringbook', Key: 'x', Val: '1' });
      await sleep(1500); // Asterisk writes its database once a second
      const before = asterisk.pid;
      await asterisk.kill();
      expect(asterisk.pid).toBeUndefined();
      await asterisk.restart();
      expect(asterisk.pid).not.toBe(before);
      const again = await Ami.open(asterisk.amiUrl);
      expect((await again.action({ Action: 'DBGet', Family: 'ringbook', Key: 'x' })).Response).toBe('Success');
      ami.close();
      again.close();
    } finally { await asterisk.stop(); }
  }));

  it('is replaced when its owner crashed and left it running', () => inFolder(async (dir) => {
    const left = await start(dir);
    const pid = left.pid!;
    const next = await start(dir);
    try {
      expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
      expect(await next.rx('core show version')).toMatch(/^Asterisk 22/);
    } finally { await next.stop(); }
  }));

  it('runs from a folder with a long name, and blanks and umlauts in it', () => inFolder(async (dir) => {
    const asterisk = await start(join(dir, `Übung der Anlage ${'x'.repeat(80)}`));
    await asterisk.stop();
  }));

  it('says when a folder cannot be written into a configuration', () => inFolder(async (dir) => {
    await expect(start(join(dir, 'a;b'))).rejects.toMatchObject({ code: 'practice.path' });
  }));

  it('speaks AMI over TLS when it has a certificate', () => inFolder(async (dir) => {
    const pem = join(dir, 'ami.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', pem, '-out', `${pem}.crt`, '-days', '1', '-subj', '/CN=localhost'], { stdio: 'ignore' });
    execFileSync('sh', ['-c', 'cat "$1.crt" >> "$1"', 'sh', pem]);
    const asterisk = await start(dir, { tlsCertificate: pem });
    try {
      const ami = await Ami.open(asterisk.amisUrl!);
      expect((await ami.action({ Action: 'Ping' })).Ping).toBe('Pong');
      ami.close();
    } finally { await asterisk.stop(); }
  }));
});

describe('speech', () => {
  it('is 8 kHz and says more for more text', async () => {
    const [short, long] = [readWav(await speak({ root: office.root, text: 'Hello.' })), readWav(await speak({ root: office.root, text: 'Guten Tag, Sie sprechen mit Frau Müller -- --help.', voice: 'de' }))];
    expect(short.rate).toBe(8000);
    expect(short.samples.length).toBeGreaterThan(3000);
    expect(long.samples.length).toBeGreaterThan(2 * short.samples.length);
  });
  it('refuses a voice that it does not have', async () => {
    await expect(speak({ root: office.root, text: 'x', voice: 'xx' })).rejects.toMatchObject({ code: 'speech.failed' });
    await expect(speak({ root: office.root, text: 'x', voice: '--help' })).rejects.toMatchObject({ code: 'speech.voice' });
  });
});

describe('the practice world of npm start', () => {
  it('can be called by its telephones\' numbers, and says so in practice.json', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ringbook-world-'));
    const world = await startPracticePhones({ dataDir, phoneSystem: join(import.meta.dirname, '../../.cache/phone-system') });
    try {
      const seen: string[] = [];
      const call = await placePracticeCall({ dataDir, from: '+49 (30) 123-456', to: ALICE, name: 'Anna Müller', seconds: 1, onProgress: (event) => seen.push(event) });
      const inside = await placePracticeCall({ dataDir, from: '101', to: '102', seconds: 1 });
      const result = await call.result;
      expect(seen).toEqual(['calling', 'ringing', 'answered', 'ended']);
      expect(result.answeredMs).toBeGreaterThan(3800);
      expect(result.endedBy).toBe('caller');
      expect((await inside.result).finalCode).toBe(200);
      expect(world.amiUrl).toMatch(/^ami:\/\/ringbook:.+@127\.0\.0\.1:\d+\?name=practice$/);
      expect(TRUNK_IP).not.toBe(PHONE_IP);
    } finally { await world.stop(); }
    await expect(placePracticeCall({ dataDir, from: '+4930', to: ALICE })).rejects.toMatchObject({ code: 'practice.not-running' });
    await expect(placePracticeCall({ dataDir, from: 'me', to: ALICE })).rejects.toMatchObject({ code: 'practice.number' });
    await rm(dataDir, { recursive: true, force: true });
  });

  it('mends itself when its Asterisk crashes', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ringbook-world-'));
    const lines: string[] = [];
    const world = await startPracticePhones({ dataDir, phoneSystem: join(import.meta.dirname, '../../.cache/phone-system'), log: (line) => lines.push(line) });
    try {
      process.kill(world.asterisk.pid!, 'SIGKILL');
      for (let i = 0; i < 100 && (i < 5 || world.asterisk.pid === undefined); i++) await sleep(50);
      const ami = await Ami.open(world.amiUrl.replace(/\?.*/, '')).catch(async () => { await sleep(1000); return Ami.open(world.amiUrl.replace(/\?.*/, '')); });
      ami.close();
      expect(lines).toContain('the practice Asterisk ended by itself, starting it again');
    } finally { await world.stop(); await rm(dataDir, { recursive: true, force: true }); }
  });
});
