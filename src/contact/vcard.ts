/**
 * Reads the little that Ringbook needs of a vCard 2.1, 3.0 or 4.0: who it is, their numbers, and any field that may carry
 * the handling code. Never writes, never throws; a line it does not understand is left alone (contact/patch.ts keeps it).
 */
import { type CardLine, splitLines } from './line.js';
import { componentsOf, plain, textOf } from './value.js';

export interface CardNumber { label: string | null; raw: string }
/** `lines`: the properties of this card itself, without BEGIN, END and cards nested in it. `end`: where END:VCARD starts, or the end of the bytes. */
export interface Card { bytes: Uint8Array; lines: CardLine[]; end: number; uid: string | null; name: string; organisation: string | null; numbers: CardNumber[] }

const MAX_NAME = 200;
const MAX_NUMBERS = 200;
/** Of a name, a number and the like, bytes that are looked at. */
const MAX_VALUE = 4000;

/** The same bytes are looked at for who it is, for the code, for fields and for what is kept: taken apart once. */
const known = new WeakMap<Uint8Array, Card | 'none'>();

/** The first card in `bytes`, which never change; undefined when there is none. */
export const readCard = (bytes: Uint8Array): Card | undefined => {
  const before = known.get(bytes);
  if (before !== undefined) return before === 'none' ? undefined : before;
  const card = takeApart(bytes);
  known.set(bytes, card ?? 'none');
  return card;
};

const takeApart = (bytes: Uint8Array): Card | undefined => {
  const body = bodyOf(bytes);
  if (!body) return undefined;
  const text = (name: string): string => firstText(bytes, body.lines, name);
  const organisation = clip(parts(bytes, body.lines, 'ORG', ';').join(', '));
  const numbers = numbersOf(bytes, body.lines);
  const name = clip(text('FN')) || clip(personName(parts(bytes, body.lines, 'N', ';'))) || organisation || clip(text('NICKNAME')) || clip(text('EMAIL')) || numbers[0]?.raw || '';
  return { bytes, ...body, uid: clip(text('UID')) || null, name: name || '(no name)', organisation: organisation || null, numbers };
};

/** Cards nested in AGENT (vCard 2.1) belong to somebody else: counted, not read. */
const bodyOf = (bytes: Uint8Array): { lines: CardLine[]; end: number } | undefined => {
  const all = splitLines(bytes);
  const begin = all.findIndex((line) => isCardMark(bytes, line, 'BEGIN'));
  if (begin < 0) return undefined;
  const lines: CardLine[] = [];
  let depth = 1;
  for (const line of all.slice(begin + 1)) {
    if (isCardMark(bytes, line, 'END')) { depth -= 1; if (depth === 0) return { lines, end: line.start }; }
    else if (isCardMark(bytes, line, 'BEGIN')) depth += 1;
    else if (depth === 1 && line.name) lines.push(line);
  }
  return { lines, end: bytes.length };
};
const isCardMark = (bytes: Uint8Array, line: CardLine, name: string): boolean =>
  line.name === name && textOf(bytes, line, 40).trim().toUpperCase() === 'VCARD';

/** The lines of one field, by name in any case. */
export const fieldLines = (card: Pick<Card, 'lines'>, field: string): CardLine[] => {
  const name = field.toUpperCase();
  return card.lines.filter((line) => line.name === name);
};

/** The value of one line with escapes undone. */
export const valueOf = (bytes: Uint8Array, line: CardLine, limit?: number): string => plain(textOf(bytes, line, limit));

const firstText = (bytes: Uint8Array, lines: CardLine[], name: string): string => {
  for (const line of lines) {
    const value = line.name === name ? valueOf(bytes, line, MAX_VALUE).trim() : '';
    if (value) return value;
  }
  return '';
};

const parts = (bytes: Uint8Array, lines: CardLine[], name: string, separator: string): string[] => {
  const line = lines.find((l) => l.name === name);
  return line ? componentsOf(textOf(bytes, line, MAX_VALUE), separator).filter((part, i) => part !== '' || (name === 'N' && i < 5)) : [];
};
/** N is family; given; additional; prefixes; suffixes (RFC 6350, 6.2.2). */
const personName = ([family = '', given = '', additional = '', prefix = '', suffix = '']: string[]): string =>
  [prefix, given, additional, family, suffix].filter(Boolean).join(' ');

const numbersOf = (bytes: Uint8Array, lines: CardLine[]): CardNumber[] => {
  const named = new Map(lines.filter((line) => line.name === 'X-ABLABEL').toReversed().map((line) => [line.group.toLowerCase(), line]));
  return lines.filter((line) => line.name === 'TEL').slice(0, MAX_NUMBERS)
    .map((line) => ({ label: labelOf(bytes, named, line), raw: clip(valueOf(bytes, line, MAX_VALUE)) })).filter((number) => number.raw !== '');
};

const SILENT = new Set(['voice', 'pref', 'text', 'internet', 'other', '']);
/** What kind of number it is: the label Apple writes beside it (item1.X-ABLabel), or its types. */
const labelOf = (bytes: Uint8Array, labels: Map<string, CardLine>, tel: CardLine): string | null => {
  const named = tel.group && labels.get(tel.group.toLowerCase());
  if (named) return clip(valueOf(bytes, named, MAX_VALUE).replace(/^_\$!<(.*)>!\$_$/, '$1')).toLowerCase() || null;
  const types = tel.params.filter((p) => p.name === 'TYPE').map((p) => p.value.toLowerCase());
  return clip([...new Set(types)].filter((type) => !SILENT.has(type)).join(' ')) || null;
};

/** One line for lists: no control or direction characters, bounded. */
const clip = (text: string): string => (/^(?:[!-~]| (?! ))*$/.test(text) ? text.trim().slice(0, MAX_NAME) : cleaned(text));
const cleaned = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_NAME).toWellFormed();
