/** Cards as we keep them: without pictures, sounds and keys, which nobody here looks at. The card at its source is never touched for it. */
import type { CardLine } from './line.js';
import { readCard } from './vcard.js';

const MEDIA = new Set(['PHOTO', 'LOGO', 'SOUND', 'KEY']);
export const isMedia = (field: string): boolean => MEDIA.has(field.toUpperCase());

/** The same bytes when there is nothing to leave out. */
export const leanCard = (bytes: Uint8Array): Uint8Array => {
  const out = readCard(bytes)?.lines.filter((line) => isMedia(line.name)) ?? [];
  return out.length === 0 ? bytes : without(bytes, out);
};

const without = (bytes: Uint8Array, lines: readonly CardLine[]): Uint8Array => {
  const kept = new Uint8Array(bytes.length - lines.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0, after = 0;
  for (const { start, end } of [...lines, { start: bytes.length, end: bytes.length }]) {
    kept.set(bytes.subarray(after, start), at);
    at += start - after;
    after = end;
  }
  return kept;
};
