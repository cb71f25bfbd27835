/**
 * The gateway's side of one PBX: what Asterisk says goes to the intake, and what was missed is found out after every
 * connection. When Ringbook as a whole cannot decide (no database, no worker), it says so at once: the heartbeat stops, and
 * callers are given back to the dialplan.
 */
import type { Logger } from 'pino';
import type { AmiClient } from '../adapter/asterisk/ami.adapter.js';
import { heartbeatAction, type AmiAction as Fields } from '../adapter/asterisk/command.js';
import { text, type AmiMessage } from '../adapter/asterisk/message.js';
import { normalise } from '../adapter/asterisk/normalise.js';
import type { DeviceEvent, PbxEvent } from '../call/event.js';
import type { Command } from '../flow/program.js';
import type { Speech } from '../prompt/speech.adapter.js';
import { messageOf } from '../shared/must.js';
import { Callers } from './callers.js';
import { reconcile, type Stored } from './reconcile.service.js';
import { Sender } from './sender.service.js';

/** Short, because callers are turned away from Ringbook until the first one. */
const BEAT_MS = 200;
/** A caller who was found waiting may have little of the dead-man's time left. Seconds. */
const RESUMED_PATIENCE = 5;
const NOT_DECIDED_GRACE_MS = 200;
const RECONCILE_AGAIN_MS = 2000;
const SETTLED_MS = 5000;
/** Asterisk's events are not a reliable bus: this often, calls that ended or rang without us are looked for. */
const LOOK_AGAIN_MS = 60_000;

export interface LinkPorts extends Stored {
  arrive(callId: string, event: PbxEvent): void;
  phone(event: DeviceEvent): void;
  /** What telephones were told to be counts no more. */
  phonesAnew(): void;
  /** Whether calls can be decided now: the database answers and a worker is alive. */
  healthy(): boolean;
  speech: Speech;
  promptPath(name: string): string;
}

export class Link {
  private readonly callers = new Callers();
  private readonly sender: Sender;
  private mode: 'active' | 'standby' | 'orphaned' = 'standby';
  private timers: NodeJS.Timeout[] = [];
  private later: NodeJS.Timeout | undefined;
  private beats = 0;
  private readonly first = Promise.withResolvers<void>();
  /** Settled when Asterisk has the first heartbeat: from then on callers come to us. */
  readonly begun = this.first.promise;

  constructor(readonly pbx: string, readonly client: AmiClient, private readonly ports: LinkPorts, private readonly log: Logger) {
    this.sender = new Sender(this.callers, {
      act: (action) => this.act(action), quietly: (action) => this.quietly(action), speech: ports.speech, promptPath: ports.promptPath,
      failed: (callId, event) => ports.arrive(callId, { ...event, call: callId.slice(pbx.length + 1), at: new Date().toISOString() }),
    }, log);
    client.on('event', (m) => this.hear(m));
    client.on('connected', ({ banner }) => { log.info({ pbx, banner }, 'connected to Asterisk'); if (this.active) void this.reconcile(); });
    client.on('disconnected', (fault) => { this.callers.forget(); log.warn({ pbx, code: fault.code, reason: fault.message }, 'the connection to Asterisk was lost'); });
    client.on('warning', (fault) => log.warn({ pbx, code: fault.code, reason: fault.message, ...fault.context }, 'Asterisk'));
  }

  /** From now on this process is the one that acts for the PBX. */
  activate(): void {
    if (this.active) return;
    this.mode = 'active';
    if (this.client.isConnected) void this.reconcile();
    void this.beat();
    this.timers = [setInterval(() => void this.beat(), BEAT_MS), setInterval(() => void this.lookAgain(), LOOK_AGAIN_MS)];
  }
  /** Only listens: another process acts. */
  standBy(): void { this.rest('standby'); }
  /** The database is gone, and with it the right to act: callers are given back to their telephones until somebody can decide. */
  orphan(): void { this.rest('orphaned'); }
  private rest(mode: 'standby' | 'orphaned'): void { this.mode = mode; for (const timer of this.timers.splice(0)) clearInterval(timer); }
  private get active(): boolean { return this.mode === 'active'; }
  private nobodyDecides(): boolean { return this.mode === 'orphaned' || (this.active && !this.ports.healthy()); }

  callId(linkedid: string): string { return `${this.pbx}-${linkedid}`; }
  send(callId: string, commands: Command[]): Promise<void> { return this.sender.send(callId, commands); }

  /** Tells the dialplan that calls can be decided now, in Asterisk's own time. */
  private async beat(): Promise<void> {
    if (!this.client.isConnected || !this.ports.healthy()) return;
    const pong = await this.act({ Action: 'Ping' }).catch(() => undefined); // a lost connection is reported by the client
    if (!pong || !this.active || !this.ports.healthy()) return;
    this.quietly(heartbeatAction(text(pong, 'Timestamp')));
    // Actions of one connection are done in order: an answer to this beat's ping means that the one before has arrived.
    this.beats += 1;
    if (this.beats > 1) this.first.resolve();
  }

  private hear(message: AmiMessage): void {
    const event = normalise(message, new Date().toISOString());
    if (!event) return;
    if (event.kind === 'device') { if (this.active) this.ports.phone(event); return; }
    const tell = this.callers.hear(event, performance.now());
    if (event.kind === 'offered') this.giveBackUnlessDecided(event.channel);
    if (tell && this.active) this.ports.arrive(this.callId(event.call), event);
  }

  /** Nobody can decide now: the own telephone should not have to wait for the dead-man. */
  private giveBackUnlessDecided(channel: string): void {
    if (!this.nobodyDecides()) return;
    setTimeout(() => {
      if (!this.callers.isWaiting(channel) || !this.nobodyDecides()) return;
      this.log.warn({ pbx: this.pbx }, 'no database or no worker: the number\'s own telephone rings');
      this.sender.giveBack(channel);
    }, NOT_DECIDED_GRACE_MS);
  }

  /** After every connection: what was missed is found out and told as events. */
  private async reconcile(): Promise<void> {
    clearTimeout(this.later);
    this.callers.hold();
    try {
      const { events, settled, unreadable } = await reconcile(this.client, this.ports, new Date().toISOString());
      const told = this.callers.settle(events);
      for (const event of told) this.resume(event);
      this.dropJournal(settled, unreadable);
      this.log.info({ pbx: this.pbx, events: told.length, settled: settled.length }, 'reconciled with Asterisk');
      await this.phones();
      this.later = setTimeout(() => void this.lookAgain(), SETTLED_MS).unref(); // calls that began and ended while we looked
    } catch (thrown) {
      this.callers.release();
      this.log.error({ pbx: this.pbx, reason: messageOf(thrown) }, 'could not reconcile with Asterisk');
      this.later = setTimeout(() => { if (this.active && this.client.isConnected) void this.reconcile(); }, RECONCILE_AGAIN_MS).unref();
    }
  }

  private resume(event: PbxEvent): void {
    try {
      if (event.kind === 'offered') this.sender.holdOn(event.channel, RESUMED_PATIENCE);
    } catch (thrown) { this.log.warn({ pbx: this.pbx, reason: messageOf(thrown) }, 'a waiting caller cannot be held'); }
    this.ports.arrive(this.callId(event.call), event);
  }

  /** Between connections: calls whose end, or whose ringing without us, went unheard. Whoever is being handled is left alone. */
  private async lookAgain(): Promise<void> {
    if (!this.active || !this.client.isConnected || !this.ports.healthy()) return;
    try {
      const { events, settled, unreadable } = await reconcile(this.client, this.ports, new Date().toISOString());
      for (const event of events.filter((e) => e.kind === 'gone' || e.kind === 'fallback')) this.ports.arrive(this.callId(event.call), event);
      this.dropJournal(settled, unreadable);
    } catch (thrown) { this.log.warn({ pbx: this.pbx, reason: messageOf(thrown) }, 'could not look for calls that went unheard'); }
  }

  private dropJournal(settled: string[], unreadable: string[]): void {
    for (const key of [...settled, ...unreadable]) this.forgetJournal(key);
    if (unreadable.length > 0) this.log.warn({ pbx: this.pbx, calls: unreadable }, 'lines of the journal could not be read and are dropped');
  }

  /** The state of every telephone, as it is now. */
  private async phones(): Promise<void> {
    const at = new Date().toISOString();
    this.ports.phonesAnew();
    for (const item of await this.client.list({ Action: 'DeviceStateList' }, { timeoutMs: 30_000 })) {
      const event = normalise({ ...item, Event: 'DeviceStateChange' }, at);
      if (event?.kind === 'device') this.ports.phone(event);
    }
  }

  /** The call's end is stored: Asterisk need not keep a note of it. */
  forgetJournal(linkedid: string): void { this.quietly({ Action: 'DBDel', Family: 'ringbook', Key: linkedid }); }

  private act(action: Fields): Promise<AmiMessage> { return this.client.action(action as { Action: string }); }
  private quietly(action: Fields): void {
    this.act(action).catch((thrown: unknown) => this.log.debug({ action: action['Action'], reason: messageOf(thrown) }, 'an action went unanswered'));
  }
}
