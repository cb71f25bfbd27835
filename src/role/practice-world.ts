/** The small world of the practice phone system: two people, their telephones and rules, and an address book of callers. */
import type { Profile } from '@ringbook/contracts';

export interface PracticePerson { email: string; name: string; role: 'admin' | 'user'; number: string; extension: string; profile: Profile }

const ring = (seconds: number, devices: string[]): Profile['otherwise'] => ({ kind: 'ring', devices, seconds, otherwise: { kind: 'voicemail' } });

export const PRACTICE_PEOPLE: PracticePerson[] = [
  {
    email: 'alice@example.org', name: 'Alice Example', role: 'admin', number: '+4989100101', extension: '101',
    profile: {
      rules: [
        { id: 'family', label: 'Family always gets through', when: { codes: ['FAM'] }, method: { kind: 'oneNumber', steps: [{ to: ['device:101'], seconds: 15 }, { to: ['device:101', '+491701000101'], seconds: 20, confirm: true }], otherwise: { kind: 'voicemail' } } },
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

/** The caller that the greeting suggests, and the number to call: a VIP of the address book, and Alice. */
export const SUGGESTED = { from: '+493012345678', to: '+4989100101' };

interface PracticeContact { name: string; organisation?: string; number: string; code?: string }
const CONTACTS: PracticeContact[] = [
  { name: 'Vera Vogel', organisation: 'Vogel & Söhne', number: SUGGESTED.from, code: 'VIP' },
  { name: 'Fritz Example', number: '+491712345678', code: 'FAM' },
  { name: 'Marta Klein', organisation: 'Klein Versicherungen', number: '+49401234567', code: 'VM' },
  { name: 'José Núñez', organisation: 'Núñez e Hijos', number: '+34911234567' },
  { name: '山田太郎', organisation: '山田商事', number: '+81312345678', code: 'VIP' },
  { name: 'Zoë O’Brien', organisation: 'Front desk', number: '089 200 300' },
];

/** The cards of the practice address book, by file name: vCard 4.0, the code in X-CUSTOM4 as Thunderbird keeps it. */
export const practiceCards = (): { name: string; text: string }[] => CONTACTS.map((contact, index) => ({
  name: `practice-${index + 1}.vcf`,
  text: [
    'BEGIN:VCARD', 'VERSION:4.0', `UID:urn:uuid:5f1c0000-0000-4000-8000-00000000000${index + 1}`, `FN:${contact.name}`,
    ...(contact.organisation ? [`ORG:${contact.organisation}`] : []), `TEL;TYPE=work;VALUE=text:${contact.number}`,
    ...(contact.code ? [`X-CUSTOM4:${contact.code}`] : []), 'END:VCARD', '',
  ].join('\r\n'),
}));
