/**
 * Finds the collection from whatever address somebody has: of a domain, a server, an account, or the collection itself
 * (RFC 6764, 6: DNS -> well-known address -> principal -> home -> collections).
 */
import { type DavAddress } from './address.js';
import { isTrouble } from './fault.js';
import type { DavHttp } from './http.adapter.js';
import { BOOKS, CALENDARS, type DavKind } from './kind.js';
import { readMultistatus } from './read.adapter.js';
import { asTree, DISCOVER_BODY, hrefsOf, textOf } from './xml.js';

/** One address book or calendar of an account. `readOnly` null: the server does not say. */
export interface Collection { kind: 'addressBook' | 'calendar'; path: string; name: string; readOnly: boolean | null }
interface Place { path: string; collection: Collection | undefined; principal: string | undefined; homes: Record<Collection['kind'], string[]> }
export interface Found { /** Of the kind that was looked for, by path; the first is the one that is taken. */ collections: Collection[]; /** Where the account begins, for `allOf`. */ principal: string | undefined }

/** Bytes of an answer about one resource, and about all in one place. */
const MAX_BODY = { 0: 64 * 1024, 1: 8 * 1024 * 1024 };
const MAX_FOUND = 200;
/** Where much used servers are when nobody set up the well-known address: SOGo, Nextcloud, DAViCal, Baikal, others. */
const USUAL = ['/SOGo/dav/', '/remote.php/dav/', '/caldav.php/', '/dav.php/', '/dav/'];

/** @throws Fault `.not-an-address-book`, `.not-a-calendar`, `.redirected` and what DavHttp throws */
export const discover = async (http: DavHttp, kind: DavKind, address: DavAddress): Promise<Found> => {
  const start = http.base.pathname + http.base.search;
  const first = address.kind === 'domain' && start === '/' ? [kind.wellKnown, '/'] : [start, kind.wellKnown, '/'];
  for (const path of new Set([...first, ...USUAL])) {
    const here = (await ask(http, kind, path, '0'))?.[0];
    if (!here) continue;
    if (here.collection?.kind === kind.label) return { collections: [here.collection], principal: here.principal };
    const collections = await inHomes(http, kind, here) ?? await below(http, kind, here.path);
    if (collections.length > 0) return { collections, principal: here.principal };
  }
  throw kind.faults.none(http.base.href);
};

const inHomes = async (http: DavHttp, kind: DavKind, here: Place): Promise<Collection[] | undefined> => {
  const principal = here.principal === undefined ? undefined : (await ask(http, kind, here.principal, '0'))?.[0];
  for (const home of new Set([...here.homes[kind.label], ...principal?.homes[kind.label] ?? []])) {
    const found = await below(http, kind, home);
    if (found.length > 0) return found;
    // Large providers keep books on another host than they sign people in: no password goes there unasked.
    if (URL.canParse(home) && new URL(home).origin !== http.base.origin) throw kind.faults.redirected(http.base.host, home.slice(0, 300));
  }
  return undefined;
};

/** By path, so that the first is the same one each time. */
const below = async (http: DavHttp, kind: DavKind, path: string): Promise<Collection[]> =>
  (await ask(http, kind, path, '1') ?? []).flatMap(({ collection }) => (collection?.kind === kind.label ? [collection] : [])).sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MAX_FOUND);

/** Every address book and calendar of the account; what cannot be found out is left out. */
export const allOf = async (http: DavHttp, { collections, principal }: Found): Promise<Collection[]> => {
  const all = new Map(collections.map((collection) => [collection.path, collection]));
  const place = principal === undefined ? undefined : (await ask(http, BOOKS, principal, '0').catch(() => undefined))?.[0];
  for (const kind of [BOOKS, CALENDARS]) {
    for (const home of new Set(place?.homes[kind.label] ?? [])) {
      if (new URL(home, http.base).origin !== http.base.origin) continue;
      for (const collection of await below(http, kind, home).catch(() => [])) all.set(collection.path, collection);
    }
  }
  return [...all.values()].slice(0, MAX_FOUND);
};

/** Undefined when there is nothing that answers PROPFIND. */
const ask = async (http: DavHttp, kind: DavKind, path: string, depth: '0' | '1'): Promise<Place[] | undefined> => {
  const answer = await http.request('PROPFIND', path, { body: DISCOVER_BODY, limit: MAX_BODY[depth], headers: { 'content-type': 'application/xml; charset=utf-8', depth } });
  if (answer.status >= 500 && answer.status !== 501) throw kind.faults.serverFailed(http.base.host, answer.status);
  const responses = answer.status === 207 ? (await readMultistatus(answer.bytes, { kind: 'attributes' }))?.responses ?? [] : [];
  const good = responses.filter(({ status }) => status === undefined || status < 300);
  return good.length === 0 ? undefined : good.map(({ href, props }) => placeOf(href, answer.url, props));
};

const placeOf = (href: string, asked: string, props: Record<string, unknown>): Place => {
  const path = URL.canParse(href, asked) ? new URL(href, asked).pathname : href;
  const kind = [BOOKS, CALENDARS].find(({ collection }) => collection in asTree(props['resourcetype']));
  const taken = kind === BOOKS || kind === CALENDARS && holdsEvents(props['supported-calendar-component-set']);
  return {
    path, principal: hrefsOf(props['current-user-principal'])[0],
    homes: { addressBook: hrefsOf(props[BOOKS.home]), calendar: hrefsOf(props[CALENDARS.home]) },
    collection: kind && taken ? { kind: kind.label, path, name: textOf(props['displayname']).trim().slice(0, 200), readOnly: readOnlyIn(props['current-user-privilege-set']) } : undefined,
  };
};

/** RFC 4791, 5.2.3: a calendar may be for tasks only. */
const holdsEvents = (set: unknown): boolean => {
  const names = [asTree(set)['comp'] ?? []].flat().map((comp) => textOf(asTree(comp)['@_name']).toUpperCase());
  return names.length === 0 || names.includes('VEVENT');
};

/** RFC 3744, 5.4: what this user may do; null when the server does not tell. */
const readOnlyIn = (set: unknown): boolean | null => {
  const privileges = [asTree(set)['privilege'] ?? []].flat().flatMap((privilege) => Object.keys(asTree(privilege)));
  return privileges.length === 0 ? null : !privileges.some((name) => name === 'write' || name === 'write-content' || name === 'all');
};

/** Whether to look at the next place that DNS names: this one is not there, or holds no such thing. A bad certificate is no reason to go on without one. */
export const isElsewhere = (thrown: unknown): boolean => isTrouble(thrown, 'unreachable', 'not-an-address-book', 'not-a-calendar', 'redirected');
