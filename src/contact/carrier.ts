/**
 * Where the handling code stands in a card: a whole field (X-CUSTOM4:VIP), the part of a field that a pattern marks
 * (NOTE: ... [call:VIP] ...), or one entry of a list (CATEGORIES:Friends,call-VIP). Codes compare without case; the canonical
 * form is upper case.
 */
import type { Carrier } from '@ringbook/contracts';
import { attributeProblem } from './attribute.js';
import type { CardLine } from './line.js';
import { partsOf, unescaped, writtenOf } from './value.js';
import { type Card, fieldLines, valueOf } from './vcard.js';

const CODE = '[A-Za-z0-9_-]{1,24}';
const WHOLE = new RegExp(`^${CODE}$`);

/** `reason`: why there is no code although the field holds something, in words for the owner of the book. */
export interface CodeReading { code: string | null; reason?: string }
/** A code in the bytes: `from` up to `to` is the code alone, `markFrom` up to `markTo` the pattern or entry with the code in it. */
export interface FoundCode { code: string; line: CardLine; from: number; to: number; markFrom: number; markTo: number }

export const canonicalCode = (code: string): string => code.toUpperCase();
export const isCode = (text: string): boolean => WHOLE.test(text);
/** The name of the field, or attribute, that holds the code. */
export const fieldOf = (carrier: Carrier): string => ('field' in carrier ? carrier.field : carrier.attribute);
export const patternOf = (carrier: Carrier): string | undefined => ('pattern' in carrier ? carrier.pattern : undefined);
export const prefixOf = (carrier: Carrier): string | undefined => ('prefix' in carrier ? carrier.prefix : undefined);
/** The code has the field to itself: nothing else may stand there. */
export const isWhole = (carrier: Carrier): boolean => patternOf(carrier) === undefined && prefixOf(carrier) === undefined;
/** In words, for a sentence: X-CUSTOM4, "[call:{code}]" in NOTE, "call-..." in CATEGORIES. */
export const carrierWords = (carrier: Carrier): string => {
  const [pattern, prefix] = [patternOf(carrier), prefixOf(carrier)];
  return pattern === undefined ? prefix === undefined ? fieldOf(carrier) : `"${prefix}..." in ${fieldOf(carrier)}` : `"${pattern}" in ${fieldOf(carrier)}`;
};
export const sameCarrier = (a: Carrier, b: Carrier): boolean =>
  fieldOf(a).toUpperCase() === fieldOf(b).toUpperCase() && 'field' in a === 'field' in b && patternOf(a) === patternOf(b) && prefixOf(a)?.toUpperCase() === prefixOf(b)?.toUpperCase();

/** Fields that say who somebody is or hold the card together: a code written there would destroy them. */
const OCCUPIED = new Set(['BEGIN', 'END', 'VERSION', 'UID', 'REV', 'PRODID', 'KIND', 'FN', 'N', 'ORG', 'TEL', 'EMAIL', 'ADR', 'IMPP', 'URL', 'PHOTO', 'LOGO', 'SOUND', 'KEY', 'BDAY', 'ANNIVERSARY', 'GEO', 'TZ', 'MEMBER', 'SOURCE', 'XML', 'AGENT', 'CLIENTPIDMAP', 'X-ABLABEL']);
export const isOccupied = (field: string): boolean => OCCUPIED.has(field.toUpperCase());
/** Why this field cannot carry codes, in words; undefined when it can. NOTE can by a pattern only, CATEGORIES by a prefix: they are people's. */
export const carrierProblem = (carrier: Carrier): string | undefined => {
  if ('attribute' in carrier) return attributeProblem(carrier.attribute, patternOf(carrier));
  const field = fieldOf(carrier).toUpperCase();
  if (isOccupied(field)) return `${field} is used by contact managers for something else; choose a field such as X-CUSTOM4`;
  if (field === 'NOTE' && patternOf(carrier) === undefined) return 'NOTE holds what people write; use it with a pattern such as [call:{code}]';
  if (field === 'CATEGORIES' && prefixOf(carrier) === undefined) return 'CATEGORIES is a list that people use; use one entry of it, with a prefix such as call-';
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
  for (const line of fieldLines(card, fieldOf(carrier))) {
    const found = codesIn(card, line, carrier, 1)[0];
    if (found) return found;
  }
  return undefined;
};

/** The codes in one line, from left to right. @param most stop after so many */
export const codesIn = (card: Card, line: CardLine, carrier: Carrier, most = Infinity): FoundCode[] => {
  const [pattern, prefix] = [patternOf(carrier), prefixOf(carrier)];
  if (prefix !== undefined) return entries(card, line, prefix, most);
  return pattern === undefined ? wholeValue(card, line) : marked(card, line, pattern, most);
};

const LONGEST_WHOLE = 200;
const wholeValue = (card: Card, line: CardLine): FoundCode[] => {
  const text = valueOf(card.bytes, line, LONGEST_WHOLE).trim();
  const to = line.segments.at(-1)![1];
  return isCode(text) && to - line.value <= LONGEST_WHOLE ? [{ code: canonicalCode(text), line, from: line.value, to, markFrom: line.value, markTo: to }] : [];
};

const marked = (card: Card, line: CardLine, pattern: string, most: number): FoundCode[] => {
  const value = unescaped(writtenOf(card.bytes, line));
  const found: FoundCode[] = [];
  for (const match of value.text.matchAll(markExpression(pattern))) {
    const [[from, to], [codeFrom, codeTo]] = [match.indices![0]!, match.indices![1]!];
    found.push({ code: canonicalCode(match[1]!), line, from: value.start[codeFrom]!, to: value.end[codeTo - 1]!, markFrom: value.start[from]!, markTo: value.end[to - 1]! });
    if (found.length >= most) break;
  }
  return found;
};

/** Prefixes and codes have no characters that are ever escaped: the list is looked at as it is written. */
const entries = (card: Card, line: CardLine, prefix: string, most: number): FoundCode[] => {
  const value = writtenOf(card.bytes, line);
  const found: FoundCode[] = [];
  for (const [from, to] of partsOf(value.text, ',')) {
    const entry = value.text.slice(from, to);
    const code = entryCode(entry, prefix);
    if (code === undefined) continue;
    const start = from + entry.length - entry.trimStart().length + prefix.length;
    found.push({ code: canonicalCode(code), line, from: value.start[start]!, to: value.end[start + code.length - 1]!, markFrom: value.start[from]!, markTo: value.end[to - 1]! });
    if (found.length >= most) break;
  }
  return found;
};
const entryCode = (entry: string, prefix: string): string | undefined => {
  const text = entry.trim();
  const code = text.slice(prefix.length);
  return isPrefixed(text, prefix) && isCode(code) ? code : undefined;
};
const isPrefixed = (text: string, prefix: string): boolean => text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const ends = (pattern: string): [string, string] => pattern.split('{code}') as [string, string];
/**
 * Beside an open end of the pattern no further code character may stand: "#{code}" must not find half a word. Spaces that
 * people put around a code are counted: without a bound, a megabyte of them would take hours.
 */
export const markExpression = (pattern: string): RegExp => {
  const [before, after] = ends(pattern);
  const start = before.trim() ? quote(before) : `${quote(before)}(?<![A-Za-z0-9_-])`;
  const end = after.trim() ? String.raw`\s{0,8}${quote(after)}` : `(?![A-Za-z0-9_-])${quote(after)}`;
  return new RegExp(String.raw`${start}\s{0,8}(${CODE})${end}`, 'dgi');
};

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
const strayText = (card: Card, carrier: Carrier): string | undefined => {
  const [pattern, prefix, field] = [patternOf(carrier), prefixOf(carrier), fieldOf(carrier)];
  const lines = fieldLines(card, field);
  if (isWhole(carrier)) {
    const text = lines.map((line) => valueOf(card.bytes, line, LONGEST_WHOLE * 4).trim()).find(Boolean);
    return text === undefined ? undefined : `${field} holds "${shorten(text)}", which is not a code (1 to 24 letters, digits, - or _)`;
  }
  const texts = lines.map((line) => valueOf(card.bytes, line));
  if (prefix !== undefined) {
    const stray = texts.flatMap((text) => text.split(',')).find((entry) => isPrefixed(entry.trim(), prefix));
    return stray === undefined ? undefined : `${field} holds "${shorten(stray.trim())}", which begins with "${prefix}" but is no code`;
  }
  const start = ends(pattern!)[0].trim().toLowerCase();
  return start && texts.some((text) => text.toLowerCase().includes(start)) ? `${field} holds the start of "${pattern}" without a code in it` : undefined;
};
