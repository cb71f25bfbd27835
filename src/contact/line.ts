/**
 * The lines of a vCard with their places in the bytes, so that one line can be changed and every other byte kept.
 * Lenient on purpose: a line that makes no sense is a line without a name, never a lost contact. Folding: RFC 6350, 3.2;
 * quoted-printable soft breaks: vCard 2.1, 2.1.3. Works on bytes because folds may split a UTF-8 character.
 */

export interface Param { name: string; value: string }
/** `start`, `end`: the line with its terminator. `segments`: its content without folds. `value`: where the value starts. */
export interface CardLine {
  start: number; end: number; segments: Segment[]; value: number;
  /** Upper case; '' for a line that is no property. */
  name: string; group: string; params: Param[];
}
/** From, up to and not including. */
export type Segment = readonly [number, number];
interface Physical { start: number; content: number; end: number }

const LF = 10, CR = 13, SPACE = 32, TAB = 9, QUOTE = 34, COLON = 58, EQUALS = 61;
const MAX_HEADER = 4000;
const MAX_PARAMS = 50;
/** Lines as they stand in the file. A photo of 4 MB has 60,000; a million empty ones would take seconds, in which no call is decided. */
const MAX_LINES = 100_000;

/** All lines of all cards in `bytes`; none at all when there are too many. */
export const splitLines = (bytes: Uint8Array): CardLine[] => {
  const lines: CardLine[] = [];
  const physical = physicalLines(bytes);
  for (let i = 0; i < physical.length;) {
    const parts = [physical[i++]!];
    const quoted = isQuotedPrintable(bytes, parts[0]!);
    while (i < physical.length && (isFolded(bytes, physical[i]!) || (quoted && isSoft(bytes, parts.at(-1)!)))) parts.push(physical[i++]!);
    lines.push(logicalLine(bytes, parts, quoted));
  }
  return lines;
};

const physicalLines = (bytes: Uint8Array): Physical[] => {
  const lines: Physical[] = [];
  const ending = bytes.includes(LF) ? LF : CR; // old Macintosh programs ended lines with CR alone
  for (let start = 0; start < bytes.length;) {
    if (lines.length === MAX_LINES) return [];
    const found = bytes.indexOf(ending, start);
    const end = found < 0 ? bytes.length : found + 1;
    let content = found < 0 ? end : found;
    if (ending === LF && content > start && bytes[content - 1] === CR) content -= 1;
    lines.push({ start, content, end });
    start = end;
  }
  return lines;
};

const isFolded = (bytes: Uint8Array, line: Physical): boolean => line.content > line.start && (bytes[line.start] === SPACE || bytes[line.start] === TAB);
const isSoft = (bytes: Uint8Array, line: Physical): boolean => line.content > line.start && bytes[line.content - 1] === EQUALS;
/** Nearly all lines have no room for it before their colon. */
const isQuotedPrintable = (bytes: Uint8Array, line: Physical): boolean => {
  const most = Math.min(line.content, line.start + 200);
  let end = line.start;
  while (end < most && bytes[end] !== COLON) end += 1;
  return end - line.start > 16 && /QUOTED-PRINTABLE/i.test(ascii(bytes, line.start, end));
};

const logicalLine = (bytes: Uint8Array, parts: Physical[], quoted: boolean): CardLine => {
  const segments = parts.map((part, i): Segment => {
    const soft = quoted && i < parts.length - 1 && isSoft(bytes, part);
    const folded = i > 0 && !(quoted && isSoft(bytes, parts[i - 1]!)) ? 1 : 0;
    return [part.start + folded, part.content - (soft ? 1 : 0)];
  });
  return { start: parts[0]!.start, end: parts.at(-1)!.end, segments, ...headerOf(bytes, segments) };
};

/** Anything else is no name of a field: such a line is kept, and never read. */
const NAME = /^[A-Z0-9_-]{1,100}$/;
const NO_HEADER = { name: '', group: '', params: [], value: -1 };

/** An unbalanced quote in a parameter would hide the colon: then the first colon counts. */
const headerOf = (bytes: Uint8Array, segments: Segment[]): Pick<CardLine, 'name' | 'group' | 'params' | 'value'> => {
  const found = scanHeader(bytes, segments, true) ?? scanHeader(bytes, segments, false);
  if (!found) return NO_HEADER;
  const [head = '', ...params] = semicolons(found.text.replace(/^\u00ef\u00bb\u00bf/, ''), found.quoted);
  const dot = head.lastIndexOf('.');
  const name = head.slice(dot + 1).trim().toUpperCase();
  return { name: NAME.test(name) ? name : '', group: head.slice(0, Math.max(dot, 0)), params: params.slice(0, MAX_PARAMS).flatMap(paramsOf), value: found.value };
};

/** Cut at the semicolons that are not in quotes. */
const semicolons = (text: string, mindQuotes: boolean): string[] => {
  const parts = text.split(';');
  if (!mindQuotes || !text.includes('"')) return parts;
  const whole: string[] = [];
  let inQuotes = false;
  for (const part of parts) {
    if (inQuotes) whole.push(`${whole.pop()!};${part}`); else whole.push(part);
    if ((part.split('"').length - 1) % 2 === 1) inQuotes = !inQuotes;
  }
  return whole;
};

const scanHeader = (bytes: Uint8Array, segments: Segment[], mindQuotes: boolean): { text: string; value: number; quoted: boolean } | undefined => {
  let text = '', inQuotes = false;
  for (const [from, to] of segments) {
    for (let i = from; i < to && text.length < MAX_HEADER; i += 1) {
      const byte = bytes[i]!;
      if (byte === COLON && !inQuotes) return { text, value: i + 1, quoted: mindQuotes };
      if (byte === QUOTE && mindQuotes) inQuotes = !inQuotes;
      text += String.fromCharCode(byte);
    }
  }
  return undefined;
};

/** TYPE=home,cell gives two; CELL alone is TYPE=CELL (vCard 2.1). */
const paramsOf = (text: string): Param[] => {
  const equals = text.indexOf('=');
  const name = equals < 0 ? 'TYPE' : text.slice(0, equals).trim().toUpperCase();
  return text.slice(equals + 1).replaceAll('"', '').split(',').map((value) => ({ name, value: value.trim() }));
};

/** The bytes from `from` up to `to`, one character a byte. */
export const ascii = (bytes: Uint8Array, from: number, to: number): string => {
  let text = '';
  for (let i = from; i < to; i += 1) text += String.fromCharCode(bytes[i]!);
  return text;
};

export const param = (line: CardLine, name: string): string | undefined => line.params.find((p) => p.name === name)?.value;

/** The line terminator at the end of `bytes` up to `end`: '\r\n', '\n', '\r', or '' when there is none. */
export const terminator = (bytes: Uint8Array, end: number): string => {
  if (end > 0 && bytes[end - 1] === CR) return '\r';
  if (end === 0 || bytes[end - 1] !== LF) return '';
  return end > 1 && bytes[end - 2] === CR ? '\r\n' : '\n';
};
