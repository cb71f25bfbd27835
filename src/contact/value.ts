/** The characters of a vCard value, each with its place in the bytes: unfolded, quoted-printable and charset undone. */
import type { CardLine } from './line.js';
import { param } from './line.js';

/** One character and the bytes it was written with: `start` up to and not including `end`. */
export interface Glyph { char: string; start: number; end: number }
interface Octet { byte: number; start: number; end: number }

/** The value as written, escapes still in place. */
export const glyphsOf = (bytes: Uint8Array, line: CardLine): Glyph[] => {
  const octets = octetsOf(bytes, line);
  const latin = /^(?:iso-8859-1|iso-8859-15|windows-1252|latin-?1)$/i.test(param(line, 'CHARSET') ?? '');
  const glyphs: Glyph[] = [];
  for (let i = 0; i < octets.length;) {
    const length = latin ? 1 : utf8Length(octets, i);
    const part = octets.slice(i, i + length);
    glyphs.push({ char: length === 1 ? String.fromCharCode(part[0]!.byte) : utf8(part), start: part[0]!.start, end: part.at(-1)!.end });
    i += length;
  }
  return glyphs;
};

const octetsOf = (bytes: Uint8Array, line: CardLine): Octet[] => {
  const octets: Octet[] = [];
  const quoted = isQuoted(line);
  for (const [from, to] of line.segments) {
    for (let i = Math.max(from, line.value); i < to;) {
      const hex = quoted && bytes[i] === 61 && i + 3 <= to ? String.fromCharCode(bytes[i + 1]!, bytes[i + 2]!) : '';
      const width = /^[0-9a-f]{2}$/i.test(hex) ? 3 : 1;
      octets.push({ byte: width === 3 ? Number.parseInt(hex, 16) : bytes[i]!, start: i, end: i + width });
      i += width;
    }
  }
  return octets;
};

export const isQuoted = (line: CardLine): boolean => line.params.some((p) => /^quoted-printable$/i.test(p.value));

/** How many octets make the character at `i`; 1 for a byte that is no UTF-8: old cards in a local charset stay readable. */
const utf8Length = (octets: Octet[], i: number): number => {
  const first = octets[i]!.byte;
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
  for (let k = 1; k < length; k += 1) if (((octets[i + k]?.byte ?? 0) & 0xc0) !== 0x80) return 1;
  return first >= 0xf5 ? 1 : length;
};
const DECODER = new TextDecoder();
const utf8 = (octets: Octet[]): string => DECODER.decode(Uint8Array.from(octets, (o) => o.byte));

const ESCAPED: Record<string, string> = { n: '\n', N: '\n', '\\': '\\', ',': ',', ';': ';', ':': ':' };

/** Escapes undone (RFC 6350, 3.4); a backslash before anything else is itself. */
export const unescaped = (glyphs: readonly Glyph[]): Glyph[] => {
  const plain: Glyph[] = [];
  for (let i = 0; i < glyphs.length; i += 1) {
    const glyph = glyphs[i]!, next = glyphs[i + 1];
    const meant = glyph.char === '\\' && next ? ESCAPED[next.char] : undefined;
    if (meant === undefined || !next) { plain.push(glyph); continue; }
    plain.push({ char: meant, start: glyph.start, end: next.end });
    i += 1;
  }
  return plain;
};

/** Parts between separators that are not escaped, each with escapes undone. */
export const componentsOf = (glyphs: readonly Glyph[], separator: string): string[] => {
  const parts: Glyph[][] = [[]];
  glyphs.forEach((glyph, i) => {
    if (glyph.char === separator && !isEscaped(glyphs, i)) parts.push([]);
    else parts.at(-1)!.push(glyph);
  });
  return parts.map((part) => textOf(unescaped(part)).trim());
};
const isEscaped = (glyphs: readonly Glyph[], i: number): boolean => {
  let slashes = 0;
  while (glyphs[i - 1 - slashes]?.char === '\\') slashes += 1;
  return slashes % 2 === 1;
};

export const textOf = (glyphs: readonly Glyph[]): string => glyphs.map((g) => g.char).join('');
/** Text as a value is written. */
export const escapeText = (text: string): string => text.replace(/[\\,;]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
