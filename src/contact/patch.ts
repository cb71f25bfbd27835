/**
 * Writes a handling code into a card by changing the one line that carries it. Every other byte stays: folding, order,
 * case, line ends, lines nobody understands. Nothing is ever parsed and serialised anew (RFC 6350 lets servers and
 * clients keep things in a card that we do not know).
 */
import type { Carrier } from '@ringbook/contracts';
import { canonicalCode, fieldOf, findCode, patternOf, readCode, type FoundCode } from './carrier.js';
import { type CardLine, terminator } from './line.js';
import { escapeText, type Glyph, glyphsOf, isQuoted } from './value.js';
import { type Card, fieldLines, readCard, valueOf } from './vcard.js';

/** RFC 6350, 3.2: a line should not be longer than 75 octets without its terminator. */
const MAX_LINE = 75;
const ENCODER = new TextEncoder();

/**
 * The card with `code` in its carrier, or without one (null). Unchanged when it says so already, and when `bytes` is no
 * vCard. A whole field that holds something else is overwritten: who must not lose it asks `readCode` for a reason first.
 */
export const patchCode = (bytes: Uint8Array, carrier: Carrier, code: string | null): Uint8Array => {
  const card = readCard(bytes);
  if (!card) return bytes;
  if (code === null) return removeCodes(card, carrier);
  const wanted = canonicalCode(code);
  const found = findCode(card, carrier);
  if (found) return found.code === wanted ? bytes : replaceIn(bytes, found.line, found.from, found.to, wanted);
  const patched = patternOf(carrier) === undefined ? fillField(card, carrier, wanted) : addMark(card, carrier, wanted);
  const again = patched && readCard(patched);
  return again && readCode(again, carrier).code === wanted ? patched : insertLine(card, carrier, wanted);
};

/** A mark may appear when another is cut out of its middle: until none is left. Each round makes the card shorter. */
const removeCodes = (card: Card, carrier: Carrier): Uint8Array => {
  let now = card;
  for (let found = findCode(now, carrier); found; found = findCode(now, carrier)) {
    const next = readCard(patternOf(carrier) === undefined ? splice(now.bytes, found.line.start, found.line.end, '') : cutMark(now, found));
    if (!next) break;
    now = next;
  }
  return now.bytes;
};

/** Takes the mark and the space before it out; the line too when nothing else stood in it. */
const cutMark = (card: Card, found: FoundCode): Uint8Array => {
  const glyphs = glyphsOf(card.bytes, found.line);
  const rest = glyphs.filter((g) => g.end <= found.markFrom || g.start >= found.markTo).map((g) => g.char).join('').trim();
  if (rest === '') return splice(card.bytes, found.line.start, found.line.end, '');
  const first = glyphs.findIndex((g) => g.start >= found.markFrom);
  if (first <= 0) return splice(card.bytes, found.markFrom, spaceAfter(glyphs, found.markTo) ?? found.markTo, '');
  const space = glyphs[first - 1]!.char === ' ' ? 1 : 0;
  return splice(card.bytes, glyphs[first - 1 - space]?.end ?? found.line.value, found.markTo, '');
};

const spaceAfter = (glyphs: readonly Glyph[], offset: number): number | undefined => {
  const next = glyphs.find((g) => g.start >= offset);
  return next?.char === ' ' ? next.end : undefined;
};

/** The code into an empty or strange value of the field; undefined when the field is not there, or is encoded. */
const fillField = (card: Card, carrier: Carrier, code: string): Uint8Array | undefined => {
  const lines = fieldLines(card, fieldOf(carrier));
  const line = lines.find((l) => valueOf(card.bytes, l).trim() === '') ?? lines[0];
  if (!line) return undefined;
  if (!line.params.some((p) => p.name === 'ENCODING' || p.name === 'CHARSET')) return replaceIn(card.bytes, line, line.value, line.segments.at(-1)![1], code);
  return splice(card.bytes, line.start, line.end, `${line.group ? `${line.group}.` : ''}${fieldOf(carrier)}:${code}${terminator(card.bytes, line.end)}`);
};

/** The mark behind what the field says already. */
const addMark = (card: Card, carrier: Carrier, code: string): Uint8Array | undefined => {
  const line = fieldLines(card, fieldOf(carrier))[0];
  if (!line) return undefined;
  const mark = markText(carrier, code);
  const end = line.segments.at(-1)![1];
  const space = end > line.value ? ' ' : '';
  return replaceIn(card.bytes, line, end, end, space + (isQuoted(line) ? mark.replaceAll('=', '=3D') : mark));
};
const markText = (carrier: Carrier, code: string): string => escapeText((patternOf(carrier) ?? '{code}').replace('{code}', () => code));

/** A line of its own before END:VCARD, with the line ends that the card uses there. */
const insertLine = (card: Card, carrier: Carrier, code: string): Uint8Array => {
  const before = terminator(card.bytes, card.end);
  const eol = before || terminator(card.bytes, card.lines[0]?.end ?? 0) || '\r\n';
  return splice(card.bytes, card.end, card.end, `${before ? '' : eol}${fieldOf(carrier)}:${markText(carrier, code)}${eol}`);
};

/** Replaces bytes inside one line, and folds around the new text when that line would grow too long. */
const replaceIn = (bytes: Uint8Array, line: CardLine, from: number, to: number, text: string): Uint8Array => {
  const start = Math.max(line.start, bytes.lastIndexOf(10, from - 1) + 1);
  const next = bytes.indexOf(10, to);
  const end = next < 0 ? bytes.length : next;
  const length = from - start + text.length + end - to;
  if (length <= MAX_LINE || isQuoted(line)) return splice(bytes, from, to, text);
  const eol = terminator(bytes, line.end) || '\r\n';
  const fold = `${eol} `;
  const rest = end - to - (bytes[end - 1] === 13 ? 1 : 0);
  return splice(bytes, from, to, `${from > start ? fold : ''}${text}${rest > 0 && text.length + 1 + rest > MAX_LINE ? fold : ''}`);
};

const splice = (bytes: Uint8Array, from: number, to: number, text: string): Uint8Array => {
  const piece = ENCODER.encode(text);
  const result = new Uint8Array(bytes.length - (to - from) + piece.length);
  result.set(bytes.subarray(0, from));
  result.set(piece, from);
  result.set(bytes.subarray(to), from + piece.length);
  return result;
};
