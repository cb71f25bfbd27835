/** What the attributes of directories mean: presets for the two usual kinds, who an entry is, and which attributes can carry codes. */
import type { LdapMap, LdapOptions } from '@ringbook/contracts';
import type { Reading } from './reading.js';

export type Preset = LdapOptions['preset'];
/** `others`: read beside those of the map, because they may carry codes or help to tell people apart. */
export interface PresetSettings { filter: string; map: LdapMap; others: readonly string[] }

const extensionAttributes = Array.from({ length: 15 }, (_, i) => `extensionAttribute${i + 1}`);
export const PRESETS: Record<Preset, PresetSettings> = {
  openldap: {
    filter: '(objectClass=person)',
    map: {
      name: ['displayName', 'cn'], organisation: ['o', 'ou'], uid: ['uid'],
      numbers: [{ attribute: 'telephoneNumber', label: 'work' }, { attribute: 'mobile', label: 'cell' }, { attribute: 'homePhone', label: 'home' }, { attribute: 'facsimileTelephoneNumber', label: 'fax' }],
    },
    others: ['sn', 'givenName', 'mail', 'title', 'employeeType', 'employeeNumber', 'departmentNumber', 'businessCategory', 'carLicense', 'description', 'destinationIndicator', 'info',
      'initials', 'pager', 'physicalDeliveryOfficeName', 'preferredLanguage', 'roomNumber'],
  },
  activeDirectory: {
    // People and contacts, without accounts that are switched off (bit 2 of userAccountControl).
    filter: '(&(objectCategory=person)(|(objectClass=contact)(&(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))))',
    map: {
      name: ['displayName', 'cn'], organisation: ['company', 'department'], uid: ['sAMAccountName'],
      numbers: [{ attribute: 'telephoneNumber', label: 'work' }, { attribute: 'otherTelephone', label: 'work' }, { attribute: 'mobile', label: 'cell' }, { attribute: 'otherMobile', label: 'cell' },
        { attribute: 'homePhone', label: 'home' }, { attribute: 'otherHomePhone', label: 'home' }, { attribute: 'ipPhone', label: 'work' }, { attribute: 'facsimileTelephoneNumber', label: 'fax' }],
    },
    others: ['sn', 'givenName', 'mail', 'title', 'employeeType', 'employeeNumber', 'employeeID', 'info', 'pager', 'comment', 'description', 'department', 'division', 'initials', 'personalTitle',
      'physicalDeliveryOfficeName', ...extensionAttributes],
  },
};

/** For entries whose source does not say what is what. */
export const GENERAL_MAP: LdapMap = {
  name: ['displayName', 'cn', 'sn'], organisation: ['o', 'company', 'ou'], uid: ['uid', 'sAMAccountName'],
  numbers: [...PRESETS.activeDirectory.map.numbers],
};

const MAX_NAME = 200;
const MAX_NUMBERS = 200;
/** One line for lists: no control or direction characters, bounded. */
const clip = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_NAME).toWellFormed();

/** @param values of an attribute, by its name in any case; none when the entry does not have it */
export const readingOf = (values: (attribute: string) => readonly string[], map: LdapMap): Reading => {
  const first = (attributes: readonly string[]): string => attributes.flatMap((attribute) => values(attribute)).map(clip).find(Boolean) ?? '';
  const numbers = map.numbers.flatMap(({ attribute, label }) => values(attribute).map((raw) => ({ label: label ?? null, raw: clip(raw) }))).filter(({ raw }) => raw !== '').slice(0, MAX_NUMBERS);
  const organisation = first(map.organisation);
  return { uid: first(map.uid) || null, name: first(map.name) || organisation || numbers[0]?.raw || '(no name)', organisation: organisation || null, numbers };
};

/** Attributes that say who somebody is, let them in, or belong to the server; in lower case, with their other names. */
const TAKEN = new Set(`dn distinguishedname cn commonname sn surname givenname gn uid userid name displayname mail rfc822mailbox telephonenumber othertelephone mobile mobiletelephonenumber othermobile
  homephone hometelephonenumber otherhomephone facsimiletelephonenumber fax ipphone objectclass structuralobjectclass userpassword userpkcs12 usercertificate usersmimecertificate unicodepwd jpegphoto photo
  thumbnailphoto audio o organizationname ou organizationalunitname company dc c l st street postaladdress postalcode postofficebox homepostaladdress manager secretary seealso member memberof owner
  labeleduri uidnumber gidnumber homedirectory loginshell gecos samaccountname userprincipalname useraccountcontrol objectguid objectsid objectcategory proxyaddresses serviceprincipalname
  accountexpires pwdlastset entryuuid entrydn entrycsn nsuniqueid createtimestamp modifytimestamp creatorsname modifiersname whencreated whenchanged usnchanged usncreated isdeleted`.split(/\s+/));

/** Why this attribute cannot carry codes, in words; undefined when it can. */
export const attributeProblem = (attribute: string, pattern: string | undefined): string | undefined => {
  const name = attribute.toLowerCase();
  if (TAKEN.has(name) || /^(?:krb|shadow|pwd|ms-?ds|msexch|samba)/.test(name)) return `${attribute} is used by the directory for something else; choose an attribute such as employeeType, info or pager`;
  if (name === 'description' && pattern === undefined) return `${attribute} holds what people write; use it with a pattern such as [call:{code}]`;
  return undefined;
};
