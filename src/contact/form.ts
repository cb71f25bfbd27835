/**
 * The form in which a source keeps its contacts: vCards, or the entries of a directory (LDIF). Everything that looks into
 * the bytes of a contact goes through here, so that who syncs, reports and writes back need not know which it is.
 */
import type { Carrier } from '@ringbook/contracts';
import { type CodeReading, readCode } from './carrier.js';
import { isMedia, leanCard } from './lean.js';
import { isLdif } from './ldif.js';
import { entryCode, entryFields, entryNames, entryPlace, patchEntry, readEntry } from './ldif-form.js';
import { patchCode } from './patch.js';
import type { FieldValue, Reading } from './reading.js';
import { fieldLines, readCard, valueOf } from './vcard.js';

export type { FieldValue, Reading };

export interface RecordForm {
  /** Undefined when `bytes` are no such record. Directories do not say in an entry which attribute is what: their source tells (ReceivedCard.reading). */
  read(bytes: Uint8Array): Reading | undefined;
  codeOf(bytes: Uint8Array, carrier: Carrier): CodeReading;
  /** The record with `code` in its carrier, or without one (null); every byte outside the line that carries it stays. */
  patch(bytes: Uint8Array, carrier: Carrier, code: string | null): Uint8Array;
  /** The fields that hold something; of pictures and the like only the beginning. */
  fields(bytes: Uint8Array): FieldValue[];
  /** The names of all fields, also of empty ones. */
  names(bytes: Uint8Array): string[];
  /** Where the lines of a field are, each with its end, and where a new one would go. */
  place(bytes: Uint8Array, field: string): { lines: [number, number][]; end: number };
  /** What is kept of the record here: pictures, sounds and keys left out. */
  lean(bytes: Uint8Array): Uint8Array;
}

/** Bytes of a picture that are looked at. */
const GLIMPSE = 40;

const vcardForm: RecordForm = {
  read: (bytes) => {
    const card = readCard(bytes);
    return card && { uid: card.uid, name: card.name, organisation: card.organisation, numbers: card.numbers };
  },
  codeOf: (bytes, carrier) => {
    const card = readCard(bytes);
    return card ? readCode(card, carrier) : { code: null };
  },
  patch: patchCode,
  fields: (bytes) => (readCard(bytes)?.lines ?? []).map((line) => ({ field: line.name, value: valueOf(bytes, line, isMedia(line.name) ? GLIMPSE : undefined).trim() })).filter(({ value }) => value !== ''),
  names: (bytes) => (readCard(bytes)?.lines ?? []).map((line) => line.name),
  place: (bytes, field) => {
    const card = readCard(bytes);
    return card ? { lines: fieldLines(card, field).map(({ start, end }) => [start, end]), end: card.end } : { lines: [], end: bytes.length };
  },
  lean: leanCard,
};

const ldifForm: RecordForm = { read: readEntry, codeOf: entryCode, patch: patchEntry, fields: entryFields, names: entryNames, place: entryPlace, lean: (bytes) => bytes };

/** Which form these bytes are in. */
export const formOf = (bytes: Uint8Array): RecordForm => (isLdif(bytes) ? ldifForm : vcardForm);
