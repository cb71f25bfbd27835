/** Decisions in words: what stands behind "why?" in the console, the pops and the API. */
import type { CallerKind, Method, Status, Tier } from '@ringbook/contracts';

export const STATUS_WORDS: Record<Status, string> = {
  available: 'available', onCall: 'on a call', meeting: 'in a meeting', away: 'away', outOfOffice: 'out of office', dnd: 'do not disturb',
};
export const TIER_WORDS: Record<Tier, string> = {
  exact: 'the whole number', national: 'the national number', extension: 'an extension', suffix: 'the last digits only', ambiguous: 'several contacts', none: 'nobody',
};
export const CALLER_WORDS: Record<CallerKind, string> = { contact: 'somebody in the address book', unknown: 'an unknown number', withheld: 'a withheld number' };

/** A method in a few words, e.g. "ring 101, 102 for 25 s, then take a voicemail". */
export const methodWords = (m: Method): string => {
  switch (m.kind) {
    case 'ring': return `ring ${m.devices === 'all' ? 'all telephones' : m.devices.join(', ')} for ${m.seconds} s${then(m.otherwise)}`;
    case 'forward': return `forward to ${m.to}${then(m.otherwise)}`;
    case 'oneNumber': return `try ${m.steps.map((s) => s.to.map(targetWords).join(' and ')).join(', then ')}${then(m.otherwise)}`;
    case 'announce': return `play an announcement${then(m.then)}`;
    case 'voicemail': return 'take a voicemail';
    case 'attendant': return `ring the attendant${then(m.otherwise)}`;
    case 'reject': return 'reject the call';
  }
};
const then = (m: Method | undefined) => (m ? `, then ${methodWords(m)}` : '');
export const targetWords = (target: string) => (target.startsWith('device:') ? target.slice(7) : target);
