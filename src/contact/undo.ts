/** What is kept of a card whose code moves, so that it can become what it was: byte for byte where nobody changed it since. */
import { ascii } from './line.js';
import type { RecordForm } from './form.js';

/** At byte `at` stood `was` and stands `now`; both base64. */
export interface Hunk { at: number; was: string; now: string }
/**
 * `hunks`: from the card as it was to the card as it was written. `lines`: the lines of the fields that were touched, as they
 * were (base64, with their ends); `left`: the values that these fields had afterwards. Servers may write a card anew: then the
 * lines are put back, wherever the server has them.
 */
export interface Undo { hunks: Hunk[]; fields: { field: string; lines: string[]; left: string[] }[] }

const base64 = (bytes: Uint8Array, from: number, to: number): string => btoa(ascii(bytes, from, to));
const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** @param steps the card before, in between, and after @param fields that were touched */
export const undoOf = (form: RecordForm, steps: readonly Uint8Array[], fields: readonly string[]): Undo => {
  const [before, after] = [steps[0]!, steps.at(-1)!];
  return {
    hunks: hunksOf(...steps),
    fields: [...new Set(fields.map((field) => field.toUpperCase()))].map((field) => ({ field, lines: form.place(before, field).lines.map(([from, to]) => base64(before, from, to)), left: valuesOf(form, after, field) })),
  };
};

/** Each hunk is about one step, in their order. */
export const hunksOf = (...steps: Uint8Array[]): Hunk[] => steps.slice(1).flatMap((after, i) => hunk(steps[i]!, after));

const hunk = (before: Uint8Array, after: Uint8Array): Hunk[] => {
  const shorter = Math.min(before.length, after.length);
  let at = 0, end = 0;
  while (at < shorter && before[at] === after[at]) at += 1;
  while (end < shorter - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const [was, now] = [before, after].map((bytes) => base64(bytes, at, bytes.length - end));
  return was === '' && now === '' ? [] : [{ at, was: was!, now: now! }];
};

/** The card before those hunks; undefined when it is not the card that they were made of. */
export const reverted = (after: Uint8Array, hunks: readonly Hunk[]): Uint8Array | undefined => {
  let bytes = after;
  for (const { at, was, now } of hunks.toReversed()) {
    const current = atob(now);
    if (ascii(bytes, at, Math.min(at + current.length, bytes.length)) !== current) return undefined;
    bytes = spliced(bytes, at, at + current.length, bytesOf(was));
  }
  return bytes;
};

/** The card with the lines that it had in the touched fields; undefined when somebody has changed one of these fields since. */
export const restored = (form: RecordForm, bytes: Uint8Array, { fields }: Undo): Uint8Array | undefined => {
  if (fields.some(({ field, left }) => JSON.stringify(valuesOf(form, bytes, field)) !== JSON.stringify(left))) return undefined;
  return fields.reduce((card, { field, lines }) => {
    const { lines: spans, end } = form.place(card, field);
    const rest = spans.toReversed().reduce((now, [from, to]) => spliced(now, from, to, new Uint8Array()), card);
    const at = spans[0]?.[0] ?? end;
    return lines.toReversed().reduce((now, line) => spliced(now, at, at, bytesOf(line)), rest);
  }, bytes);
};

const valuesOf = (form: RecordForm, bytes: Uint8Array, field: string): string[] => form.fields(bytes).filter(({ field: name }) => name.toUpperCase() === field).map(({ value }) => value).sort();

const spliced = (bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array => {
  const result = new Uint8Array(bytes.length - (to - from) + piece.length);
  result.set(bytes.subarray(0, from));
  result.set(piece, from);
  result.set(bytes.subarray(to), from + piece.length);
  return result;
};
