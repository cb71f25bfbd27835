/**
 * The address book of the practice world: people to be called by before any real source is connected. Their numbers are
 * free for stories (the ranges that the German regulator keeps for film and television), their codes stand in X-CUSTOM4.
 */

interface Person { file: string; name: string; family: string; given: string; organisation?: string; numbers: [type: string, number: string][]; code?: string; note?: string }

const PEOPLE: Person[] = [
  { file: 'ada-winter', name: 'Ada Winter', family: 'Winter', given: 'Ada', organisation: 'Winter & Söhne GmbH', numbers: [['WORK', '+49 30 23125 101'], ['CELL', '+49 171 39200 01']], code: 'VIP' },
  { file: 'ngozi-okafor', name: 'Ngozi Okafor', family: 'Okafor', given: 'Ngozi', organisation: 'Okafor Import', numbers: [['WORK', '(030) 23125-102']], code: 'VIP' },
  { file: 'joerg-mueller', name: 'Dr. Jörg Müller', family: 'Müller', given: 'Jörg', organisation: 'Praxis am Park', numbers: [['WORK', '+49 (0)40 66969 103'], ['CELL', '0171 39200 03']], code: 'VM' },
  { file: 'marie-brandt', name: 'Marie Brandt', family: 'Brandt', given: 'Marie', numbers: [['CELL', '+49 171 39200 04'], ['HOME', '030 23125 104']], code: 'FAM', note: 'Schwester' },
  { file: 'papa', name: 'Papa', family: 'Brandt', given: 'Heinrich', numbers: [['HOME', '+49 221 4710 105']], code: 'FAM' },
  { file: 'zofia-nowak', name: 'Zofia Nowak', family: 'Nowak', given: 'Zofia', organisation: 'Nowak Tłumaczenia', numbers: [['WORK', '+49 89 99998 106']] },
  { file: 'ayse-oeztuerk', name: 'Ayşe Öztürk', family: 'Öztürk', given: 'Ayşe', organisation: 'Öztürk Elektrik', numbers: [['WORK', '+49 69 90009 107'], ['CELL', '+49 171 39200 07']] },
  { file: 'dmitri-sokolov', name: 'Дмитрий Соколов', family: 'Соколов', given: 'Дмитрий', numbers: [['CELL', '+49 176 040690 08']] },
  { file: 'leila-haddad', name: 'ليلى حداد', family: 'حداد', given: 'ليلى', organisation: 'مكتب حداد', numbers: [['WORK', '+49 30 23125 109']], code: 'VM' },
  { file: 'priya-sharma', name: 'प्रिया शर्मा', family: 'शर्मा', given: 'प्रिया', numbers: [['CELL', '+49 171 39200 10']] },
  { file: 'tanaka-haruka', name: '田中 遥', family: '田中', given: '遥', organisation: '田中商会', numbers: [['WORK', '+49 221 4710 111']], code: 'VIP' },
  { file: 'adi-levi', name: 'עדי לוי', family: 'לוי', given: 'עדי', numbers: [['CELL', '+49 176 040690 12']] },
  { file: 'hausmeister', name: 'Hausmeister', family: '', given: 'Hausmeister', numbers: [['WORK', '112233']], note: 'Nebenstelle im Haus' },
  { file: 'werbung-lotto', name: 'Lotto-Werbung', family: '', given: 'Lotto-Werbung', organisation: 'Glückslos AG', numbers: [['WORK', '+49 221 4710 114']], code: 'VM', note: 'Ruft jede Woche an' },
];

/** File name -> card, as a contact manager would write it. */
export const practiceCards = (): ReadonlyMap<string, string> => new Map(PEOPLE.map((person) => [`${person.file}.vcf`, cardOf(person)]));

const cardOf = ({ file, name, family, given, organisation, numbers, code, note }: Person): string => [
  'BEGIN:VCARD', 'VERSION:3.0', `UID:practice-${file}`, `FN:${name}`, `N:${family};${given};;;`,
  ...(organisation ? [`ORG:${organisation}`] : []), ...numbers.map(([type, number]) => `TEL;TYPE=${type}:${number}`),
  ...(note ? [`NOTE:${note}`] : []), ...(code ? [`X-CUSTOM4;VALUE=TEXT:${code}`] : []), 'END:VCARD', '',
].join('\r\n');
