/**
 * Telephones and callers of the practice world: real SIP by SIPp, real sound by RTP. A telephone takes any number of calls at
 * once; a caller makes one.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Fault } from '../shared/fault.js';
import { PHONE_IP, TRUNK_IP } from './asterisk.adapter.js';
import { freePort } from './ports.adapter.js';
import { openSound, type Sound } from './rtp.adapter.js';
import { type Behaviour, callerScenario, NAME_VARIABLE, phoneScenario, quotedName } from './sipp.js';
import { type Sipp, startSipp, udpBound } from './sipp.adapter.js';
import { isDigits } from './tone.js';

export interface PhoneOptions {
  root: string;
  /** Where its files go while it runs. */
  dir: string;
  /** The port it answers on, as given to `startAsterisk`. */
  port: number;
  /** The address it lives at: PHONE_IP for an extension (default), TRUNK_IP for the outside world. */
  ip?: string;
  behaviour: Behaviour;
  /** What it plays after answering, in hertz; default silence. */
  tone?: number;
  /** Keys it presses after answering (RFC 4733), and when. */
  digits?: { keys: string; afterMs: number };
}

/** One call as a telephone saw it. Instants are milliseconds since the epoch. */
export interface PhoneCall {
  callId: string;
  /** The From header: what the telephone would show. */
  from: string;
  invitedAt: number; answeredAt?: number; endedAt?: number;
  ending?: 'cancelled' | 'hung up by the other side' | 'hung up here' | 'refused';
  /** How much of the last `ms` (default 500) heard is a tone of that frequency, 0 to 1. */
  hears(hertz: number, ms?: number): number;
}

export interface Phone {
  port: number;
  /** Every call since it was started, in order. */
  calls: PhoneCall[];
  /** The first call that fits and was not there at the time of asking, or already is; rejects after `ms` (default 10,000). */
  call(fits?: (call: PhoneCall) => boolean, ms?: number): Promise<PhoneCall>;
  /** Answers a ringing call, or hangs up an answered one. */
  act(call: PhoneCall): void;
  press(call: PhoneCall, keys: string): void;
  /** Resolves when it is no more, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

interface Watched extends PhoneCall { media: number }

/** Starts a telephone and waits until it can be called. @throws Fault `practice.sipp` */
export const startPhone = async (options: PhoneOptions): Promise<Phone> => {
  const { root, dir, port, ip = PHONE_IP, behaviour } = options;
  const sound = await openSound(ip);
  const calls: Watched[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  const sipp = await startSipp({
    root, dir, ip, port, scenario: phoneScenario(behaviour, sound), args: ['-mi', ip],
    onLine: ({ callId, event, value }) => { follow(calls, callId, event, value, options, sound); changes.emit('change'); },
  });
  const stop = async (): Promise<void> => { await sipp.stop(); };
  void sipp.ended.then(() => sound.close());
  if (!(await udpBound(ip, port))) {
    await stop();
    throw new Fault('unavailable', 'practice.sipp', `The telephone on ${ip}:${port} did not start: ${(await sipp.ended).complaint}`);
  }
  return {
    port, calls, stop, ended: sipp.ended.then(() => {}),
    act: (call) => sipp.steer(call.callId),
    press: (call, keys) => sound.press((call as Watched).media, keys),
    call: (fits = () => true, ms = 10_000) => new Promise((done, fail) => {
      const look = (): void => { const found = calls.find(fits); if (found) finish(() => done(found)); };
      const timer = setTimeout(() => finish(() => fail(new Error(`telephone ${ip}:${port} had no such call within ${ms} ms`))), ms);
      const finish = (then: () => void): void => { clearTimeout(timer); changes.off('change', look); then(); };
      changes.on('change', look);
      look();
    }),
  };
};

/** Folds one line of a telephone's log into its calls. */
const follow = (calls: Watched[], callId: string, event: string, value: string, options: PhoneOptions, sound: Sound): void => {
  if (event === 'invite') {
    const cut = value.indexOf('|');
    const media = Number(value.slice(0, cut));
    calls.push({ callId, from: value.slice(cut + 1).trim(), invitedAt: Date.now(), media, hears: (hertz, ms) => sound.hears(media, hertz, ms) });
    return;
  }
  const call = calls.findLast((one) => one.callId === callId);
  if (!call) return;
  if (event === 'ack') {
    call.answeredAt = Date.now();
    sound.talk('127.0.0.1', call.media, options.tone ?? 0);
    const { digits } = options;
    if (digits) setTimeout(() => sound.press(call.media, digits.keys), digits.afterMs);
  }
  if (event === 'cancelled') call.ending = 'cancelled';
  if (event === 'bye') call.ending = 'hung up by the other side';
  if (event === 'hangup') call.ending = 'hung up here';
  if (event !== 'end') return;
  call.ending ??= 'refused';
  call.endedAt = Date.now();
  sound.hush(call.media);
};

export interface CallOptions {
  root: string; dir: string;
  /** Where the telephone system takes calls, `127.0.0.1:port`. */
  sipAddress: string;
  /** The caller's number; `anonymous` is said with `withheld`. */
  from: string;
  /** The caller's name, any Unicode. */
  name?: string;
  /** `privacy` (or true): number hidden but known to the network; `anonymous`: no number at all. */
  withheld?: boolean | 'privacy' | 'anonymous';
  to: string;
  /** The address that the call comes from: TRUNK_IP (default) for the outside world, PHONE_IP for a telephone. */
  ip?: string;
  /** Hangs up so long after the answer; default: when the other side does. */
  talkMs?: number;
  /** Gives up (CANCEL) so long after the start when there is no answer; default 120,000. */
  patienceMs?: number;
  /** What the caller says, in hertz; default silence. */
  tone?: number;
  /** Keys pressed after the answer. */
  digits?: { keys: string; afterMs: number };
  /** Told as it happens; `ms` since the INVITE. */
  onProgress?: (event: CallProgress, ms: number) => void;
}
export type CallProgress = 'calling' | 'ringing' | 'early' | 'answered' | 'ended';

export interface CallResult {
  /** The highest progress the call made: 100, 180, 183, 200; then see finalCode. */
  reached: number;
  /** Milliseconds from INVITE to the first such response. */
  ringingMs?: number; answeredMs?: number;
  /** From INVITE to the end. */
  endedMs: number;
  /** The final response: 200, or why not: 404, 486, 487 (given up), 603 ... 0 when there was none. */
  finalCode: number;
  endedBy: 'caller' | 'callee' | 'refused' | 'failed';
  complaint: string;
}

export interface OutgoingCall {
  result: Promise<CallResult>;
  /** CANCEL before the answer, BYE after. */
  hangUp(): void;
  press(keys: string): void;
  /** How much of the last `ms` (default 500) heard is a tone of that frequency, 0 to 1. */
  hears(hertz: number, ms?: number): number;
  /** Milliseconds of sound that came from the other side. */
  heardMs(): number;
  /** Resolves when the call gets there; rejects when it ends without. */
  reached(event: 'ringing' | 'answered'): Promise<void>;
}

/** Makes one call. @throws Fault `practice.number` when `to` or the keys are none, `practice.sipp` */
export const placeCall = async (options: CallOptions): Promise<OutgoingCall> => {
  if (!/^\+?[0-9*#]{1,32}$/.test(options.to)) throw new Fault('invalid', 'practice.number', `cannot be dialled: ${options.to.slice(0, 40)}`);
  if (options.digits && !isDigits(options.digits.keys)) throw new Fault('invalid', 'practice.number', `no keys of a telephone: ${options.digits.keys.slice(0, 40)}`);
  const ip = options.ip ?? TRUNK_IP;
  const sound = await openSound(ip);
  const call = new Caller(options, sound);
  const id = randomBytes(8).toString('hex');
  const withheld = options.withheld === true ? 'privacy' : options.withheld || undefined;
  try {
    call.attach(await startSipp({
      root: options.root, dir: options.dir, ip, port: await freePort('udp', ip), onLine: (line) => call.line(line.event, line.value, line.tick),
      scenario: callerScenario({ id, from: options.from, withheld, to: options.to, media: sound }),
      args: [options.sipAddress, '-m', '1', '-mi', ip, '-cid_str', id, '-set', NAME_VARIABLE, quotedName(options.name ?? '')],
    }), id);
  } catch (thrown) { sound.close(); throw thrown; }
  return call;
};

class Caller implements OutgoingCall {
  result!: Promise<CallResult>;
  private sipp!: Sipp;
  private id = '';
  private media = 0;
  private start = 0;
  private over = false;
  private readonly state: CallResult = { reached: 0, endedMs: 0, finalCode: 0, endedBy: 'failed', complaint: '' };
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly timers: NodeJS.Timeout[] = [];
  constructor(private readonly options: CallOptions, private readonly sound: Sound) {}

  attach(sipp: Sipp, id: string): void {
    this.sipp = sipp;
    this.id = id;
    this.result = sipp.ended.then(({ complaint }) => this.end(complaint));
  }

  line(event: string, value: string, tick: number): void {
    const { state, options } = this;
    if (event === 'invite') this.calling(tick);
    const ms = tick - this.start;
    if (event === 'code') this.code(Number(value), ms);
    if (event === 'answered' || event === 'early') this.talk(Number(value));
    if (event === 'early') options.onProgress?.('early', ms);
    if (event === 'answered') {
      options.onProgress?.('answered', ms);
      const { digits, talkMs } = options;
      if (digits) this.timers.push(setTimeout(() => this.press(digits.keys), digits.afterMs));
      if (talkMs !== undefined) this.timers.push(setTimeout(() => this.hangUp(), talkMs));
    }
    if (event === 'bye') state.endedBy = 'callee';
    if (event === 'end') { state.endedMs = ms; options.onProgress?.('ended', ms); }
    this.changes.emit('change');
  }

  private calling(tick: number): void {
    this.start = tick;
    this.options.onProgress?.('calling', 0);
    this.timers.push(setTimeout(() => { if (this.state.answeredMs === undefined) this.hangUp(); }, this.options.patienceMs ?? 120_000));
  }

  private code(code: number, ms: number): void {
    const { state } = this;
    if (code < 300) state.reached = Math.max(state.reached, code);
    if (code >= 200) state.finalCode = code;
    if (code >= 300) state.endedBy = code === 487 ? 'caller' : 'refused';
    if (code === 180 && state.ringingMs === undefined) { state.ringingMs = ms; this.options.onProgress?.('ringing', ms); }
    if (code === 200) { state.answeredMs = ms; state.endedBy = 'caller'; }
  }

  private talk(port: number): void {
    if (port > 0) { this.media = port; this.sound.talk('127.0.0.1', port, this.options.tone ?? 0); }
  }

  private end(complaint: string): CallResult {
    this.over = true;
    this.timers.forEach((timer) => clearTimeout(timer));
    this.sound.close();
    this.state.complaint = complaint;
    this.changes.emit('change');
    return this.state;
  }

  hangUp(): void { if (!this.over) this.sipp.steer(this.id); }
  press(keys: string): void { this.sound.press(this.media, keys); }
  hears(hertz: number, ms?: number): number { return this.sound.hears(this.media, hertz, ms); }
  heardMs(): number { return this.sound.heardMs(this.media); }

  reached(event: 'ringing' | 'answered'): Promise<void> {
    return new Promise((done, fail) => {
      const look = (): void => {
        if (this.state[`${event}Ms`] !== undefined) { this.changes.off('change', look); done(); }
        else if (this.over) { this.changes.off('change', look); fail(new Error(`the call ended (${this.state.finalCode}) before it was ${event}: ${this.state.complaint}`)); }
      };
      this.changes.on('change', look);
      look();
    });
  }
}
