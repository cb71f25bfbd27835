/** What an import does to the cards of a book: the same plan is shown as a dry run and carried out. */

export interface Incoming { href: string; etag: string; bytes: Uint8Array }
export interface ImportPlan { add: Incoming[]; update: Incoming[]; unchanged: number; remove: string[] }

/**
 * @param held href -> etag
 * @param replace cards that are not in the file go
 */
export const planImport = (incoming: readonly Incoming[], held: ReadonlyMap<string, string>, replace: boolean): ImportPlan => {
  const inFile = new Set(incoming.map(({ href }) => href));
  return {
    add: incoming.filter(({ href }) => !held.has(href)),
    update: incoming.filter(({ href, etag }) => held.has(href) && held.get(href) !== etag),
    unchanged: incoming.filter(({ href, etag }) => held.get(href) === etag).length,
    remove: replace ? [...held.keys()].filter((href) => !inFile.has(href)) : [],
  };
};

/** By what a contact is known again when its file is imported another time: its UID, else name and first number, else name and organisation. */
export const identityOf = ({ uid, name, organisation, numbers }: { uid: string | null; name: string; organisation: string | null; numbers: readonly { raw: string }[] }, canonical: (number: string) => string): string => {
  if (uid) return `uid ${uid}`;
  const number = numbers[0] ? canonical(numbers[0].raw) : '';
  return `who ${name.normalize('NFC').toLowerCase()} ${number || organisation || ''}`;
};
