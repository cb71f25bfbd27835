/** What is asked of a directory: filter, map and attributes of a book, the preset's where it says nothing of its own. */
import type { LdapMap, LdapOptions } from '@ringbook/contracts';
import { PRESETS, readingOf } from '../../contact/attribute.js';
import type { Reading } from '../../contact/reading.js';
import { writeLdif } from '../../contact/ldif.js';
import * as fault from './fault.js';
import { guidText } from './control.js';
import { type Entry, textsOf, valuesOf } from './message.js';

/** `set` changes whenever entries would look different: it is a part of tokens and etags. */
export interface Wanted { base: string; filter: string; map: LdapMap; attributes: string[]; set: string }

/** Never asked for: pictures, keys, secrets. Entries with them would be megabytes. */
const BINARY = new Set(['jpegphoto', 'photo', 'thumbnailphoto', 'thumbnaillogo', 'audio', 'usercertificate', 'usersmimecertificate', 'userpkcs12', 'cacertificate', 'userpassword', 'unicodepwd', 'ntsecuritydescriptor', 'msexchmailboxsecuritydescriptor', 'objectsid', 'logonhours', 'member', 'memberof', 'uniquemember']);
export const isBinary = (attribute: string): boolean => BINARY.has(attribute.toLowerCase());

/** @param extra attributes that may hold codes @throws Fault `ldap.map` */
export const wantedOf = (options: LdapOptions, extra: readonly string[] = []): Wanted => {
  const preset = PRESETS[options.preset];
  const map = options.map ?? preset.map;
  const named = [...map.name, ...map.organisation, ...map.uid, ...map.numbers.map(({ attribute }) => attribute)];
  const binary = named.find(isBinary);
  if (binary !== undefined) throw fault.badMap(binary);
  const all = new Map<string, string>();
  for (const name of [...named, ...preset.others, ...extra]) if (!isBinary(name) && !all.has(name.toLowerCase())) all.set(name.toLowerCase(), name);
  const attributes = [...all.values()];
  const filter = options.filter ?? preset.filter;
  return { base: options.base, filter, map, attributes, set: digest(JSON.stringify([options.base, filter, map, [...all.keys()].sort()])) };
};
/** FNV-1a of 32 bits: enough to notice that settings were changed. */
const digest = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return (hash >>> 0).toString(36);
};

/** What finds an entry again wherever it is moved to, and what changes with it. In Active Directory both have other names. */
export const ID_ATTRIBUTES = ['entryUUID', 'nsUniqueId'], STAMP_ATTRIBUTES = ['entryCSN', 'modifyTimestamp'];
export const AD_ID_ATTRIBUTES = ['objectGUID'], AD_STAMP_ATTRIBUTES = ['uSNChanged'];
export const keysOf = (activeDirectory: boolean): string[] => (activeDirectory ? [...AD_ID_ATTRIBUTES, ...AD_STAMP_ATTRIBUTES] : [...ID_ATTRIBUTES, ...STAMP_ATTRIBUTES]);
const KEYS = new Set([...ID_ATTRIBUTES, ...STAMP_ATTRIBUTES, ...AD_ID_ATTRIBUTES, ...AD_STAMP_ATTRIBUTES].map((name) => name.toLowerCase()));

/** Names and stamps have some tens of characters; what is longer is none, since hundreds of thousands are held at once. */
export const shortOf = (text: string | undefined): string => (text !== undefined && text.length <= 200 ? text : '');

/** Undefined for an entry that nothing finds again. nsUniqueId, of directories without entryUUID, says so. */
export const hrefOf = (entry: Entry): string | undefined => {
  const guid = valuesOf(entry, 'objectGUID')[0];
  if (guid?.length === 16) return guidText(guid);
  const uuid = shortOf(textsOf(entry, 'entryUUID')[0]?.toLowerCase());
  if (uuid) return uuid;
  const unique = shortOf(textsOf(entry, 'nsUniqueId')[0]);
  return unique ? `ns:${unique}` : undefined;
};
/** The name and the value of what changes with an entry; the empty value when the directory shows none. */
export const stampOf = (entry: Entry): { attribute: string; value: string } => {
  for (const attribute of [...AD_STAMP_ATTRIBUTES, ...STAMP_ATTRIBUTES]) {
    const value = shortOf(textsOf(entry, attribute)[0]);
    if (value) return { attribute, value };
  }
  return { attribute: '', value: '' };
};
export const etagOf = (entry: Entry, set: string): string => { const { value } = stampOf(entry); return value === '' ? '' : `${value};${set}`; };

/** The entry's attributes as LDIF, without those that only find it again. */
export const ldifOf = (entry: Entry): Uint8Array => writeLdif(entry.dn, entry.attributes.filter(({ name }) => !KEYS.has(name.toLowerCase())));
const DECODER = new TextDecoder('utf-8', { fatal: true });
const texts = (values: readonly Uint8Array[]): string[] => values.flatMap((value) => { try { return [DECODER.decode(value)]; } catch { return []; } });
export const entryReading = (entry: Entry, map: LdapMap): Reading => readingOf((attribute) => texts(valuesOf(entry, attribute)), map);
