/** Words about where handling codes live in a book, and how they move. */
const cards = (n: number, c: string) => (n === 1 ? '1 card' : `${c} cards`);

export const carrier = {
  title: 'Where the handling code is kept', now: (words: string) => `Now: ${words}`,
  words: { field: (field: string) => `the field ${field}`, pattern: (pattern: string, field: string) => `${pattern} inside ${field}`, prefix: (prefix: string, field: string) => `the entry of ${field} that begins with ${prefix}` },
  short: { pattern: (pattern: string, field: string) => `${pattern} in ${field}`, prefix: (prefix: string, field: string) => `${prefix}… in ${field}` },
  change: 'Choose another place', close: 'Leave it as it is',
  fill: 'Which fields are free?', fillLead: (n: number, c: string) => `Looked at ${cards(n, c)}. A field that nobody uses is safe.`, fillEmpty: 'There are no cards yet, so nothing can be said about their fields. You can still name a field below.', looking: 'Looking at every card of this book.',
  columns: { field: 'Field', empty: 'Empty in', samples: 'What stands there', verdict: 'Is it free?' },
  emptyIn: (empty: string, of: string) => `${empty} of ${of}`,
  codes: (n: number, c: string) => (n === 1 ? '1 value looks like a code' : `${c} values look like codes`),
  verdict: { free: 'Free', codes: 'Holds codes', partly: 'Some use it', used: 'In use', taken: 'Says who somebody is' },
  suggested: 'suggested', current: 'used now', already: 'Codes are kept here already.', choose: (field: string) => `Use ${field}`, cannot: 'cannot carry codes', showAll: (n: number) => `Show all ${n} fields`,
  other: 'Name a place myself', form: 'Kind of place', forms: { field: 'A whole field', pattern: 'Part of a text', prefix: 'A category' },
  field: 'Field', fieldHelp: 'X-CUSTOM4 is “Custom 4” in Thunderbird', attribute: 'Attribute', attributeHelp: 'An attribute that is free in your directory, such as employeeType',
  pattern: 'Pattern', patternHelp: '{code} stands for the code. Everything around it stays.', prefix: 'Begins with', prefixHelp: 'A category “rb-VIP” then means code VIP',
  preview: 'What would be read', previewing: 'Reading 20 contacts.', check: 'Show what would be read',
  reads: (c: string, n: number, all: string) => `A code would be read in ${c} of ${cards(n, all)}.`, inUse: (n: number, c: string) => `In ${cards(n, c)} the place holds something else already.`,
  sample: 'Sample of contacts', sampleColumns: { name: 'Contact', value: 'Stands there now', code: 'Code' }, nothingThere: 'nothing', noCode: 'no code',
  use: 'Keep codes here from now on', useHelp: 'This book has no codes yet, so nothing has to be moved.', used: (words: string) => `Codes are kept in ${words} from now on.`,
  move: {
    title: (n: number, c: string) => `This book has ${n === 1 ? '1 code' : `${c} codes`} already`, lead: 'They can be moved to the new place: each is written there and taken from the old one, card by card.', plan: 'Show what would be moved', planning: 'Looking at every code.',
    run: (n: number, c: string) => `Move ${n === 1 ? '1 code' : `${c} codes`}`, without: 'Do not move: only look there from now on', withoutAsk: (words: string) => `Look for codes only in ${words} from now on? Codes at the old place stay in the cards, but are no longer read.`,
    would: (n: number, c: string) => (n === 1 ? '1 code would be moved.' : `${c} codes would be moved.`), problems: (n: number, c: string) => (n === 1 ? '1 cannot be moved:' : `${c} cannot be moved:`), list: 'What would be moved',
    state: { planned: 'Planned', running: 'Moving codes', done: 'Codes moved', undoing: 'Moving codes back', undone: 'Moved back', failed: 'Stopped' },
    progress: (done: string, total: string) => `${done} of ${total}`, failed: (n: number, c: string) => (n === 1 ? '1 could not be moved' : `${c} could not be moved`), undo: 'Move them back', undoAsk: (words: string) => `Move the codes back to ${words}?`,
    history: 'Moves of codes', route: (from: string, to: string) => `from ${from} to ${to}`,
  },
};
