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
export type Refusal = { kind: 'refused'; by: 'password' | 'token' } | { kind: 'other-way'; chosen: DavAuth; offered: string[] };
export interface Signer {
  /** What to send with a request; undefined: nothing. `uri` as in the request line. */
  header(method: string, uri: string): string | undefined;
  /** After a 401. `again`: ask once more, with a new header. */
  challenged(wwwAuthenticate: string, sent: string | undefined): 'again' | Refusal;
  /** Answered without having been asked who we are: true when it is worth to say so. */
  welcomed(status: number): boolean;
  /** How it signs in now, for people. */
  way(): string;
}

const hash: Hash = (name, text) => createHash(name).update(text, 'utf8').digest('hex');

export const signerFor = ({ username, password, auth = 'auto' }: Credentials, encrypted: boolean): Signer => {
  // RFC 7617, 2.1: user names and passwords are UTF-8.
  const fixed = { basic: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`, bearer: `Bearer ${Buffer.from(password, 'utf8').toString('latin1')}` };
  const nobody = username === '' && password === '';
  let way: 'none' | 'basic' | 'bearer' | 'digest' = auth === 'basic' || auth === 'bearer' ? auth : 'none';
  let digest: { challenge: DigestChallenge; count: number; cnonce: string } | undefined;

  const takeDigest = (challenge: DigestChallenge, sent: string | undefined): 'again' | Refusal => {
    const before = digest;
    digest = { challenge, count: 0, cnonce: randomBytes(16).toString('base64url') };
    way = 'digest';
    // A nonce that was used before may have become old; a fresh one that is refused means the password is wrong.
    const old = before !== undefined && challenge.nonce !== before.challenge.nonce && before.count > 1;
    return sent === undefined || !sent.startsWith('Digest ') || challenge.stale || old ? 'again' : { kind: 'refused', by: 'password' };
  };

  return {
    header: (method, uri) => {
      if (way === 'digest' && digest) {
        digest.count += 1;
        return digestHeader(digest.challenge, { username, password, method, uri, count: digest.count, cnonce: digest.cnonce, hash });
      }
      return way === 'basic' || way === 'bearer' ? fixed[way] : undefined;
    },
    challenged: (header, sent) => {
      const challenges = challengesIn(header);
      const offers = (scheme: string): boolean => challenges.some((challenge) => challenge.scheme === scheme);
      const answerable = digestIn(challenges);
      if (nobody) return { kind: 'refused', by: 'password' };
      if (answerable && (auth === 'auto' || auth === 'digest')) return takeDigest(answerable, sent);
      if (auth === 'auto' && !offers('digest')) {
        const next = offers('basic') || challenges.length === 0 ? 'basic' : offers('bearer') ? 'bearer' : undefined;
        if (next && sent === undefined) { way = next; return 'again'; }
      }
      const offered = [...new Set(challenges.map(({ scheme }) => scheme.slice(0, 20)))].slice(0, 5);
      const used = sent?.split(' ', 1)[0]?.toLowerCase();
      if (used !== undefined && (offered.length === 0 || offered.includes(used))) return { kind: 'refused', by: used === 'bearer' ? 'token' : 'password' };
      return offered.length === 0 ? { kind: 'refused', by: 'password' } : { kind: 'other-way', chosen: auth, offered };
    },
    // A page for everybody may be less than what is ours; never in the clear, where Digest may be known elsewhere on that server.
    welcomed: (status) => {
      if (way !== 'none' || auth !== 'auto' || status !== 207 || !encrypted || nobody) return false;
      way = 'basic';
      return true;
    },
    way: () => (way === 'none' ? 'without signing in' : `by ${way === 'bearer' ? 'token' : way === 'digest' ? `Digest (${digest!.challenge.hash === 'md5' ? 'MD5' : 'SHA-256'})` : 'Basic'}`),
  };
};
