/**
 * What a person is doing, from their own word and their telephones. Their own word wins for as long as they said; being
 * "available" is no claim about the telephone, so a telephone in use makes it "on a call". Every answer says why.
 */
import { status as statusWords, type Because, type Status, type UserStatus } from '@ringbook/contracts';

/** What the person said. Instants are ISO; `until` null means until further notice. */
export interface OwnWord { status: string; until: string | null; at: string }
/** What the telephone system says about one telephone of theirs. `state` as in call/event.ts DeviceEvent. */
export interface Phone { endpoint: string; state: string; at: string }
export interface Presence { own?: OwnWord; phones: Phone[]; at: string }

const WORDS: Record<Status, string> = {
  available: 'available', onCall: 'on a call', meeting: 'in a meeting', away: 'away', outOfOffice: 'out of office', dnd: 'not to be disturbed',
};
/** A telephone that merely rings is not in use; one that rings while in use, or holds a call, is told as busy. */
const IN_USE = 'busy';

export const resolveStatus = ({ own, phones, at }: Presence): UserStatus => {
  const word = own && standing(own, at) ? own : undefined;
  if (word && word.status !== 'available') return { status: word.status as Status, until: word.until, because: [said(word)] };
  const busy = phones.filter((phone) => phone.state === IN_USE);
  if (busy.length > 0) return { status: 'onCall', until: null, because: busy.map(inUse) };
  if (word) return { status: 'available', until: word.until, because: [said(word)] };
  return { status: 'available', until: null, because: phones.length > 0 ? phones.map(quiet) : [unheard(at)] };
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
