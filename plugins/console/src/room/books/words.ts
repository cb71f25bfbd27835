/** What a book is, in words. */
import type { AddressBook } from '@ringbook/contracts/book';
import type { Carrier } from '@ringbook/contracts/carrier';
import { w } from '../../words/index.js';

export const hostOf = (url: string) => { try { return new URL(url).host || url; } catch { return url; } };
export const sourceWords = ({ kind, username, url }: AddressBook) => (kind === 'practice' ? w.books.practice : kind === 'import' ? w.books.file : w.books.account(username, hostOf(url)));
/** Lives on a server that is asked again and again. */
export const isSynced = (book: AddressBook) => book.kind === 'carddav' || book.kind === 'ldap' || book.kind === 'practice';

export const placeOf = (carrier: Carrier) => ('field' in carrier ? carrier.field : carrier.attribute);
const said = (carrier: Carrier, t: { pattern: (a: string, b: string) => string; prefix: (a: string, b: string) => string }, plain: (field: string) => string) =>
  ('pattern' in carrier ? t.pattern(carrier.pattern, placeOf(carrier)) : 'prefix' in carrier ? t.prefix(carrier.prefix, placeOf(carrier)) : plain(placeOf(carrier)));
export const carrierShort = (carrier: Carrier) => said(carrier, w.carrier.short, (field) => field);
export const carrierWords = (carrier: Carrier) => said(carrier, w.carrier.words, w.carrier.words.field);
export const sameCarrier = (a: Carrier, b: Carrier) => carrierShort(a) === carrierShort(b);
