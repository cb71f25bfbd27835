/**
 * HTTP to one DAV server. Credentials go to the origin the user entered and nowhere else: redirects are followed only
 * within it, and only to addresses that its owner may reach (reach.adapter.ts). Bodies are bounded and timed. `fetch` comes from the undici package: the one inside Node 24 ends the process
 * when a peer sends a large body and closes.
 */
import { fetch, type Response } from 'undici';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import type { DavFaults } from './fault.js';
import { agentFor, type Allowed, checkHost, checkLiteral } from './reach.adapter.js';

export interface DavAnswer { status: number; headers: Headers; bytes: Uint8Array; url: string }
export interface DavAsk { headers?: Record<string, string>; body?: string | Uint8Array; /** Most bytes to take; Fault `.too-large` beyond. */ limit?: number }
export interface DavOptions { url: string; username: string; password: string; /** Milliseconds for one answer, body included. */ timeout?: number; allowed: Allowed; faults: DavFaults }
export interface DavHttp {
  readonly base: URL;
  /** @throws Fault `.address-refused` */
  check(): Promise<void>;
  /** Any status but 401 is an answer. @throws Fault `.unauthorised`, `.unreachable`, `.certificate`, `.redirected`, `.too-large`, `.address-refused` */
  request(method: string, url: string, ask?: DavAsk): Promise<DavAnswer>;
}

const TIMEOUT = 120_000;
const LIMIT = 64 * 1024 * 1024;
const REDIRECTS = 5;
/** May be sent twice without doing anything twice: servers drop kept-alive sockets just as they are used. */
const REPEATABLE = new Set(['GET', 'PROPFIND', 'REPORT', 'OPTIONS']);

/** @throws Fault `.url` */
export const openDav = ({ url, username, password, allowed, faults, timeout = TIMEOUT }: DavOptions): DavHttp => {
  const base = baseOf(url, faults);
  const agent = agentFor(allowed, faults);
  // RFC 7617, 2.1: user names and passwords are UTF-8.
  const authorization = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
  const once = async (method: string, target: URL, ask: DavAsk): Promise<DavAnswer> => {
    checkLiteral(target, allowed, faults);
    const response = await fetch(target, {
      method, body: ask.body as string | undefined, redirect: 'manual', dispatcher: agent, signal: AbortSignal.timeout(timeout),
      headers: { authorization, 'accept-encoding': 'identity', 'user-agent': 'Ringbook', ...ask.headers },
    });
    return { status: response.status, headers: response.headers as unknown as Headers, url: target.href, bytes: await readBody(response, ask.limit ?? LIMIT, base.host, faults) };
  };
  const send = async (method: string, target: URL, ask: DavAsk): Promise<DavAnswer> => {
    try { return await once(method, target, ask); } catch (thrown) {
      if (!REPEATABLE.has(method) || !isDropped(thrown)) throw thrown;
      return once(method, target, ask);
    }
  };
  const request = async (method: string, to: string, ask: DavAsk = {}): Promise<DavAnswer> => {
    let target = ownUrl(base, to);
    for (let hop = 0; hop <= REDIRECTS; hop += 1) {
      const answer = await send(method, target, ask).catch((thrown: unknown) => { throw asFault(base.host, thrown, faults); });
      const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null;
      if (location === null) return signedIn(base.host, answer, faults);
      const next = new URL(location, target);
      if (next.origin !== base.origin) throw faults.redirected(base.host, `${next.origin}${next.pathname}`);
      target = next;
    }
    throw faults.unreachable(base.host, 'it redirects in a circle');
  };
  return { base, check: () => checkHost(base, allowed, faults), request };
};

const baseOf = (url: string, faults: DavFaults): URL => {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (!base || !/^https?:$/.test(base.protocol)) throw faults.badUrl();
  base.username = ''; base.password = ''; base.hash = '';
  return base;
};

/** Paths, and absolute addresses of which only the path counts: behind a proxy servers name themselves by inner names. */
const ownUrl = (base: URL, to: string): URL => {
  const url = new URL(to, base);
  return new URL(url.pathname + url.search, base.origin);
};

const signedIn = (host: string, answer: DavAnswer, faults: DavFaults): DavAnswer => {
  if (answer.status !== 401) return answer;
  throw /^\s*digest\b/i.test(answer.headers.get('www-authenticate') ?? '') ? faults.digestOnly(host) : faults.unauthorised(host);
};

const readBody = async (response: Response, limit: number, host: string, faults: DavFaults): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > limit) throw faults.tooLarge(host); // leaving the loop cancels the body
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

const WORDS: Record<string, string> = { ENOTFOUND: 'no such host', EAI_AGAIN: 'its name cannot be looked up now', ECONNREFUSED: 'nothing listens there', ECONNRESET: 'the connection was cut', UND_ERR_SOCKET: 'the connection was cut', UND_ERR_CONNECT_TIMEOUT: 'no answer', EHOSTUNREACH: 'no way there', ENETUNREACH: 'no way there' };
const asFault = (host: string, thrown: unknown, faults: DavFaults): Error => {
  const own = faultIn(thrown);
  if (own) return own;
  const code = codeOf(thrown);
  if (CERTIFICATE.test(code)) return faults.certificate(host, code, thrown);
  if ((thrown as Error).name === 'TimeoutError' || /TIMEOUT/.test(code)) return faults.unreachable(host, 'it did not answer in time', thrown);
  return faults.unreachable(host, WORDS[code] ?? (code || messageOf(thrown)), thrown);
};
