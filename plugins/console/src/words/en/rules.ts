/** Words of the rules room, and the sentences that say what a rule does. */
const facts = { 'caller.name': 'caller’s name', 'caller.number': 'caller’s number', 'user.name': 'my name', status: 'my status' };
const verb = {
  seconds: (n: number) => `for ${n} s`,
  ringAll: 'ring all telephones', ringSome: (list: string) => `ring ${list}`,
  forward: (to: string) => `forward to ${to}`,
  oneNumber: (steps: string) => `try ${steps}`, thenStep: ', then ', confirm: ' (asks to press 1)',
  announceText: (text: string) => `say “${text}”`, announcePrompt: (name: string) => `play “${name}”`,
  voicemail: 'voicemail', voicemailGreeting: 'voicemail with its own greeting',
  attendant: (name: string) => `hand over to ${name}`, someone: 'an attendant',
  reject: 'reject', rejectWords: 'say something and reject',
  flow: 'run a call flow',
  fact: (name: string) => (name in facts ? `[${facts[name as keyof typeof facts]}]` : undefined),
  otherwise: '; if nobody answers, ', then: ', then ', thenEnd: ', then hang up',
};

export const rules = {
  title: 'Rules',
  titleOf: (name: string) => `Rules of ${name}`,
  lead: 'The first rule that fits a call decides. Anything that no rule fits goes to the default rule at the end.',
  list: 'Rules in order', add: 'Add rule', defaultRule: 'Default rule', defaultHelp: 'For every call that no rule above fits. It cannot be deleted.',
  edit: (n: string) => `Edit rule ${n}`, done: 'Done', duplicate: 'Duplicate', remove: 'Delete rule', removed: (n: number) => `Rule ${n} deleted.`,
  up: (n: number) => `Move rule ${n} up`, down: (n: number) => `Move rule ${n} down`, drag: 'Drag to move', moved: (n: number, of: number) => `Moved to place ${n} of ${of}.`,
  empty: 'No rules yet: every call goes to the default rule.',
  label: 'Name of the rule', labelPlaceholder: 'VIPs always ring',
  unsaved: 'Not saved yet', discard: 'Discard changes', save: 'Save rules', saved: 'Rules saved. They apply from the next call on.', invalid: (n: number) => (n === 1 ? 'One field needs your attention.' : `${n} fields need your attention.`),
  conflict: {
    title: 'Changed somewhere else', text: 'These rules were saved in another window or by somebody else while you were editing. Theirs now read:',
    theirs: 'Load theirs', keep: 'Keep mine', help: '“Load theirs” drops your changes. “Keep mine” replaces theirs.',
  },
  when: {
    title: 'When', codes: 'Handling codes', codesHelp: 'The caller’s contact has one of these. Choose or type a code and press Enter. Empty: any or none.', caller: 'Kind of caller',
    callers: { any: 'Anybody', contact: 'In the address book', unknown: 'Not in the address book', withheld: 'Number withheld' },
    status: 'While I am', statusHelp: 'None chosen: always', hours: 'Only at certain hours', days: 'Days', from: 'From', to: 'To', addWindow: 'Add hours', removeWindow: 'Remove these hours', window: (n: number) => `Hours ${n}`,
    overnight: 'ends on the next day', zone: 'Time zone', zoneOwn: (zone: string) => `Mine (${zone})`, zoneHome: 'The user’s own',
    attending: 'The caller and my calendar', attendings: { any: 'No matter', now: 'Takes part in my event now', next: 'Takes part in my next event (within 24 hours)', nowOrNext: 'Takes part in my event now or next' },
    calendar: 'My calendars', calendars: { any: 'No matter', read: 'Could be read', stale: 'Could not be read for an hour' },
    minTier: 'Weakest match that counts', minTiers: { default: 'Normal: no guesses for codes', exact: 'Exact only', national: 'National or better', extension: 'Extension or better', suffix: 'Even a guess' },
  },
  method: {
    title: 'Then', kind: 'Method', otherwise: 'If nobody answers', then: 'After that', addOtherwise: 'Add what happens if nobody answers', addThen: 'Add what happens after that', removeNext: 'Remove this step',
    seconds: 'Seconds', devices: 'Telephones', allDevices: 'All telephones', someDevices: 'Only these', noDevices: 'There are no telephones yet.', extensions: 'Extensions', to: 'Telephone number',
    step: (n: number) => `Step ${n}`, addStep: 'Add step', removeStep: (n: number) => `Remove step ${n}`, stepUp: (n: number) => `Move step ${n} up`, stepDown: (n: number) => `Move step ${n} down`, numbers: 'Other numbers', numbersHelp: 'Type a number and press Enter', confirm: 'Whoever answers must press 1', confirmHelp: 'So that a mailbox or a pocket cannot take the call',
    words: 'Words', spoken: 'Spoken', recorded: 'Recorded', nothing: 'Nothing', normal: 'Normal', text: 'Text to speak', prompt: 'Recording', promptName: 'Name of the recording', noPrompts: 'There are no recordings yet. Your administrator puts them into the folder of recordings.', insert: 'Insert', facts,
    greeting: 'Greeting', attendant: 'Attendant', attendantId: 'Id of the attendant', tooDeep: 'No more steps can be chained here.',
    help: {
      ring: 'Rings telephones of the called person.', forward: 'Sends the caller to another number.', oneNumber: 'Tries telephones and numbers one after the other.', announce: 'Says or plays something to the caller.',
      voicemail: 'Lets the caller leave a message.', attendant: 'Rings somebody who answers for you.', reject: 'Turns the caller away.',
    },
  },
  tryIt: {
    title: 'Try it', lead: 'Asks what would happen to a call. Nothing rings.', saved: 'Uses the saved rules', notSaved: 'Uses the saved rules, without the changes you have not saved yet.',
    from: 'Who calls', fromPlaceholder: '+49 30 1234567', withheld: 'Number withheld', to: 'Number called', at: 'When', atNow: 'Now', atThen: 'At', submit: 'What happens?', because: 'Because', noNumber: 'There is no number to call yet.',
    byRule: (n: number, name: string | undefined) => `Rule ${n}${name ? `: ${name}` : ''}`, byOtherwise: 'The default rule', status: (s: string) => `Status: ${s}`,
  },
  sentence: {
    ...verb,
    every: 'Every call', codes: (list: string) => `Callers with code ${list}`,
    caller: { contact: 'Callers in the address book', unknown: 'Unknown callers', withheld: 'Callers who withhold their number' },
    status: (list: string) => `while I am ${list}`,
    statuses: { available: 'available', onCall: 'on a call', meeting: 'in a meeting', away: 'away', outOfOffice: 'out of office', dnd: 'not to be disturbed' },
    minTier: { exact: 'only if matched exactly', national: 'if matched nationally or better', extension: 'if matched by extension or better', suffix: 'even if only guessed' },
    attending: { now: 'taking part in my event now', next: 'taking part in my next event', nowOrNext: 'taking part in my event now or next' },
    calendar: { read: 'when my calendars could be read', stale: 'when a calendar could not be read for an hour' },
    everyDay: 'every day', allDay: 'all day', nextDay: ' next day', zone: (zone: string) => `(${zone})`,
  },
};
