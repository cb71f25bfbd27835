/** What a server wants for signing in: the WWW-Authenticate header (RFC 9110, 11.6.1), which may hold several challenges. */

export interface Challenge { /** In lower case. */ scheme: string; params: Record<string, string> }

/** tchar of RFC 9110, 5.6.2. */
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SPACE = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

/** What cannot be read ends the list; takes time in proportion to the text. */
export const challengesIn = (header: string): Challenge[] => {
  const text = header.slice(0, 8000);
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    at = pattern.lastIndex;
    return match[1] ?? match[0];
  };
  const all: Challenge[] = [];
  while (at < text.length) {
    take(SPACE);
    if (text[at] === ',') { at += 1; continue; }
    const name = take(TOKEN);
    if (name === undefined) break;
    const spaced = take(SPACE) !== '';
    if (text[at] === '=') {
      at += 1;
      take(SPACE);
      const value = take(QUOTED)?.replace(/\\(.)/gs, '$1') ?? take(TOKEN);
      if (value === undefined) break;
      const last = all.at(-1);
      if (last) last.params[name.toLowerCase()] ??= value;
      continue;
    }
    all.push({ scheme: name.toLowerCase(), params: Object.create(null) as Record<string, string> });
    // a blob such as Negotiate's, rather than the first of name=value
    if (spaced) {
      const from = at;
      const blob = take(TOKEN68);
      if (blob !== undefined && !/=/.test(blob) && text[at] !== ',' && at < text.length) at = from;
    }
  }
  return all;
};
