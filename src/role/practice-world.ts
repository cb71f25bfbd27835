/** The small world of the practice phone system: two people, their telephones and rules. */
import type { Profile } from '@ringbook/contracts';

export interface PracticePerson { email: string; name: string; role: 'admin' | 'user'; number: string; extension: string; profile: Profile }

const ring = (seconds: number, devices: string[]): Profile['otherwise'] => ({ kind: 'ring', devices, seconds, otherwise: { kind: 'voicemail' } });

export const PRACTICE_PEOPLE: PracticePerson[] = [
  {
    email: 'alice@example.org', name: 'Alice Example', role: 'admin', number: '+4989100101', extension: '101',
    profile: {
      rules: [
        { id: 'family', label: 'Family always gets through', when: { codes: ['FAM'] }, method: { kind: 'oneNumber', steps: [{ to: ['device:101'], seconds: 15 }, { to: ['device:101', '+491729925904'], seconds: 20, confirm: true }], otherwise: { kind: 'voicemail' } } },
        { id: 'vip', label: 'Important people, unless I am in a meeting', when: { codes: ['VIP'], status: ['available', 'onCall', 'away'] }, method: { kind: 'announce', text: 'Hello {{caller.name}}, I am putting you through to {{user.name}}.', then: ring(25, ['101']) } },
        { id: 'vip-meeting', label: 'Important people while I am in a meeting', when: { codes: ['VIP'], status: ['meeting'] }, method: { kind: 'forward', to: '+4989100102', seconds: 25, otherwise: { kind: 'voicemail' } } },
        { id: 'voicemail', label: 'Straight to voicemail', when: { codes: ['VM'] }, method: { kind: 'voicemail', greeting: 'Hello {{caller.name}}. {{user.name}} will call you back. Please leave a message after the tone.' } },
        { id: 'out', label: 'While I am out of office', when: { status: ['outOfOffice'] }, method: { kind: 'voicemail', greeting: '{{user.name}} is out of office. Please leave a message after the tone.' } },
        { id: 'dnd', label: 'Do not disturb', when: { status: ['dnd', 'meeting'] }, method: { kind: 'voicemail' } },
        { id: 'withheld', label: 'Callers who hide their number', when: { caller: 'withheld' }, method: { kind: 'voicemail', greeting: 'Please leave your name and number after the tone.' } },
      ],
      otherwise: ring(25, ['101']),
    },
  },
  {
    email: 'bob@example.org', name: 'Bob Example', role: 'user', number: '+4989100102', extension: '102',
    profile: {
      rules: [
        { id: 'voicemail', label: 'Straight to voicemail', when: { codes: ['VM'] }, method: { kind: 'voicemail' } },
        { id: 'dnd', label: 'Do not disturb', when: { status: ['dnd'] }, method: { kind: 'voicemail' } },
      ],
      otherwise: ring(20, ['102']),
    },
  },
];

/** Calls that the greeting suggests, to Alice: one known by the address book (contact/practice.ts), one not. */
export const SUGGESTED = [
  { from: '+493023125101', to: '+4989100101', who: 'Ada Winter, a VIP' },
  { from: '+493012345678', to: '+4989100101', who: 'a stranger' },
];
