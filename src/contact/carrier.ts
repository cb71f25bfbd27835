/**
 * Where the handling code stands in a card: a whole field (X-CUSTOM4:VIP), or the part of a field that a pattern marks
 * (NOTE: ... [call:VIP] ...). Codes compare without case; the canonical form is upper case.
 */
import type { Carrier } from '@ringbook/contracts';
import type { CardLine } from './line.js';
import { glyphsOf, textOf, unescaped } from './value.js';
import { type Card, fieldLines, valueOf } from './vcard.js';

const CODE = '[A-Za-z0-9_-]{1,24}';
const WHOLE = new RegExp(`^${CODE}$`);

/** `reason`: why there is no code although the field holds something, in words for the owner of the book. */
export interface CodeReading { code: string | null; reason?: string }
/** A code in the bytes: `from` up to `to` is the code alone, `markFrom` up to `markTo` the pattern with the code in it. */
export interface FoundCode { code: string; line: CardLine; from: number; to: number; markFrom: number; markTo: number }

export const canonicalCode = (code: string): string => code.toUpperCase();
export const isCode = (text: string): boolean => WHOLE.test(text);
/** The name of the field, or attribute, that holds the code. */
export const fieldOf = (carrier: Carrier): string => ('field' in carrier ? carrier.field : carrier.attribute);
export const patternOf = (carrier: Carrier): string | undefined => ('pattern' in carrier ? carrier.pattern : undefined);

/** Fields that say who somebody is or hold the card together: a code written there would destroy them. */
const OCCUPIED = new Set(['BEGIN', 'END', 'VERSION', 'UID', 'REV', 'PRODID', 'KIND', 'FN', 'N', 'ORG', 'TEL', 'EMAIL', 'ADR', 'IMPP', 'URL', 'PHOTO', 'LOGO', 'SOUND', 'KEY', 'BDAY', 'ANNIVERSARY', 'GEO', 'TZ', 'MEMBER', 'SOURCE', 'XML', 'AGENT', 'CLIENTPIDMAP', 'X-ABLABEL']);
/** Why this field cannot carry codes, in words; undefined when it can. NOTE can by a pattern only: people write notes. */
export const carrierProblem = (carrier: Carrier): string | undefined => {
  const field = fieldOf(carrier).toUpperCase();
  if (OCCUPIED.has(field)) return `${field} is used by contact managers for something else; choose a field such as X-CUSTOM4`;
  if (field === 'NOTE' && patternOf(carrier) === undefined) return 'NOTE holds what people write; use it with a pattern such as [call:{code}]';
  return undefined;
};

export const readCode = (card: Card, carrier: Carrier): CodeReading => {
  const found = findCode(card, carrier);
  if (found) return { code: found.code };
  const reason = strayText(card, carrier);
  return reason === undefined ? { code: null } : { code: null, reason };
};

/** The first valid code in the carrier. */
export const findCode = (card: Card, carrier: Carrier): FoundCode | undefined => {
  const pattern = patternOf(carrier);
  for (const line of fieldLines(card, fieldOf(carrier))) {
    const found = pattern === undefined ? wholeValue(card, line) : marked(card, line, pattern);
    if (found) return found;
  }
  return undefined;
};

const wholeValue = (card: Card, line: CardLine): FoundCode | undefined => {
  const text = valueOf(card.bytes, line).trim();
  const to = line.segments.at(-1)![1];
  return isCode(text) ? { code: canonicalCode(text), line, from: line.value, to, markFrom: line.value, markTo: to } : undefined;
};

const marked = (card: Card, line: CardLine, pattern: string): FoundCode | undefined => {
  const glyphs = unescaped(glyphsOf(card.bytes, line));
  const match = markExpression(pattern).exec(textOf(glyphs));
  if (!match?.indices) return undefined;
  const [mark, code] = [place(glyphs, match.indices[0]!), place(glyphs, match.indices[1]!)];
  return { code: canonicalCode(match[1]!), line, ...code, markFrom: mark.from, markTo: mark.to };
};
/** Offsets in text are UTF-16 units; a glyph may be two of them. */
const place = (glyphs: ReturnType<typeof glyphsOf>, [first, after]: [number, number]): { from: number; to: number } => {
  const units = glyphs.flatMap((glyph) => Array.from({ length: glyph.char.length }, () => glyph));
  return { from: units[first]!.start, to: units[after - 1]!.end };
};

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const ends = (pattern: string): [string, string] => pattern.split('{code}') as [string, string];
/** Beside an open end of the pattern no further code character may stand: "#{code}" must not find half a word. */
const markExpression = (pattern: string): RegExp => {
  const [before, after] = ends(pattern);
  const start = before.trim() ? quote(before) : `${quote(before)}(?<![A-Za-z0-9_-])`;
  const end = after.trim() ? String.raw`\s*${quote(after)}` : `(?![A-Za-z0-9_-])${quote(after)}`;
  return new RegExp(String.raw`${start}\s*(${CODE})${end}`, 'di');
};

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
const strayText = (card: Card, carrier: Carrier): string | undefined => {
  const pattern = patternOf(carrier);
  const texts = fieldLines(card, fieldOf(carrier)).map((line) => valueOf(card.bytes, line).trim()).filter(Boolean);
  if (pattern === undefined) return texts[0] === undefined ? undefined : `${fieldOf(carrier)} holds "${shorten(texts[0])}", which is not a code (1 to 24 letters, digits, - or _)`;
  const start = ends(pattern)[0].trim().toLowerCase();
  const stray = start && texts.find((text) => text.toLowerCase().includes(start));
  return stray ? `${fieldOf(carrier)} holds the start of "${pattern}" without a code in it` : undefined;
};
