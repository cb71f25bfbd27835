/** Words of the address books room. */
export const books = {
  title: 'Address books',
  lead: 'Where callers are looked up. Ringbook reads the contacts and writes nothing but the handling code.',
  add: 'Add address book', empty: 'No address book yet. Add one, and callers get names and codes.',
  name: 'Name', url: 'CardDAV address', urlHelp: 'Of the server, the account or the address book: https://dav.example.org/', username: 'User name', password: 'Password or app password', passwordHelp: 'Kept encrypted, used only to read contacts and to write codes',
  shared: 'For everybody', sharedHelp: 'Callers of all users are found in it; otherwise only yours', sharedYes: 'for everybody', sharedNo: 'only yours',
  carrier: 'Where the handling code is kept', carrierField: 'A whole field', carrierNote: 'Part of the notes', field: 'Field', fieldHelp: 'X-CUSTOM4 is “Custom 4” in Thunderbird', pattern: 'Pattern', patternHelp: '{code} stands for the code; everything around it stays in the notes',
  carrierWords: (field: string, pattern: string | null) => (pattern ? `${pattern} in ${field}` : field), code: 'Code is kept in',
  create: 'Connect', change: 'Change', saveCarrier: 'Save place of the code',
  sync: 'Sync now', syncing: 'Sync started',
  state: { new: 'Not synced yet', ok: 'Up to date', syncing: 'Syncing', failing: 'Not working' },
  stateHelp: {
    new: 'The first sync starts in a moment.', ok: 'Contacts here are as on the server.', syncing: 'Contacts are being read from the server.',
    failing: 'Contacts here are as they were at the last success; calls are still matched against them.',
  },
  neverRead: 'Nothing has been read from it yet.',
  lastSuccess: 'Last success', never: 'never', next: 'Next try', contacts: 'Contacts', numbers: 'Numbers', codes: 'With a code', skipped: 'Unreadable cards', lastError: 'Last problem',
  remove: 'Delete', removeAsk: (name: string) => `Delete “${name}” from Ringbook? Its contacts are no longer found when somebody calls. Nothing changes on the server.`,
  account: (user: string, host: string) => `${user} at ${host}`, practice: 'Practice address book',
  emptied: 'The server says that this book is empty now. Ringbook keeps what it has, in case that is a mistake.', acceptEmpty: 'It really is empty: let the contacts go',
};
