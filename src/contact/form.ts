/**
 * The form in which a source keeps its contacts: vCards, or the entries of a directory (LDIF). Everything that looks into
 * the bytes of a contact goes through here, so that who syncs, reports and writes back need not know which it is.
 */
import type { Carrier } from '@ringbook/contracts';
import { type CodeReading, readCode } from './carrier.js';
import { patchCode } from './patch.js';
import { type CardNumber, readCard, valueOf } from './vcard.js';

/** Who a contact is, as its card says. */
export interface Reading { uid: string | null; name: string; organisation: string | null; numbers: CardNumber[] }
/** One field of a contact that holds something: its name in upper case (attributes: as written), its value with escapes undone. */
export interface FieldValue { field: string; value: string }

export interface RecordForm {
  /** Undefined when `bytes` are no such record. Directories do not say in an entry which attribute is what: their source tells (ReceivedCard.reading). */
  read(bytes: Uint8Array): Reading | undefined;
  codeOf(bytes: Uint8Array, carrier: Carrier): CodeReading;
  /** The record with `code` in its carrier, or without one (null); every byte outside the line that carries it stays. */
  patch(bytes: Uint8Array, carrier: Carrier, code: string | null): Uint8Array;
  fields(bytes: Uint8Array): FieldValue[];
}

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
  fields: (bytes) => (readCard(bytes)?.lines ?? []).map((line) => ({ field: line.name, value: valueOf(bytes, line).trim() })).filter(({ value }) => value !== ''),
};

/** Which form these bytes are in. */
export const formOf = (_bytes: Uint8Array): RecordForm => vcardForm;
