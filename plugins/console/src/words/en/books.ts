/** Words of the address books room and of the page of one book. */
const people = (n: number, count: string) => (n === 1 ? '1 contact' : `${count} contacts`);

export const books = {
  title: 'Address books',
  lead: 'Where callers are looked up. Ringbook reads the contacts and writes nothing but the handling code.',
  add: 'Add address book', empty: 'No address book yet', emptyHelp: 'Add one, and callers get names and codes. It can be the server your contact manager uses, the directory of your company, or a file.',
  sharedYes: 'for everybody', sharedNo: 'only yours',
  code: 'Code is kept in',
  order: 'When two books know a number, the upper one speaks once you have moved one. Until then your own books come before shared ones, and among equals Ringbook asks who it is.', up: (name: string) => `Move ${name} up`, down: (name: string) => `Move ${name} down`, moved: (name: string, at: number, of: number) => `${name} is now number ${at} of ${of}.`,
  details: 'Details', back: 'All address books', settings: 'Settings', missing: 'This address book no longer exists.',
  sync: 'Sync now', syncing: 'Sync started',
  state: { new: 'Not synced yet', ok: 'Up to date', syncing: 'Syncing', failing: 'Not working' },
  stateHelp: {
    new: 'The first sync starts in a moment.', ok: 'Contacts here are as on the server.', syncing: 'Contacts are being read from the server.',
    failing: 'Contacts here are as they were at the last success; calls are still matched against them.',
  },
  fileState: { title: 'Kept here', text: 'These contacts come from files. Import a newer file to bring them up to date.', none: 'No contacts yet. Import a file under “Details”.', noneHere: 'No contacts yet. Import a .vcf or .csv file below.' },
  neverRead: 'Nothing has been read from it yet.',
  progress: (done: string, total: string) => `${done} of ${total} contacts`, progressLabel: (name: string) => `Sync of ${name}`,
  lastSuccess: 'Last success', never: 'never', next: 'Next try', soon: 'in a moment', contacts: 'Contacts', numbers: 'Numbers', codes: 'With a code', skipped: 'Unreadable cards', pending: 'Codes waiting', refused: 'Codes refused', lost: 'Codes lost', lastError: 'Last problem',
  remove: 'Delete', removeAsk: (name: string) => `Delete “${name}” from Ringbook? Its contacts are no longer found when somebody calls. Nothing changes on the server.`,
  removeAskFile: (name: string) => `Delete “${name}” with its contacts? They are kept only here. Export them first if you have no file.`,
  account: (user: string, host: string) => (user ? `${user} at ${host}` : host), practice: 'Practice address book', file: 'From files',
  held: {
    title: 'Ringbook has not deleted anything', acceptEmpty: 'Let them go', keep: 'Keep them',
    ask: (name: string) => `Let the contacts of “${name}” that the server no longer shows go? They are no longer found when somebody calls, and their codes are gone from here.`,
    kept: 'They are kept. Calls are matched against them, and Ringbook asks the server again at the next sync. If they come back there, this message goes by itself.',
  },
  plan: {
    open: 'What would a sync do?', title: 'What a sync would do now', lead: 'Nothing has been changed yet.', run: 'Do it', again: 'Look again', nothing: 'Nothing: contacts here are as at the source.', asking: 'Asking the server what has changed.', doing: 'The sync has started.',
    full: 'The whole book was compared.', changes: 'The server told what has changed.',
    add: (n: number, c: string) => `${people(n, c)} would be added`, update: (n: number, c: string) => `${people(n, c)} would be changed`, remove: (n: number, c: string) => `${people(n, c)} would be removed`, unchanged: (n: number, c: string) => `${people(n, c)} ${n === 1 ? 'stays' : 'stay'} as ${n === 1 ? 'it is' : 'they are'}`,
    skipped: (n: number, c: string) => (n === 1 ? '1 card cannot be read' : `${c} cards cannot be read`), andMore: (n: number, c: string) => `and ${n === 1 ? '1 more' : `${c} more`}`,
    held: 'A sync would hold this back and ask you first.',
  },
  skip: { title: 'Cards that cannot be read', list: 'Unreadable cards', lead: 'These are left as they are on the server, and are not found when somebody calls. Open them in your contact manager and save them again.', found: 'seen' },
  wait: {
    title: 'Codes that wait for the server', titleRefused: 'Codes that were refused',
    text: (n: number, c: string) => `${n === 1 ? '1 code waits' : `${c} codes wait`} to be written. ${n === 1 ? 'It counts' : 'They count'} for calls already, and ${n === 1 ? 'is' : 'are'} written as soon as the server can be reached.`,
    show: 'Contacts of this book',
    refused: (n: number, c: string) => `The source will not take ${n === 1 ? '1 code' : `${c} codes`}. ${n === 1 ? 'It does not count; its contact says' : 'They do not count; each contact says'} why.`,
  },
  lostCodes: {
    title: 'Codes that another program dropped', lead: 'The field of the code vanished when somebody else saved the card. Write the code again, or forget it.',
    restore: 'Write again', forget: 'Forget', restoreAll: (n: number) => `Write all ${n} again`, list: 'Lost codes', done: 'Done',
  },
};
