/** What one write changes: the values of one attribute that went, and those that came. Every other value is left out of the request. */
import { readLdif } from '../../contact/ldif.js';

export interface AttributeChange { attribute: string; remove: Uint8Array[]; add: Uint8Array[] }

const key = (value: Uint8Array): string => String.fromCharCode(...value.subarray(0, 60_000));
const valuesIn = (bytes: Uint8Array): Map<string, { name: string; values: Map<string, Uint8Array> }> => {
  const found = new Map<string, { name: string; values: Map<string, Uint8Array> }>();
  for (const { name, value } of readLdif(bytes)?.lines ?? []) {
    if (name === '' || value === undefined) continue;
    const known = found.get(name.toLowerCase()) ?? { name, values: new Map<string, Uint8Array>() };
    known.values.set(key(value), value);
    found.set(name.toLowerCase(), known);
  }
  return found;
};

/** The attributes whose values differ from `before` to `after`, both LDIF. */
export const changesOf = (before: Uint8Array, after: Uint8Array): AttributeChange[] => {
  const [old, now] = [valuesIn(before), valuesIn(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((attribute) => {
    const [had, has] = [old.get(attribute), now.get(attribute)];
    const remove = [...had?.values ?? []].filter(([value]) => !has?.values.has(value)).map(([, value]) => value);
    const add = [...has?.values ?? []].filter(([value]) => !had?.values.has(value)).map(([, value]) => value);
    return remove.length + add.length === 0 ? [] : [{ attribute: (had ?? has)!.name, remove, add }];
  });
};
