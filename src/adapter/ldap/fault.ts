/** What can go wrong with a directory, each with a stable code and words that say what to do. */
import { Fault } from '../../shared/fault.js';
import { RESULT, type Result } from './message.js';

type Made = Fault;
export const badUrl = (): Made => new Fault('invalid', 'ldap.url', 'The address of a directory is ldap:// or ldaps:// with a host name, and a port where it is not the usual one.');
export const neverAddress = (host: string): Made => new Fault('invalid', 'ldap.address-refused',
  `${host} is at an address that no directory is read from (link-local, multicast, or for the machines of a cloud). Enter the address of the LDAP server.`, { host });
export const privateAddress = (host: string, named: boolean): Made => new Fault('invalid', 'ldap.address-refused', named
  ? `${host} is in a private network, and not among the hosts that address books may be on. An administrator can add it to BOOK_HOSTS.`
  : `${host} is in a private network. Ask an administrator to add an address book on this server, or to name it in BOOK_HOSTS.`, { host });
export const unreachable = (host: string, why: string, cause?: unknown): Made => new Fault('unavailable', 'ldap.unreachable',
  `${host} cannot be reached (${why}). Check the address and that the server is running; Ringbook tries again by itself.`, { host, why }, cause);
export const certificate = (host: string, why: string, cause?: unknown): Made => new Fault('unavailable', 'ldap.certificate',
  `The certificate of ${host} is not trusted: ${why}. Give the directory's own authority as certificate, or start Ringbook with NODE_EXTRA_CA_CERTS pointing at it.`, { host, why }, cause);
export const noTls = (host: string): Made => new Fault('invalid', 'ldap.start-tls',
  `${host} does not offer StartTLS. Use an address that starts with ldaps://, or have a certificate set up on the server.`, { host });
export const notLdap = (host: string, what: string): Made => new Fault('unavailable', 'ldap.not-understood',
  `${host} gave an answer that is no LDAP (${what}). Is the port right: 389 for ldap://, 636 for ldaps://?`, { host, what });
export const noPassword = (): Made => new Fault('invalid', 'ldap.unauthorised', 'The password is empty. A directory takes a user without a password for nobody at all; leave the user name empty too to sign in as nobody.');
export const noId = (host: string): Made => new Fault('invalid', 'ldap.no-id', `The entries of ${host} have no entryUUID and no objectGUID that this user may read: Ringbook could not find them again. Let the user read that attribute.`, { host });
export const badFilter = (why: string): Made => new Fault('invalid', 'ldap.filter', `The filter is no LDAP filter (${why}). One looks like (&(objectClass=person)(telephoneNumber=*)).`, { why });
export const badMap = (attribute: string): Made => new Fault('invalid', 'ldap.map', `${attribute} holds no text that could be a name or a number. Choose another attribute in the map.`, { attribute });
export const attributeRefused = (host: string, attribute: string, why: string): Made => new Fault('conflict', 'ldap.attribute-refused',
  `The directory does not take a code in ${attribute}: ${why}. Choose another attribute for codes, or have the schema extended.`, { host, attribute });
export const attributeUnread = (attribute: string): Made => new Fault('conflict', 'ldap.attribute-in-use', `${attribute} of this entry holds something that Ringbook has not read yet: nothing was written. Read the address book again first.`, { attribute });
export const copyOnly = (host: string, to: string): Made => new Fault('forbidden', 'ldap.copy', `${host} is a copy that takes no changes, and names ${to} as the original. Enter that address instead, for codes to be written back.`, { host, to });

const hostsOf = (referrals: readonly string[]): string => referrals.map((uri) => (URL.canParse(uri) ? new URL(uri).host : '')).find(Boolean) ?? 'another server';
export const referredTo = hostsOf;

/** Active Directory says in its text why it does not let somebody in. */
const AD_WORDS: [RegExp, string][] = [[/data 532/, 'the password has expired'], [/data 533/, 'the account is switched off'], [/data 701/, 'the account has expired'], [/data 773/, 'the password has to be changed first'], [/data 775/, 'the account is locked']];
const unauthorised = (host: string, { text }: Result): Made => {
  const why = AD_WORDS.find(([pattern]) => pattern.test(text))?.[1];
  return new Fault('invalid', 'ldap.unauthorised', why ? `${host} does not let this user in: ${why}.` : `${host} does not accept this user name and password. Enter them again; the user name is a DN such as cn=reader,dc=example,dc=org, or in Active Directory name@domain.`, { host });
};
const anonymous = (host: string): Made => new Fault('invalid', 'ldap.anonymous', `${host} does not answer without signing in. Enter a user name and a password.`, { host });
const insecure = (host: string): Made => new Fault('invalid', 'ldap.insecure', `${host} wants an encrypted connection. Use an address that starts with ldaps://, or switch StartTLS on.`, { host });
const limit = (host: string): Made => new Fault('invalid', 'ldap.size-limit',
  `${host} stops before the end of the list: its size or time limit for this user is too low. Have it raised, or paging allowed (OpenLDAP: limits; Active Directory: MaxPageSize), or give a narrower base or filter. Nothing was changed here.`, { host });
const noBase = (host: string, base: string, matched: string): Made => new Fault('invalid', 'ldap.no-base', matched
  ? `There is no ${base} in the directory on ${host}; it goes as far as ${matched.slice(0, 200)}. Correct the base.`
  : `There is no ${base} in the directory on ${host}, or this user may not see it. Correct the base, or give the user the right to read it.`, { host, base });
const referral = (host: string, base: string, { referrals }: Result): Made => new Fault('invalid', 'ldap.referral',
  `${host} does not hold ${base} and sends us to ${hostsOf(referrals)}. Your password is not given to another server: if you trust it, enter that address instead.`, { host, to: hostsOf(referrals) });
const forbidden = (host: string, base: string): Made => new Fault('invalid', 'ldap.forbidden', `This user may not read ${base} on ${host}. Give the user the right to read it.`, { host, base });
const failed = (host: string, { code }: Result): Made => new Fault('unavailable', 'ldap.server-failed', `${host} answered with error ${code}. Look at the server's log; Ringbook tries again by itself.`, { host, result: code });
export const tooMany = (host: string, most: number): Made => new Fault('invalid', 'ldap.too-many', `More than ${most.toLocaleString('en')} entries of ${host} match. Give a narrower base or filter. Nothing was changed here.`, { host });
const unchanged = 'What was not read stays as it is here.';
export const endless = (host: string, what: string): Made => new Fault('unavailable', 'ldap.endless',
  `${host} does not come to an end: it sent ${what}, and Ringbook stopped reading. ${unchanged} Check that this is the address of your directory, and look at the server's log; Ringbook tries again by itself.`, { host, what });
export const tooLarge = (host: string, megabytes: number): Made => new Fault('invalid', 'ldap.too-large',
  `${host} sent more than ${megabytes} MB at once, and Ringbook stopped reading. ${unchanged} Give a narrower base or filter, or leave attributes with long values out of the map.`, { host, megabytes });
export const tooSlow = (host: string, minutes: number): Made => new Fault('unavailable', 'ldap.too-slow',
  `The list of ${host} was not read to its end within ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. ${unchanged} Look at the load of the server and at the network, or give a narrower base or filter; Ringbook tries again by itself.`, { host, minutes });
const busy = (host: string): Made => new Fault('unavailable', 'ldap.busy', `${host} is too busy to answer. Ringbook waits and tries again by itself.`, { host });

/** @param base what was asked for @param signedIn as somebody */
export const ofResult = (host: string, base: string, signedIn: boolean, result: Result): Made => {
  switch (result.code) {
    case RESULT.invalidCredentials: case RESULT.inappropriateAuth: case RESULT.noAuthMethod: return signedIn ? unauthorised(host, result) : anonymous(host);
    case RESULT.unwilling: case RESULT.operations: return signedIn ? failed(host, result) : anonymous(host); // words of OpenLDAP and Active Directory for nobody
    case RESULT.strongAuth: return signedIn ? insecure(host) : anonymous(host);
    case RESULT.confidentiality: return insecure(host);
    case RESULT.sizeLimit: case RESULT.adminLimit: case RESULT.timeLimit: return limit(host);
    case RESULT.noSuchObject: case RESULT.invalidDnSyntax: return noBase(host, base, result.matched);
    case RESULT.referral: return referral(host, base, result);
    case RESULT.insufficientAccess: return signedIn ? forbidden(host, base) : anonymous(host);
    case RESULT.busy: case RESULT.unavailable: return busy(host);
    default: return failed(host, result);
  }
};
/** A user who is not let in; directories take a name that is no DN for a mistake of its own kind. */
export const ofBind = (host: string, result: Result): Made => (result.code === RESULT.invalidDnSyntax || result.code === RESULT.noSuchObject ? unauthorised(host, result) : ofResult(host, '', true, result));
