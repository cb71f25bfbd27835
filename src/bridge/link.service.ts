/**
 * The gateway's side of one PBX: what Asterisk says goes to the intake, what the worker decided goes to Asterisk. Knows
 * which callers wait in AGI right now, and refuses to move a channel that no longer waits: its own telephone is ringing by
 * then. When Ringbook as a whole cannot decide (no database, no worker), it says so at once by giving callers back to
 * the dialplan and letting the heartbeat stop.
 */
import type { Logger } from 'pino';
import type { AmiClient } from '../adapter/asterisk/ami.adapter.js';
import { heartbeatAction, hangupAction, patienceAction, segmentActions, type AmiAction as Fields } from '../adapter/asterisk/command.js';
import { succeeded, text, type AmiMessage } from '../adapter/asterisk/message.js';
import { normalise } from '../adapter/asterisk/normalise.js';
import type { DeviceEvent, PbxEvent } from '../call/event.js';
import type { Command, Sound } from '../flow/program.js';
import type { Speech } from '../prompt/speech.adapter.js';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { reconcile, type Stored } from './reconcile.service.js';

const BEAT_MS = 500;
/** The dead-man of the dialplan strikes 3 s after `ask`; a step handed out later than this would cross it. */
const PATIENCE_MS = 2700;
/** How long a caller waits for a text that is being spoken for the first time. Seconds. */
const SPEAKING_PATIENCE = 12;
/** A caller who was found waiting may have little of the dead-man's time left. Seconds. */
const RESUMED_PATIENCE = 5;
const NOT_DECIDED_GRACE_MS = 200;
/** Until a reconcile that failed is tried again. */
const RECONCILE_AGAIN_MS = 2000;

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

type SegmentCommand = Extract<Command, { kind: 'segment' }>;

export class Link {
  /** Channels in AGI(agi:async) for us -> until when a step may be sent (performance.now). */
  private readonly waiting = new Map<string, number>();
  /** Linkedids of calls that came through Ringbook. */
  private readonly ours = new Set<string>();
  private mode: 'active' | 'standby' | 'orphaned' = 'standby';
  private timer: NodeJS.Timeout | undefined;
  private later: NodeJS.Timeout | undefined;

  constructor(readonly pbx: string, readonly client: AmiClient, private readonly ports: LinkPorts, private readonly log: Logger) {
    client.on('event', (m) => this.hear(m));
    client.on('connected', ({ banner }) => { log.info({ pbx, banner }, 'connected to Asterisk'); if (this.active) void this.reconcile(); });
    client.on('disconnected', (fault) => { this.waiting.clear(); this.ours.clear(); log.warn({ pbx, code: fault.code, reason: fault.message }, 'the connection to Asterisk was lost'); });
    client.on('warning', (fault) => log.warn({ pbx, code: fault.code, reason: fault.message, ...fault.context }, 'Asterisk'));
  }

  /** From now on this process is the one that acts for the PBX. */
  activate(): void {
    if (this.active) return;
    this.mode = 'active';
    if (this.client.isConnected) void this.reconcile();
    this.timer = setInterval(() => void this.beat(), BEAT_MS);
  }
  /** Only listens: another process acts. */
  standBy(): void { this.mode = 'standby'; clearInterval(this.timer); }
  /** The database is gone, and with it the right to act: callers are given back to their telephones until somebody can decide. */
  orphan(): void { this.mode = 'orphaned'; clearInterval(this.timer); }
  private get active(): boolean { return this.mode === 'active'; }

  /** Tells the dialplan that calls can be decided now, in Asterisk's own time. */
  private async beat(): Promise<void> {
    if (!this.client.isConnected || !this.ports.healthy()) return;
    const pong = await this.act({ Action: 'Ping' }).catch(() => undefined); // a lost connection is reported by the client
    if (pong && this.active && this.ports.healthy()) this.quietly(heartbeatAction(text(pong, 'Timestamp')));
  }

  callId(linkedid: string): string { return `${this.pbx}-${linkedid}`; }

  private hear(message: AmiMessage): void {
    const event = normalise(message, new Date().toISOString());
    if (!event) return;
    if (event.kind === 'device') { if (this.active) this.ports.phone(event); return; }
    this.track(event);
    if (this.worthTelling(event) && this.active) this.ports.arrive(this.callId(event.call), event);
  }

  private track(event: PbxEvent): void {
    if (event.kind === 'offered') { this.waiting.set(event.channel, performance.now() + PATIENCE_MS); this.ours.add(event.call); this.giveBackUnlessDecided(event.channel); }
    if (event.kind === 'fallback') this.ours.add(event.call);
    if (event.kind === 'unoffered' || event.kind === 'hangup') this.waiting.delete(event.channel);
  }

  /** What a call's story needs; the rest of Asterisk's news would only be work. */
  private worthTelling(event: PbxEvent): boolean {
    if (!this.ours.has(event.call) || event.kind === 'unoffered' || event.kind === 'leg') return false;
    const callers = event.uniqueid === event.call;
    if (event.kind === 'left') return callers;
    if (event.kind !== 'hangup') return true;
    if (callers) this.ours.delete(event.call);
    return callers;
  }

  /** Nobody can decide now: the own telephone should not have to wait for the dead-man. */
  private giveBackUnlessDecided(channel: string): void {
    if (!this.nobodyDecides()) return;
    setTimeout(() => {
      if (!this.waiting.has(channel) || !this.nobodyDecides()) return;
      this.log.warn({ pbx: this.pbx }, 'no database or no worker: the number\'s own telephone rings');
      this.waiting.delete(channel);
      for (const action of segmentActions(channel, 'fallback', {})) this.quietly(action);
    }, NOT_DECIDED_GRACE_MS);
  }

  private nobodyDecides(): boolean { return this.mode === 'orphaned' || (this.active && !this.ports.healthy()); }

  /** Carries out commands in order; what cannot be done becomes an event of the call. */
  async send(callId: string, commands: Command[]): Promise<void> {
    for (const command of commands) {
      try {
        if (command.kind === 'hangup') this.quietly(hangupAction(command.channel, command.cause));
        else await this.sendSegment(callId, command);
      } catch (thrown) {
        if (thrown instanceof Fault && thrown.code === 'ami.disconnected') return; // carried out or not: the reconcile finds out
        this.failed(callId, command, messageOf(thrown));
      }
    }
  }

  private async sendSegment(callId: string, c: SegmentCommand): Promise<void> {
    if (!this.mayMove(c)) { this.log.info({ callId, step: c.step }, 'the caller no longer waits for this step'); return; }
    const prompt: Record<string, string> = c.sound ? { RB_PROMPT: await this.promptOf(c, c.sound) } : {};
    if (!this.mayMove(c)) { this.log.info({ callId, step: c.step }, 'the caller did not wait for the speech'); return; }
    this.waiting.delete(c.channel);
    const actions = segmentActions(c.channel, c.segment, { RB_STEP: c.step, ...c.variables, ...prompt });
    const answers = await Promise.all(actions.map((a) => this.act(a)));
    const refused = answers.find((a) => !succeeded(a));
    if (refused && !/no such channel|not exist/i.test(text(refused, 'Message'))) throw new Error(text(refused, 'Message'));
  }

  private mayMove(c: SegmentCommand): boolean {
    return c.force || performance.now() < (this.waiting.get(c.channel) ?? 0);
  }

  /** The path of a sound as Asterisk plays it. A text is spoken first; meanwhile the caller's dead-man is held off. */
  private async promptOf(c: SegmentCommand, sound: Sound): Promise<string> {
    if ('builtin' in sound) return sound.builtin;
    if ('prompt' in sound) return this.ports.promptPath(sound.prompt);
    if (!c.force) this.holdOn(c.channel, SPEAKING_PATIENCE);
    try {
      return await this.ports.speech.render(sound.say);
    } catch (thrown) {
      if (!sound.orElse) throw thrown;
      this.log.warn({ reason: messageOf(thrown), instead: sound.orElse }, 'a text could not be spoken');
      return sound.orElse;
    }
  }

  /** Sets the dead-man of a waiting caller anew. Seconds from now. */
  private holdOn(channel: string, seconds: number): void {
    this.quietly(patienceAction(channel, seconds));
    this.waiting.set(channel, performance.now() + (seconds - 0.3) * 1000);
  }

  private failed(callId: string, command: Command, reason: string): void {
    this.log.warn({ callId, reason }, 'a command failed');
    if (command.kind !== 'segment') return;
    const call = callId.slice(this.pbx.length + 1);
    this.ports.arrive(callId, { kind: 'failed', call, channel: command.channel, uniqueid: '', at: new Date().toISOString(), step: command.step, reason });
  }

  private act(action: Fields): Promise<AmiMessage> { return this.client.action(action as { Action: string }); }

  private quietly(action: Fields): void {
    this.act(action).catch((thrown: unknown) => this.log.debug({ action: action['Action'], reason: messageOf(thrown) }, 'an action went unanswered'));
  }

  /** After every connection: what was missed is found out and told as events. */
  private async reconcile(): Promise<void> {
    clearTimeout(this.later);
    try {
      const { events, settled, unreadable } = await reconcile(this.client, this.ports, new Date().toISOString());
      for (const event of events) {
        this.ours.add(event.call);
        this.track(event);
        if (event.kind === 'offered') this.holdOn(event.channel, RESUMED_PATIENCE);
        if (this.worthTelling(event)) this.ports.arrive(this.callId(event.call), event);
      }
      for (const key of [...settled, ...unreadable]) this.forgetJournal(key);
      if (unreadable.length > 0) this.log.warn({ pbx: this.pbx, calls: unreadable }, 'lines of the journal could not be read and are dropped');
      this.log.info({ pbx: this.pbx, events: events.length, settled: settled.length }, 'reconciled with Asterisk');
      await this.phones();
    } catch (thrown) {
      this.log.error({ pbx: this.pbx, reason: messageOf(thrown) }, 'could not reconcile with Asterisk');
      this.later = setTimeout(() => { if (this.active && this.client.isConnected) void this.reconcile(); }, RECONCILE_AGAIN_MS).unref();
    }
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
}
