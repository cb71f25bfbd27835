/** Words of importing and exporting contacts. */
const people = (n: number, c: string) => (n === 1 ? '1 contact' : `${c} contacts`);
export const files = {
  title: 'Import and export', lead: 'A .vcf file (address books of all kinds write one) or a .csv table of at most 18 MB.',
  choose: 'Choose a file', drop: 'or drop it here', dropNow: 'Drop the file here', another: 'Choose another file', chosen: 'File', looking: 'Looking through the file.',
  tooLarge: 'This file is larger than 18 MB.', wrongKind: 'This is neither a .vcf nor a .csv file.', unreadable: 'The browser could not read this file.',
  summary: 'What an import would do', lead2: 'Nothing has been changed yet.', found: (n: number, c: string) => `${people(n, c)} found in the file`, added: (n: number, c: string) => `${people(n, c)} would be added`, updated: (n: number, c: string) => `${people(n, c)} would be changed`, unchanged: (n: number, c: string) => `${people(n, c)} ${n === 1 ? 'is' : 'are'} the same already`, removed: (n: number, c: string) => `${people(n, c)} would be removed`,
  columns: 'Which column holds what?', columnsLead: 'Guessed from the headings. Change what is wrong.', heading: 'Column', sample: 'For example', holds: 'Holds', noHeading: (n: number) => `Column ${n}`, holdsOf: (heading: string) => `What ${heading} holds`,
  kinds: { other: 'Kept, not used', ignore: 'Left out', name: 'Full name', givenName: 'First name', familyName: 'Last name', organisation: 'Organisation', phone: 'Telephone number', email: 'E-mail address', note: 'Note', code: 'Handling code', uid: 'Lasting id' },
  problems: (n: number, c: string) => (n === 1 ? '1 remark' : `${c} remarks`), line: (n: string) => `Line ${n}`, moreProblems: (c: string) => `and ${c} more`,
  replace: 'This file is the whole address book', replaceHelp: 'Contacts that are not in the file are removed.',
  run: (n: number, c: string) => `Import ${people(n, c)}`, done: (added: string, updated: string, removed: string, n: number) => `Imported: ${added} added, ${updated} changed${n ? `, ${removed} removed` : ''}.`,
  export: 'Export as .vcf', exportHelp: 'All contacts of this book with their codes.',
};
