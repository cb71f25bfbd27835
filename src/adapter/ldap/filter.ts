/** Search filters (RFC 4515) as people write them. */

const SPECIAL: Record<string, string> = { '*': String.raw`\2a`, '(': String.raw`\28`, ')': String.raw`\29`, '\\': String.raw`\5c`, '\0': String.raw`\00` };
/** Text as it may stand as a value in a filter, whatever is in it. */
export const escapeValue = (text: string): string => text.replace(/[*()\\\0]/g, (char) => SPECIAL[char]!);

const DECODER = new TextDecoder('utf-8', { fatal: true });
/** \c3\bc is one character of two bytes, which the parser of ldapts takes for two: such runs become what they stand for. */
export const plainFilter = (filter: string): string => filter.replace(/(?:\\[0-9a-f]{2})+/gi, (run) => {
  try { return escapeValue(DECODER.decode(Uint8Array.from(run.split('\\').slice(1), (hex) => Number.parseInt(hex, 16)))); } catch { return run; }
}).replace(/\s+(?=\()|(?<=\))\s+(?=\))/g, '');

/** The attributes that a filter looks at. */
export const attributesOf = (filter: string): string[] => [...new Set([...filter.matchAll(/\(\s*([a-z][a-z0-9-]*)/gi)].map(([, name]) => name!))];
