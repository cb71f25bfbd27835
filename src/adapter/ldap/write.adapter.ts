/**
 * Writes back the attribute that was changed (two, when a code moves from one to the other), in one request that fails as a whole:
 * the old value goes and the new one comes, so that a value which somebody else changed meanwhile is not there to go. What changed is
 * what differs from the entry as it was read: the rest is never named, so that nothing of it can be put back. Where the directory
 * knows assertions (RFC 4528), the entry must also be the one that was read.
 */
import { Attribute, Change } from 'ldapts';
import type { PutOutcome } from '../../sync/port.js';
import { headerAt } from './ber.js';
import { changesOf, type AttributeChange } from './change.js';
import type { Client, Features } from './client.adapter.js';
import { ValueControl } from './connection.adapter.js';
import { assertionValue, CONTROL, postReadValue } from './control.js';
import * as fault from './fault.js';
import { type ControlValue, type Entry, entryOf, RESULT, type Result } from './message.js';
import { etagOf, ldifOf, STAMP_ATTRIBUTES, stampOf, type Wanted } from './wanted.js';

/** Why the schema does not take a value, in words. */
const REFUSED: Record<number, string> = {
  [RESULT.undefinedType]: 'it knows no such attribute', [RESULT.objectClassViolation]: 'entries of this kind do not have it', [RESULT.constraint]: 'it holds one value only, or not of this form or length',
  [RESULT.invalidSyntax]: 'it takes no such text', [RESULT.notOnRdn]: 'the name of the entry is made of it', [RESULT.namingViolation]: 'the name of the entry is made of it', [RESULT.inappropriateMatching]: 'its values cannot be compared',
};

/**
 * @param find the entry as it is now, with attributes beside those of the book
 * @param before LDIF of the entry as it was read; `bytes` was made from it
 * @throws Fault `ldap.attribute-refused`, `.attribute-in-use`, `.copy` and what Client throws
 */
export const write = async (client: Client, wanted: Wanted, find: (extra: readonly string[]) => Promise<Entry | undefined>, before: Uint8Array, bytes: Uint8Array, etag: string): Promise<PutOutcome> => {
  const changes = changesOf(before, bytes);
  const read = new Set(wanted.attributes.map((name) => name.toLowerCase()));
  const unread = changes.map(({ attribute }) => attribute).filter((name) => !read.has(name.toLowerCase().split(';')[0]!));
  const entry = await find(unread);
  if (!entry) return { kind: 'gone' };
  if (etagOf(entry, wanted.set) !== etag) return { kind: 'changed' };
  if (changes.length === 0) return { kind: 'written', etag };
  // A directory may show no stamp, or one that counts seconds.
  const theirs = new Set(changesOf(before, ldifOf(entry)).map(({ attribute }) => attribute.toLowerCase()));
  const both = changes.find(({ attribute }) => theirs.has(attribute.toLowerCase()))?.attribute;
  if (both !== undefined && unread.includes(both)) throw fault.attributeUnread(both);
  if (both !== undefined) return { kind: 'changed' };
  const { result, controls } = await client.modify(entry.dn, changes.flatMap(modifications), guards(await client.features(), entry));
  return outcome(client, wanted, changes, result, controls);
};

const modifications = ({ attribute, remove, add }: AttributeChange): Change[] => {
  const of = (values: Uint8Array[]): Attribute => new Attribute({ type: attribute, values: values.map((value) => Buffer.from(value)) });
  return [...(remove.length > 0 ? [new Change({ operation: 'delete', modification: of(remove) })] : []), ...(add.length > 0 ? [new Change({ operation: 'add', modification: of(add) })] : [])];
};
const guards = ({ controls }: Features, entry: Entry): ValueControl[] => {
  const { attribute, value } = stampOf(entry);
  const assertion = controls.has(CONTROL.assertion) && value !== '' ? [new ValueControl(CONTROL.assertion, assertionValue(attribute, value), true)] : [];
  const postRead = controls.has(CONTROL.postRead) ? [new ValueControl(CONTROL.postRead, postReadValue(STAMP_ATTRIBUTES), false)] : [];
  return [...assertion, ...postRead];
};

const outcome = ({ host, signedIn }: Client, { base, set }: Wanted, changes: readonly AttributeChange[], result: Result, controls: ControlValue[]): PutOutcome => {
  const named = changes.filter(({ add }) => add.length > 0).map(({ attribute }) => attribute).join(', ');
  switch (result.code) {
    case RESULT.success: return { kind: 'written', etag: newEtag(controls, set) };
    case RESULT.noSuchAttribute: // Active Directory's word for an attribute that it does not know, too
      if (changes.every(({ remove }) => remove.length === 0)) throw fault.attributeRefused(host, named, REFUSED[RESULT.undefinedType]!);
      return { kind: 'changed' };
    case RESULT.assertionFailed: case RESULT.valueExists: return { kind: 'changed' };
    case RESULT.noSuchObject: return { kind: 'gone' };
    case RESULT.insufficientAccess: case RESULT.strongAuth: return { kind: 'read-only' };
    case RESULT.unwilling: return { kind: 'read-only' };
    case RESULT.referral: throw fault.copyOnly(host, fault.referredTo(result.referrals));
    default: throw REFUSED[result.code] === undefined ? fault.ofResult(host, base, signedIn, result) : fault.attributeRefused(host, named, REFUSED[result.code]!);
  }
};
/** As it became by this very change; undefined when the directory does not tell: read again. */
const newEtag = (controls: readonly ControlValue[], set: string): string | undefined => {
  const value = controls.find((control) => control.oid === CONTROL.postRead)?.value;
  const op = value && headerAt(value, 0, value.length);
  return (op && op.to <= value.length && etagOf(entryOf(value, op), set)) || undefined;
};
