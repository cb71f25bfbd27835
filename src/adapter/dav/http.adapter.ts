/**
 * HTTP to one DAV server. Credentials go to its origin and nowhere else: redirects are followed only within it, and only to
 * addresses that its owner may reach (reach.adapter.ts). Bodies are bounded and timed. `fetch` comes from the undici package:
 * the one inside Node 24 ends the process when a peer sends a large body and closes.
 */
import { fetch, type RequestInit, type Response } from 'undici';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import type { DavFaults } from './fault.js';
import { agentFor, type Allowed, checkHost, checkLiteral } from './reach.adapter.js';
import { type Credentials, type Refusal, Signer } from './sign-in.adapter.js';

export interface DavAnswer { status: number; headers: Headers; bytes: Uint8Array; url: string }
export interface DavAsk { headers?: Record<string, string>; body?: string | Uint8Array; /** Most bytes to take; Fault `.too-large` beyond. */ limit?: number; /** Milliseconds, if fewer than usual. */ within?: number }
export interface DavOptions extends Credentials { /** Only http and https. */ base: URL; /** Milliseconds for one answer, body included. */ timeout?: number; allowed: Allowed; faults: DavFaults; /** Only DNS named it: over http, no password or token is sent as it is. */ named?: boolean }
export interface DavHttp {
  readonly base: URL;
  /** @throws Fault `.address-refused` */
  check(): Promise<void>;
  /** Any status but 401 is an answer. @throws Fault `.unauthorised`, `.insecure`, `.unreachable`, `.certificate`, `.redirected`, `.too-large`, `.address-refused` */
  request(method: string, url: string, ask?: DavAsk): Promise<DavAnswer>;
  /** How it signs in, in words; known after the first answer. */
  way(): string;
}

const TIMEOUT = 120_000;
const LIMIT = 64 * 1024 * 1024;
const REDIRECTS = 5;
/** Sent again to sign in, for a nonce that grew old meanwhile, and for one that was used by two at once. */
const SIGN_INS = 3;
/** May be sent twice without doing anything twice: servers drop kept-alive sockets just as they are used. */
const REPEATABLE = new Set(['GET', 'PROPFIND', 'REPORT', 'OPTIONS']);

/** Asks once, or twice where the socket was dropped. @throws whatever fetch does, and Faults */
type Send = (method: string, target: URL, ask: DavAsk, authorization: string | undefined) => Promise<DavAnswer>;
const sender = ({ base, allowed, faults, timeout = TIMEOUT }: DavOptions): Send => {
  const agent = agentFor(allowed, faults);
  const once: Send = async (method, target, ask, authorization) => {
    checkLiteral(target, allowed, faults);
    const headers = { ...authorization === undefined ? {} : { authorization }, 'accept-encoding': 'identity', 'user-agent': 'Ringbook', ...ask.headers };
    const wanted: RequestInit = { method, body: ask.body as string | undefined, redirect: 'manual', dispatcher: agent, signal: AbortSignal.timeout(Math.min(timeout, ask.within ?? timeout)), headers };
    const response = await fetch(target, wanted);
    return { status: response.status, headers: response.headers as unknown as Headers, url: target.href, bytes: await readBody(response, ask.limit ?? LIMIT, isContent(method, response.status) ? () => faults.tooLarge(base.host) : undefined) };
  };
  return async (method, target, ask, authorization) => {
    try { return await once(method, target, ask, authorization); } catch (thrown) {
      if (!REPEATABLE.has(method) || !isDropped(thrown)) throw thrown;
      return once(method, target, ask, authorization);
    }
  };
};

export const openDav = (options: DavOptions): DavHttp => {
  const { base, allowed, faults } = options;
  const send = sender(options);
  const encrypted = base.protocol === 'https:';
  const signer = new Signer(options, encrypted, encrypted || options.named !== true);
  const signedIn = async (method: string, target: URL, ask: DavAsk): Promise<DavAnswer> => {
    for (let round = 0; ; round += 1) {
      const sent = signer.header(method, target.pathname + target.search);
      const answer = await send(method, target, ask, sent).catch((thrown: unknown) => { throw asFault(base, thrown, faults); });
      if (answer.status !== 401) {
        if (sent !== undefined || !signer.welcomed(answer.status)) return answer;
        continue;
      }
      const next = signer.challenged(answer.headers.get('www-authenticate') ?? '', sent);
      if (next !== 'again') throw refused(next, base, faults);
      if (round >= SIGN_INS) throw faults.unauthorised(base.host, 'password');
    }
  };
  const request = async (method: string, to: string, ask: DavAsk = {}): Promise<DavAnswer> => {
    let target = ownUrl(base, to);
    for (let hop = 0; hop <= REDIRECTS; hop += 1) {
      const answer = await signedIn(method, target, ask);
      const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null;
      if (location === null) return answer;
      target = nextOf(base, target, location, faults);
    }
    throw faults.unreachable(base.host, 'it redirects in a circle');
  };
  return { base, check: () => checkHost(base, allowed, faults), request, way: () => signer.way() };
};

const refused = (why: Refusal, { host, origin }: URL, faults: DavFaults): Fault => {
  if (why.kind === 'other-way') return faults.otherWay(host, why.chosen, why.offered);
  return why.kind === 'insecure' ? faults.insecure(host, origin, why.by) : faults.unauthorised(host, why.by);
};

/** Where a redirect leads, on this server. @throws Fault `.redirected` when it leads elsewhere */
const nextOf = (base: URL, from: URL, location: string, faults: DavFaults): URL => {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (!next) throw faults.notUnderstood(base.host, 'a redirect to nowhere');
  if (next.origin !== base.origin && !isDowngrade(base, next)) throw faults.redirected(base.host, `${next.origin}${next.pathname}`.slice(0, 300));
  return ownUrl(base, next.href);
};

/** Servers behind a proxy that does TLS often name themselves by http: the path counts, and TLS stays. */
const isDowngrade = (base: URL, next: URL): boolean => base.protocol === 'https:' && next.protocol === 'http:' && next.hostname === base.hostname && (next.port === '' || next.port === base.port);

/** Paths, and absolute addresses of which only the path counts: behind a proxy servers name themselves by inner names. */
const ownUrl = (base: URL, to: string): URL => {
  const url = new URL(to, base);
  return new URL(url.pathname + url.search, base.origin);
};

/** Pages that servers send with errors are not read: however long they are, the status is what counts. */
const isContent = (method: string, status: number): boolean => status === 207 || (method === 'GET' && status === 200);

/** @param tooLarge undefined: what is beyond the limit is left */
const readBody = async (response: Response, limit: number, tooLarge: (() => Error) | undefined): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > limit && tooLarge) throw tooLarge(); // leaving the loop cancels the body
    if (length > limit) break;
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/;
const codeOf = (thrown: unknown): string => {
  for (let error = thrown as { code?: unknown; cause?: unknown } | undefined; error; error = error.cause as typeof error) if (typeof error.code === 'string') return error.code;
  return '';
};
const faultIn = (thrown: unknown): Fault | undefined => {
  for (let error = thrown as Error | undefined; error; error = error.cause as Error | undefined) if (error instanceof Fault) return error;
  return undefined;
};
const isDropped = (thrown: unknown): boolean => /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(codeOf(thrown));

const WORDS: Record<string, string> = {
  ENOTFOUND: 'no such host', ENODATA: 'no such host', EAI_AGAIN: 'its name cannot be looked up now', EREFUSED: 'its name cannot be looked up now', ESERVFAIL: 'its name cannot be looked up now', ETIMEOUT: 'its name cannot be looked up now', ECONNREFUSED: 'nothing listens there', ECONNRESET: 'the connection was cut', UND_ERR_SOCKET: 'the connection was cut', UND_ERR_CONNECT_TIMEOUT: 'no answer',
  EHOSTUNREACH: 'no way there', ENETUNREACH: 'no way there', ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port; an address without TLS starts with http://', EPROTO: 'it does not speak TLS on that port; an address without TLS starts with http://',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on that port; an address without TLS starts with http://', HPE_INVALID_CONSTANT: 'it does not speak HTTP on that port',
};
const CERTIFICATES: Record<string, string> = {
  CERT_HAS_EXPIRED: 'it has expired', CERT_NOT_YET_VALID: 'it is not valid yet', ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name', DEPTH_ZERO_SELF_SIGNED_CERT: 'the server signed it itself', SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here', UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here', UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known here', CERT_REVOKED: 'it was revoked',
};
const asFault = (base: URL, thrown: unknown, faults: DavFaults): Error => {
  const own = faultIn(thrown);
  if (own) return own;
  const code = codeOf(thrown);
  if (CERTIFICATE.test(code)) return faults.certificate(base.host, CERTIFICATES[code] ?? code, thrown);
  if ((thrown as Error).name === 'TimeoutError' || /TIMEOUT/.test(code)) return faults.unreachable(base.host, 'it did not answer in time', thrown);
  if (((thrown as Error).cause as Error | undefined)?.message === 'bad port') return faults.unreachable(base.host, `port ${base.port} is not for the web`, thrown);
  return faults.unreachable(base.host, WORDS[code] ?? (code || messageOf(thrown).slice(0, 200)), thrown);
};
