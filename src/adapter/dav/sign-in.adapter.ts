/**
 * Signing in at one server, as it asks: nothing is sent before it has asked, unless a way was chosen. Digest is answered
 * wherever it is offered; Basic, which shows the password to who listens, only where it is not.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { DavAuth } from '@ringbook/contracts';
import { challengesIn } from './challenge.js';
import { type DigestChallenge, digestHeader, digestIn, type Hash } from './digest.js';

export interface Credentials { username: string; password: string; auth?: DavAuth }
/** Why there is nothing more to try: `refused` what was sent, or `offered` ways that are not the chosen one, or unknown ones. */
export type Refusal = { kind: 'refused'; by: 'password' | 'token' } | { kind: 'other-way'; chosen: DavAuth; offered: string[] } | { kind: 'insecure'; by: 'password' | 'token' };
type Answer = 'again' | Refusal;

const hash: Hash = (name, text) => createHash(name).update(text, 'utf8').digest('hex');

export class Signer {
  readonly #username: string;
  readonly #password: string;
  readonly #auth: DavAuth;
  #way: 'none' | 'basic' | 'bearer' | 'digest';
  #digest: { challenge: DigestChallenge; count: number; cnonce: string } | undefined;

  /** @param bare passwords and tokens may be sent as they are: somebody entered http://, or it is encrypted */
  constructor({ username, password, auth = 'auto' }: Credentials, private readonly encrypted: boolean, private readonly bare = true) {
    [this.#username, this.#password, this.#auth] = [username, password, auth];
    this.#way = bare && (auth === 'basic' || auth === 'bearer') ? auth : 'none';
  }

  /** What to send with a request; undefined: nothing. `uri` as in the request line. */
  header(method: string, uri: string): string | undefined {
    if (this.#way === 'digest' && this.#digest) {
      this.#digest.count += 1;
      const { challenge, count, cnonce } = this.#digest;
      return digestHeader(challenge, { username: this.#username, password: this.#password, method, uri, count, cnonce, hash });
    }
    // RFC 7617, 2.1: user names and passwords are UTF-8.
    if (this.#way === 'basic') return `Basic ${Buffer.from(`${this.#username}:${this.#password}`, 'utf8').toString('base64')}`;
    return this.#way === 'bearer' ? `Bearer ${Buffer.from(this.#password, 'utf8').toString('latin1')}` : undefined;
  }

  /** After a 401 on a request with the header `sent`. `again`: ask once more, with a new one. */
  challenged(wwwAuthenticate: string, sent: string | undefined): Answer {
    const challenges = challengesIn(wwwAuthenticate);
    const answerable = digestIn(challenges);
    if (this.#isNobody) return { kind: 'refused', by: 'password' };
    if (answerable && (this.#auth === 'auto' || this.#auth === 'digest')) return this.#takeDigest(answerable, sent);
    const offered = [...new Set(challenges.map(({ scheme }) => scheme.slice(0, 20)))].slice(0, 5);
    // It asks for something that we cannot read: no reason to show it the password.
    if (this.#auth === 'auto' && sent === undefined && offered.length === 0 && wwwAuthenticate.trim() !== '') return { kind: 'other-way', chosen: 'auto', offered: ['its demand cannot be read'] };
    if (this.#auth === 'auto' && sent === undefined && !offered.includes('digest')) {
      const way = offered.includes('basic') || offered.length === 0 ? 'basic' : offered.includes('bearer') ? 'bearer' : undefined;
      if (way && !this.bare) return { kind: 'insecure', by: way === 'bearer' ? 'token' : 'password' };
      if (way) { this.#way = way; return 'again'; }
    }
    if (!this.bare && (this.#auth === 'basic' || this.#auth === 'bearer')) return { kind: 'insecure', by: this.#auth === 'bearer' ? 'token' : 'password' };
    const used = sent?.split(' ', 1)[0]?.toLowerCase();
    if (offered.length > 0 && (used === undefined || !offered.includes(used))) return { kind: 'other-way', chosen: this.#auth, offered };
    return { kind: 'refused', by: used === 'bearer' ? 'token' : 'password' };
  }

  /**
   * Answered without having been asked who we are: true when it is worth to say so, as a page for everybody may be less than
   * what is ours. Never in the clear, where Digest may be known elsewhere on that server.
   */
  welcomed(status: number): boolean {
    if (this.#way !== 'none' || this.#auth !== 'auto' || status !== 207 || !this.encrypted || this.#isNobody) return false;
    this.#way = 'basic';
    return true;
  }

  /** How it signs in now, for people. */
  way(): string {
    if (this.#way === 'none') return 'without signing in';
    return `by ${this.#way === 'bearer' ? 'token' : this.#way === 'basic' ? 'Basic' : `Digest (${this.#digest?.challenge.hash === 'md5' ? 'MD5' : 'SHA-256'})`}`;
  }

  get #isNobody(): boolean { return this.#username === '' && this.#password === ''; }

  #takeDigest(challenge: DigestChallenge, sent: string | undefined): Answer {
    const before = this.#digest;
    this.#digest = { challenge, count: 0, cnonce: randomBytes(16).toString('base64url') };
    this.#way = 'digest';
    // A nonce that was used before may have become old; a fresh one that is refused means the password is wrong.
    const old = before !== undefined && challenge.nonce !== before.challenge.nonce && before.count > 1;
    return !sent?.startsWith('Digest ') || challenge.stale || old ? 'again' : { kind: 'refused', by: 'password' };
  }
}
