/** The text of a file that some program saved, whatever it is written in. Long ones are taken piece by piece, and others get their turn in between. */
import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const BOMS: [Encoding, number[]][] = [['utf-8', [0xef, 0xbb, 0xbf]], ['utf-16le', [0xff, 0xfe]], ['utf-16be', [0xfe, 0xff]]];
const LOOK = 2000;
/** Bytes in one go: so few because of tables with thousands of short lines in them, which take 15 microseconds each. */
const PIECE = 8 * 1024;

/** How `bytes` are written, and how many of them are a byte order mark. What is no UTF is taken for Windows-1252, which holds Latin-1. */
export const encodingOf = (bytes: Uint8Array): { encoding: Encoding; mark: number } => {
  const marked = BOMS.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte));
  if (marked) return { encoding: marked[0], mark: marked[1].length };
  const [even, odd] = zeros(bytes.subarray(0, LOOK));
  const enough = Math.min(bytes.length, LOOK) / 8;
  if (odd > enough && even < odd / 4) return { encoding: 'utf-16le', mark: 0 };
  if (even > enough && odd < even / 4) return { encoding: 'utf-16be', mark: 0 };
  return { encoding: isUtf8(bytes) ? 'utf-8' : 'windows-1252', mark: 0 };
};

const zeros = (bytes: Uint8Array): [even: number, odd: number] => {
  const found: [number, number] = [0, 0];
  bytes.forEach((byte, i) => { if (byte === 0) found[i % 2 as 0 | 1] += 1; });
  return found;
};

/** Line feeds alone at the ends of lines. */
const plain = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text);

/** The beginning of a file, as text with line feeds alone at the ends of lines. */
export const startOf = (bytes: Uint8Array, size: number): string => {
  const { encoding, mark } = encodingOf(bytes.subarray(0, size));
  return plain(new TextDecoder(encoding).decode(bytes.subarray(mark, size)));
};

/** All of it as text, piece by piece, with line feeds alone at the ends of lines. No piece is empty. */
export const textOf = async function* textOf(bytes: Uint8Array): AsyncGenerator<string> {
  let before = ''; // a line end may be cut in two
  for await (const piece of decoded(bytes, encodingOf(bytes))) {
    const text = before + piece;
    before = text.endsWith('\r') ? '\r' : '';
    const whole = plain(before ? text.slice(0, -1) : text);
    if (whole) yield whole;
  }
  if (before) yield '\n';
};

const decoded = async function* decoded(bytes: Uint8Array, { encoding, mark }: { encoding: Encoding; mark: number }): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for (let at = mark; at < bytes.length; at += PIECE) {
    yield decoder.decode(bytes.subarray(at, at + PIECE), { stream: at + PIECE < bytes.length });
    await setImmediate();
  }
};

const CHARSET = ';CHARSET=';
/**
 * Cards are read as bytes in UTF-8; in anything else they are written anew. Cards that name a charset of their own say
 * themselves how they are to be read: they stay as they are.
 */
export const cardBytes = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const { encoding, mark } = encodingOf(bytes);
  const body = bytes.subarray(mark);
  if (encoding === 'utf-8') return body;
  const written: Uint8Array[] = [];
  let end = '';
  for await (const text of decoded(body, { encoding, mark: 0 })) {
    if (encoding === 'windows-1252' && (end + text).toUpperCase().includes(CHARSET)) return body;
    end = text.slice(-CHARSET.length);
    written.push(Buffer.from(text));
  }
  return new Uint8Array(Buffer.concat(written));
};
