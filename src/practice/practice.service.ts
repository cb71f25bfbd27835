/**
 * The world of `npm start` when no telephone system is configured: a real Asterisk with two telephones and an outside world, all
 * on loopback. It decides nothing about calls; to Ringbook it looks like any other Asterisk.
 *
 *     101 Alice   +4989100101   rings 4 s, answers, hangs up after 20 s
 *     102 Bob     +4989100102   rings 6 s, answers, hangs up after 20 s
 *     outside     any number    rings 2 s, answers, presses 1 (for calls that must be confirmed), hangs up after 30 s
 */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { type Extension, PHONE_IP, type PracticeAsterisk, startAsterisk, TRUNK_IP } from './asterisk.adapter.js';
import { unpackPhoneSystem } from './debs.adapter.js';
import { type CallProgress, type OutgoingCall, type Phone, type PhoneOptions, placeCall, startPhone } from './phone.adapter.js';
import { freePort } from './ports.adapter.js';
import { makePrompts } from './prompts.adapter.js';
import { endLeftovers } from './sipp.adapter.js';
import { speak } from './speak.adapter.js';

export const PRACTICE_NUMBERS = [
  { number: '+4989100101', fallback: 'PJSIP/101', extension: '101', name: 'Alice', ringMs: 4000, tone: 440 },
  { number: '+4989100102', fallback: 'PJSIP/102', extension: '102', name: 'Bob', ringMs: 6000, tone: 554 },
] as const;

export interface PracticeOptions {
  dataDir: string;
  /** The folder shared with Ringbook; default `<dataDir>/spool`. */
  spool?: string;
  /** Where the unpacked programs are kept; default `<dataDir>/phone-system`. */
  phoneSystem?: string;
  log?: (line: string) => void;
}

export interface PracticeWorld {
  /** For the AMI client, as AMI_URL would name it: `ami://...?name=practice`. */
  amiUrl: string;
  sipAddress: string; root: string;
  asterisk: PracticeAsterisk;
  /** Speaks a text: an 8 kHz mono WAV file. */
  speak(text: string, voice?: string): Promise<Uint8Array>;
  stop(): Promise<void>;
}

/** What `<dataDir>/practice.json` says while the practice world is up, for `npm run call`. */
interface Notice { version: 1; pid: number; sipAddress: string; root: string; trunkIp: string; phoneIp: string; numbers: { number: string; name: string }[] }
const noticeOf = (dataDir: string): string => join(resolve(dataDir), 'practice.json');

/**
 * Fetches what is missing, starts everything and waits until calls can be made.
 * @throws Fault `practice.*` in words that say what to do instead
 */
export const startPracticePhones = async (options: PracticeOptions): Promise<PracticeWorld> => {
  const { log = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const spool = resolve(options.spool ?? join(dataDir, 'spool'));
  const { root } = await unpackPhoneSystem({ dir: options.phoneSystem ?? join(dataDir, 'phone-system'), log });
  await makePrompts(spool, (text) => speak({ root, text }));
  const extensions: (Extension & { ringMs: number; tone: number })[] = [];
  for (const entry of PRACTICE_NUMBERS) extensions.push({ ...entry, port: await freePort('udp', PHONE_IP) });
  const worldPort = await freePort('udp', TRUNK_IP);
  const keeper = new Keeper(log);
  const asterisk = await startAsterisk({
    root, runDir: join(dataDir, 'practice'), spool, numbers: PRACTICE_NUMBERS, extensions, worldPort,
    onCrash: () => { void keeper.again('the practice Asterisk', () => asterisk.restart()); },
  });
  const dir = join(dataDir, 'practice', 'sipp');
  try {
    await endLeftovers(dir);
    for (const telephone of telephones(root, dir, extensions, worldPort)) await keeper.phone(telephone);
    await announce(dataDir, { root, sipAddress: asterisk.sipAddress });
  } catch (thrown) { await keeper.stop(); await asterisk.stop(); throw thrown; }
  return {
    amiUrl: `${asterisk.amiUrl}?name=practice`, sipAddress: asterisk.sipAddress, root, asterisk,
    speak: (text, voice) => speak({ root, text, voice }),
    stop: async () => {
      await rm(noticeOf(dataDir), { force: true });
      await Promise.all([keeper.stop(), asterisk.stop()]);
    },
  };
};

const telephones = (root: string, dir: string, extensions: readonly (Extension & { ringMs: number; tone: number })[], worldPort: number): PhoneOptions[] => [
  ...extensions.map(({ port, ringMs, tone }): PhoneOptions => ({ root, dir, port, tone, behaviour: { kind: 'answer', afterMs: ringMs, hangUpAfterMs: 20_000 } })),
  { root, dir, port: worldPort, ip: TRUNK_IP, tone: 660, behaviour: { kind: 'answer', afterMs: 2000, hangUpAfterMs: 30_000 }, digits: { keys: '1', afterMs: 3000 } },
];

const announce = async (dataDir: string, { root, sipAddress }: { root: string; sipAddress: string }): Promise<void> => {
  const notice: Notice = {
    version: 1, pid: process.pid, sipAddress, root, trunkIp: TRUNK_IP, phoneIp: PHONE_IP,
    numbers: PRACTICE_NUMBERS.map(({ number, name }) => ({ number, name })),
  };
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${noticeOf(dataDir)}.part`, `${JSON.stringify(notice, undefined, 2)}\n`);
  await rename(`${noticeOf(dataDir)}.part`, noticeOf(dataDir));
};

/** Starts again what ended by itself, after a second, until told to stop. */
class Keeper {
  private readonly phones = new Set<Phone>();
  private stopping = false;
  constructor(private readonly log: (line: string) => void) {}

  async phone(options: PhoneOptions): Promise<void> {
    const phone = await startPhone(options);
    this.phones.add(phone);
    void phone.ended.then(() => {
      this.phones.delete(phone);
      return this.again(`the practice telephone on port ${options.port}`, () => this.phone(options));
    });
  }

  async again(what: string, start: () => Promise<void>): Promise<void> {
    while (!this.stopping) {
      this.log(`${what} ended by itself, starting it again`);
      await sleep(1000, undefined, { ref: false });
      if (this.stopping) return;
      try { return await start(); } catch (thrown) { this.log(`${what}: ${messageOf(thrown)}`); }
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.phones].map((phone) => phone.stop()));
  }
}

export interface PracticeCall {
  dataDir: string;
  /** The caller's number in any spelling, or 101 or 102 for one of the telephones. */
  from: string;
  to: string;
  name?: string;
  withheld?: boolean;
  /** Hangs up so many seconds after the answer; unset: the other side does. */
  seconds?: number;
  /** Keys pressed two seconds after the answer, for menus. */
  keys?: string;
  onProgress?: (event: CallProgress, ms: number) => void;
}

/**
 * Makes a call arrive at the practice phone system of the bridge that runs on `dataDir`.
 * @throws Fault `practice.not-running`, `practice.number`
 */
export const placePracticeCall = async (call: PracticeCall): Promise<OutgoingCall> => {
  const [from, to] = [plainNumber(call.from, 'from'), plainNumber(call.to, 'to')];
  const notice = await readNotice(call.dataDir);
  const inside = /^10\d$/.test(from);
  const dir = await mkdtemp(join(tmpdir(), 'ringbook-call-'));
  const outgoing = await placeCall({
    root: notice.root, dir, sipAddress: notice.sipAddress, ip: inside ? notice.phoneIp : notice.trunkIp,
    from, to, name: call.name, withheld: call.withheld, talkMs: call.seconds === undefined ? undefined : call.seconds * 1000, tone: 500,
    digits: call.keys === undefined ? undefined : { keys: call.keys, afterMs: 2000 }, onProgress: call.onProgress,
  });
  const tidy = (): Promise<void> => rm(dir, { recursive: true, force: true });
  outgoing.result = outgoing.result.finally(tidy);
  return outgoing;
};

/** A number as people write it, without the blanks, brackets, dashes, dots and slashes. */
const plainNumber = (value: string, which: string): string => {
  const plain = value.replace(/[\s()./-]/g, '');
  if (/^\+?[0-9*#]{1,32}$/.test(plain)) return plain;
  throw new Fault('invalid', 'practice.number', `--${which} must be a telephone number such as +4930123456, not ${JSON.stringify(value.slice(0, 40))}`);
};

const readNotice = async (dataDir: string): Promise<Notice> => {
  const absent = (why: string): Fault => new Fault('unavailable', 'practice.not-running',
    `${why} Start it with "npm start" in another terminal; with AMI_URL set there is no practice phone system, call your own instead.`);
  let notice: Notice;
  try { notice = JSON.parse(await readFile(noticeOf(dataDir), 'utf8')) as Notice; } catch {
    throw absent(`No practice phone system is running on ${resolve(dataDir)}.`);
  }
  if (!isAlive(notice.pid)) throw absent(`The practice phone system on ${resolve(dataDir)} is no longer running.`);
  return notice;
};

const isAlive = (pid: number): boolean => {
  try { process.kill(pid, 0); return true; } catch (thrown) { return (thrown as NodeJS.ErrnoException).code === 'EPERM'; }
};
