/** The text that AsyncAGIStart carries: `agi_name: value` lines, percent-encoded as a whole. */

export interface AgiRequest {
  context: string; number: string; name: string; callingPres: string;
  /** What stands behind agi:async, in order. */
  args: string[];
}

/** The caller's name is the one free text among the lines. Should it ever bring lines of its own, they must not replace real ones. */
const BEFORE_NAME = new Set(['request', 'channel', 'language', 'type', 'uniqueid', 'version', 'callerid', 'calleridname']);

export const agiRequest = (env: string): AgiRequest => {
  const values = new Map<string, string>();
  for (const line of percentDecoded(env).split('\n')) {
    const [, key, value] = /^agi_(\w+): ?(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || (BEFORE_NAME.has(key) && values.has(key))) continue;
    values.set(key, value);
  }
  const of = (key: string): string => values.get(key) ?? '';
  const args: string[] = [];
  for (let i = 1; values.has(`arg_${i}`); i++) args.push(of(`arg_${i}`));
  return { context: of('context'), number: of('callerid'), name: of('calleridname'), callingPres: of('callingpres'), args };
};

/** Ours are those of our context, and any that bring number, step and result: the context may have been renamed. */
export const isOurs = (context: string, args: readonly string[]): boolean => (context === 'ringbook' && args.length > 0) || args.length === 3;

/** Percent-decoding that never throws: bytes that are no UTF-8 (a caller's name in Latin-1) become U+FFFD. */
export const percentDecoded = (value: string): string => {
  try { return decodeURIComponent(value); } catch { /* not UTF-8, or a stray percent sign */ }
  const bytes: number[] = [];
  for (const [part, hex] of value.matchAll(/%([0-9A-Fa-f]{2})|[^%]+|%/g)) {
    if (hex === undefined) bytes.push(...new TextEncoder().encode(part)); else bytes.push(Number.parseInt(hex, 16));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
};
