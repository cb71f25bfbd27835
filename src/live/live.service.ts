/**
 * Tells signed-in clients what changes: a snapshot first, then each change once and in order. News says only that
 * something changed; what it is now is read. A sweep makes news that was lost on the way harmless.
 */
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Presence } from '@ringbook/contracts';
import { SIGNED_IN, type SignedIn } from '../http/who.js';
import { RELAY, type Relay, type RelayMessages } from '../queue/relay.js';
import type { Seen } from '../presence/presence.service.js';
import { messageOf } from '../shared/must.js';
import { CLOSE, type LiveClient, type Missed } from './client.adapter.js';
import { Clients } from './clients.js';
import { forgetEnded, overdue, remember } from './feed.js';
import { Turns } from './turns.js';
import { WatchService } from './watch.service.js';

const SWEEP = 10_000;
/** Every so many sweeps, whether sessions and tokens still stand, and what everybody is doing: that is told as it changes. */
const SELDOM = 6;
const MOST_WINDOWS = 100;
const TOPICS = ['call', 'presence', 'voicemail', 'sync', 'rights'] as const;

@Injectable()
export class LiveService implements OnModuleInit, OnModuleDestroy {
  private readonly clients = new Clients<LiveClient>();
  private readonly turns = new Turns();
  private readonly presences = new Map<string, string>();
  private readonly log = new Logger('Live');
  private stops: (() => void)[] = [];

  constructor(private readonly watch: WatchService, @Inject(RELAY) private readonly relay: Relay, @Inject(SIGNED_IN) private readonly signedIn: SignedIn) {}

  onModuleInit(): void {
    this.stops = TOPICS.map((topic) => this.relay.subscribe(topic, (message) => { this.news({ topic, message } as Missed); }));
    let sweeps = 0;
    const timer = setInterval(() => { sweeps += 1; void this.turn('sweep', () => this.sweep(sweeps % SELDOM === 0)); }, SWEEP);
    this.stops.push(() => { clearInterval(timer); });
  }

  async onModuleDestroy(): Promise<void> {
    for (const stop of this.stops) stop();
    const left = this.clients.all();
    for (const client of left) client.close(CLOSE.going, 'the server stops');
    // Sockets that do not close would hold up the server's own end.
    if (left.length > 0) await new Promise((done) => { setTimeout(done, 200); });
    for (const client of left) client.terminate();
  }

  all(): LiveClient[] { return this.clients.all(); }
  leave(client: LiveClient): void { this.clients.remove(client); }

  /** A client that is signed in: it is among those who get news before its snapshot is read, so that nothing falls between. */
  async enter(client: LiveClient): Promise<void> {
    const personId = client.who!.id;
    if (this.clients.of(personId).length >= MOST_WINDOWS) { client.close(1013, 'too many windows'); return; }
    client.state = 'loading';
    this.clients.add(client);
    const [pops, presence] = await Promise.all([this.watch.live(personId), this.watch.presence()]);
    if ((client.state as string) === 'closed') return;
    client.send({ type: 'snapshot', pops, presence: presence.map((seen) => seenBy(personId, seen)) });
    remember(client.seen, pops);
    for (const { own } of presence) if (!this.presences.has(own.userId)) this.presences.set(own.userId, essence(own));
    client.state = 'open';
    for (const missed of client.missed.splice(0)) this.news(missed);
  }

  private news(news: Missed): void {
    for (const client of this.clients.all()) if (client.state === 'loading') client.missed.push(news);
    switch (news.topic) {
      case 'call': return void this.call(news.message);
      case 'presence': return void this.presence(news.message);
      case 'voicemail': return void this.voicemail(news.message);
      case 'sync': return void this.sync(news.message);
      case 'rights': return void this.rights(news.message.personId);
      default:
    }
  }

  private call({ callId, personId }: RelayMessages['call']): Promise<void> | undefined {
    if (!personId || this.clients.of(personId).length === 0) return undefined;
    return this.turn(`call ${callId}`, async () => {
      const pop = await this.watch.pop(callId);
      if (pop) for (const client of this.clients.of(pop.userId)) client.tell(pop);
    });
  }

  private presence({ personId }: RelayMessages['presence']): Promise<void> {
    return this.turn(`presence ${personId}`, async () => {
      for (const seen of await this.watch.presence([personId])) this.tellPresence(seen);
    });
  }
  private tellPresence(seen: Seen): void {
    this.presences.set(seen.own.userId, essence(seen.own));
    for (const client of this.clients.all()) if (client.state === 'open') client.send({ type: 'presence.changed', presence: seenBy(client.who!.id, seen) });
  }

  private voicemail({ id, personId }: RelayMessages['voicemail']): Promise<void> | undefined {
    if (this.clients.of(personId).length === 0) return undefined;
    return this.turn(`voicemail ${id}`, async () => {
      const voicemail = await this.watch.voicemail(id, personId);
      if (voicemail) for (const client of this.clients.of(personId)) client.tellVoicemail(voicemail);
    });
  }

  private sync({ bookId, state, progress }: RelayMessages['sync']): Promise<void> {
    return this.turn(`sync ${bookId}`, async () => {
      const owner = await this.watch.bookOwner(bookId);
      if (owner === undefined) return;
      for (const client of owner === null ? this.clients.all() : this.clients.of(owner)) if (client.state === 'open') client.send({ type: 'sync.changed', bookId, ...(state === undefined ? {} : { state }), ...(progress === undefined ? {} : { progress }) });
    });
  }

  /** Sockets whose session or token is gone are closed; when that cannot be found out, too. */
  private async rights(personId: string): Promise<void> {
    for (const client of this.clients.of(personId)) {
      const who = await this.signedIn.who(client.credentials).catch(() => undefined);
      if (who?.id !== personId) client.close(CLOSE.signIn, 'signed out');
    }
  }

  private async sweep(all: boolean): Promise<void> {
    for (const personId of this.clients.people()) {
      if (all) await this.rights(personId);
      await this.sweepPops(personId);
    }
    if (!all || this.clients.people().length === 0) return;
    for (const seen of await this.watch.presence()) if (this.presences.get(seen.own.userId) !== essence(seen.own)) this.tellPresence(seen);
  }

  private async sweepPops(personId: string): Promise<void> {
    const pops = await this.watch.live(personId);
    const ids = new Set(pops.map((pop) => pop.id));
    for (const client of this.clients.of(personId).filter((c) => c.state === 'open')) {
      for (const pop of pops) client.tell(pop);
      for (const callId of overdue(client.seen, ids)) void this.call({ callId, personId, version: 0 });
      forgetEnded(client.seen, Date.now());
    }
  }

  private turn(key: string, work: () => Promise<void>): Promise<void> {
    return this.turns.run(key, () => work().catch((thrown: unknown) => { this.log.warn(`${key}: ${messageOf(thrown)}`); }));
  }
}

/** What makes one status differ from another; without the instant at which nothing was known, and without the age of a calendar, which is read every minute. */
const essence = ({ status, until, because }: Presence): string => JSON.stringify([status, until, because.map((b) => [b.fact, b.text, b.source === 'ringbook' || b.fact === 'event' ? '' : b.at])]);
/** Titles of events are for the person alone. */
const seenBy = (viewer: string, { own, others }: Seen): Presence => (own.userId === viewer ? own : others);
