/**
 * What can go wrong with a DAV server, each with a stable code and words that say what to do. Address books and calendars
 * have codes of their own (`carddav.*`, `caldav.*`) and the same sentences, but for the name of the thing.
 */
import { Fault } from '../../shared/fault.js';

type Kind = ConstructorParameters<typeof Fault>[0];
type Code = readonly [kind: Kind, code: string];
/** `a`: with its article. */
export interface Thing { one: string; a: string; protocol: string; item: string }
const BOOK: Thing = { one: 'address book', a: 'an address book', protocol: 'CardDAV', item: 'contact' };
const CALENDAR: Thing = { one: 'calendar', a: 'a calendar', protocol: 'CalDAV', item: 'event' };

const BOOK_CODES = {
  unauthorised: ['invalid', 'carddav.unauthorised'], unreachable: ['unavailable', 'carddav.unreachable'], serverFailed: ['unavailable', 'carddav.server-failed'],
  limited: ['unavailable', 'carddav.limited'], certificate: ['unavailable', 'carddav.certificate'], redirected: ['invalid', 'carddav.redirected'], none: ['invalid', 'carddav.not-an-address-book'],
  forbidden: ['invalid', 'carddav.forbidden'], notUnderstood: ['unavailable', 'carddav.not-understood'], tooLarge: ['unavailable', 'carddav.too-large'],
  badUrl: ['invalid', 'carddav.url'], refused: ['unavailable', 'carddav.refused'], address: ['invalid', 'carddav.address-refused'], insecure: ['invalid', 'carddav.insecure'],
} as const satisfies Record<string, Code>;
const CALENDAR_CODES: Record<keyof typeof BOOK_CODES, Code> = {
  unauthorised: ['invalid', 'caldav.unauthorised'], unreachable: ['unavailable', 'caldav.unreachable'], serverFailed: ['unavailable', 'caldav.server-failed'],
  limited: ['unavailable', 'caldav.limited'], certificate: ['unavailable', 'caldav.certificate'], redirected: ['invalid', 'caldav.redirected'], none: ['invalid', 'caldav.not-a-calendar'],
  forbidden: ['invalid', 'caldav.forbidden'], notUnderstood: ['unavailable', 'caldav.not-understood'], tooLarge: ['unavailable', 'caldav.too-large'],
  badUrl: ['invalid', 'caldav.url'], refused: ['unavailable', 'caldav.refused'], address: ['invalid', 'caldav.address-refused'], insecure: ['invalid', 'caldav.insecure'],
};
type Codes = Record<keyof typeof BOOK_CODES, Code>;

const make = ([kind, code]: Code, text: string, context: Record<string, unknown>, cause?: unknown): Fault => new Fault(kind, code, text, context, cause);

const faultsOf = (codes: Codes, { one, a, protocol, item }: Thing) => ({
  unauthorised: (host: string, what: 'password' | 'token') => make(codes.unauthorised, what === 'token' ? `${host} does not accept this token. Make a new one at the server and enter it.`
    : `${host} does not accept this user name and password. Enter them again; some providers want a password made for apps.`, { host }),
  otherWay: (host: string, chosen: string, offered: readonly string[]) => make(codes.unauthorised, chosen === 'auto'
    ? `${host} wants a way of signing in that Ringbook does not speak (${offered.join(', ')}). Let the server offer Basic over https, Digest or a token.`
    : `${host} offers ${offered.join(', ')} for signing in, but "${chosen}" is chosen here. Choose "auto", or what the server offers.`, { host, offered }),
  unreachable: (host: string, why: string, cause?: unknown) => make(codes.unreachable, `${host} cannot be reached (${why}). Check the address and that the server is running; Ringbook tries again by itself.`, { host, why }, cause),
  serverFailed: (host: string, status: number) => make(codes.serverFailed, `${host} answered with error ${status}. Look at the server's log; Ringbook tries again by itself.`, { host, status }),
  limited: (host: string, retryAfter: number | undefined) => make(codes.limited, `${host} asks us to come less often. Ringbook waits and tries again by itself.`, { host, ...(retryAfter === undefined ? {} : { retryAfter }) }),
  certificate: (host: string, why: string, cause?: unknown) => make(codes.certificate, `The certificate of ${host} is not trusted (${why}). Give the server a valid one, or start Ringbook with NODE_EXTRA_CA_CERTS pointing at your own authority.`, { host, why }, cause),
  redirected: (host: string, to: string) => make(codes.redirected, `${host} sends us to ${to}. Your password is not given to another server: if you trust it, enter that address instead.`, { host, to }),
  renamed: (domain: string, host: string, to: string) => make(codes.redirected, `The ${one} was read from ${host} so far, and now the DNS of ${domain} sends us to ${to}. Your password is not given to another server: if you trust it, enter that address instead.`, { host, to }),
  insecure: (host: string, origin: string, what: 'password' | 'token') => make(codes.insecure, `${host}, which only a DNS record names, wants your ${what} without encryption: whoever listens on the way could read it, or have sent us there. It was not sent. Give the server TLS, or enter ${origin} as the address if you want it nevertheless.`, { host }),
  none: (url: string) => make(codes.none, `There is no ${one} at ${url.slice(0, 300)}. Give the address of the server, of the account, or of the ${one} itself, as another ${protocol} program shows it.`, { url }),
  forbidden: (url: string) => make(codes.forbidden, `This user may not read ${url}. Give the user the right to read the ${one} on the server.`, { url }),
  notUnderstood: (host: string, what: string) => make(codes.notUnderstood, `${host} gave an answer that is no complete ${protocol} answer (${what}). Is the address right, and is a proxy in between?`, { host, what }),
  tooLarge: (host: string) => make(codes.tooLarge, `${host} sent more than Ringbook takes in one answer.`, { host }),
  listTooLarge: (host: string, most: string) => make(codes.tooLarge, `${host} lists more than ${most}, which is more than Ringbook takes. Split the ${one} on the server; nothing is read of it until then.`, { host, most }),
  badUrl: () => make(codes.badUrl, `The address of ${a} starts with http:// or https://, or is a host name or an e-mail address`, {}),
  refused: (host: string, status: number) => make(codes.refused, `${host} did not take the changed ${item} (answer ${status}). Change it in your own program instead.`, { host, status }),
  neverAddress: (host: string) => make(codes.address, `${host} is at an address that no ${one} is read from (link-local, multicast, or for the machines of a cloud). Enter the address of the ${protocol} server.`, { host }),
  privateAddress: (host: string, named: boolean) => make(codes.address, named
    ? `${host} is in a private network, and not among the hosts that address books and calendars may be on. An administrator can add it to BOOK_HOSTS.`
    : `${host} is in a private network. Ask an administrator to add an address book on this server, or to name it in BOOK_HOSTS.`, { host }),
});
export type DavFaults = ReturnType<typeof faultsOf>;
export const bookFaults: DavFaults = faultsOf(BOOK_CODES, BOOK);
export const calendarFaults: DavFaults = faultsOf(CALENDAR_CODES, CALENDAR);

export type FaultName = 'unauthorised' | 'redirected' | 'too-large' | 'server-failed' | 'not-understood' | 'not-an-address-book' | 'not-a-calendar' | 'forbidden' | 'unreachable';
/** Whether it is this trouble, of whichever kind of thing. */
export const isTrouble = (thrown: unknown, ...names: FaultName[]): thrown is Fault => thrown instanceof Fault && names.some((name) => thrown.code === `carddav.${name}` || thrown.code === `caldav.${name}`);
