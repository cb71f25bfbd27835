/** An address book on a CardDAV server as a ContactSource: a collection whose cards can be replaced, with If-Match. */
import { updateObject } from 'tsdav';
import type { Hosts } from '../../shared/network.js';
import type { ContactSource, PutOutcome } from '../../sync/port.js';
import { DavCollection, type DavSettings, httpFor } from './collection.adapter.js';
import { fetchThrough } from './discover.adapter.js';
import { BOOKS } from './kind.js';

/**
 * @param hosts the ones in private networks that books may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `carddav.url`
 */
export const openCardDav = (settings: DavSettings, hosts?: Hosts): ContactSource => new CardDavSource(httpFor(settings, BOOKS, hosts), BOOKS, settings.location);

class CardDavSource extends DavCollection implements ContactSource {
  async put(href: string, bytes: Uint8Array, etag: string): Promise<PutOutcome> {
    const response = await updateObject({
      url: new URL(href, this.http.base).href, data: bytes as unknown as string, etag, headers: { 'content-type': 'text/vcard; charset=utf-8' }, fetch: fetchThrough(this.http),
    });
    if (response.ok) return { kind: 'written', etag: strongEtag(response.headers.get('etag')) };
    if (response.status === 412) return { kind: 'changed' };
    if (response.status === 404 || response.status === 410) return { kind: 'gone' };
    if (response.status === 403 || response.status === 405) return { kind: 'read-only' };
    throw BOOKS.faults.refused(this.http.base.host, response.status);
  }
}

/** RFC 6352, 6.3.2.3: without a strong ETag the server may have changed what we sent. */
const strongEtag = (etag: string | null): string | undefined => (etag === null || etag.startsWith('W/') ? undefined : etag);
