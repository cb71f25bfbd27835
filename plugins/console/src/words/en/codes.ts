/** Words of the codes room and of choosing a code. */
export const codes = {
  title: 'Codes',
  lead: 'What your handling codes mean. Name and colour show wherever a code does; they are yours alone and change nothing in the address books.',
  list: 'Your codes', empty: 'No codes yet', emptyHelp: 'A code is a short word on a contact, such as VIP. Your rules say what happens when somebody with that code calls. Add one here, or give a contact a code.',
  add: 'Add code', code: 'New code', codeHelp: 'Up to 24 letters, digits, - or _', name: 'Name', namePlaceholder: 'Important people', colour: 'Colour', meaning: 'What it is for', meaningPlaceholder: 'Always ring, even at night',
  colours: { none: 'No colour', gray: 'Grey', red: 'Red', pink: 'Pink', grape: 'Purple', violet: 'Violet', indigo: 'Indigo', blue: 'Blue', cyan: 'Cyan', teal: 'Teal', green: 'Green', lime: 'Lime', yellow: 'Yellow', orange: 'Orange' },
  used: (contacts: number, c: string, rules: number) => [contacts === 1 ? '1 contact' : `${c} contacts`, rules === 0 ? '' : rules === 1 ? '1 rule' : `${rules} rules`].filter(Boolean).join(', '),
  noRule: 'No rule names it: it changes nothing yet.',
  clear: (code: string) => `Forget name and colour of ${code}`, save: 'Save codes', saved: 'Codes saved.', unsaved: 'Not saved yet', discard: 'Discard changes', taken: 'is in the list already',
  pick: 'Handling code', pickHelp: 'Choose one of yours or type a new one: up to 24 letters, digits, - or _.',
};
