/**
 * What a person is doing, from their own word, their telephones and their calendars, in this order:
 * their own word, other than "available" > a telephone in use > their own word "available" with an end > an event of their
 * calendar > available. Being available "until further notice" is no claim about meetings, and never one about the telephone.
 * Every answer says why.
 */
import { status as statusWords, type Because, type Status, type UserStatus } from '@ringbook/contracts';
import type { CalendarFacts } from '../calendar/facts.js';
import { spanWords, timeWords, titleWords } from '../calendar/words.js';

/** What the person said. Instants are ISO; `until` null means until further notice. */
export interface OwnWord { status: string; until: string | null; at: string }
/** What the telephone system says about one telephone of theirs. `state` as in call/event.ts DeviceEvent. */
export interface Phone { endpoint: string; state: string; at: string }
/** `zone`: the person's, for times in words. */
export interface Presence { own?: OwnWord; phones: Phone[]; calendar?: CalendarFacts; zone?: string; at: string }
/** Titles of events and names of calendars are for the person alone. */
export type For = 'owner' | 'others';

const WORDS: Record<Status, string> = {
  available: 'available', onCall: 'on a call', meeting: 'in a meeting', away: 'away', outOfOffice: 'out of office', dnd: 'not to be disturbed',
};
/** A telephone that merely rings is not in use; one that rings while in use, or holds a call, is told as busy. */
const IN_USE = 'busy';

export const resolveStatus = ({ own, phones, calendar, zone = 'UTC', at }: Presence, whose: For = 'owner'): UserStatus => {
  const word = own && standing(own, at) ? own : undefined;
  if (word && word.status !== 'available') return { status: word.status as Status, until: word.until, because: [said(word)] };
  const busy = phones.filter((phone) => phone.state === IN_USE);
  if (busy.length > 0) return { status: 'onCall', until: null, because: busy.map(inUse) };
  if (word?.until) return { status: 'available', until: word.until, because: [said(word)] };
  const stale = staleFacts(calendar, zone, at, whose);
  const more = stale.length > 0 ? { stale: true } : {};
  if (calendar?.now) return { status: calendar.now.status, until: calendar.now.until, because: [event(calendar.now, zone, at, whose), ...stale], ...more };
  if (word) return { status: 'available', until: word.until, because: [said(word), ...stale], ...more };
  return { status: 'available', until: null, because: [...(phones.length > 0 ? phones.map(quiet) : [unheard(at)]), ...stale], ...more };
};

/** A word counts until it runs out. One we do not know (written by a newer version) does not count. */
const standing = (own: OwnWord, at: string): boolean =>
  statusWords.safeParse(own.status).success && (own.until === null || Date.parse(own.until) > Date.parse(at));

const said = (own: OwnWord): Because => ({ fact: 'status', text: `They said they are ${WORDS[own.status as Status]}`, source: 'the user', at: own.at });
/** PJSIP/101 -> 101: the technology is nothing to people. */
const nameOf = (phone: Phone): string => phone.endpoint.replace(/^[^/]*\//, '');
const inUse = (phone: Phone): Because => ({ fact: 'phone', text: `Telephone ${nameOf(phone)} is in use`, source: 'asterisk', at: phone.at });
const quiet = (phone: Phone): Because => ({ fact: 'phone', text: `Telephone ${nameOf(phone)} is ${phone.state === 'idle' ? 'not in use' : phone.state}`, source: 'asterisk', at: phone.at });
const unheard = (at: string): Because => ({ fact: 'status', text: 'Nothing says that they are not available', source: 'ringbook', at });

const SHOWN = 3;
/** The age of the fact is that of the last successful look into the calendar. */
const event = ({ status, until, events }: NonNullable<CalendarFacts['now']>, zone: string, now: string, whose: For): Because => {
  const first = events[0]!;
  const text = `${WORDS[status][0]!.toUpperCase()}${WORDS[status].slice(1)} until ${timeWords(until, zone, now)}`;
  const age = first.readAt === null ? {} : { at: first.readAt };
  if (whose === 'others') return { fact: 'event', text, source: 'calendar', ...age };
  const titles = events.slice(0, SHOWN).map((one) => `${titleWords(one)} (${spanWords(one, zone, now)})`).join(', then ');
  return { fact: 'event', text: `${text}: ${titles}${events.length > SHOWN ? ' and more' : ''}`, source: first.calendar, ...age };
};
/** Calendars that could not be read for an hour, each with the age of what is known of it. */
export const staleFacts = (calendar: CalendarFacts | undefined, zone: string, at: string, whose: For = 'owner'): Because[] => (calendar?.stale ?? []).map((one) => unread(one, zone, at, whose));
const unread = ({ calendar, readAt }: CalendarFacts['stale'][number], zone: string, now: string, whose: For): Because => {
  const which = whose === 'owner' ? `The calendar "${calendar}"` : 'A calendar of theirs';
  const since = readAt === null ? 'has never been read' : `could not be read since ${timeWords(readAt, zone, now)}`;
  return { fact: 'calendar', text: `${which} ${since}: the status may be wrong`, source: whose === 'owner' ? calendar : 'calendar', ...(readAt === null ? {} : { at: readAt }) };
};
