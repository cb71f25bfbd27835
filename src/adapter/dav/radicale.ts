/**
 * Radicale reads every card to say a sync token or a list (0.1 ms a card), but looks only at the files for the time of the last
 * change (0.005 ms), and hands out a whole collection faster than in parts. So for it alone, known by its tokens: when nothing has
 * changed since the last token, that is asked by time; and a first reading is one answer. Its time of last change (storage,
 * `last_modified`) is the newest of all files of the collection, removals included, in whole seconds.
 */
import type { Batch } from '../../sync/port.js';
import type { DavKind } from './kind.js';
import { batchOf, pathOf, tooBig } from './listing.js';
import { escapeXml, parseMultistatus, textOf } from './xml.js';

/** `modified`: when the collection last changed, in seconds, as asked together with the token at `asked` (ms of our clock). */
export interface RadicaleToken { token: string; modified?: number; asked?: number }
/** As the server says them: its last change, and its own clock at the end of the answer, in ms. */
export interface Times { modified: number; date: number }

const TOKEN = /^(http:\/\/radicale\.org\/ns\/sync\/\S*)(?: modified=(\d{1,12}) asked=(\d{1,15}))?$/;
/** Files may be put back with old times: the token itself is asked for every ten minutes. */
const TRUST = 600_000;
/** Times are in whole seconds: a change in the same one must show. */
const ROOM = 2000;

/** Undefined for tokens of other servers. */
export const radicaleToken = (text: string): RadicaleToken | undefined => {
  const [, token, modified, asked] = TOKEN.exec(text) ?? [];
  return token === undefined ? undefined : { token, ...(modified === undefined ? {} : { modified: Number(modified), asked: Number(asked) }) };
};

export const isUnchanged = ({ modified, asked = 0 }: RadicaleToken, times: Times, now: number): boolean => modified === times.modified && now >= asked && now - asked < TRUST;

/**
 * The token with the time of the last change, where that is surely older than the token.
 * @param took since the token was asked for, in ms; `times` were asked after it
 */
export const stamped = ({ token }: RadicaleToken, times: Times | undefined, took: number, now: number): string =>
  (times && times.modified * 1000 + ROOM < times.date - took ? `${token} modified=${times.modified} asked=${Math.floor(now)}` : token);

export const timesOf = (modified: string, date: string | null): Times | undefined => {
  const [last, clock] = [Date.parse(modified), Date.parse(date ?? '')];
  return Number.isNaN(last) || Number.isNaN(clock) ? undefined : { modified: Math.floor(last / 1000), date: clock };
};

/** A property of its own tells Radicale from others without a token; a collection without a name has none. */
export const TIMES_BODY = '<?xml version="1.0" encoding="utf-8"?>\n<propfind xmlns="DAV:" xmlns:R="http://radicale.org/ns/"><prop><getlastmodified/><R:displayname/></prop></propfind>';
export const isRadicale = (props: Record<string, unknown>): boolean => 'displayname' in props;
/** Stands for a token that nobody has asked for yet: good as long as nothing changes, then everything is listed. */
export const NO_TOKEN: RadicaleToken = { token: 'http://radicale.org/ns/sync/' };
/** RFC 6352, 8.6: everything, contents included. */
export const wholeBody = ({ namespace, query, data }: DavKind): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<C:${query} xmlns="DAV:" xmlns:C="${escapeXml(namespace)}"><prop><getetag/><C:${data}/></prop><C:filter/></C:${query}>`;

const END = '</response>';
/** Where a whole answer may be cut: after each resource. Undefined when it is not written as Radicale does, to its end, or holds more than `most`. */
export const cuts = (text: string, most: number): number[] | undefined => {
  const open = /<multistatus\b[^<>]*>/.exec(text.slice(0, 2000));
  const tail = text.slice(-200).trimEnd();
  if (!open || /<!/.test(text.slice(0, open.index)) || !tail.endsWith('</multistatus>') || text.includes('<![CDATA[')) return undefined;
  const found = [open.index + open[0].length];
  for (let at = text.indexOf(END); at >= 0; at = text.indexOf(END, at)) { at += END.length; if (found.push(at) > most + 1) return undefined; }
  return text.slice(found.at(-1)).trim() === '</multistatus>' ? found : undefined;
};

/** Characters that are read in one go (20 ms), and of one card: what is larger has no card in it that would be kept. */
const PIECE = 250_000, ONE = 6_000_000;
/** Up to where to go on from the `from`th cut: by `size` cards, fewer where they are large. */
export const nextCut = (at: readonly number[], from: number, size: number): number => {
  let to = from + 1;
  while (to < Math.min(from + size, at.length - 1) && at[to + 1]! - at[from]! <= PIECE) to += 1;
  return to;
};

/** What stands between two cuts. Undefined when it cannot be read. */
export const pieceOf = (kind: DavKind, text: string, collection: string): Batch | undefined => {
  if (text.length > ONE) return leftOut(kind, text, collection);
  const answer = parseMultistatus(`<multistatus>${text}</multistatus>`);
  return answer && batchOf(kind, answer, answer.responses.map(({ href, props }) => ({ href: pathOf(href, collection), etag: textOf(props['getetag']).trim() })), collection);
};

/** One that is too large to be read at all. */
const leftOut = (kind: DavKind, text: string, collection: string): Batch | undefined => {
  const [href] = /<href>[^<>]{1,4000}<\/href>/.exec(text.slice(0, 5000)) ?? [];
  const [response] = href === undefined ? [] : parseMultistatus(`<multistatus><response>${href}</response></multistatus>`)?.responses ?? [];
  return response && { cards: [], skipped: [{ href: pathOf(response.href, collection), etag: '', reason: tooBig(kind, text.length) }], missing: [] };
};
