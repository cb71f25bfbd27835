/** An address book on a CardDAV server as a ContactSource: a collection whose cards can be replaced, with If-Match. */
import type { Hosts } from '../../shared/network.js';
import type { ContactSource, PutOutcome, ReceivedCard } from '../../sync/port.js';
import type { DavSettings } from './account.adapter.js';
import { DavCollection } from './collection.adapter.js';
import { BOOKS } from './kind.js';

/**
 * @param hosts the ones in private networks that books may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `carddav.url`
 */
export const openCardDav = (settings: DavSettings, hosts?: Hosts): ContactSource => new CardDavSource(settings, BOOKS, hosts);

/**
 * A card is replaced as it was read, or not at all: by its ETag where the server has a strong one (a weak one never matches,
 * RFC 9110, 13.1.1), or else by looking at its bytes once more just before, and never if it is gone.
 */
class CardDavSource extends DavCollection implements ContactSource {
  /** What was read last of a card without a strong ETag. */
  #unmarked: { href: string; bytes: Uint8Array } | undefined;

  override async read(href: string): Promise<ReceivedCard | undefined> {
    const card = await this.get(href);
    if (!card || isStrong(card.etag)) return card;
    const marked = await this.#marked(href);
    if (marked) return marked;
    this.#unmarked = { href, bytes: card.bytes };
    return card;
  }

  async put(href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome> {
    if (!isStrong(etag)) {
      const now = await this.get(href);
      if (!now) return { kind: 'gone' };
      if (this.#unmarked?.href !== href || Buffer.compare(now.bytes, this.#unmarked.bytes) !== 0) return { kind: 'changed' };
    }
    const { status, headers } = await this.http.request('PUT', href, { body: bytes, headers: { 'content-type': 'text/vcard; charset=utf-8', 'if-match': isStrong(etag) ? etag : '*' } });
    if (status >= 200 && status < 300) return { kind: 'written', etag: strongEtag(headers.get('etag')) };
    if (status === 412) return { kind: 'changed' };
    if (status === 404 || status === 410) return { kind: 'gone' };
    if (status === 403 || status === 405) return { kind: 'read-only' };
    throw BOOKS.faults.refused(this.http.base.host, status);
  }

  /** Some proxies take the ETag off a GET, or make it weak, and leave the property alone. Asked for first: bytes that are newer than it are refused later. */
  async #marked(href: string): Promise<ReceivedCard | undefined> {
    const etag = await this.etagOf(href);
    const card = etag?.startsWith('"') ? await this.get(href) : undefined;
    return card && etag !== undefined ? { ...card, etag } : undefined;
  }
}

const isStrong = (etag: string): boolean => etag !== '' && !/^W\//i.test(etag);
/** RFC 6352, 6.3.2.3: without a strong ETag the server may have changed what we sent. */
const strongEtag = (etag: string | null): string | undefined => (etag !== null && isStrong(etag) ? etag : undefined);
