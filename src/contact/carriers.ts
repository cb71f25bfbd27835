/**
 * Where the codes of one book are read from and written to. While codes move from one carrier to another a card may hold its
 * code in either: it is read from the new place first, and from the old one where the new one has none, so that calls find it
 * at every moment.
 */
import type { Carrier } from '@ringbook/contracts';
import { canonicalCode, carrierWords, fieldOf, isWhole } from './carrier.js';
import type { RecordForm } from './form.js';

export interface Carriers { carrier: Carrier; fallback: Carrier | null }
/** `between`: the card when the old place was cleared and nothing else had been done. `problem`: why nothing may be written, in words. */
export type Written = { bytes: Uint8Array; between: Uint8Array } | { problem: string };

export const codeIn = (form: RecordForm, bytes: Uint8Array, { carrier, fallback }: Carriers): string | null =>
  form.codeOf(bytes, carrier).code ?? (fallback ? form.codeOf(bytes, fallback).code : null);

/**
 * The card with this code, or without one, in the carrier, and none in the fallback. The old one goes first: both may be in one
 * field. The same bytes when there is nothing to do.
 */
export const written = (form: RecordForm, bytes: Uint8Array, { carrier, fallback }: Carriers, code: string | null): Written => {
  const between = fallback ? form.patch(bytes, fallback, null) : bytes;
  const { reason } = form.codeOf(between, carrier);
  // The field is somebody's: what stands there is not ours to destroy.
  if (code !== null && reason !== undefined && isWhole(carrier)) return { problem: `${reason}. Clear the field in your contact manager first, or choose another field for codes.` };
  const after = form.patch(between, carrier, code);
  const said = form.codeOf(after, carrier).code === (code === null ? null : canonicalCode(code)) && (!fallback || form.codeOf(after, fallback).code === null);
  return said ? { bytes: after, between } : { problem: `What ${fieldOf(carrier)} of this contact holds leaves no room for a code that would be read again. Choose another field for codes.` };
};

/** The card with its code moved from the fallback to the carrier. */
export const moved = (form: RecordForm, bytes: Uint8Array, carriers: Carriers): Written => {
  const { carrier, fallback } = carriers;
  const [there, here] = [form.codeOf(bytes, carrier).code, fallback ? form.codeOf(bytes, fallback).code : null];
  if (here === null) return { bytes, between: bytes };
  if (there !== null && there !== here) return { problem: `${carrierWords(carrier)} holds another code already, ${there}, and that one counts. ${here} stays in ${carrierWords(fallback!)}.` };
  return written(form, bytes, carriers, here);
};
