/**
 * The handling code in an entry of a directory: the whole value of an attribute, or the part of one that a pattern marks. An
 * attribute may hold several values: the others stay as they are, and where several could be the code, none is.
 */
import type { Carrier } from '@ringbook/contracts';
import { GENERAL_MAP, readingOf } from './attribute.js';
import { canonicalCode, type CodeReading, fieldOf, isCode, markExpression, patternOf } from './carrier.js';
import type { FieldValue, Reading } from './reading.js';
import { encode, type LdifLine, ldifLine, type LdifRecord, readLdif, textOf } from './ldif.js';

interface Value { line: LdifLine; text: string }
interface Found extends Value { code: string; from: number; to: number; markFrom: number; markTo: number }

/** Names of attributes compare without case; `description;lang-de` is another one. */
const valuesOf = (record: LdifRecord, attribute: string): Value[] => {
  const name = attribute.toLowerCase();
  return record.lines.filter((line) => line.name.toLowerCase() === name).flatMap((line) => { const text = textOf(line.value); return text === undefined ? [] : [{ line, text }]; });
};

export const readEntry = (bytes: Uint8Array): Reading | undefined => {
  const record = readLdif(bytes);
  return record && readingOf((attribute) => valuesOf(record, attribute).map(({ text }) => text), GENERAL_MAP);
};

export const entryCode = (bytes: Uint8Array, carrier: Carrier): CodeReading => {
  const record = readLdif(bytes);
  if (!record) return { code: null };
  const found = findAll(record, carrier);
  if (found.length === 1 || (found.length > 1 && patternOf(carrier) !== undefined)) return { code: found[0]!.code };
  const reason = strayText(record, carrier, found);
  return reason === undefined ? { code: null } : { code: null, reason };
};

const findAll = (record: LdifRecord, carrier: Carrier): Found[] => {
  const pattern = patternOf(carrier);
  return valuesOf(record, fieldOf(carrier)).flatMap((value) => {
    const { length } = value.text;
    if (pattern === undefined) return isCode(value.text.trim()) ? [{ ...value, code: canonicalCode(value.text.trim()), from: 0, to: length, markFrom: 0, markTo: length }] : [];
    const match = markExpression(pattern).exec(value.text);
    const [mark, code] = match?.indices ?? [];
    return match && mark && code ? [{ ...value, code: canonicalCode(match[1]!), from: code[0], to: code[1], markFrom: mark[0], markTo: mark[1] }] : [];
  });
};

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
const strayText = (record: LdifRecord, carrier: Carrier, found: Found[]): string | undefined => {
  const [name, pattern] = [fieldOf(carrier), patternOf(carrier)];
  const texts = valuesOf(record, name).map(({ text }) => text.trim()).filter(Boolean);
  if (pattern === undefined && found.length > 1) return `${name} holds ${found.map(({ text }) => `"${shorten(text)}"`).slice(0, 3).join(' and ')}, and only one of them can be the code`;
  if (pattern === undefined) return texts[0] === undefined ? undefined : `${name} holds "${shorten(texts[0])}", which is not a code (1 to 24 letters, digits, - or _)`;
  const start = pattern.split('{code}')[0]!.trim().toLowerCase();
  return start && texts.some((text) => text.toLowerCase().includes(start)) ? `${name} holds the start of "${pattern}" without a code in it` : undefined;
};

/** The entry with `code` in its carrier, or without one (null). Unchanged where several values could be the code: none of them is ours to take. */
export const patchEntry = (bytes: Uint8Array, carrier: Carrier, code: string | null): Uint8Array => {
  const record = readLdif(bytes);
  if (!record) return bytes;
  const found = findAll(record, carrier);
  if (patternOf(carrier) === undefined && found.length > 1) return bytes;
  if (code === null) return without(record, carrier, found);
  const wanted = canonicalCode(code);
  if (found[0]) return found[0].code === wanted ? bytes : withValue(record, found[0].line, found[0].text.slice(0, found[0].from) + wanted + found[0].text.slice(found[0].to));
  const values = valuesOf(record, fieldOf(carrier));
  const mark = (patternOf(carrier) ?? '{code}').replace('{code}', () => wanted);
  const behind = patternOf(carrier) !== undefined && values[0] ? withValue(record, values[0].line, `${values[0].text} ${mark}`) : undefined;
  if (behind && entryCode(behind, carrier).code === wanted) return behind;
  return insert(record, values.at(-1)?.line.end ?? record.end, values.at(-1)?.line.name ?? fieldOf(carrier), mark);
};

/** A mark may appear when another is cut out of its middle: until none is left. Each round makes the entry shorter. */
const without = (record: LdifRecord, carrier: Carrier, found: Found[]): Uint8Array => {
  const [first] = found;
  if (!first) return record.bytes;
  const space = first.text[first.markFrom - 1] === ' ' ? 1 : 0;
  const rest = patternOf(carrier) === undefined ? '' : first.text.slice(0, first.markFrom - space) + first.text.slice(first.markTo);
  const next = rest.trim() === '' ? splice(record.bytes, first.line.start, first.line.end, '') : withValue(record, first.line, rest);
  const again = patternOf(carrier) === undefined ? undefined : readLdif(next);
  return again ? without(again, carrier, findAll(again, carrier)) : next;
};

const withValue = ({ bytes, eol }: LdifRecord, line: LdifLine, text: string): Uint8Array => {
  const ended = bytes[line.end - 1] === 10;
  const written = ldifLine(line.name, encode(text), eol);
  return splice(bytes, line.start, line.end, ended ? written : written.slice(0, -eol.length));
};
const insert = ({ bytes, eol }: LdifRecord, at: number, name: string, text: string): Uint8Array => {
  const written = ldifLine(name, encode(text), eol);
  return splice(bytes, at, at, at === 0 || bytes[at - 1] === 10 ? written : eol + written.slice(0, -eol.length));
};
const splice = (bytes: Uint8Array, from: number, to: number, text: string): Uint8Array => {
  const piece = encode(text);
  const result = new Uint8Array(bytes.length - (to - from) + piece.length);
  result.set(bytes.subarray(0, from));
  result.set(piece, from);
  result.set(bytes.subarray(to), from + piece.length);
  return result;
};

/** objectClass and the like come as they are; what is no text is left out. */
export const entryFields = (bytes: Uint8Array): FieldValue[] => (readLdif(bytes)?.lines ?? [])
  .map((line) => ({ field: line.name, value: textOf(line.value)?.trim() ?? '' })).filter(({ field, value }) => field !== '' && value !== '');
export const entryNames = (bytes: Uint8Array): string[] => (readLdif(bytes)?.lines ?? []).map((line) => line.name).filter(Boolean);
export const entryPlace = (bytes: Uint8Array, field: string): { lines: [number, number][]; end: number } => {
  const record = readLdif(bytes);
  const lines = record?.lines.filter((line) => line.name.toLowerCase() === field.toLowerCase()) ?? [];
  return { lines: lines.map(({ start, end }) => [start, end]), end: record?.end ?? bytes.length };
};
