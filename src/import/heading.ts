/**
 * What a column of a .csv file holds, by its heading: as Google, Outlook, Thunderbird and Apple's contacts write them, in English and
 * German, and the usual words of some other languages. What is not recognised is kept in the card all the same.
 */

/** What somebody may choose for a column. `other`: kept in the contact as what its heading says, and used for nothing. */
export type Chosen = 'ignore' | 'name' | 'givenName' | 'familyName' | 'organisation' | 'phone' | 'email' | 'note' | 'code' | 'uid' | 'other';
/** `types` of a number or address (CELL, WORK, HOME, FAX ...); `part` of a postal address: its place in ADR, from 0. */
export type Holds =
  | { kind: Exclude<Chosen, 'phone' | 'email'> | 'additional' | 'prefix' | 'suffix' | 'department' }
  | { kind: 'phone' | 'email'; types: string[] }
  /** A field that vCard has a name for, taken as it is. */
  | { kind: 'field'; field: string }
  | { kind: 'address'; place: string; part: number }
  /** Says of column `of` what kind it is. */
  | { kind: 'label'; of: string };
/** `label`: by which name a label column speaks of this one. */
export interface Column { heading: string; holds: Holds; label?: string }

/** Small letters without accents and signs: "E-Mail-Adresse" -> "emailadresse", words kept apart in `words`. */
const plain = (heading: string): string => heading.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/ß/g, 'ss').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

const EXACT: Record<string, Holds> = Object.fromEntries([
  ['name', 'fn', 'full name', 'fullname', 'display name', 'anzeigename', 'angezeigter name', 'vollstandiger name', 'contact', 'contact name', 'kontakt', 'file as', 'nom complet', 'nome completo', 'nombre completo', 'nome visualizzato', 'displayname', 'cn'].map((h) => [h, { kind: 'name' }]),
  ['first name', 'firstname', 'given name', 'givenname', 'vorname', 'prenom', 'nome', 'nombre', 'voornaam', 'imie', 'imię'].map((h) => [h, { kind: 'givenName' }]),
  ['last name', 'lastname', 'family name', 'familyname', 'surname', 'sn', 'nachname', 'familienname', 'zuname', 'nom', 'nom de famille', 'cognome', 'apellido', 'apellidos', 'achternaam', 'nazwisko'].map((h) => [h, { kind: 'familyName' }]),
  ['middle name', 'additional name', 'weitere vornamen', 'zweiter vorname', 'second prenom'].map((h) => [h, { kind: 'additional' }]),
  ['name prefix', 'prefix', 'anrede', 'salutation', 'titel', 'namensprafix', 'title'].map((h) => [h, { kind: 'prefix' }]),
  ['name suffix', 'suffix', 'namenssuffix', 'namenszusatz'].map((h) => [h, { kind: 'suffix' }]),
  ['company', 'company name', 'organization', 'organisation', 'organization name', 'organisation name', 'organization 1 name', 'firma', 'firmenname', 'unternehmen', 'societe', 'entreprise', 'azienda', 'societa', 'empresa', 'bedrijf', 'o', 'org'].map((h) => [h, { kind: 'organisation' }]),
  ['department', 'abteilung', 'organization department', 'organization 1 department', 'service', 'ou'].map((h) => [h, { kind: 'department' }]),
  ['note', 'notes', 'notiz', 'notizen', 'bemerkung', 'bemerkungen', 'anmerkung', 'comment', 'comments', 'kommentar', 'remarques'].map((h) => [h, { kind: 'note' }]),
  ['code', 'handling code', 'ringbook', 'ringbook code'].map((h) => [h, { kind: 'code' }]),
  ['uid', 'unique id'].map((h) => [h, { kind: 'uid' }]),
  ['job title', 'position', 'role', 'funktion', 'arbeitstitel', 'berufsbezeichnung', 'organization title', 'organization 1 title', 'fonction'].map((h) => [h, { kind: 'field', field: 'TITLE' }]),
  ['nickname', 'spitzname', 'surnom', 'soprannome', 'apodo'].map((h) => [h, { kind: 'field', field: 'NICKNAME' }]),
  ['birthday', 'bday', 'date of birth', 'geburtsdatum', 'date de naissance'].map((h) => [h, { kind: 'field', field: 'BDAY' }]),
  ['web page', 'web page 1', 'web page 2', 'website', 'url', 'homepage', 'webseite', 'webseite 1', 'webseite 2', 'website 1 value', 'website 2 value'].map((h) => [h, { kind: 'field', field: 'URL' }]),
  ['categories', 'kategorien', 'labels', 'group membership', 'keywords', 'stichworter'].map((h) => [h, { kind: 'field', field: 'CATEGORIES' }]),
  ...[1, 2, 3, 4].map((i) => [`custom ${i}`, `benutzerdef ${i}`, `benutzerdefiniert ${i}`, `x custom${i}`].map((h) => [h, { kind: 'field', field: `X-CUSTOM${i}` }])),
].flat() as [string, Holds][]);

const WORK = /\b(business|work|geschaftlich|gesch|dienstlich|dienst|buro|office|company|firma|beruflich|arbeit|travail|bureau|professionnel|lavoro|ufficio|trabajo|oficina|werk|main)\b/;
const HOME = /\b(home|privat|private|personal|prive|domicile|maison|casa|thuis|personale)\b/;
const CELL = /\b(mobile|mobil|mobiltelefon|mobilnummer|mobiltel|handy|handynummer|cell|cellphone|cellular|cellulare|portable|movil|celular|mobiel|gsm|natel|iphone|car|autotelefon)\b/;
const FAX = /\b(fax|telefax|telecopie|faxnummer)\b/;
const PAGER = /\b(pager|pagernummer)\b/;
const PHONE = /\b(phone|phones|telephone|telefon|telefonnummer|tel|rufnummer|festnetz|durchwahl|telefono|teléfono|telefoon|number|nummer|numero|haupttelefon|callback|ruckmeldung|isdn|telex)\b/;
const EMAIL = /\b(email|e mail|mail|mailadresse|emailadresse|courriel|correo)\b/;
/** Columns beside a number or address that hold none. */
const NO_NUMBER = /\b(type|label|typ|display|angezeigter|anzeigename|bezeichnung|art|kundennummer|kunden|customer|account|konto|steuer|vat|ust|personalnummer|hausnummer|house)\b/;

const PARTS: [RegExp, number][] = [
  [/\b(po box|postfach|boite postale)\b/, 0], [/\b(address 2|adresse 2|extended address|extended|street 2|street 3|strasse 2|strasse 3)\b/, 1],
  // "Country/Region" is a country
  [/\b(country|land|pays|paese|pais|land region)\b/, 6], [/\b(zip|zipcode|zip code|postal code|postal|postcode|plz|postleitzahl|code postal|cap)\b/, 5], [/\b(city|town|ort|stadt|ville|citta|ciudad|plaats)\b/, 3],
  [/\b(state|region|province|bundesland|kanton|provinz)\b/, 4], [/\b(street|strasse|address|adresse|rue|via|calle|straat|anschrift)\b/, 2],
];

/** @param headings as the first row has them; `chosen` by somebody goes before what is guessed */
export const columnsOf = (headings: readonly string[], chosen: Readonly<Record<string, Chosen>> = {}): Column[] => {
  const outlook = headings.some((h) => /e-?mail address|e-?mail-adresse/i.test(h));
  return headings.map((heading) => ({ heading, label: labelKey(heading), holds: Object.hasOwn(chosen, heading) ? chosenAs(chosen[heading]!, heading, outlook) : guess(heading, outlook) }));
};

/** An address or a nickname may stay one; what would be used may not, when somebody said that it is none. */
const chosenAs = (kind: Chosen, heading: string, outlook: boolean): Holds => {
  if (kind === 'phone' || kind === 'email') return { kind, types: typesOf(plain(heading)) };
  const guessed = guess(heading, outlook);
  return kind === 'other' && heldAs(guessed) === 'other' ? guessed : { kind };
};

const guess = (heading: string, outlook: boolean): Holds => {
  const text = plain(heading);
  const google = /^(phone|e mail|address|website) (\d+) (type|label)$/.exec(text);
  if (google) return { kind: 'label', of: `${google[1]} ${google[2]}` };
  // Outlook's "Title" stands before the name, everybody else's is what somebody works as
  if (text === 'title' && !outlook) return { kind: 'field', field: 'TITLE' };
  if (Object.hasOwn(EXACT, text)) return EXACT[text]!;
  if (EMAIL.test(text) && !NO_NUMBER.test(text)) return { kind: 'email', types: typesOf(text).filter((type) => type !== 'CELL') };
  const part = PARTS.find(([words]) => words.test(text));
  if (part && !/\b(formatted|mac|ip|web|page)\b/.test(text)) return { kind: 'address', place: placeOf(text), part: part[1] };
  if ((PHONE.test(text) || CELL.test(text) || FAX.test(text) || PAGER.test(text)) && !NO_NUMBER.test(text)) return { kind: 'phone', types: typesOf(text) };
  return { kind: 'other' };
};

/** vCard types that these words mean. */
export const typesOf = (words: string): string[] => {
  const text = plain(words);
  return [[CELL, 'CELL'], [FAX, 'FAX'], [PAGER, 'PAGER'], [WORK, 'WORK'], [HOME, 'HOME']].flatMap(([means, type]) => ((means as RegExp).test(text) ? [type as string] : []));
};
const placeOf = (text: string): string => /^address (\d+)/.exec(text)?.[0] ?? (WORK.test(text) ? 'WORK' : HOME.test(text) ? 'HOME' : '');

/** Of "Phone 1 - Value": the name by which its label speaks of it. */
const labelKey = (heading: string): string => /^(?:phone|e mail|address) \d+/.exec(plain(heading))?.[0] ?? '';

/** In the words of the contract: what Ringbook does with the column. */
export const heldAs = ({ kind }: Holds): Chosen =>
  (['ignore', 'name', 'givenName', 'familyName', 'organisation', 'phone', 'email', 'note', 'code', 'uid'] as const).find((known) => known === kind) ?? 'other';
