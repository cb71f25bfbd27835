/** A calendar on a CalDAV server as a Source: its objects as bytes (iCalendar text), events with their overrides, and whatever else is in there. */
import type { Hosts } from '../../shared/network.js';
import type { Source } from '../../sync/port.js';
import type { DavSettings } from './account.adapter.js';
import { DavCollection } from './collection.adapter.js';
import { CALENDARS } from './kind.js';

/**
 * @param hosts the ones in private networks that calendars may be on (BOOK_HOSTS); without any, `trusted` decides
 * @throws Fault `caldav.url`
 */
export const openCalDav = (settings: DavSettings, hosts?: Hosts): Source => new DavCollection(settings, CALENDARS, hosts);
