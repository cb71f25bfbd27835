/**
 * How often somebody may try. Counted in this process: with several API processes the limits are that many times higher,
 * which passwords of 10 characters bear.
 */
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Fault } from '../shared/fault.js';
import { networkOf } from './address.js';

const QUARTER_HOUR = 15 * 60;
/** Attempts in a time, in seconds. Each is for what its key says. */
const LIMITS = {
  signInByAddress: { points: 30, duration: QUARTER_HOUR },
  signInByAccount: { points: 10, duration: QUARTER_HOUR },
  setUp: { points: 10, duration: QUARTER_HOUR },
  startPairing: { points: 10, duration: QUARTER_HOUR },
  confirmPairing: { points: 10, duration: QUARTER_HOUR },
} as const;
type What = keyof typeof LIMITS;

@Injectable()
export class ThrottleService {
  private readonly limiters = new Map(Object.entries(LIMITS).map(([what, limit]) => [what, new RateLimiterMemory({ keyPrefix: what, ...limit })]));

  /** Counts one attempt. @throws Fault `attempts.too-many` with `retryAfter` in seconds */
  async count(what: What, key: string): Promise<void> {
    try { await this.limiters.get(what)!.consume(key); } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      throw new Fault('limited', 'attempts.too-many', 'Too many attempts: wait a while', { retryAfter: thrown.msBeforeNext / 1000 });
    }
  }

  /** Counts before the password is looked at, so that a burst of attempts at once gets no further than a series. */
  async signIn(email: string, address: string): Promise<void> {
    await this.count('signInByAddress', networkOf(address));
    await this.count('signInByAccount', email.toLowerCase());
  }
  /** It was the right password: the attempt does not count. */
  async signedIn(email: string, address: string): Promise<void> {
    await this.limiters.get('signInByAddress')!.reward(networkOf(address));
    await this.limiters.get('signInByAccount')!.delete(email.toLowerCase());
  }
}
