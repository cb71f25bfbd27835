/** What people change about themselves. A password is changed by whoever knows the old one: a screen left open is not enough. */
import { Inject, Injectable } from '@nestjs/common';
import type { patchMe } from '@ringbook/contracts';
import type { z } from 'zod';
import type { Credentials } from '../http/who.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { PersonStore } from './person.store.js';
import { checkPassword } from './secret.adapter.js';
import { ThrottleService } from './throttle.service.js';

/** `credentials`: of the request, which go on being valid. */
export interface Asking { personId: string; credentials: Credentials; address: string }

@Injectable()
export class OwnAccountService {
  constructor(private readonly people: PersonStore, private readonly throttle: ThrottleService, @Inject(RELAY) private readonly relay: Relay) {}

  /** A new password ends all other sessions, and with `endTokens` all other tokens. @throws Fault `password.wrong`, `attempts.too-many`, `user.missing` */
  async change(asking: Asking, { password, ...rest }: z.infer<typeof patchMe>): Promise<void> {
    if (password) await this.checkCurrent(asking, password.current);
    await this.people.patch(asking.personId, { ...rest, password: password?.next }, { keep: asking.credentials, tokens: password?.endTokens === true });
    this.relay.publish('rights', { personId: asking.personId });
  }

  /** Counted together with signing in: an open session must not be a second way to guess. */
  private async checkCurrent({ personId, address }: Asking, password: string): Promise<void> {
    const { email } = await this.people.need(personId);
    await this.throttle.signIn(email, address);
    const stored = (await this.people.byEmail(email))?.password_hash;
    if (!await checkPassword(stored, password)) throw new Fault('invalid', 'password.wrong', 'This is not your password', { errors: [{ path: 'password.current', message: 'is not your password' }] });
    await this.throttle.signedIn(email, address);
  }
}
