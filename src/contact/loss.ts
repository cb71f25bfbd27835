/**
 * Tells a code that somebody took away from one that another program dropped. Contact managers keep copies of cards: one that
 * saves its copy of before we wrote the code, or that does not know the field, takes the code along without anybody's wish.
 */
import type { Carrier } from '@ringbook/contracts';
import { carrierWords, fieldOf, isWhole } from './carrier.js';
import type { FieldValue, RecordForm } from './form.js';
import { isMedia } from './lean.js';

/** Change with every save, whoever saves and whatever for. */
const NOISE = new Set(`BEGIN END VERSION REV PRODID X-MOZILLA-LAST-MODIFIED LASTMODIFIEDDATE X-EVOLUTION-LAST-USE MODIFYTIMESTAMP MODIFIERSNAME ENTRYCSN WHENCHANGED USNCHANGED
  DSCOREPROPAGATIONDATA CREATETIMESTAMP CREATORSNAME`.split(/\s+/));

/**
 * Why a code that `before` held and `after` does not was lost rather than removed, in words; null when it was removed on purpose:
 * nothing else changed in the same edit, or the field is still there and empty. Media are not compared: our copies lack them.
 */
export const lossOf = (form: RecordForm, before: Uint8Array, after: Uint8Array, carrier: Carrier): string | null => {
  if (form.codeOf(before, carrier).code === null || form.codeOf(after, carrier).code !== null) return null;
  const field = fieldOf(carrier).toUpperCase();
  if (isWhole(carrier) && form.names(after).some((name) => name.toUpperCase() === field)) return null; // emptied, or somebody's own words now
  const [had, has] = [form.fields(before), form.fields(after)].map((fields) => fields.filter(({ field: name }) => isTelling(name, field)));
  const gone = missing(names(had!), names(has!));
  if (gone.length > 0) return `${carrierWords(carrier)} vanished together with ${list(gone)}: the program that saved this contact does not keep such fields`;
  const changed = [...new Set([...missing(values(had!), values(has!)), ...missing(values(has!), values(had!))].map((value) => value.split(':', 1)[0]!))];
  return changed.length > 0 ? `${carrierWords(carrier)} vanished when ${list(changed)} changed: another program saved its own copy of this contact, without the code` : null;
};

const isTelling = (name: string, carrying: string): boolean => name.toUpperCase() !== carrying && !NOISE.has(name.toUpperCase()) && !isMedia(name);
const names = (fields: FieldValue[]): string[] => [...new Set(fields.map(({ field }) => field.toUpperCase()))];
const values = (fields: FieldValue[]): string[] => fields.map(({ field, value }) => `${field.toUpperCase()}:${value}`);
/** What is in `some` and not in `others`, each as often as it is missing. */
const missing = (some: string[], others: string[]): string[] => {
  const left = new Map<string, number>();
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  return some.filter((one) => { const count = left.get(one) ?? 0; left.set(one, count - 1); return count <= 0; });
};
const list = (all: string[]): string => (all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', '));
