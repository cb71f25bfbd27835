/**
 * Writes a handling code into a card by changing the one line that carries it. Every other byte stays: folding, order,
 * case, line ends, lines nobody understands. Nothing is ever parsed and serialised anew (RFC 6350 lets servers and
 * clients keep things in a card that we do not know).
 */
import type { Carrier } from '@ringbook/contracts';
import { canonicalCode, codesIn, fieldOf, findCode, type FoundCode, isWhole, patternOf, prefixOf, readCode } from './carrier.js';
import { type CardLine, terminator } from './line.js';
import { escapeText, isBinary, isQuoted, writtenOf } from './value.js';
import { type Card, fieldLines, readCard, valueOf } from './vcard.js';

/** RFC 6350, 3.2: a line should not be longer than 75 octets without its terminator. */
const MAX_LINE = 75;
/** How often marks may appear because others were cut out of their middle, before that is taken for an attack. */
const MAX_ROUNDS = 8;
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
  const patched = isWhole(carrier) ? fillField(card, carrier, wanted) : addMark(card, carrier, wanted);
  const again = patched && readCard(patched);
  return again && readCode(again, carrier).code === wanted ? patched : insertLine(card, carrier, wanted);
};

/** A mark may appear when another is cut out of its middle: until none is left. */
const removeCodes = (card: Card, carrier: Carrier): Uint8Array => {
  let now = card;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const cuts = fieldLines(now, fieldOf(carrier)).flatMap((line) => cutsIn(now, line, codesIn(now, line, carrier), carrier));
    const next = cuts.length > 0 ? readCard(cutOut(now.bytes, cuts)) : undefined;
    if (!next) break;
    now = next;
  }
  return now.bytes;
};

/** From, up to and not including. */
type Cut = readonly [number, number];
/** What has to go for these codes: their marks or entries with the space or comma that came with them; the line when nothing else stands in it. */
const cutsIn = (card: Card, line: CardLine, found: FoundCode[], carrier: Carrier): Cut[] => {
  if (found.length === 0) return [];
  const whole: Cut = [line.start, line.end];
  if (isWhole(carrier)) return [whole];
  const value = writtenOf(card.bytes, line);
  const separator = prefixOf(carrier) === undefined ? ' ' : ',';
  const cuts: Cut[] = [];
  let rest = '', after = 0;
  for (const { markFrom, markTo } of found) {
    const first = indexAt(value.start, markFrom), next = indexAt(value.start, markTo);
    rest += value.text.slice(after, first);
    after = rest === '' && value.text[next] === separator ? next + 1 : next;
    const [led, followed] = [first > 0 && value.text[first - 1] === separator, value.text[next] === separator];
    // What comes to stand first takes the separator behind it along, everything else the one before it; folds go with it.
    if (rest === '') cuts.push([markFrom, followed ? value.end[next]! : markTo]);
    else cuts.push([first - (led ? 2 : 1) >= 0 ? value.end[first - (led ? 2 : 1)]! : line.value, markTo]);
  }
  rest += value.text.slice(after);
  return (separator === ',' ? rest.replaceAll(',', '') : rest).trim() === '' ? [whole] : cuts;
};
/** The first place in an ascending list that is `offset` or more. */
const indexAt = (offsets: Uint32Array, offset: number): number => {
  let low = 0, high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! < offset) low = middle + 1; else high = middle;
  }
  return low;
};

/** The code into an empty or strange value of the field; undefined when the field is not there, or is encoded. */
const fillField = (card: Card, carrier: Carrier, code: string): Uint8Array | undefined => {
  const lines = fieldLines(card, fieldOf(carrier));
  const line = lines.find((l) => valueOf(card.bytes, l).trim() === '') ?? lines[0];
  if (!line) return undefined;
  if (!line.params.some((p) => p.name === 'ENCODING' || p.name === 'CHARSET')) return replaceIn(card.bytes, line, line.value, line.segments.at(-1)![1], code);
  return splice(card.bytes, line.start, line.end, `${line.group ? `${line.group}.` : ''}${fieldOf(carrier)}:${code}${terminator(card.bytes, line.end)}`);
};

/** The mark or entry behind what the field says already. */
const addMark = (card: Card, carrier: Carrier, code: string): Uint8Array | undefined => {
  const line = fieldLines(card, fieldOf(carrier)).find((l) => !isBinary(l));
  if (!line) return undefined;
  const mark = markText(carrier, code);
  const end = line.segments.at(-1)![1];
  const list = prefixOf(carrier) !== undefined;
  const empty = list ? valueOf(card.bytes, line, 4000).trim() === '' : end <= line.value;
  const space = empty ? '' : list ? ',' : ' ';
  return replaceIn(card.bytes, line, end, end, space + (isQuoted(line) ? mark.replaceAll('=', '=3D') : mark));
};
const markText = (carrier: Carrier, code: string): string => {
  const prefix = prefixOf(carrier);
  return prefix === undefined ? escapeText((patternOf(carrier) ?? '{code}').replace('{code}', () => code)) : prefix + code;
};

/** A line of its own before END:VCARD, with the line ends that the card uses there. */
const insertLine = (card: Card, carrier: Carrier, code: string): Uint8Array => {
  const before = terminator(card.bytes, card.end);
  const eol = before || terminator(card.bytes, card.lines[0]?.end ?? 0) || '\r\n';
  return splice(card.bytes, card.end, card.end, `${before ? '' : eol}${fieldOf(carrier)}:${markText(carrier, code)}${eol}`);
};

/** Replaces bytes inside one line, and folds around the new text when that line would grow too long. */
const replaceIn = (bytes: Uint8Array, line: CardLine, from: number, to: number, text: string): Uint8Array => {
  const first = line.segments.findLast(([start]) => start <= from) ?? line.segments[0]!;
  const last = line.segments.find(([start, end]) => start <= to && to <= end) ?? line.segments.at(-1)!;
  const start = first === line.segments[0] ? line.start : first[0] - 1;
  const rest = last[1] - to;
  const length = from - start + text.length + rest;
  if (length <= MAX_LINE || isQuoted(line)) return splice(bytes, from, to, text);
  const fold = `${terminator(bytes, line.end) || '\r\n'} `;
  return splice(bytes, from, to, `${from > start ? fold : ''}${text}${rest > 0 && text.length + 1 + rest > MAX_LINE ? fold : ''}`);
};

/** All at once: thousands of cuts in a card of some megabytes are one copy. */
const cutOut = (bytes: Uint8Array, cuts: readonly Cut[]): Uint8Array => {
  const result = new Uint8Array(bytes.length - cuts.reduce((sum, [from, to]) => sum + to - from, 0));
  let at = 0, after = 0;
  for (const [from, to] of [...cuts, [bytes.length, bytes.length] as const]) {
    result.set(bytes.subarray(after, from), at);
    at += from - after;
    after = to;
  }
  return result;
};

const splice = (bytes: Uint8Array, from: number, to: number, text: string): Uint8Array => {
  const piece = ENCODER.encode(text);
  const result = new Uint8Array(bytes.length - (to - from) + piece.length);
  result.set(bytes.subarray(0, from));
  result.set(piece, from);
  result.set(bytes.subarray(to), from + piece.length);
  return result;
};
