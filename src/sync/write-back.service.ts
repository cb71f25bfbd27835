/** Writes a handling code into a card at its source: reads the card's exact bytes, patches one line, replaces it if nobody else did meanwhile. */
import type { Carrier } from '@ringbook/contracts';
import { fieldOf, isCode, patternOf, readCode } from '../contact/carrier.js';
import { patchCode } from '../contact/patch.js';
import { readCard } from '../contact/vcard.js';
import { Fault } from '../shared/fault.js';
import type { ContactSource, ReceivedCard } from './port.js';

const TRIES = 4;

/**
 * The card as it now stands at the source. Always starts from the bytes of the source: what came by a listing has been
 * through XML, which turns CRLF into LF.
 * @throws Fault as SyncService.setCode
 */
export const writeCode = async (source: ContactSource, href: string, carrier: Carrier, code: string | null): Promise<ReceivedCard> => {
  if (code !== null && !isCode(code)) throw new Fault('invalid', 'contact.code', 'A code is 1 to 24 letters, digits, - or _');
  try { return await write(source, href, carrier, code); } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.kind !== 'unavailable') throw thrown;
    throw new Fault('unavailable', 'contact.source-unavailable', `The address book cannot be written to now. ${thrown.message}`, { because: thrown.code }, thrown);
  }
};

const write = async (source: ContactSource, href: string, carrier: Carrier, code: string | null): Promise<ReceivedCard> => {
  await source.open();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const card = await source.read(href);
    if (!card) throw gone();
    const bytes = patched(card, carrier, code);
    if (bytes === card.bytes) return card;
    const put = await source.put(href, bytes, card.etag);
    if (put.kind === 'gone') throw gone();
    if (put.kind === 'read-only') throw new Fault('forbidden', 'contact.read-only', 'This address book does not let Ringbook change contacts. Change the code in your contact manager, or give the user the right to write.');
    if (put.kind === 'written') return put.etag === undefined ? readBack(source, href, carrier, code) : { href, etag: put.etag, bytes };
  }
  throw new Fault('conflict', 'contact.changed-elsewhere', 'The contact keeps being changed elsewhere at the same moment. Try again.');
};

const patched = (card: ReceivedCard, carrier: Carrier, code: string | null): Uint8Array => {
  const read = readCard(card.bytes);
  if (!read) throw new Fault('conflict', 'contact.unreadable', 'The card of this contact is no vCard any more: nothing was written.');
  const { reason } = readCode(read, carrier);
  // The field is somebody's: what stands there is not ours to destroy.
  if (reason !== undefined && patternOf(carrier) === undefined) throw new Fault('conflict', 'contact.field-in-use', `${reason}. Clear the field in your contact manager first, or choose another field for codes.`);
  return patchCode(card.bytes, carrier, code);
};

/** A server that gives no etag may have changed what it was sent, and some drop fields they do not know. */
const readBack = async (source: ContactSource, href: string, carrier: Carrier, code: string | null): Promise<ReceivedCard> => {
  const card = await source.read(href);
  if (!card) throw gone();
  const read = readCard(card.bytes);
  if (read && readCode(read, carrier).code === (code === null ? null : code.toUpperCase())) return card;
  throw new Fault('conflict', 'contact.not-kept', `The address book took the change but did not keep ${fieldOf(carrier)}. Choose another field for codes.`);
};

const gone = (): Fault => new Fault('missing', 'contact.gone', 'This contact has been deleted in the address book.');
