/** A calendar on a CalDAV server as a Source: its objects as bytes (iCalendar text), events with their overrides, and whatever else is in there. */
import type { Hosts } from '../../shared/network.js';
import type { Source } from '../../sync/port.js';
import { DavCollection, type DavSettings, httpFor } from './collection.adapter.js';
import { CALENDARS } from './kind.js';

/**
 * @param hosts the ones in private networks that calendars may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `caldav.url`
 */
export const openCalDav = (settings: DavSettings, hosts?: Hosts): Source => new DavCollection(httpFor(settings, CALENDARS, hosts), CALENDARS, settings.location);
