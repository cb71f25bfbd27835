/**
 * Where the codes of one book are read from and written to. While codes move from one carrier to another a card may hold its
 * code in either: it is read from the new place first, and from the old one where the new one has none, so that calls find it
 * at every moment.
 */
import type { Carrier } from '@ringbook/contracts';
import { canonicalCode } from './carrier.js';
import type { RecordForm } from './form.js';

export interface Carriers { carrier: Carrier; fallback: Carrier | null }

export const codeIn = (form: RecordForm, bytes: Uint8Array, { carrier, fallback }: Carriers): string | null =>
  form.codeOf(bytes, carrier).code ?? (fallback ? form.codeOf(bytes, fallback).code : null);

/** The card with this code, or without one, in the carrier, and none in the fallback. The old one goes first: both may be in one field. */
export const withCode = (form: RecordForm, bytes: Uint8Array, { carrier, fallback }: Carriers, code: string | null): Uint8Array =>
  form.patch(fallback ? form.patch(bytes, fallback, null) : bytes, carrier, code);

/** Whether a card says exactly this code now, in the carrier alone. */
export const says = (form: RecordForm, bytes: Uint8Array, { carrier, fallback }: Carriers, code: string | null): boolean =>
  form.codeOf(bytes, carrier).code === (code === null ? null : canonicalCode(code)) && (!fallback || form.codeOf(bytes, fallback).code === null);
