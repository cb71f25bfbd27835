/**
 * Entries of a directory as LDIF (RFC 2849): the bytes that stand for a contact of a directory, as a vCard does for others. Reads
 * the first record of what it is given with the place of each line, so that one can be changed and every other byte kept.
 */

/** `name`: as written; '' for comments and lines that make no sense. `value`: undefined when it stands elsewhere (a URL). */
export interface LdifLine { start: number; end: number; name: string; value: Uint8Array | undefined }
/** `lines` after the dn, up to the first empty line at `end`. */
export interface LdifRecord { bytes: Uint8Array; dn: string; lines: LdifLine[]; end: number; eol: string }
export interface Attribute { name: string; values: readonly Uint8Array[] }

const LF = 10, CR = 13, SPACE = 32, COLON = 58, LESS = 60;
/** RFC 2849 leaves the width to the writer; this is the one that tools use. */
const WIDTH = 76;
/** Lines as they stand, folded ones each. An entry has tens of them, and 4,000 at the size that directories are read up to. */
const MAX_LINES = 20_000;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const encode = (text: string): Uint8Array => ENCODER.encode(text);
/** Undefined for bytes that are no UTF-8. */
export const textOf = (bytes: Uint8Array | undefined): string | undefined => { try { return bytes && DECODER.decode(bytes); } catch { return undefined; } };

/** Whether these bytes are an entry of a directory rather than a vCard. */
export const isLdif = (bytes: Uint8Array): boolean => /^(?:dn:|version: ?1\r?\n)/i.test(latin(bytes, 0, Math.min(bytes.length, 20)));

/** The first record; undefined when there is none. */
export const readLdif = (bytes: Uint8Array): LdifRecord | undefined => {
  const all = isLdif(bytes) ? logicalLines(bytes) : [];
  const first = all.findIndex((line) => line.name.toLowerCase() === 'dn');
  if (first < 0) return undefined;
  const after = all.slice(first + 1);
  const blank = after.findIndex((line) => line.blank);
  const lines = blank < 0 ? after : after.slice(0, blank);
  const { end } = lines.at(-1) ?? all[first]!;
  return { bytes, dn: textOf(all[first]!.value) ?? '', lines, end, eol: bytes[all[first]!.end - 2] === CR ? '\r\n' : '\n' };
};

const logicalLines = (bytes: Uint8Array): (LdifLine & { blank: boolean })[] => {
  const lines: (LdifLine & { blank: boolean })[] = [];
  let count = 0;
  for (let start = 0; start < bytes.length;) {
    const segments = [physical(bytes, start)];
    for (let { next } = segments[0]!; bytes[next] === SPACE && next < bytes.length && count + segments.length <= MAX_LINES; ({ next } = segments.at(-1)!)) segments.push(physical(bytes, next));
    count += segments.length;
    if (count > MAX_LINES) return [];
    const end = segments.at(-1)!.next;
    const content = joined(bytes, segments.map(({ from, to }, i) => [from + (i > 0 ? 1 : 0), to] as const));
    lines.push({ start, end, blank: content.length === 0, ...attributeOf(content) });
    start = end;
  }
  return lines;
};
const physical = (bytes: Uint8Array, from: number): { from: number; to: number; next: number } => {
  const found = bytes.indexOf(LF, from);
  const next = found < 0 ? bytes.length : found + 1;
  const to = found < 0 ? next : found;
  return { from, to: to > from && bytes[to - 1] === CR ? to - 1 : to, next };
};
const joined = (bytes: Uint8Array, segments: (readonly [number, number])[]): Uint8Array => {
  if (segments.length === 1) return bytes.subarray(...segments[0]!);
  const whole = new Uint8Array(segments.reduce((sum, [from, to]) => sum + to - from, 0));
  let at = 0;
  for (const [from, to] of segments) { whole.set(bytes.subarray(from, to), at); at += to - from; }
  return whole;
};

const attributeOf = (content: Uint8Array): Pick<LdifLine, 'name' | 'value'> => {
  const colon = content.indexOf(COLON);
  const name = colon > 0 ? latin(content, 0, Math.min(colon, 200)) : '';
  if (!/^[A-Za-z0-9][A-Za-z0-9.;_-]*$/.test(name)) return { name: '', value: undefined };
  const kind = content[colon + 1];
  let from = colon + (kind === COLON || kind === LESS ? 2 : 1);
  while (content[from] === SPACE) from += 1;
  if (kind === LESS) return { name, value: undefined };
  return { name, value: kind === COLON ? fromBase64(latin(content, from, content.length)) : content.subarray(from) };
};

/** One entry with its values in the order given. */
export const writeLdif = (dn: string, attributes: readonly Attribute[]): Uint8Array =>
  encode([ldifLine('dn', encode(dn)), ...attributes.flatMap(({ name, values }) => values.map((value) => ldifLine(name, value)))].join(''));

/** One line with its terminator, folded; base64 for what may not stand plainly (RFC 2849, SAFE-STRING). */
export const ldifLine = (name: string, value: Uint8Array, eol = '\n'): string => {
  const line = isSafe(value) ? `${name}:${value.length > 0 ? ' ' : ''}${latin(value, 0, value.length)}` : `${name}:: ${toBase64(value)}`;
  const parts = [line.slice(0, WIDTH)];
  for (let at = WIDTH; at < line.length; at += WIDTH - 1) parts.push(` ${line.slice(at, at + WIDTH - 1)}`);
  return parts.join(eol) + eol;
};
const isSafe = (value: Uint8Array): boolean => value[0] !== SPACE && value[0] !== COLON && value[0] !== LESS && value.at(-1) !== SPACE
  && value.every((byte) => byte > 0 && byte < 128 && byte !== LF && byte !== CR);

const CHUNK = 8192;
/** The bytes from `from` up to `to`, one character a byte. */
const latin = (bytes: Uint8Array, from: number, to: number): string => {
  let text = '';
  for (let at = from; at < to; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, Math.min(at + CHUNK, to)));
  return text;
};
const toBase64 = (bytes: Uint8Array): string => btoa(latin(bytes, 0, bytes.length));
const fromBase64 = (text: string): Uint8Array | undefined => {
  try { return Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0)); } catch { return undefined; }
};
