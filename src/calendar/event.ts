/** One VEVENT of an object, as written: an event, or one occurrence of it that is different. */
import { type Length, lengthOf, plainText, type Property, readProperty, type Stamp, stampOf } from './property.js';
import type { Rule } from './recurrence.js';

export interface Attendee { mail: string; name: string; partstat: string }
/** An additional occurrence (RDATE); with `end` or `length` when it is a period of its own. */
export interface Extra { start: Stamp; end?: Stamp; length?: Length }
export interface EventPart {
  uid: string; sequence: number;
  /** Which occurrence this replaces; undefined: this is the event itself. */
  replaces: Stamp | undefined;
  /** ... and all that follow. */
  andFuture: boolean;
  start: Stamp; end: Stamp | undefined; length: Length | undefined;
  rules: Rule[]; notRules: Rule[]; extra: Extra[]; except: Stamp[];
  title: string; categories: string[]; attendees: Attendee[]; organizer: string | undefined;
  /** STATUS, TRANSP and X-MICROSOFT-CDO-BUSYSTATUS in upper case, '' when they are missing. */
  status: string; transp: string; busyStatus: string;
  /** Outlook says that it takes whole days (X-MICROSOFT-CDO-ALLDAYEVENT), whatever its start looks like. */
  wholeDays: boolean;
  /** A line about its repetition or its end could not be read. */
  unsure: boolean;
}

const MAX_DATES = 5000;
const MAX_ATTENDEES = 500;
const MAX_RULES = 5;
const MAX_TITLE = 200;
const UNSURE = new Set(['RRULE', 'RDATE', 'EXDATE', 'EXRULE', 'DTEND', 'DURATION']);

/** @returns a reason in words when it cannot be used */
export const readEvent = (lines: readonly string[]): EventPart | string => {
  const read = lines.map(readProperty);
  const properties = read.filter((property) => property !== undefined);
  const by = Map.groupBy(properties, (property) => property.name);
  const text = (name: string, most = 60): string => plainText(by.get(name)?.[0]?.values[0], most);
  const [start, replaces] = [stampIn(by.get('DTSTART')), stampIn(by.get('RECURRENCE-ID'))];
  if (!start) return by.has('DTSTART') ? 'its start cannot be read' : 'it has no start';
  const unread = lines.filter((_, i) => read[i] === undefined).map((line) => /^[A-Z-]+/i.exec(line)?.[0].toUpperCase() ?? '');
  if ((by.has('RECURRENCE-ID') || unread.includes('RECURRENCE-ID')) && !replaces) return 'it does not say which occurrence it replaces';
  return {
    uid: text('UID', 300), sequence: Number(by.get('SEQUENCE')?.[0]?.values[0]) || 0, replaces, andFuture: by.get('RECURRENCE-ID')?.[0]?.params['range']?.toUpperCase() === 'THISANDFUTURE',
    start, end: stampIn(by.get('DTEND')), length: lengthOf(by.get('DURATION')?.[0]?.values[0]),
    rules: rulesIn(by.get('RRULE')), notRules: rulesIn(by.get('EXRULE')), extra: (by.get('RDATE') ?? []).flatMap(extrasIn).slice(0, MAX_DATES),
    except: (by.get('EXDATE') ?? []).flatMap((property) => property.values.flatMap((value) => stampOf(value, property.params['tzid']) ?? [])).slice(0, MAX_DATES),
    title: text('SUMMARY', MAX_TITLE), categories: categoriesIn(by.get('CATEGORIES')), attendees: (by.get('ATTENDEE') ?? []).slice(0, MAX_ATTENDEES).flatMap((property) => attendeeOf(property) ?? []),
    organizer: mailOf(by.get('ORGANIZER')?.[0]), status: text('STATUS').toUpperCase(), transp: text('TRANSP').toUpperCase(), busyStatus: text('X-MICROSOFT-CDO-BUSYSTATUS').toUpperCase(),
    wholeDays: text('X-MICROSOFT-CDO-ALLDAYEVENT').toUpperCase() === 'TRUE',
    unsure: unread.some((name) => UNSURE.has(name)),
  };
};

const stampIn = (properties: readonly Property[] | undefined): Stamp | undefined => properties?.map((property) => stampOf(property.values[0], property.params['tzid'])).find((stamp) => stamp !== undefined);
const rulesIn = (properties: readonly Property[] = []): Rule[] => properties.slice(0, MAX_RULES).flatMap(({ values }) => (typeof values[0] === 'object' && values[0] !== null ? [values[0] as Rule] : []));

const extrasIn = ({ type, values, params }: Property): Extra[] => values.flatMap((value) => {
  if (type !== 'period') { const start = stampOf(value, params['tzid']); return start ? [{ start }] : []; }
  const [from, to] = Array.isArray(value) ? value as unknown[] : [];
  const start = stampOf(from, params['tzid']);
  return start ? [{ start, end: stampOf(to, params['tzid']), length: lengthOf(to) }] : [];
});

const categoriesIn = (properties: readonly Property[] = []): string[] =>
  [...new Set(properties.slice(0, 20).flatMap(({ values }) => values.slice(0, 20).map((value) => plainText(value, 60))).filter(Boolean))].slice(0, 20);

const attendeeOf = (property: Property): Attendee | undefined => {
  const mail = mailOf(property);
  return mail === undefined ? undefined : { mail, name: plainText(property.params['cn'], 80).replace(/[<>"]/g, ''), partstat: (property.params['partstat'] ?? '').toUpperCase() };
};
/** mailto:Anna@Example.org, or any other address with the mail in EMAIL= (Apple). In lower case; no control or direction characters: neither a database nor a person could do anything with them. */
const mailOf = (property: Property | undefined): string | undefined => {
  const own = typeof property?.values[0] === 'string' ? /^\s*mailto:(.*)$/i.exec(property.values[0].slice(0, 400))?.[1] : undefined;
  const mail = (own ?? property?.params['email'] ?? '').trim().toLowerCase();
  return /^[^\s<>"@\p{C}]{1,128}@[^\s<>"@\p{C}]{1,190}$/u.test(mail) ? mail : undefined;
};
