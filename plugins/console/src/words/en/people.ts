/** Words of the people room. */
export const people = {
  title: 'People',
  lead: 'Everybody whose calls Ringbook handles, with the numbers callers dial and the telephones that ring.',
  list: 'Users', add: 'Add user', none: 'No users yet.', back: 'All people', you: 'you',
  role: 'Rights', roles: { admin: 'Administrator', user: 'User' },
  name: 'Name', email: 'E-mail address', password: 'Password', newPassword: 'New password', passwordHelp: 'At least 10 characters', passwordKeep: 'Leave empty to keep it. A new one signs them out everywhere and ends their access tokens.', zone: 'Time zone',
  create: 'Create user', saved: 'Saved', account: 'Account',
  numbers: 'Numbers', numbersHelp: 'What callers dial to reach this person', number: 'Telephone number', addNumber: 'Add number', noNumbers: 'No number yet: no call can reach this person.',
  devices: 'Telephones', devicesHelp: 'What rings', extension: 'Extension', deviceName: 'Name', endpoint: 'Endpoint', endpointHelp: 'What Asterisk dials, e.g. PJSIP/101', addDevice: 'Add telephone', noDevices: 'No telephone yet: nothing can ring.',
  remove: 'Delete user', removeAsk: (name: string) => `Delete ${name} with their numbers, telephones, rules and messages? This cannot be undone.`,
  removeNumber: (number: string) => `Take ${number} away`, removeNumberAsk: (number: string) => `Take ${number} away from this person? Calls to it are no longer handled by their rules.`,
  removeDevice: (name: string) => `Take ${name} away`, removeDeviceAsk: (name: string) => `Take the telephone “${name}” away? It no longer rings, and rules that name it skip it.`,
  rules: 'Rules of this person', takeAway: 'Take away',
  counts: (numbers: number, devices: number) => `${numbers === 1 ? '1 number' : `${numbers} numbers`}, ${devices === 1 ? '1 telephone' : `${devices} telephones`}`,
};
