/**
 * WebDAV bodies: what we ask (RFC 4918, 6352, 6578) and what comes back. Text stays text: etag `1e3` and token
 * `20261120.10` are no numbers, and white space at the end of a card belongs to it.
 */
import { XMLParser } from 'fast-xml-parser';
import { quickXml } from './quick.js';

export interface DavResponse {
  href: string;
  /** Status of the resource as a whole, when the server gives one: 404 in a sync listing means deleted, 507 on the collection: cut short. */
  status: number | undefined;
  /** Properties that were found, by local name: text or a tree of elements. */
  props: Record<string, unknown>;
}
export interface Multistatus { responses: DavResponse[]; token: string | null }

const LISTS = new Set(['response', 'propstat', 'href']);
const parserOf = (ignoreAttributes: boolean): XMLParser => new XMLParser({
  ignoreAttributes, removeNSPrefix: true, parseTagValue: false, trimValues: false, processEntities: true, htmlEntities: true,
  isArray: (name: string) => LISTS.has(name),
});
const parsers = { plain: parserOf(true), attributes: parserOf(false) };

/** Characters that the parser for everything takes in one go (0.2 s): this may be the process that decides calls. */
const SLOW_MOST = 500_000;

/**
 * Undefined when it is none, or not all of it: a list that was cut off must never be taken for a short one. A document
 * type is refused, entities of its own are an attack or a mistake (RFC 4918, 20.6). What only the parser for everything can
 * read is refused beyond half a megabyte: larger answers come here in parts.
 */
export const parseMultistatus = (text: string, kind: keyof typeof parsers = 'plain'): Multistatus | undefined => {
  if (/<!DOCTYPE/i.test(text.slice(0, 10_000)) || !/<\/(?:[\w.-]+:)?multistatus\s*>\s*$/.test(text.slice(-200))) {
    return /<(?:[\w.-]+:)?multistatus\b[^>]*\/>\s*$/.test(text.slice(-1000)) ? { responses: [], token: null } : undefined;
  }
  const root = ((kind === 'plain' ? quickXml(text, LISTS) : undefined) ?? (text.length <= SLOW_MOST ? attempt(text, kind) : undefined))?.['multistatus'];
  if (root === undefined) return undefined;
  const responses = asTree(root)['response'];
  return { responses: (Array.isArray(responses) ? responses : []).flatMap(responseOf), token: textOf(asTree(root)['sync-token']).trim() || null };
};

/** Most characters of one response in a listing, and of a part that holds several. */
const ONE_MOST = 1_000_000, PART = 250_000;
const OPEN_TAG = /<(?:[\w.-]+:)?multistatus\b[^<>]*>/;
const CLOSE_TAG = /^<\/(?:[\w.-]+:)?multistatus\s*>\s*$/;
const END = /<\/(?:[\w.-]+:)?response\s*>/g;

/**
 * An answer cut into whole answers of a few hundred resources, so that the process can breathe between them: 10,000 at once
 * take 0.4 s. Where CDATA is, it is one part, as the text of an end tag may stand in it. Undefined is the last thing said where
 * it is no whole answer, or holds a response of more than `most` characters. Takes time in proportion to the text, whatever is in it.
 */
export function* partsOf(text: string, { size = 250, most = ONE_MOST }: { size?: number; most?: number } = {}): Generator<string | undefined> {
  const open = OPEN_TAG.exec(text.slice(0, 10_000));
  const close = text.lastIndexOf('</');
  const odd = !open || close < open.index || text.length - close > 200 || !CLOSE_TAG.test(text.slice(close));
  const head = text.slice(0, open?.index ?? 10_000);
  if (odd || /<!DOCTYPE/i.test(head) || text.includes('<![CDATA[')) { yield text.length <= most && !/<!DOCTYPE/i.test(head) ? text : undefined; return; }
  for (let at = open.index + open[0].length; at < close;) {
    const cut = endOf(text, at, Math.min(at + PART, close), size) ?? (close - at <= PART ? close : endOf(text, at, Math.min(at + most, close), 1) ?? (close - at <= most ? close : undefined));
    yield cut === undefined ? undefined : `<multistatus>${text.slice(at, cut)}</multistatus>`;
    if (cut === undefined) return;
    at = cut;
  }
  if (open.index + open[0].length === close) yield text;
}

/** Where the last of up to `size` responses ends between two places. */
const endOf = (text: string, from: number, to: number, size: number): number | undefined => {
  const part = text.slice(from, to);
  let found: number | undefined;
  END.lastIndex = 0;
  for (let n = 0; n < size && END.exec(part); n += 1) found = from + END.lastIndex;
  return found;
};

const attempt = (text: string, kind: keyof typeof parsers): Record<string, unknown> | undefined => {
  try { return parsers[kind].parse(text) as Record<string, unknown>; } catch { return undefined; }
};

const responseOf = (raw: unknown): DavResponse[] => {
  const response = asTree(raw);
  const status = statusOf(response['status']);
  const propstats = Array.isArray(response['propstat']) ? response['propstat'].map(asTree) : [];
  const found = propstats.filter((p) => (statusOf(p['status']) ?? 200) < 300).map((p) => asTree(p['prop']));
  const props = Object.assign({}, ...found) as Record<string, unknown>;
  return hrefsOf(response).map((href) => ({ href, status, props }));
};

const statusOf = (line: unknown): number | undefined => {
  const code = /^\s*HTTP\/\S+\s+(\d{3})/.exec(textOf(line))?.[1];
  return code === undefined ? undefined : Number(code);
};

/** The hrefs directly below an element, for example of current-user-principal. */
export const hrefsOf = (element: unknown): string[] => {
  const hrefs = asTree(element)['href'];
  return (Array.isArray(hrefs) ? hrefs : []).map((href) => textOf(href).trim()).filter(Boolean);
};

export const asTree = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {});
/** The text of an element, also when it holds further elements. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'object' && value !== null ? textOf((value as Record<string, unknown>)['#text']) : '');

const XML = '<?xml version="1.0" encoding="utf-8"?>\n';
const LISTED = '<prop><getetag/><getcontentlength/><resourcetype/></prop>';
export const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Attributes as `@_name`, where they matter (`comp name="VEVENT"`). */
export const DISCOVER_BODY = `${XML}<propfind xmlns="DAV:" xmlns:B="urn:ietf:params:xml:ns:carddav" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><resourcetype/><displayname/><current-user-principal/><current-user-privilege-set/><B:addressbook-home-set/><C:calendar-home-set/><C:supported-calendar-component-set/></prop></propfind>`;
export const LIST_BODY = `${XML}<propfind xmlns="DAV:">${LISTED}</propfind>`;
export const ETAG_BODY = `${XML}<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`;
/** RFC 6578, 3.2. An empty token asks for everything and the first token. */
export const syncBody = (token: string): string => `${XML}<sync-collection xmlns="DAV:"><sync-token>${escapeXml(token)}</sync-token><sync-level>1</sync-level>${LISTED}</sync-collection>`;
/** RFC 6352, 8.7; RFC 4791, 7.9. SOGo cuts an address off at an &, however it is escaped. */
export const multigetBody = ({ namespace, multiget, data }: { namespace: string; multiget: string; data: string }, hrefs: readonly string[]): string =>
  `${XML}<C:${multiget} xmlns="DAV:" xmlns:C="${namespace}"><prop><getetag/><C:${data}/></prop>${hrefs.map((href) => `<href>${escapeXml(href.replaceAll('&', '%26'))}</href>`).join('')}</C:${multiget}>`;
