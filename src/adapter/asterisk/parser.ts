/**
 * A push parser for AMI's byte stream: chunks go in however the network cut them, whole messages come out. Bytes are only
 * decoded once a message is complete, so a character cut in two by the network is never a problem.
 * It refuses a peer whose first line is not AMI's, and a message larger than its bounds; anything else that is odd (lines
 * without a colon, broken UTF-8, blank lines) becomes a message that nobody asks for.
 */
import { Fault } from '../../shared/fault.js';
import type { AmiMessage } from './message.js';

export interface ParserOptions {
  onMessage(message: AmiMessage): void;
  /** The first line, such as `Asterisk Call Manager/11.0.0`. */
  onBanner?(banner: string): void;
  /** Bounds of one message; Asterisk's own events have less than 100 lines and 20 kB. */
  maxBytes?: number; maxLines?: number;
}

export interface AmiParser {
  /** @throws Fault `ami.not-asterisk`, `ami.message-too-large`; after either the parser is of no more use */
  push(chunk: Uint8Array): void;
}

const LF = 10;
const CR = 13;
const BANNER = 'Asterisk Call Manager/';
const MAX_BANNER = 256;
const NOTHING = new Uint8Array(0);
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

export const createParser = ({ onMessage, onBanner, maxBytes = 1 << 20, maxLines = 5000 }: ParserOptions): AmiParser => {
  let greeted = false;
  let held = NOTHING; // the beginning of a message whose end has not come yet
  let used = 0; // bytes of `held` that are filled

  /** Reads the whole messages in `bytes`, of which the first `seen` held no end of one; returns how many bytes it took. */
  const read = (bytes: Uint8Array, seen: number): number => {
    let start = 0;
    if (!greeted) {
      start = bannerEnd(bytes);
      if (start === 0) return 0;
      greeted = true;
      onBanner?.(UTF8.decode(bytes.subarray(0, start)).trim());
    }
    for (let end = messageEnd(bytes, Math.max(start, seen - 3)); end > 0; end = messageEnd(bytes, start)) {
      if (end - start > maxBytes) throw tooLarge();
      const message = fieldsOf(UTF8.decode(bytes.subarray(start, end)), maxLines);
      start = end;
      if (message) onMessage(message);
    }
    return start;
  };

  return {
    push(chunk) {
      const before = used;
      let rest = chunk;
      if (before === 0) rest = chunk.subarray(read(chunk, 0));
      [held, used] = appended(held, used, rest);
      if (before > 0) {
        const took = read(held.subarray(0, used), before);
        held.copyWithin(0, took, used);
        used -= took;
      }
      if (used > maxBytes) throw tooLarge();
    },
  };
};

/** `rest` behind the first `used` bytes of `held`. The buffer doubles: many small chunks cost no more than one large one. */
const appended = (held: Uint8Array<ArrayBuffer>, used: number, rest: Uint8Array): [Uint8Array<ArrayBuffer>, number] => {
  const total = used + rest.length;
  let room = held;
  if (room.length < total) {
    room = new Uint8Array(Math.max(8192, total * 2));
    room.set(held.subarray(0, used));
  }
  room.set(rest, used);
  return [room, total];
};

/** Where the first line ends, 0 when it is not complete. */
const bannerEnd = (bytes: Uint8Array): number => {
  const end = bytes.subarray(0, MAX_BANNER).indexOf(LF) + 1;
  const line = UTF8.decode(bytes.subarray(0, end || MAX_BANNER));
  const plausible = end > 0 ? line.startsWith(BANNER) : BANNER.startsWith(line.slice(0, BANNER.length)) && bytes.length < MAX_BANNER;
  if (!plausible) throw new Fault('unavailable', 'ami.not-asterisk', 'what answers at that address is not an Asterisk manager interface');
  return end;
};

/** Where the first message that ends behind `from` ends (behind its blank line), 0 when there is none. */
const messageEnd = (bytes: Uint8Array, from: number): number => {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 2] === LF && bytes[at + 1] === CR && bytes[at - 1] === CR) return at + 3;
  }
  return 0;
};

/** The fields of a message, undefined when it has none. A line without a colon is kept under `Output`. */
const fieldsOf = (message: string, maxLines: number): AmiMessage | undefined => {
  const fields: Record<string, string | string[]> = Object.create(null);
  let lines = 0;
  for (let start = 0; start < message.length;) {
    const found = message.indexOf('\r\n', start);
    const end = found < 0 ? message.length : found;
    if (end > start) {
      if (++lines > maxLines) throw tooLarge();
      const colon = message.indexOf(':', start);
      if (colon < 0 || colon > end) add(fields, 'Output', message.slice(start, end));
      else add(fields, message.slice(start, colon), message.slice(message.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1, end));
    }
    start = end + 2;
  }
  return lines > 0 ? fields : undefined;
};

const add = (fields: Record<string, string | string[]>, name: string, value: string): void => {
  const old = fields[name];
  if (old === undefined) fields[name] = name === 'Output' ? [value] : value;
  else if (typeof old === 'string') fields[name] = [old, value];
  else old.push(value);
};

const tooLarge = (): Fault => new Fault('broken', 'ami.message-too-large', 'the manager interface sent a message that is larger than any message should be');
