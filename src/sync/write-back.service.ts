/** Writes a handling code into a card at its source: reads the card's exact bytes, patches one line, replaces it if nobody else did meanwhile. */
import { fieldOf, isCode } from '../contact/carrier.js';
import { type Carriers, codeIn, written } from '../contact/carriers.js';
import { formOf, type RecordForm } from '../contact/form.js';
import { Fault } from '../shared/fault.js';
import type { ContactSource, ReceivedCard } from './port.js';

const TRIES = 4;

export type Writing = Pick<ContactSource, 'read' | 'put'>;
export interface WriteOptions {
  /** The card's code when this one was asked for, given once a while has passed since: another code there now is somebody's later wish, and stays. */
  was?: string | null;
  /** Told what is about to be written, before it is. */
  before?: (card: ReceivedCard, bytes: Uint8Array) => Promise<void>;
  /** What to make of the card, instead of putting the code in. */
  make?: (form: RecordForm, bytes: Uint8Array) => Uint8Array;
}

/** @throws Fault `contact.code` */
export const checkCode = (code: string | null): void => {
  if (code !== null && !isCode(code)) throw new Fault('invalid', 'contact.code', 'A code is 1 to 24 letters, digits, - or _');
};

/**
 * The card as it now stands at the source, which has been opened. Always starts from the bytes of the source: what came by a
 * listing has been through XML, which turns CRLF into LF, and what we hold lacks pictures.
 * @throws Fault `contact.gone`, `contact.unreadable`, `contact.field-in-use`, `contact.read-only`, `contact.not-kept`, `contact.changed-elsewhere`, and those of the source
 */
export const writeCode = async (source: Writing, href: string, carriers: Carriers, code: string | null, options: WriteOptions = {}): Promise<ReceivedCard> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const card = await source.read(href);
    if (!card) throw gone();
    const bytes = patched(card, carriers, code, options);
    if (bytes === card.bytes) return card;
    await options.before?.(card, bytes);
    const put = await source.put(href, bytes, card.etag);
    if (put.kind === 'gone') throw gone();
    if (put.kind === 'read-only') throw new Fault('forbidden', 'contact.read-only', 'This address book does not let Ringbook change contacts. Change the code in your contact manager, or give the user the right to write.');
    if (put.kind === 'written') return put.etag === undefined ? readBack(source, href, carriers, bytes) : { ...card, etag: put.etag, bytes };
  }
  throw new Fault('conflict', 'contact.changed-elsewhere', 'The contact keeps being changed elsewhere at the same moment. Ringbook tries again by itself.');
};

const patched = ({ bytes }: ReceivedCard, carriers: Carriers, code: string | null, { was, make }: WriteOptions): Uint8Array => {
  const form = formOf(bytes);
  if (!form.read(bytes)) throw new Fault('conflict', 'contact.unreadable', 'The card of this contact cannot be read any more: nothing was written.');
  if (make) return make(form, bytes);
  const now = codeIn(form, bytes, carriers);
  if (was !== undefined && now !== null && now !== was && now !== code?.toUpperCase()) throw new Fault('conflict', 'contact.code-changed', `Somebody else gave this contact the code ${now} while ${code ?? 'no code'} waited to be written. ${now} stays; set the code again if you do not want it.`);
  const after = written(form, bytes, carriers, code);
  if ('problem' in after) throw inUse(after.problem);
  return after.bytes;
};
export const inUse = (problem: string): Fault => new Fault('conflict', 'contact.field-in-use', problem);

/** A server that gives no etag may have changed what it was sent, and some drop fields they do not know. */
const readBack = async (source: Writing, href: string, carriers: Carriers, sent: Uint8Array): Promise<ReceivedCard> => {
  const card = await source.read(href);
  if (!card) throw gone();
  if (codeIn(formOf(card.bytes), card.bytes, carriers) === codeIn(formOf(sent), sent, carriers)) return card;
  throw new Fault('conflict', 'contact.not-kept', `The address book took the change but did not keep ${fieldOf(carriers.carrier)}. Choose another field for codes.`);
};

const gone = (): Fault => new Fault('missing', 'contact.gone', 'This contact has been deleted in the address book.');
