/** The little of BER (X.690) that LDAP answers and control values are made of. Whatever a server says, reading ends, and stays within what was received. */

/** `from` up to `to` is the content, `to` where the next one starts. */
export interface Tlv { tag: number; from: number; to: number }
export class Malformed extends Error {}

export const INTEGER = 0x02, OCTETS = 0x04, ENUMERATED = 0x0a, BOOLEAN = 0x01, SEQUENCE = 0x30, SET = 0x31;

/** The element at `at`; undefined when its header has not been received up to `end`. Its content may not be there yet. */
export const headerAt = (bytes: Uint8Array, at: number, end: number): Tlv | undefined => {
  if (end - at < 2) return undefined;
  const [tag, first] = [bytes[at]!, bytes[at + 1]!];
  if (first < 0x80) return { tag, from: at + 2, to: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new Malformed('a length of its own kind');
  if (end - at < 2 + count) return undefined;
  let length = 0;
  for (let i = 0; i < count; i += 1) length = length * 256 + bytes[at + 2 + i]!;
  return { tag, from: at + 2 + count, to: at + 2 + count + length };
};

/** The elements inside `parent`. @throws Malformed when one leaves it, or there are more than `most` */
export const childrenOf = (bytes: Uint8Array, parent: { from: number; to: number }, most = 250_000): Tlv[] => {
  const children: Tlv[] = [];
  for (let at = parent.from; at < parent.to;) {
    const child = headerAt(bytes, at, parent.to);
    if (!child || child.to > parent.to) throw new Malformed('an element that leaves its frame');
    if (children.length === most) throw new Malformed(`more than ${most} elements`);
    children.push(child);
    at = child.to;
  }
  return children;
};

export const bytesOf = (bytes: Uint8Array, tlv: Tlv | undefined): Uint8Array => (tlv ? bytes.subarray(tlv.from, tlv.to) : new Uint8Array());
const DECODER = new TextDecoder();
export const stringOf = (bytes: Uint8Array, tlv: Tlv | undefined): string => DECODER.decode(bytesOf(bytes, tlv));
/** @throws Malformed beyond 6 bytes */
export const numberOf = (bytes: Uint8Array, tlv: Tlv | undefined): number => {
  const content = bytesOf(bytes, tlv);
  if (content.length === 0 || content.length > 6) throw new Malformed('a number without end');
  return content.reduce((sum, byte) => sum * 256 + byte, content[0]! >= 0x80 ? -1 : 0);
};
export const isTrue = (bytes: Uint8Array, tlv: Tlv | undefined): boolean => bytesOf(bytes, tlv).some((byte) => byte !== 0);

const ENCODER = new TextEncoder();
/** An element of the parts given, one after the other. */
export const element = (tag: number, ...parts: (Uint8Array | string)[]): Uint8Array => {
  const contents = parts.map((part) => (typeof part === 'string' ? ENCODER.encode(part) : part));
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const header = length < 0x80 ? [tag, length] : length < 0x1_0000 ? [tag, 0x82, length >> 8, length & 0xff] : [tag, 0x84, length >>> 24, length >> 16 & 0xff, length >> 8 & 0xff, length & 0xff];
  const whole = new Uint8Array(header.length + length);
  whole.set(header);
  let at = header.length;
  for (const part of contents) { whole.set(part, at); at += part.length; }
  return whole;
};
/** Of at most 31 bits, not negative. */
export const integer = (value: number, tag = INTEGER): Uint8Array => {
  const bytes = [value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff];
  while (bytes.length > 1 && bytes[0] === 0 && bytes[1]! < 0x80) bytes.shift();
  return element(tag, Uint8Array.from(bytes));
};
