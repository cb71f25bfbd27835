/** The text of a vCard value, each part of it with its place in the bytes: unfolded, quoted-printable and charset undone. */
import type { CardLine } from './line.js';
import { param } from './line.js';

/** `start[i]`, `end[i]`: the bytes that the UTF-16 unit `text[i]` was written with, from and not including. A value of 4 MB is read in some 50 ms. */
export interface Text { text: string; start: Uint32Array; end: Uint32Array }
interface Octets { bytes: Uint8Array; start: Uint32Array; end: Uint32Array; length: number }

const BACKSLASH = 92;
const REPLACEMENT = 0xfffd;
const UNITS = new TextDecoder('utf-16le', { ignoreBOM: true });
const asText = (units: Uint16Array, start: Uint32Array, end: Uint32Array, length: number): Text =>
  ({ text: UNITS.decode(units.subarray(0, length)), start: start.subarray(0, length), end: end.subarray(0, length) });

/** The value as written, escapes still in place. @param limit how many bytes at most */
export const writtenOf = (bytes: Uint8Array, line: CardLine, limit = Infinity): Text => {
  const octets = octetsOf(bytes, line, limit);
  const latin = /^(?:iso-8859-1|iso-8859-15|windows-1252|latin-?1)$/i.test(param(line, 'CHARSET') ?? '');
  const units = new Uint16Array(octets.length), start = new Uint32Array(octets.length), end = new Uint32Array(octets.length);
  let length = 0;
  for (let i = 0; i < octets.length;) {
    const width = latin ? 1 : utf8Width(octets, i);
    const char = width === 1 ? octets.bytes[i]! : codePoint(octets.bytes, i, width);
    for (const unit of char > 0xffff ? [0xd800 + ((char - 0x10000) >> 10), 0xdc00 + ((char - 0x10000) & 0x3ff)] : [char]) {
      units[length] = unit;
      start[length] = octets.start[i]!;
      end[length] = octets.end[i + width - 1]!;
      length += 1;
    }
    i += width;
  }
  return asText(units, start, end, length);
};

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The text of `writtenOf` alone, for whom places do not matter: several times as fast for nearly every line that there is. */
export const textOf = (bytes: Uint8Array, line: CardLine, limit = Infinity): string => {
  const [from, to] = [line.value, line.segments.at(-1)![1]];
  const simple = line.segments.length === 1 && from <= to && to - from <= limit && (line.params.length === 0 || (!isQuoted(line) && param(line, 'CHARSET') === undefined));
  if (!simple) return writtenOf(bytes, line, limit).text;
  try { return UTF8.decode(bytes.subarray(from, to)); } catch { return writtenOf(bytes, line, limit).text; }
};

const octetsOf = (bytes: Uint8Array, line: CardLine, limit: number): Octets => {
  const spans = line.segments.map(([from, to]) => [Math.max(from, line.value), to] as const).filter(([from, to]) => from < to);
  const size = Math.min(limit, spans.reduce((sum, [from, to]) => sum + to - from, 0));
  const octets: Octets = { bytes: new Uint8Array(size), start: new Uint32Array(size), end: new Uint32Array(size), length: 0 };
  const quoted = isQuoted(line);
  for (const [from, to] of spans) {
    for (let i = from; i < to && octets.length < size;) {
      const hex = quoted && bytes[i] === 61 && i + 3 <= to ? String.fromCharCode(bytes[i + 1]!, bytes[i + 2]!) : '';
      const width = /^[0-9a-f]{2}$/i.test(hex) ? 3 : 1;
      octets.bytes[octets.length] = width === 3 ? Number.parseInt(hex, 16) : bytes[i]!;
      octets.start[octets.length] = i;
      octets.end[octets.length] = i + width;
      octets.length += 1;
      i += width;
    }
  }
  return octets;
};

export const isQuoted = (line: CardLine): boolean => line.params.some((p) => /^quoted-printable$/i.test(p.value));
/** What stands there is no text: nothing may be written into the middle of it. */
export const isBinary = (line: CardLine): boolean => line.params.some((p) => /^(?:b|base64)$/i.test(p.value) && (p.name === 'ENCODING' || p.name === 'TYPE'));

/** How many octets make the character at `i`; 1 for a byte that is no UTF-8: old cards in a local charset stay readable. */
const utf8Width = ({ bytes, length }: Octets, i: number): number => {
  const first = bytes[i]!;
  const width = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 1;
  for (let k = 1; k < width; k += 1) if (i + k >= length || (bytes[i + k]! & 0xc0) !== 0x80) return 1;
  return width;
};
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];
const codePoint = (bytes: Uint8Array, i: number, width: number): number => {
  let char = bytes[i]! & (0xff >> (width + 1));
  for (let k = 1; k < width; k += 1) char = (char << 6) | (bytes[i + k]! & 0x3f);
  return char < SMALLEST[width]! || char > 0x10ffff || (char >= 0xd800 && char < 0xe000) ? REPLACEMENT : char;
};

const ESCAPED: Record<string, string> = { n: '\n', N: '\n', '\\': '\\', ',': ',', ';': ';', ':': ':' };

/** Escapes undone (RFC 6350, 3.4); a backslash before anything else is itself. */
export const unescaped = (written: Text): Text => {
  const { text } = written;
  if (!text.includes('\\')) return written;
  const units = new Uint16Array(text.length), start = new Uint32Array(text.length), end = new Uint32Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i += 1, length += 1) {
    const meant = text.charCodeAt(i) === BACKSLASH ? ESCAPED[text[i + 1] ?? ''] : undefined;
    units[length] = meant === undefined ? text.charCodeAt(i) : meant.charCodeAt(0);
    start[length] = written.start[i]!;
    if (meant !== undefined) i += 1;
    end[length] = written.end[i]!;
  }
  return asText(units, start, end, length);
};

/** Where the parts between separators that are not escaped are in the text: from, up to and not including. */
export const partsOf = (text: string, separator: string): [number, number][] => {
  const parts: [number, number][] = [];
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) === BACKSLASH) i += 1;
    else if (text[i] === separator) { parts.push([from, i]); from = i + 1; }
  }
  parts.push([from, text.length]);
  return parts;
};

export const slice = ({ text, start, end }: Text, from: number, to: number): Text => ({ text: text.slice(from, to), start: start.subarray(from, to), end: end.subarray(from, to) });
/** Escapes undone, for whom places do not matter. */
export const plain = (text: string): string => (text.includes('\\') ? text.replace(/\\([nN\\,;:])/g, (_, char: string) => ESCAPED[char]!) : text);
/** Parts between separators that are not escaped, each with escapes undone. */
export const componentsOf = (text: string, separator: string): string[] => partsOf(text, separator).map(([from, to]) => plain(text.slice(from, to)).trim());

/** Text as a value is written. */
export const escapeText = (text: string): string => text.replace(/[\\,;]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
