/** Words of the calendars room. */
const days = (n: number) => (n === 1 ? '1 day' : `${n} days`);
export const calendars = {
  title: 'Calendars',
  lead: 'Your calendars tell Ringbook when you are in a meeting or away, so that your rules can act on it. Ringbook only reads them.',
  add: 'Connect a calendar', empty: 'No calendar yet', emptyHelp: 'Connect one, and your status follows your events. Often it is on the same server as your contacts.',
  list: 'Your calendars',
  state: { new: 'Not read yet', ok: 'Up to date', syncing: 'Reading', failing: 'Not working' },
  stateHelp: { new: 'It is read in a moment.', ok: 'Events here are as on the server.', syncing: 'Events are being read from the server.', failing: 'What was known at the last success still counts.' },
  heldAsk: (name: string) => `Let the events of “${name}” that the server no longer shows go? Your status no longer follows them.`, heldKept: 'They are kept, and your status follows them. Ringbook asks the server again at the next reading.',
  stale: 'Not read for an hour or longer. Your status may be wrong. A rule can say what then: “My calendars: Could not be read for an hour”.',
  progress: (done: string, total: string) => `${done} of ${total} events`, events: 'Events', busy: 'Busy times in 30 days', skipped: 'Unreadable events', sync: 'Read now', settings: 'Settings', remove: 'Delete', removeAsk: (name: string) => `Delete “${name}” from Ringbook? Your status no longer follows it. Nothing changes on the server.`,
  agenda: {
    title: 'What your events mean', lead: (n: number) => `The next ${days(n)}: each event, the status it gives you, and why.`, empty: 'No events in these days.', emptyFirst: 'Your events show here when a calendar is connected.', allDay: 'all day', more: 'Show more days', list: 'Events', now: 'now',
    nothing: 'No status', busy: { busy: 'Busy', tentative: 'Tentative', free: 'Free' }, with: (names: string) => `with ${names}`, andOthers: (n: number) => `and ${n} more`, until: (time: string) => `until ${time}`,
  },
  rules: {
    title: 'From event to status', lead: 'The first rule that fits an event decides. An event that no rule fits is a meeting when it shows as busy, and says nothing otherwise.', list: 'Calendar rules', add: 'Add rule', empty: 'No rules of your own yet: busy events are meetings.',
    when: 'Events', status: 'mean', nothing: 'nothing', every: 'every event',
    word: 'Word in the title', category: 'Category', allDay: 'Length', allDays: { any: 'Any', yes: 'All-day only', no: 'Not all-day' }, attendees: 'Others take part', attendeesAre: { any: 'Either way', yes: 'With others', no: 'Only me' }, busy: 'Shown as', busyAny: 'Anything', calendar: 'Calendar', calendarAny: 'Any',
    up: (n: number) => `Move calendar rule ${n} up`, down: (n: number) => `Move calendar rule ${n} down`, remove: (n: number) => `Delete calendar rule ${n}`, edit: (n: number) => `Edit calendar rule ${n}`,
    sentence: { word: (s: string) => `with “${s}” in the title`, category: (s: string) => `of category “${s}”`, allDay: 'that last all day', notAllDay: 'that do not last all day', attendees: 'with others', alone: 'without others', busy: { busy: 'shown as busy', tentative: 'shown as tentative', free: 'shown as free' }, calendar: (s: string) => `in “${s}”`, gone: 'in a calendar that is gone', events: 'Events', everyEvent: 'Every event', mean: (status: string) => `: ${status}`, say: ': no status' },
    addresses: 'Your own addresses', addressesHelp: 'Under which you are invited, beside the one you sign in with. Type one and press Enter. Events you declined then do not count.',
    save: 'Save calendar rules', saved: 'Calendar rules saved.', unsaved: 'Not saved yet', discard: 'Discard changes',
  },
};
