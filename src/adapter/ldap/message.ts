/** What a directory answers (RFC 4511, 4.1 to 4.13), taken out of its bytes. */
import { bytesOf, childrenOf, headerAt, Malformed, numberOf, SEQUENCE, stringOf, type Tlv } from './ber.js';

export interface Attribute { name: string; values: Uint8Array[] }
export interface Entry { dn: string; attributes: Attribute[] }
/** `code` 0: done. `text` is the server's own. `referrals`: where it sends us. */
export interface Result { code: number; matched: string; text: string; referrals: string[] }
export interface ControlValue { oid: string; value: Uint8Array }
export type Answer = { id: number; controls: ControlValue[] } & (
  | { kind: 'entry'; entry: Entry }
  | { kind: 'reference'; uris: string[] }
  | { kind: 'intermediate'; oid: string; value: Uint8Array }
  | { kind: 'result'; result: Result });

export const RESULT = {
  success: 0, operations: 1, protocol: 2, timeLimit: 3, sizeLimit: 4, noAuthMethod: 7, strongAuth: 8, referral: 10, adminLimit: 11, unavailableExtension: 12, confidentiality: 13,
  noSuchAttribute: 16, undefinedType: 17, inappropriateMatching: 18, constraint: 19, valueExists: 20, invalidSyntax: 21, noSuchObject: 32, invalidDnSyntax: 34, inappropriateAuth: 48, invalidCredentials: 49,
  insufficientAccess: 50, busy: 51, unavailable: 52, unwilling: 53, namingViolation: 64, objectClassViolation: 65, notOnRdn: 67, assertionFailed: 122, syncRefreshRequired: 4096,
} as const;

/** No entry that we ask for comes near it; a member list of a large group might. */
export const MAX_MESSAGE = 4 * 1024 * 1024;
const MAX_REFERRALS = 20;
/** Attributes of an entry, and all their values. Each takes a hundred bytes, however short it is. */
const MAX_VALUES = 20_000;
/** Controls, and elements of a fixed number. */
const FEW = 100;

/** The first whole message in `bytes` from `at`: undefined when more has to come. @throws Malformed */
export const messageAt = (bytes: Uint8Array, at: number): { answer: Answer; next: number } | undefined => {
  const frame = headerAt(bytes, at, bytes.length);
  if (frame && frame.tag !== SEQUENCE) throw new Malformed('no LDAP');
  if (frame && frame.to - frame.from > MAX_MESSAGE) throw new Malformed('a message of more than 4 MB');
  if (!frame || frame.to > bytes.length) return undefined;
  const [id, op, controls] = childrenOf(bytes, frame, FEW);
  if (!id || !op) throw new Malformed('an empty message');
  return { next: frame.to, answer: { id: numberOf(bytes, id), controls: controlsOf(bytes, controls), ...operationOf(bytes, op) } };
};

type Operation = Answer extends infer A ? A extends { id: number } ? Omit<A, 'id' | 'controls'> : never : never;
const operationOf = (bytes: Uint8Array, op: Tlv): Operation => {
  if (op.tag === 0x64) return { kind: 'entry', entry: entryOf(bytes, op) };
  if (op.tag === 0x73) return { kind: 'reference', uris: strings(bytes, op) };
  if (op.tag === 0x79) {
    const parts = childrenOf(bytes, op);
    return { kind: 'intermediate', oid: stringOf(bytes, parts.find((part) => part.tag === 0x80)), value: bytesOf(bytes, parts.find((part) => part.tag === 0x81)) };
  }
  return { kind: 'result', result: resultOf(bytes, op) };
};

/** A SearchResultEntry, as it also stands in the answer to a post-read control. */
export const entryOf = (bytes: Uint8Array, op: { from: number; to: number }): Entry => {
  const [dn, list] = childrenOf(bytes, op, FEW);
  let left = MAX_VALUES;
  return {
    dn: stringOf(bytes, dn),
    attributes: (list ? childrenOf(bytes, list, left) : []).map((attribute) => {
      const [name, set] = childrenOf(bytes, attribute, FEW);
      const values = set ? childrenOf(bytes, set, left) : [];
      left -= values.length;
      return { name: stringOf(bytes, name), values: values.map((value) => bytesOf(bytes, value)) };
    }),
  };
};

const resultOf = (bytes: Uint8Array, op: Tlv): Result => {
  const [code, matched, text, ...more] = childrenOf(bytes, op, FEW);
  const referral = more.find((part) => part.tag === 0xa3);
  return { code: numberOf(bytes, code), matched: stringOf(bytes, matched), text: stringOf(bytes, text).slice(0, 500), referrals: referral ? strings(bytes, referral) : [] };
};
const strings = (bytes: Uint8Array, parent: Tlv): string[] => childrenOf(bytes, parent).slice(0, MAX_REFERRALS).map((part) => stringOf(bytes, part));

const controlsOf = (bytes: Uint8Array, list: Tlv | undefined): ControlValue[] => (list?.tag === 0xa0 ? childrenOf(bytes, list, FEW) : []).map((control) => {
  const [oid, ...rest] = childrenOf(bytes, control, FEW);
  return { oid: stringOf(bytes, oid), value: bytesOf(bytes, rest.find((part) => part.tag === 0x04)) };
});

/** The values of an attribute, by its name in any case. */
export const valuesOf = (entry: Entry, name: string): Uint8Array[] => {
  const wanted = name.toLowerCase();
  return entry.attributes.filter((attribute) => attribute.name.toLowerCase() === wanted).flatMap(({ values }) => values);
};
const DECODER = new TextDecoder();
export const textsOf = (entry: Entry, name: string): string[] => valuesOf(entry, name).map((value) => DECODER.decode(value));
