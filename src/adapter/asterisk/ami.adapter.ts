/**
 * The client of an Asterisk manager interface: it keeps one connection for ever, and says when it has none.
 * Decides: when to connect again (0.1 to 5 s, with jitter; every 5 s after a refused login), that a connection is dead (a ping
 * unanswered for 3 s), which answer belongs to which action.
 * Refuses: an action that could hide another one (line breaks in a field) or that Asterisk would cut; a peer that is not
 * Asterisk, before the secret is sent; to queue actions while there is no connection: what is asked then is rejected, and
 * the owner takes a snapshot after 'connected' instead, because events may have been missed.
 * The shape follows the npm package asterisk-ami-client; why it is not that package stands in ARCHITECTURE.md.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import { type AmiAction, type AmiMessage, succeeded, text } from './message.js';
import { type AmiPong, openSession, type Session, type Timings, TIMINGS } from './session.adapter.js';
import type { AmiTarget } from './url.js';

export interface AmiEvents {
  /** Logged in, and Asterisk has fully booted. Events may have been missed before: take a snapshot. */
  connected: [{ banner: string }];
  /** The connection ended, for this reason; the next one is being made. Not after `close()`. */
  disconnected: [Fault];
  /** Every event that is not part of a list somebody asked for. */
  event: [AmiMessage];
  /** Every ping's answer, first right after 'connected': write the heartbeat with its timestamp. */
  pong: [AmiPong];
  /** A failed attempt (context: `attempt`, `nextInMs`), or a listener that threw. Nothing in it is secret. */
  warning: [Fault];
}

export interface ActionOptions { timeoutMs?: number }

const FASTEST_MS = 100;
const SLOWEST_MS = 5000;
/** A connection that lasted this long was a good one: the next attempt comes quickly again. */
const STABLE_MS = 10_000;

export class AmiClient extends EventEmitter<AmiEvents> {
  private session: Session | undefined;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly timings: Timings;
  private readonly prefix = `rb-${randomBytes(9).toString('base64url').replace(/[-_]/g, 'x')}`;
  private count = 0;

  constructor(readonly target: AmiTarget, timings: Partial<Timings> = {}) {
    super();
    this.timings = { ...TIMINGS, ...timings };
  }

  /** Whether actions can be sent now. */
  get isConnected(): boolean { return this.session !== undefined; }

  /** An id that nobody else uses, on this PBX or elsewhere: ActionIDs, and the CommandIDs of AGI commands. */
  uniqueId(): string { return `${this.prefix}-${++this.count}`; }

  /**
   * Connects, and goes on connecting until `close()`. Resolves when it first is connected, which may be never; with
   * `retry: false` it tries once, and rejects with the reason.
   * @throws Fault `ami.closed`; with `retry: false` also `ami.unreachable`, `ami.not-asterisk`, `ami.login-refused`,
   *   `ami.login-timeout`, `ami.not-booted`, `ami.message-too-large`, `ami.silent`, `ami.disconnected`
   */
  connect({ retry = true }: { retry?: boolean } = {}): Promise<void> {
    if (this.running) throw new Fault('conflict', 'ami.in-use', 'this client has been told to connect before');
    return new Promise((resolve, reject) => {
      this.once('connected', () => resolve());
      this.running = this.run(retry).then(() => reject(closed()), reject);
    });
  }

  /**
   * Sends one action; resolves with Asterisk's answer, which may say `Response: Error`: ask `succeeded(answer)`.
   * @throws Fault `ami.disconnected` (whether it was carried out is unknown), `ami.timeout`, `ami.stalled`,
   *   `ami.value-refused`, `ami.action-too-large` (nothing was sent)
   */
  async action(action: AmiAction, { timeoutMs = this.timings.action }: ActionOptions = {}): Promise<AmiMessage> {
    return this.live().action(action, timeoutMs);
  }

  /**
   * Sends an action that is answered by a list of events (CoreShowChannels, DeviceStateList, DBGetTree ...) and collects
   * them, without the closing one.
   * @throws Fault as `action`; `ami.refused` when Asterisk says Error, with its words as message; `ami.list-incomplete`
   */
  async list(action: AmiAction, { timeoutMs = this.timings.action }: ActionOptions = {}): Promise<AmiMessage[]> {
    const items: AmiMessage[] = [];
    const answer = await this.live().action(action, timeoutMs, items);
    if (answer['Event'] === undefined && !succeeded(answer)) throw new Fault('invalid', 'ami.refused', text(answer, 'Message') || 'refused');
    return items;
  }

  /** Ends the connection and the wish for one. Pending actions are rejected with `ami.disconnected`. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running?.catch(() => {});
  }

  private live(): Session {
    if (!this.session) throw new Fault('unavailable', 'ami.disconnected', 'there is no connection to Asterisk now');
    return this.session;
  }

  private async run(retry: boolean): Promise<void> {
    for (let attempt = 1; !this.stopping.signal.aborted; attempt++) {
      const started = performance.now();
      const reason = await this.connectOnce();
      if (this.stopping.signal.aborted) return;
      if (!retry && attempt === 1 && reason.failedToConnect) throw reason.fault;
      if (performance.now() - started > STABLE_MS) attempt = 1;
      await this.pause(attempt, reason.fault, reason.failedToConnect);
    }
  }

  /** One connection, until it ends. */
  private async connectOnce(): Promise<{ fault: Fault; failedToConnect: boolean }> {
    try {
      this.session = await openSession({
        target: this.target, timings: this.timings, signal: this.stopping.signal,
        nextId: () => this.uniqueId(),
        onEvent: (message) => this.tell('event', message),
        onPong: (pong) => this.tell('pong', pong),
      });
    } catch (thrown) {
      return { fault: thrown instanceof Fault ? thrown : new Fault('broken', 'ami.broken', messageOf(thrown), {}, thrown), failedToConnect: true };
    }
    this.tell('connected', { banner: this.session.banner });
    const fault = await this.session.ended;
    this.session = undefined;
    if (!this.stopping.signal.aborted) this.tell('disconnected', fault);
    return { fault, failedToConnect: false };
  }

  private async pause(attempt: number, fault: Fault, warn: boolean): Promise<void> {
    const most = Math.min(SLOWEST_MS, FASTEST_MS * 2 ** Math.min(attempt, 10));
    const nextInMs = fault.code === 'ami.login-refused' ? SLOWEST_MS : Math.round(most * (0.5 + Math.random() / 2));
    if (warn) this.tell('warning', new Fault(fault.kind, fault.code, fault.message, { ...fault.context, attempt, nextInMs }, fault.cause));
    await sleep(nextInMs, undefined, { signal: this.stopping.signal }).catch(() => {});
  }

  /** A listener that throws must cost neither the connection nor the events behind this one. */
  private tell<K extends keyof AmiEvents>(name: K, ...args: AmiEvents[K]): void {
    try {
      (this.emit as (name: string, ...args: unknown[]) => boolean).call(this, name, ...args);
    } catch (thrown) {
      if (name !== 'warning') this.tell('warning', new Fault('broken', 'ami.listener-failed', `a listener of '${name}' threw: ${messageOf(thrown)}`, {}, thrown));
    }
  }
}

const closed = (): Fault => new Fault('unavailable', 'ami.closed', 'the connection to Asterisk was closed before it was made');
