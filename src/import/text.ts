/** The text of a file that some program saved, whatever it is written in. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const BOMS: [Encoding, number[]][] = [['utf-8', [0xef, 0xbb, 0xbf]], ['utf-16le', [0xff, 0xfe]], ['utf-16be', [0xfe, 0xff]]];
const LOOK = 2000;

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
const isUtf8 = (bytes: Uint8Array): boolean => {
  try { new TextDecoder('utf-8', { fatal: true }).decode(bytes); return true; } catch { return false; }
};

/** All of it as text, with line feeds alone at the ends of lines. */
export const textOf = (bytes: Uint8Array): string => {
  const { encoding, mark } = encodingOf(bytes);
  return new TextDecoder(encoding).decode(bytes.subarray(mark)).replace(/\r\n?/g, '\n');
};

/**
 * Cards are read as bytes in UTF-8; in anything else they are written anew. Cards that name a charset of their own say
 * themselves how they are to be read: they stay as they are.
 */
export const cardBytes = (bytes: Uint8Array): Uint8Array => {
  const { encoding, mark } = encodingOf(bytes);
  const body = bytes.subarray(mark);
  if (encoding === 'utf-8') return body;
  const text = new TextDecoder(encoding).decode(body);
  return encoding === 'windows-1252' && /;CHARSET=/i.test(text) ? body : new TextEncoder().encode(text);
};
