/** People's status: asked for, set by themselves, moved by their telephones. Everybody who watches is told through the relay. */
import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Presence, Status, UserStatus } from '@ringbook/contracts';
import { RELAY, type Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { PresenceStore, type Known } from './presence.store.js';
import { type For, resolveStatus } from './resolve.js';

/** People of one query: what is made of it takes a few milliseconds. */
const SLICE = 25;

export interface Seen { own: Presence; others: Presence }

@Injectable()
export class PresenceService {
  constructor(private readonly store: PresenceStore, @Inject(RELAY) private readonly relay: Relay) {}

  /** @param at ISO instant. @param viewer who asks: only the person's own eyes see titles of events. @throws Fault `user.missing` */
  async of(personId: string, at: string, viewer: string): Promise<UserStatus> {
    const [known] = await this.store.known(at, [personId]);
    if (!known) throw new Fault('missing', 'user.missing', 'There is no such user');
    return resolveStatus({ ...known, at }, viewer === personId ? 'owner' : 'others');
  }

  /** Of these people, or of everybody; as the person sees it, and as everybody else does. In slices: callers do not wait for it. */
  async all(at: string, personIds?: readonly string[]): Promise<Seen[]> {
    const ids = personIds ?? await this.store.everybody();
    const all: Seen[] = [];
    for (let i = 0; i < ids.length; i += SLICE) {
      if (i > 0) await setImmediate();
      for (const known of await this.store.known(at, ids.slice(i, i + SLICE))) all.push({ own: presenceOf(known, at, 'owner'), others: presenceOf(known, at, 'others') });
    }
    return all;
  }

  /** The person's own word. @param until ISO instant, null for until further notice. @throws Fault `user.missing`, `request.invalid` */
  async set(personId: string, { status, until = null }: { status: Status; until?: string | null }, at: string): Promise<UserStatus> {
    if (until !== null && Date.parse(until) <= Date.parse(at)) throw new Fault('invalid', 'request.invalid', 'That time is over', { errors: [{ path: 'until', message: 'must be in the future' }] });
    await this.of(personId, at, personId);
    await this.store.setOwn(personId, { status, until, at });
    this.relay.publish('presence', { personId });
    return this.of(personId, at, personId);
  }

  /** News of a telephone, from the gateway. @param at ISO instant of the news */
  async phoneChanged(endpoint: string, state: string, at: string): Promise<void> {
    for (const personId of await this.store.setPhone({ endpoint, state, at })) this.relay.publish('presence', { personId });
  }
}
const presenceOf = ({ personId, name, ...known }: Known, at: string, whose: For): Presence => ({ userId: personId, name, ...resolveStatus({ ...known, at }, whose) });
