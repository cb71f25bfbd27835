/** An address book on a CardDAV server as a ContactSource: a collection whose cards can be replaced, with If-Match. */
import type { Hosts } from '../../shared/network.js';
import type { ContactSource, PutOutcome } from '../../sync/port.js';
import type { DavSettings } from './account.adapter.js';
import { DavCollection } from './collection.adapter.js';
import { BOOKS } from './kind.js';

/**
 * @param hosts the ones in private networks that books may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `carddav.url`
 */
export const openCardDav = (settings: DavSettings, hosts?: Hosts): ContactSource => new CardDavSource(settings, BOOKS, hosts);

class CardDavSource extends DavCollection implements ContactSource {
  async put(href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome> {
    const { status, headers } = await this.http.request('PUT', href, { body: bytes, headers: { 'content-type': 'text/vcard; charset=utf-8', ...etag === '' ? {} : { 'if-match': etag } } });
    if (status >= 200 && status < 300) return { kind: 'written', etag: strongEtag(headers.get('etag')) };
    if (status === 412) return { kind: 'changed' };
    if (status === 404 || status === 410) return { kind: 'gone' };
    if (status === 403 || status === 405) return { kind: 'read-only' };
    throw BOOKS.faults.refused(this.http.base.host, status);
  }
}

/** RFC 6352, 6.3.2.3: without a strong ETag the server may have changed what we sent. */
const strongEtag = (etag: string | null): string | undefined => (etag === null || etag.startsWith('W/') ? undefined : etag);
