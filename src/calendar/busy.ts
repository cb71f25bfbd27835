/** What an event says about its owner's time. */
import type { EventPart } from './event.js';

/** `away`: out of office, as Outlook calls it. */
export type Busy = 'busy' | 'tentative' | 'free' | 'away';

/** Who is invited at several addresses answers at one of them. */
const DEFINITE = ['ACCEPTED', 'DECLINED', 'DELEGATED', 'TENTATIVE'];

type Said = Pick<EventPart, 'status' | 'transp' | 'busyStatus' | 'attendees' | 'organizer'>;

/**
 * Undefined: nothing at all, because it was called off or declined. An invitation that was not answered is tentative, as is
 * one answered so; who invites need not answer.
 * @param addresses of the owner, in lower case
 */
export const busyOf = (event: Said, addresses: ReadonlySet<string>): Busy | undefined => {
  const own = event.attendees.filter(({ mail }) => addresses.has(mail)).map(({ partstat }) => partstat);
  const answer = DEFINITE.find((word) => own.includes(word)) ?? own[0];
  if (event.status === 'CANCELLED' || answer === 'DECLINED' || answer === 'DELEGATED') return undefined;
  const shown = shownAs(event);
  const invites = event.organizer !== undefined && addresses.has(event.organizer);
  const open = answer === 'TENTATIVE' || (!invites && answer !== undefined && (answer === '' || answer === 'NEEDS-ACTION'));
  return open && shown !== 'free' ? 'tentative' : shown;
};

/** Outlook's own word says more than TRANSP; but who makes an event transparent elsewhere leaves that word behind. */
const shownAs = ({ status, transp, busyStatus }: Said): Busy => {
  if (transp === 'TRANSPARENT' || busyStatus === 'FREE' || busyStatus === 'WORKINGELSEWHERE') return 'free';
  if (busyStatus === 'OOF') return 'away';
  return status === 'TENTATIVE' || busyStatus === 'TENTATIVE' ? 'tentative' : 'busy';
};
