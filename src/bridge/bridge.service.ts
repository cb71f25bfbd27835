/**
 * Puts the call path of one process together, as far as its roles go: the gateway's links and intake, the worker's drain
 * and sweep, and what the API needs to act and to ask. Where gateway and worker share a process, a wake-up is a
 * function call; otherwise it goes through the queue.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AmiClient } from '../adapter/asterisk/ami.adapter.js';
import type { AmiTarget } from '../adapter/asterisk/url.js';
import type { DeviceEvent } from '../call/event.js';
import { Speech, type Speak } from '../prompt/speech.adapter.js';
import type { Relay } from '../queue/relay.js';
import { messageOf } from '../shared/must.js';
import type { Db } from '../store/schema.js';
import { Recordings } from '../voicemail/recording.adapter.js';
import { ActService } from './act.service.js';
import { AskService } from './ask.service.js';
import { Drain } from './drain.service.js';
import { Intake, type Arrival, type Wake } from './intake.service.js';
import { Link } from './link.service.js';
import { Links } from './links.service.js';
import { PhoneNews } from './phone-news.service.js';
import { openCalls, endedCalls } from './open-calls.store.js';
import { Health, Sweep } from './sweep.service.js';

const TIDY_MS = 3_600_000;

export interface BridgeOptions {
  roles: readonly ('api' | 'gateway' | 'worker')[];
  db: Db; databaseUrl: string; relay: Relay; log: Logger;
  region: string; spoolDir: string; targets: AmiTarget[]; speak?: Speak; voice: string;
  /** Puts a wake-up into the queue, for processes without the worker role. */
  enqueue: Wake;
  phoneChanged(event: DeviceEvent): Promise<void>;
}

export class Bridge {
  readonly drain: Drain;
  readonly act: ActService;
  readonly ask: AskService;
  readonly links: Links;
  private readonly sweep: Sweep;
  private readonly health: Health;
  private readonly intake: Intake;
  private readonly speech: Speech;
  private tidying: NodeJS.Timeout | undefined;
  private readonly phones: PhoneNews[] = [];

  constructor(private readonly o: BridgeOptions) {
    this.links = new Links(o.db, o.databaseUrl, o.relay, o.log);
    this.drain = new Drain(o.db, o.region, { out: this.links, recordings: new Recordings(o.spoolDir) }, o.relay, o.log);
    const wake = this.wake();
    this.intake = new Intake(o.db, wake, o.log);
    this.act = new ActService(o.db, wake);
    this.ask = new AskService(o.db, o.region);
    this.sweep = new Sweep(o.db, this.drain, o.log);
    this.health = new Health(o.db);
    this.speech = new Speech(o.spoolDir, o.voice, o.speak);
  }

  start(): void {
    if (this.o.roles.includes('worker')) this.sweep.start();
    if (!this.o.roles.includes('gateway')) return;
    this.health.start();
    this.tidying = setInterval(() => void this.speech.tidy().catch((thrown: unknown) => this.o.log.warn({ reason: messageOf(thrown) }, 'old speech could not be removed')), TIDY_MS);
    this.links.start(this.o.targets.map((target) => this.link(target)));
    this.o.relay.subscribe('call', ({ callId, ended }) => { if (ended) this.settled(callId); });
  }

  /** Until callers come to us, or until it has taken too long: then the log says why. */
  async begun(patience: number): Promise<void> {
    await Promise.race([Promise.all(this.links.all().map((link) => link.begun)), new Promise<void>((done) => { setTimeout(done, patience).unref(); })]);
  }

  async stop(): Promise<void> {
    this.sweep.stop();
    this.health.stop();
    clearInterval(this.tidying);
    for (const phones of this.phones) phones.stop();
    await this.links.stop();
    await this.intake.flush();
  }

  private wake(): Wake {
    if (!this.o.roles.includes('worker')) return this.o.enqueue;
    return (callId, fresh) => void this.drain.drain(callId, fresh).catch((thrown: unknown) => this.o.log.error({ callId, reason: messageOf(thrown) }, 'a call could not be drained; the sweep will try again'));
  }

  private link(target: AmiTarget): Link {
    const phones = new PhoneNews((event) => this.o.phoneChanged(event), this.o.log);
    this.phones.push(phones);
    return new Link(target.id, new AmiClient(target), {
      arrive: (callId, event) => this.arrive({ pbx: target.id, callId, event }),
      phone: (event) => phones.hear(event), phonesAnew: () => phones.forget(),
      healthy: () => this.health.healthy,
      openCalls: () => openCalls(this.o.db, target.id),
      endedCalls: (ids) => endedCalls(this.o.db, target.id, ids),
      speech: this.speech, promptPath: (name) => join(this.o.spoolDir, 'prompts', name),
    }, this.o.log);
  }

  private arrive(arrival: Arrival): void {
    const { callId, pbx, event } = arrival;
    const begins = event.kind === 'offered' && event.step === '' && !event.resumed;
    if (!begins || !this.o.roles.includes('worker')) { this.intake.push(arrival); return; }
    void this.drain.begin(callId, pbx, event).then((begun) => { if (!begun) this.intake.push(arrival, true); },
      (thrown: unknown) => this.o.log.error({ callId, reason: messageOf(thrown) }, 'a call could not be drained; the sweep will try again'));
  }

  /** The end of a call is stored: Asterisk's journal need not keep it. */
  private settled(callId: string): void {
    for (const link of this.links.all()) if (callId.startsWith(`${link.pbx}-`)) link.forgetJournal(callId.slice(link.pbx.length + 1));
  }
}
