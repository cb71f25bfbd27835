/**
 * Finds the collection from whatever address somebody has: of the server, of the account, or of the collection itself
 * (RFC 6764, 6: well-known address -> principal -> home -> collections). Uses tsdav for the questions, with our own fetch.
 */
import { propfind } from 'tsdav';
import type { DavHttp } from './http.adapter.js';
import type { DavKind } from './kind.js';

export interface Found { location: string; others: string[] }
interface Place { path: string; matches: boolean; name: string; principal: string | undefined; homes: string[] }

const PROPS = { resourcetype: {}, displayname: {}, 'current-user-principal': {}, 'card:addressbook-home-set': {}, 'c:calendar-home-set': {} };
const MAX_BODY = 8 * 1024 * 1024;

/** @throws Fault `.not-an-address-book`, `.not-a-calendar`, `.redirected` and what DavHttp throws */
export const discover = async (http: DavHttp, kind: DavKind): Promise<Found> => {
  const start = http.base.pathname + http.base.search;
  for (const path of new Set([start, kind.wellKnown, '/'])) {
    const here = (await ask(http, kind, path, '0'))?.[0];
    if (here?.matches) return { location: here.path, others: [] };
    const found = here && (await inHomes(http, kind, here) ?? choose(await below(http, kind, here.path)));
    if (found) return found;
  }
  throw kind.faults.none(http.base.href);
};

const inHomes = async (http: DavHttp, kind: DavKind, here: Place): Promise<Found | undefined> => {
  const principal = here.principal === undefined ? undefined : (await ask(http, kind, here.principal, '0'))?.[0];
  for (const home of [...here.homes, ...(principal?.homes ?? [])]) {
    const found = choose(await below(http, kind, home));
    if (found) return found;
    // Large providers keep books on another host than they sign people in: no password goes there unasked.
    if (URL.canParse(home) && new URL(home).origin !== http.base.origin) throw kind.faults.redirected(http.base.host, home);
  }
  return undefined;
};

const below = async (http: DavHttp, kind: DavKind, path: string): Promise<Place[]> => (await ask(http, kind, path, '1') ?? []).filter((place) => place.matches);
/** The first by its path, so that it is the same one each time. */
const choose = (books: Place[]): Found | undefined => {
  const [first, ...others] = books.sort((a, b) => (a.path < b.path ? -1 : 1));
  return first && { location: first.path, others: others.map((book) => book.name || book.path) };
};

/** Undefined when there is nothing that answers PROPFIND. */
const ask = async (http: DavHttp, kind: DavKind, path: string, depth: '0' | '1'): Promise<Place[] | undefined> => {
  let asked = path;
  const answers = await propfind({ url: new URL(path, http.base).href, props: PROPS, depth, fetch: fetchThrough(http, (url) => { asked = url; }) });
  const ok = answers.filter((answer) => answer.href && answer.props && answer.ok && answer.status < 300);
  if (ok.length > 0) return ok.map((answer) => placeOf(kind, String(answer.href), asked, (answer.props ?? {}) as Record<string, unknown>));
  const status = answers[0]?.status ?? 0;
  if (status >= 500 && status !== 501) throw kind.faults.serverFailed(http.base.host, status);
  return undefined;
};

const placeOf = (kind: DavKind, href: string, asked: string, props: Record<string, unknown>): Place => ({
  path: new URL(href, asked).pathname,
  matches: kind.collection in tree(props['resourcetype']),
  name: typeof props['displayname'] === 'object' ? '' : String(props['displayname'] ?? ''),
  principal: hrefs(props['currentUserPrincipal'])[0],
  homes: hrefs(props[kind.home.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())]),
});
const tree = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {});
const hrefs = (value: unknown): string[] => [tree(value)['href'] ?? []].flat().filter((href): href is string => typeof href === 'string');

/** tsdav with our transport: origin check, bounds, timeouts and faults are ours. */
export const fetchThrough = (http: DavHttp, landed: (url: string) => void = () => {}): typeof globalThis.fetch => async (input, init) => {
  const headers = Object.fromEntries(new Headers(init?.headers).entries());
  const answer = await http.request(init?.method ?? 'GET', String(input), { headers, body: (init?.body ?? undefined) as string | Uint8Array | undefined, limit: MAX_BODY });
  landed(answer.url);
  const empty = answer.status === 204 || answer.status === 304 || answer.status < 200;
  return new Response(empty ? null : Buffer.from(answer.bytes), { status: answer.status, headers: answer.headers });
};
