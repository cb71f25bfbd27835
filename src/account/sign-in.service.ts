/** Signing in and out, and who the credentials of a request belong to. */
import { Inject, Injectable } from '@nestjs/common';
import type { Credentials, SignedIn, Who } from '../http/who.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { PersonStore } from './person.store.js';
import { checkPassword } from './secret.adapter.js';
import { SessionStore } from './session.store.js';
import { ThrottleService } from './throttle.service.js';

export interface Opened { personId: string; secret: string }

@Injectable()
export class SignInService implements SignedIn {
  constructor(private readonly people: PersonStore, private readonly sessions: SessionStore, private readonly throttle: ThrottleService, @Inject(RELAY) private readonly relay: Relay) {}

  /**
   * A wrong address and a wrong password look alike, in words and in time.
   * @throws Fault `session.refused`, `attempts.too-many`
   */
  async signIn(email: string, password: string, address: string): Promise<Opened> {
    await this.throttle.signIn(email, address);
    const person = await this.people.byEmail(email);
    if (!await checkPassword(person?.password_hash, password) || !person) throw new Fault('unauthenticated', 'session.refused', 'The mail address or the password is wrong');
    await this.throttle.signedIn(email, address);
    return this.open(person.id);
  }

  async open(personId: string): Promise<Opened> { return { personId, secret: await this.sessions.open(personId, new Date()) }; }

  async signOut(secret: string | undefined): Promise<void> {
    const personId = secret && await this.sessions.close(secret);
    if (personId) this.relay.publish('rights', { personId });
  }

  async who({ bearer, cookie }: Credentials): Promise<Who | undefined> {
    if (bearer) return as(await this.sessions.byToken(bearer, new Date()), 'token');
    return cookie ? as(await this.sessions.byCookie(cookie, new Date()), 'cookie') : undefined;
  }
}
const as = (holder: Omit<Who, 'via'> | undefined, via: Who['via']): Who | undefined => holder && { ...holder, via };
