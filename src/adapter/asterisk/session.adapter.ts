/**
 * One connection to an Asterisk manager interface, from the first byte to the last: who answers is checked before the
 * secret is sent, answers find their action by ActionID, and a connection that is open but dead is noticed by a ping that is
 * not answered. Opened by AmiClient, which opens the next one when this one ends.
 */
import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import { type AmiAction, type AmiMessage, serialise, succeeded, text } from './message.js';
import { createParser } from './parser.js';
import type { AmiTarget } from './url.js';

export interface Timings {
  /** TCP and TLS, milliseconds. */
  connect: number;
  /** Asterisk's first line and its answer to the login. */
  login: number;
  /** From the login until Asterisk has fully booted. */
  boot: number;
  /** An action, unless it says otherwise. */
  action: number;
  /** From one ping to the next, and how long its answer may take before the connection is given up. */
  ping: number; silence: number;
}
export const TIMINGS: Timings = { connect: 5000, login: 5000, boot: 60_000, action: 5000, ping: 2000, silence: 3000 };

/** Bytes that may wait in the socket because Asterisk does not read them; more actions are refused. */
const MAX_UNSENT = 1 << 20;
const MAX_LIST = 100_000;

/** Answer to a ping. `timestamp` is Asterisk's own clock: seconds since 1970, with a fraction. */
export interface AmiPong { timestamp: string; roundTripMs: number }

export interface SessionOptions {
  target: AmiTarget; timings: Timings; signal: AbortSignal;
  /** A new ActionID, never used before by anybody. */
  nextId(): string;
  onEvent(message: AmiMessage): void;
  onPong(pong: AmiPong): void;
}

interface Pending { settle(answer: AmiMessage | Fault): void; items?: AmiMessage[]; timer?: NodeJS.Timeout }

/** Connects, logs in and waits until Asterisk has fully booted. @throws Fault with the reason, nothing left open */
export const openSession = async (options: SessionOptions): Promise<Session> => {
  const socket = await open(options);
  const session = new Session(socket, options);
  try {
    await session.start();
    return session;
  } catch (thrown) {
    session.end(thrown);
    throw await session.ended;
  }
};

const open = async ({ target, timings, signal }: SessionOptions): Promise<Socket> => {
  const where = { host: target.host, port: target.port };
  const failed = (why: string, cause?: unknown): Fault =>
    new Fault('unavailable', 'ami.unreachable', `cannot reach the telephone system at ${target.host} port ${target.port}: ${why}`, where, cause);
  const ca = target.ca && await readFile(target.ca).catch((thrown: unknown) => { throw failed(messageOf(thrown), thrown); });
  const socket = target.tls
    ? connectTls({ ...where, ...(ca ? { ca } : {}), rejectUnauthorized: !target.insecure, ...(isIP(target.host) ? {} : { servername: target.host }) })
    : connect(where);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timings.connect} ms`)), timings.connect);
    const abort = (): void => { socket.destroy(new Error('given up')); };
    const done = (): void => { clearTimeout(timer); signal.removeEventListener('abort', abort); };
    const refused = (error: Error): void => { done(); reject(failed(error.message, error)); };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', refused);
    socket.once(target.tls ? 'secureConnect' : 'connect', () => { done(); socket.off('error', refused); resolve(socket); });
    if (signal.aborted) abort();
  });
};

export class Session {
  /** Resolves, never rejects, with the reason why the connection is over. */
  readonly ended: Promise<Fault>;
  banner = '';
  private readonly pending = new Map<string, Pending>();
  /** The list that Asterisk is writing now. */
  private writing: Pending | undefined;
  private reason: Fault | undefined;
  private pinging: NodeJS.Timeout | undefined;
  private greeted = (): void => {};
  private booted = (): void => {};
  private ready = false;

  constructor(private readonly socket: Socket, private readonly options: SessionOptions) {
    const parser = createParser({ onMessage: (message) => this.receive(message), onBanner: (banner) => { this.banner = banner; this.greeted(); } });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      try { parser.push(chunk); } catch (thrown) { this.end(thrown); }
    });
    socket.on('error', (error) => this.end(error));
    const stop = (): void => this.stop();
    options.signal.addEventListener('abort', stop, { once: true });
    this.ended = new Promise((resolve) => {
      socket.once('close', () => { options.signal.removeEventListener('abort', stop); resolve(this.finish()); });
    });
    if (options.signal.aborted) stop();
  }

  async start(): Promise<void> {
    const { target, timings } = this.options;
    const deadline = setTimeout(() => this.end(fault('unavailable', 'ami.login-timeout', `no answer to the login within ${timings.login} ms`)), timings.login);
    const booted = new Promise<void>((resolve) => { this.booted = resolve; });
    try {
      await this.unlessOver(new Promise<void>((resolve) => { if (this.banner) resolve(); else this.greeted = resolve; }));
      const answer = await this.action({ Action: 'Login', Username: target.user, Secret: target.secret.reveal(), Events: 'on' }, timings.login * 2);
      if (!succeeded(answer)) throw fault('unauthenticated', 'ami.login-refused', `Asterisk refused the login of ${target.user}: ${text(answer, 'Message').slice(0, 200)}`);
    } finally { clearTimeout(deadline); }
    this.pinging = setInterval(() => void this.ping(), timings.ping);
    const patience = setTimeout(() => this.end(fault('unavailable', 'ami.not-booted',
      `Asterisk did not report within ${timings.boot} ms that it has fully booted (the manager user needs read=system)`)), timings.boot);
    try { await this.unlessOver(booted); } finally { clearTimeout(patience); }
    this.ready = true;
    void this.ping();
  }

  /** Asterisk's answer, also when it says `Response: Error`. @throws Fault, see AmiClient.action */
  action(action: AmiAction, timeoutMs: number, items?: AmiMessage[]): Promise<AmiMessage> {
    const id = this.options.nextId();
    const written = serialise(action, id);
    if (this.reason) throw this.lost();
    if (this.socket.writableLength > MAX_UNSENT) throw fault('limited', 'ami.stalled', 'Asterisk does not read what is sent to it');
    return new Promise((resolve, reject) => {
      const settle = (answer: AmiMessage | Fault): void => {
        clearTimeout(entry.timer);
        this.pending.delete(id);
        if (this.writing === entry) this.writing = undefined;
        if (answer instanceof Fault) reject(answer); else resolve(answer);
      };
      const entry: Pending = { settle, ...(items ? { items } : {}) };
      // Through setImmediate: when this process itself stood still, the answer is waiting in the socket and is read first.
      entry.timer = setTimeout(() => setImmediate(() => settle(fault('unavailable', 'ami.timeout', `no answer to ${action.Action} within ${timeoutMs} ms`))), timeoutMs);
      this.pending.set(id, entry);
      this.socket.write(written);
    });
  }

  /** Ends the connection at once, for this reason. */
  end(reason: unknown): void {
    this.reason ??= reason instanceof Fault ? reason : fault('unavailable', 'ami.disconnected', `the connection to Asterisk broke: ${messageOf(reason)}`, reason);
    this.socket.destroy();
  }

  /** Ends it because we want to: what has been sent still goes out. */
  private stop(): void {
    this.reason ??= fault('unavailable', 'ami.disconnected', 'the connection to Asterisk was closed by Ringbook');
    this.finish();
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 500).unref();
  }

  private finish(): Fault {
    clearInterval(this.pinging);
    this.reason ??= fault('unavailable', 'ami.disconnected', 'Asterisk closed the connection');
    for (const entry of this.pending.values()) entry.settle(this.lost());
    return this.reason;
  }

  private lost(): Fault {
    return this.reason?.code === 'ami.disconnected' ? this.reason : fault('unavailable', 'ami.disconnected', 'the connection to Asterisk is over', this.reason);
  }

  private async unlessOver(work: Promise<void>): Promise<void> {
    const over = await Promise.race([work, this.ended]);
    if (over) throw over;
  }

  private receive(message: AmiMessage): void {
    const entry = this.pending.get(text(message, 'ActionID'));
    // OriginateResponse is an Event with a Response field: what has an Event field is an event.
    // Asterisk writes a list without a break: what stands in it and is not of it was put there by a caller, with a blank line in the
    // number (%0D%0A%0D%0A in a SIP address). The eventfilter of the manager user does not look into lists.
    if (this.writing && !entry) return;
    if (message['Event'] === undefined) { if (entry) this.writing = answered(entry, message); return; }
    if (entry?.items) { listed(entry, entry.items, message); return; }
    if (message['Event'] === 'FullyBooted') this.booted();
    this.options.onEvent(message);
  }

  private async ping(): Promise<void> {
    const { timings, onPong } = this.options;
    const sent = performance.now();
    try {
      const answer = await this.action({ Action: 'Ping' }, timings.silence);
      const timestamp = text(answer, 'Timestamp');
      if (this.ready) onPong({ timestamp, roundTripMs: performance.now() - sent });
    } catch (thrown) {
      const isSilent = thrown instanceof Fault && thrown.code === 'ami.timeout';
      this.end(isSilent ? fault('unavailable', 'ami.silent', `Asterisk has not answered for ${timings.silence} ms`) : thrown);
    }
  }
}

/** Gives the entry when its list follows. */
const answered = (entry: Pending, response: AmiMessage): Pending | undefined => {
  if (entry.items && succeeded(response)) return entry;
  entry.settle(response);
  return undefined;
};

const listed = (entry: Pending, items: AmiMessage[], event: AmiMessage): void => {
  const state = text(event, 'EventList').toLowerCase();
  if (state === 'complete') entry.settle(event);
  else if (state === 'cancelled' || items.length >= MAX_LIST) entry.settle(fault('unavailable', 'ami.list-incomplete', 'Asterisk did not send the whole list'));
  else items.push(event);
};

const fault = (kind: Fault['kind'], code: string, message: string, cause?: unknown): Fault => new Fault(kind, code, message, {}, cause);
