/** What is different between address books (CardDAV, RFC 6352) and calendars (CalDAV, RFC 4791); everything else is the same. */
import { bookFaults, calendarFaults, type DavFaults } from './fault.js';

export interface DavKind {
  faults: DavFaults;
  /** Namespace of its own elements. */
  namespace: string;
  /** Local name of the report that reads many, and of the property that holds the content. */
  multiget: string; data: string;
  /** Of the report that reads everything. */
  query: string;
  /** Of the collection: local name in resourcetype. `home`: property of the principal. */
  collection: string; home: string;
  wellKnown: string;
  /** Of its SRV records (RFC 6764, 3): `_carddavs._tcp` over TLS, `_carddav._tcp` without. */
  service: string;
  label: 'addressBook' | 'calendar';
  media: string;
  /** In words: the collection and several of them, one of its items and several. */
  called: string; plural: string; one: string; items: string;
}

export const BOOKS: DavKind = {
  faults: bookFaults, namespace: 'urn:ietf:params:xml:ns:carddav', multiget: 'addressbook-multiget', query: 'addressbook-query', data: 'address-data', collection: 'addressbook', home: 'addressbook-home-set',
  wellKnown: '/.well-known/carddav', service: 'carddav', label: 'addressBook', media: 'text/vcard', called: 'address book', plural: 'address books', one: 'contact', items: 'contacts',
};
export const CALENDARS: DavKind = {
  faults: calendarFaults, namespace: 'urn:ietf:params:xml:ns:caldav', multiget: 'calendar-multiget', query: 'calendar-query', data: 'calendar-data', collection: 'calendar', home: 'calendar-home-set',
  wellKnown: '/.well-known/caldav', service: 'caldav', label: 'calendar', media: 'text/calendar', called: 'calendar', plural: 'calendars', one: 'event', items: 'events',
};
