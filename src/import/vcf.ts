/** The cards of a .vcf file, each with its bytes as they stand there. */

/** `line`: where it begins in the file, counted from 1. */
export interface FileCard { line: number; bytes: Uint8Array }
export interface Problem { line: number; text: string }
interface Line { number: number; start: number; end: number }

const LF = 10, CR = 13;
/** Enough of a line to see what it is. */
const LOOK = 40;
export const MAX_CARD = 4 * 1024 * 1024;
const CLOSING = new TextEncoder().encode('END:VCARD\r\n');

/**
 * Cards and problems as they come, and undefined now and then, so that who reads a long file can let others have a turn.
 * Cards nested in AGENT (vCard 2.1) stay in the one that holds them; a card that does not end is taken as far as it goes.
 * @param bytes UTF-8, without a byte order mark
 */
export const cardsIn = function* cardsIn(bytes: Uint8Array): Generator<FileCard | Problem | undefined> {
  let begun: Line | undefined, depth = 0, agent = false, astray = false;
  const whole = (to: number): FileCard | Problem => sized({ line: begun!.number, bytes: bytes.subarray(begun!.start, to) });
  const cut = function* cut(to: number): Generator<FileCard | Problem> {
    const rest = bytes.subarray(begun!.start, to);
    yield { line: begun!.number, text: 'A contact begins here and does not end (END:VCARD is missing). It was taken as far as it goes.' };
    yield sized({ line: begun!.number, bytes: joined(rest, rest.at(-1) === LF || rest.at(-1) === CR ? CLOSING : joined(Uint8Array.of(CR, LF), CLOSING)) });
  };
  for (const line of linesOf(bytes)) {
    if (line.number % 5000 === 0) yield undefined;
    // nearly all lines begin with none of these letters, and are of no interest here
    const text = MARKING.has(bytes[line.start]!) ? headOf(bytes, line) : '';
    if (isMark(text, 'BEGIN')) {
      astray = false;
      if (begun && !agent) { yield* cut(line.start); begun = undefined; }
      if (begun) depth += 1; else { begun = line; depth = 1; }
    } else if (begun && isMark(text, 'END')) {
      depth -= 1;
      if (depth === 0) { yield whole(line.end); begun = undefined; }
    } else if (!begun && !astray && headOf(bytes, line).trim() !== '') {
      astray = true; // told once for what stands together
      yield { line: line.number, text: 'What stands here belongs to no contact and was left out.' };
    }
    if (text !== '' || line.end - line.start > 2) agent = /^AGENT\b/i.test(text);
  }
  if (begun) yield* cut(bytes.length);
};

const MARKING = new Set([...'BEAbea'].map((letter) => letter.charCodeAt(0)));
const headOf = (bytes: Uint8Array, { start, end }: Line): string => String.fromCharCode(...bytes.subarray(start, Math.min(end, start + LOOK)));
const isMark = (text: string, name: string): boolean => text !== '' && text.length < LOOK && new RegExp(`^${name}\\s*:\\s*VCARD\\s*$`, 'i').test(text);
const sized = (card: FileCard): FileCard | Problem => (card.bytes.length <= MAX_CARD ? card : { line: card.line, text: `This contact is ${(card.bytes.length / 1024 / 1024).toFixed(1)} MB large. Contacts above 4 MB are left out.` });
const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => { const all = new Uint8Array(a.length + b.length); all.set(a); all.set(b, a.length); return all; };

/** Old programs of one kind of computer end lines with CR alone. */
const linesOf = function* linesOf(bytes: Uint8Array): Generator<Line> {
  const ending = bytes.includes(LF) ? LF : CR;
  for (let start = 0, number = 1; start < bytes.length; number += 1) {
    const found = bytes.indexOf(ending, start);
    const end = found < 0 ? bytes.length : found + 1;
    yield { number, start, end };
    start = end;
  }
};
