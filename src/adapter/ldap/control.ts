/** Controls: what they are called, and what their values say. */
import { bytesOf, childrenOf, element, ENUMERATED, headerAt, integer, isTrue, numberOf, OCTETS, SEQUENCE, SET, type Tlv } from './ber.js';
import type { ControlValue } from './message.js';

export const CONTROL = {
  paged: '1.2.840.113556.1.4.319', sync: '1.3.6.1.4.1.4203.1.9.1.1', syncState: '1.3.6.1.4.1.4203.1.9.1.2', syncDone: '1.3.6.1.4.1.4203.1.9.1.3', dirSync: '1.2.840.113556.1.4.841',
  assertion: '1.3.6.1.1.12', postRead: '1.3.6.1.1.13.2', domainScope: '1.2.840.113556.1.4.1339', showDeleted: '1.2.840.113556.1.4.417',
} as const;
export const SYNC_INFO = '1.3.6.1.4.1.4203.1.9.1.4', START_TLS = '1.3.6.1.4.1.1466.20037';
export const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800';

const NONE = new Uint8Array();
const valueOf = (controls: readonly ControlValue[], oid: string): Uint8Array | undefined => controls.find((control) => control.oid === oid)?.value;
const partsOf = (value: Uint8Array | undefined): Tlv[] => {
  const outer = value && headerAt(value, 0, value.length);
  return outer ? childrenOf(value, { from: outer.from, to: Math.min(outer.to, value.length) }) : [];
};

/** RFC 2696. */
export const pagedValue = (size: number, cookie: Uint8Array): Uint8Array => element(SEQUENCE, integer(size), element(OCTETS, cookie));
/** Empty after the last page, and when the server did not page. */
export const pagedCookie = (controls: readonly ControlValue[]): Uint8Array => {
  const value = valueOf(controls, CONTROL.paged);
  return value ? bytesOf(value, partsOf(value)[1]) : NONE;
};

/** RFC 4533, 2.2: refreshOnly. */
export const syncValue = (cookie: Uint8Array | undefined): Uint8Array => element(SEQUENCE, integer(1, ENUMERATED), ...(cookie ? [element(OCTETS, cookie)] : []));
export interface SyncState { state: 'present' | 'add' | 'modify' | 'delete'; uuid: string }
const STATES = ['present', 'add', 'modify', 'delete'] as const;
export const syncState = (controls: readonly ControlValue[]): SyncState | undefined => {
  const value = valueOf(controls, CONTROL.syncState);
  const [state, uuid] = partsOf(value);
  return value && uuid ? { state: STATES[numberOf(value, state)] ?? 'present', uuid: uuidText(bytesOf(value, uuid)) } : undefined;
};
/** `deletes`: what is gone was named; without it whatever was not named is gone. */
export interface SyncDone { cookie: Uint8Array | undefined; deletes: boolean }
export const syncDone = (controls: readonly ControlValue[]): SyncDone | undefined => {
  const value = valueOf(controls, CONTROL.syncDone);
  if (!value) return undefined;
  const parts = partsOf(value);
  const cookie = parts.find((part) => part.tag === OCTETS);
  return { cookie: cookie && bytesOf(value, cookie), deletes: isTrue(value, parts.find((part) => part.tag === 1)) };
};
/** RFC 4533, 2.5: uuids that are gone, or that are still there (`present`); anything else in it is of no concern here. */
export const syncInfo = (value: Uint8Array): { gone: string[]; present: boolean } => {
  const outer = headerAt(value, 0, value.length);
  if (outer?.tag === 0xa2) return { gone: [], present: true };
  if (outer?.tag !== 0xa3) return { gone: [], present: false };
  const parts = childrenOf(value, { from: outer.from, to: Math.min(outer.to, value.length) });
  const set = parts.find((part) => part.tag === SET);
  const deletes = isTrue(value, parts.find((part) => part.tag === 1));
  return deletes ? { gone: set ? childrenOf(value, set).map((uuid) => uuidText(bytesOf(value, uuid))) : [], present: false } : { gone: [], present: true };
};

/** MS-ADTS 3.1.1.3.4.1.3. Flag 1: only what the user may see, who then needs no right to replicate. */
export const dirSyncValue = (cookie: Uint8Array): Uint8Array => element(SEQUENCE, integer(1), integer(1_048_576), element(OCTETS, cookie));
export const dirSyncAnswer = (controls: readonly ControlValue[]): { more: boolean; cookie: Uint8Array } | undefined => {
  const value = valueOf(controls, CONTROL.dirSync);
  const [more, , cookie] = partsOf(value);
  return value && cookie ? { more: numberOf(value, more) !== 0, cookie: bytesOf(value, cookie) } : undefined;
};

/** RFC 4528, for one value that must still be there. */
export const assertionValue = (attribute: string, value: string): Uint8Array => element(0xa3, element(OCTETS, attribute), element(OCTETS, value));
export const postReadValue = (attributes: readonly string[]): Uint8Array => element(SEQUENCE, ...attributes.map((attribute) => element(OCTETS, attribute)));

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
/** The text of an entryUUID. */
export const uuidText = (bytes: Uint8Array): string => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
/** objectGUID holds its first three parts with the low byte first. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
export const guidText = (bytes: Uint8Array): string => uuidText(Uint8Array.from(ORDER, (i) => bytes[i] ?? 0));
export const guidBytes = (text: string): Uint8Array => {
  const pairs = text.replaceAll('-', '').match(/../g) ?? [];
  return Uint8Array.from(ORDER, (i) => Number.parseInt(pairs[i] ?? '0', 16));
};
