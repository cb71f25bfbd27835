/**
 * Digest sign-in (RFC 7616, and RFC 2617 for servers without SHA-256): the password itself never goes over the wire. Hashing
 * and randomness come in, so that the examples of the RFC can be reckoned here.
 */
import type { Challenge } from './challenge.js';

/** The names of the hash functions as node:crypto knows them. */
export type HashName = 'md5' | 'sha256' | 'sha512-256';
export type Hash = (name: HashName, text: string) => string;

const HASHES: Record<string, HashName> = { 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256', MD5: 'md5' };
const STRENGTH: HashName[] = ['sha256', 'sha512-256', 'md5'];

export interface DigestChallenge {
  realm: string; nonce: string; opaque: string | undefined; hash: HashName; /** As the server spells it; undefined: it named none. */ algorithm: string | undefined;
  session: boolean; /** False: the form of RFC 2069, from before there were options. */ qop: boolean; utf8: boolean; userhash: boolean; stale: boolean;
}

/** The strongest of the Digest challenges that can be answered. */
export const digestIn = (challenges: readonly Challenge[]): DigestChallenge | undefined =>
  challenges.filter(({ scheme }) => scheme === 'digest').flatMap(({ params }) => readable(params)).sort((a, b) => STRENGTH.indexOf(a.hash) - STRENGTH.indexOf(b.hash))[0];

const readable = (params: Record<string, string>): DigestChallenge[] => {
  const { realm, nonce, opaque, algorithm, qop } = params;
  const [, name = 'MD5', session] = /^(.*?)(-sess)?$/i.exec((algorithm ?? 'MD5').toUpperCase()) ?? [];
  const hash = Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
  const options = qop?.toLowerCase().split(/[\s,]+/);
  if (realm === undefined || !nonce || hash === undefined || (options && !options.includes('auth'))) return [];
  const says = (key: string, value: string): boolean => params[key]?.toLowerCase() === value;
  return [{ realm, nonce, opaque, hash, algorithm, session: session !== undefined, qop: options !== undefined, utf8: says('charset', 'utf-8'), userhash: says('userhash', 'true'), stale: says('stale', 'true') }];
};

export interface DigestAsk { username: string; password: string; method: string; /** As it stands in the request line. */ uri: string; /** How often this nonce was used, this time included. */ count: number; cnonce: string; hash: Hash }

/** The Authorization header. `hash` gets UTF-8 (RFC 7616, 4). */
export const digestHeader = (challenge: DigestChallenge, { username, password, method, uri, count, cnonce, hash }: DigestAsk): string => {
  const h = (text: string): string => hash(challenge.hash, text);
  const { realm, nonce, opaque, algorithm } = challenge;
  const nc = count.toString(16).padStart(8, '0');
  const secret = h(`${username}:${realm}:${password}`);
  const a1 = challenge.session ? h(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = h(`${method}:${uri}`);
  const response = h(challenge.qop ? `${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}` : `${a1}:${nonce}:${a2}`);
  const user = challenge.userhash ? `username="${h(`${username}:${realm}`)}"` : nameOf(username, challenge.utf8);
  return `Digest ${[
    user, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`, `response="${response}"`,
    ...algorithm === undefined ? [] : [`algorithm=${algorithm}`], ...opaque === undefined ? [] : [`opaque=${quoted(opaque)}`],
    ...challenge.qop ? ['qop=auth', `nc=${nc}`] : [], ...challenge.qop || challenge.session ? [`cnonce=${quoted(cnonce)}`] : [], ...challenge.userhash ? ['userhash=true'] : [],
  ].join(', ')}`;
};

/** In a header, each byte of UTF-8 is a character of its own. */
const quoted = (text: string): string => `"${Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('').replace(/[\\"]/g, '\\$&')}"`;
/** RFC 7616, 3.4: names beyond ASCII in the form of RFC 5987, where the server knows of UTF-8. */
const nameOf = (username: string, utf8: boolean): string => (utf8 && /[^\x20-\x7e]/.test(username)
  ? `username*=UTF-8''${encodeURIComponent(username).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}` : `username=${quoted(username)}`);
