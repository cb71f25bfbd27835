/** What can go wrong with a CardDAV server, each with a stable code and words that say what to do. */
import { Fault } from '../../shared/fault.js';

export const unauthorised = (host: string): Fault => new Fault('invalid', 'carddav.unauthorised',
  `${host} does not accept this user name and password. Enter them again; some providers want a password made for apps.`, { host });
export const digestOnly = (host: string): Fault => new Fault('invalid', 'carddav.unauthorised',
  `${host} asks for Digest sign-in, which Ringbook does not speak. Switch the server to Basic sign-in over https.`, { host });
export const unreachable = (host: string, why: string, cause?: unknown): Fault => new Fault('unavailable', 'carddav.unreachable',
  `${host} cannot be reached (${why}). Check the address and that the server is running; Ringbook tries again by itself.`, { host, why }, cause);
export const serverFailed = (host: string, status: number): Fault => new Fault('unavailable', 'carddav.server-failed',
  `${host} answered with error ${status}. Look at the server's log; Ringbook tries again by itself.`, { host, status });
export const limited = (host: string, retryAfter: number | undefined): Fault => new Fault('unavailable', 'carddav.limited',
  `${host} asks us to come less often. Ringbook waits and tries again by itself.`, { host, ...(retryAfter === undefined ? {} : { retryAfter }) });
export const certificate = (host: string, why: string, cause?: unknown): Fault => new Fault('unavailable', 'carddav.certificate',
  `The certificate of ${host} is not trusted (${why}). Give the server a valid one, or start Ringbook with NODE_EXTRA_CA_CERTS pointing at your own authority.`, { host, why }, cause);
export const redirected = (host: string, to: string): Fault => new Fault('invalid', 'carddav.redirected',
  `${host} sends us to ${to}. Your password is not given to another server: if you trust it, enter that address instead.`, { host, to });
export const notAnAddressBook = (url: string): Fault => new Fault('invalid', 'carddav.not-an-address-book',
  `There is no address book at ${url}. Give the address of the server, of the account, or of the address book itself, as another CardDAV program shows it.`, { url });
export const forbidden = (url: string): Fault => new Fault('invalid', 'carddav.forbidden',
  `This user may not read ${url}. Give the user the right to read the address book on the server.`, { url });
export const notUnderstood = (host: string, what: string): Fault => new Fault('unavailable', 'carddav.not-understood',
  `${host} gave an answer that is no complete CardDAV answer (${what}). Is the address right, and is a proxy in between?`, { host, what });
export const tooLarge = (host: string): Fault => new Fault('unavailable', 'carddav.too-large', `${host} sent more than Ringbook takes in one answer.`, { host });
export const badUrl = (): Fault => new Fault('invalid', 'carddav.url', 'The address of an address book starts with http:// or https://');
export const refused = (host: string, status: number): Fault => new Fault('unavailable', 'carddav.refused',
  `${host} did not take the changed contact (answer ${status}). Change it in your contact manager instead.`, { host, status });
export const neverAddress = (host: string): Fault => new Fault('invalid', 'carddav.address-refused',
  `${host} is at an address that no address book is read from (link-local, multicast, or for the machines of a cloud). Enter the address of the CardDAV server.`, { host });
export const privateAddress = (host: string, named: boolean): Fault => new Fault('invalid', 'carddav.address-refused', named
  ? `${host} is in a private network, and not among the hosts that address books may be on. An administrator can add it to BOOK_HOSTS.`
  : `${host} is in a private network. Ask an administrator to add an address book on this server, or to name it in BOOK_HOSTS.`, { host });
