/**
 * XML as nearly all servers write it, taken apart in one pass, ten times as fast as by a parser for everything: elements,
 * text, CDATA, the five entities and character references. Whatever else it meets (comments, instructions, entities of a
 * document's own, text between elements, a tag that does not fit) it leaves to the real parser by saying undefined.
 */
export type Tree = { [name: string]: Tree | string | (Tree | string)[] };

const MAX_DEPTH = 30;
/** Character references: each costs as much as a hundred letters. Nobody needs more than one a line. */
const MAX_REFERENCES = 100_000;
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
const DECLARATION = /^\uFEFF?\s*<\?xml[^?]*\?>\s*/;
class Odd extends Error {}

/** @param lists names of elements that always come in an array */
export const quickXml = (source: string, lists: ReadonlySet<string>): Tree | undefined => {
  const text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source; // XML 1.0, 2.11
  const state = { text, at: DECLARATION.exec(text)?.[0].length ?? 0, lists, references: 0 };
  try {
    const root: Tree = {};
    element(state, root, 0);
    return text.slice(state.at).trim() === '' ? root : undefined;
  } catch (thrown) {
    if (thrown instanceof Odd) return undefined;
    throw thrown;
  }
};

interface State { text: string; at: number; lists: ReadonlySet<string>; references: number }

const element = (state: State, into: Tree, depth: number): void => {
  const { text } = state;
  const close = text.indexOf('>', state.at);
  if (text[state.at] !== '<' || close < 0 || depth > MAX_DEPTH) throw new Odd();
  const empty = text.charCodeAt(close - 1) === 47;
  const tag = text.slice(state.at + 1, empty ? close - 1 : close);
  const space = tag.search(/\s/);
  const name = space < 0 ? tag : tag.slice(0, space);
  if (!NAME.test(name) || (space >= 0 && !isWhole(tag))) throw new Odd();
  state.at = close + 1;
  add(into, name.slice(name.indexOf(':') + 1), empty ? '' : content(state, name, depth), state.lists);
};

/** Attributes say nothing here, but a > may stand in one. */
const isWhole = (tag: string): boolean => /^[^\s"'<]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*$/.test(tag);

const content = (state: State, name: string, depth: number): Tree | string => {
  const { text } = state;
  let said = '', children: Tree | undefined;
  for (;;) {
    const open = text.indexOf('<', state.at);
    if (open < 0) throw new Odd();
    if (open > state.at) { said += plain(state, text.slice(state.at, open)); state.at = open; }
    const next = text.charCodeAt(open + 1);
    if (next === 47) break;
    if (next === 33) { said += cdata(state); continue; }
    element(state, children ??= {}, depth + 1);
  }
  const end = text.indexOf('>', state.at);
  if (end < 0 || text.slice(state.at + 2, end).trimEnd() !== name) throw new Odd();
  state.at = end + 1;
  if (children && said.trim() !== '') throw new Odd();
  return children ?? said;
};

const cdata = (state: State): string => {
  const from = state.at + 9;
  const to = state.text.startsWith('<![CDATA[', state.at) ? state.text.indexOf(']]>', from) : -1;
  if (to < 0) throw new Odd();
  state.at = to + 3;
  return state.text.slice(from, to);
};

/** An & that begins none of the five named entities. */
const OTHER = /&(?!(?:lt|gt|amp|quot|apos);)/;
const plain = (state: State, raw: string): string => (!raw.includes('&') ? raw : OTHER.test(raw) ? slowly(state, raw)
  : raw.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&'));

const slowly = (state: State, raw: string): string => raw.replace(/&([^;&]{0,12})(;?)/g, (_, entity: string, end: string) => {
  const meant = end === ';' ? NAMED[entity] ?? reference(entity) : undefined;
  if (meant === undefined || (state.references += 1) > MAX_REFERENCES) throw new Odd();
  return meant;
});

const reference = (entity: string): string | undefined => {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(entity) ?? [];
  const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : -1;
  return code > 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined;
};

const add = (into: Tree, name: string, value: Tree | string, lists: ReadonlySet<string>): void => {
  if (!lists.has(name)) {
    if (Object.hasOwn(into, name) || name === '__proto__') throw new Odd();
    into[name] = value;
    return;
  }
  const list = into[name];
  if (Array.isArray(list)) list.push(value); else into[name] = [value];
};
