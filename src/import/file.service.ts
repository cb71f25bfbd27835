/** Reads a file that somebody brought into contacts, each with what names it, and says of everything else what is wrong with it. */
import { setImmediate } from 'node:timers/promises';
import type { Carrier } from '@ringbook/contracts';
import { isCode } from '../contact/carrier.js';
import { formOf } from '../contact/form.js';
import { canonicalOf } from '../number/canonical.js';
import { Fault } from '../shared/fault.js';
import { etagOf, hrefOf } from './card.store.js';
import { rowsOf } from './csv.adapter.js';
import { type Chosen, type Column, columnsOf } from './heading.js';
import { identityOf, type Incoming } from './plan.js';
import { cardOf } from './row.js';
import { cardBytes, textOf } from './text.js';
import { cardsIn, type Problem } from './vcf.js';

/** `sample`: what the column holds in the first row that has something there. */
export interface FileContacts { format: 'vcf' | 'csv'; contacts: Incoming[]; problems: Problem[]; columns: (Column & { sample: string })[] }
export interface Reading { fileName: string; bytes: Uint8Array; columns: Readonly<Record<string, Chosen>>; /** Where codes of a .csv go. */ carrier: Carrier; region: string }

export const MAX_CONTACTS = 100_000;
const MAX_PROBLEMS = 200;
const SAMPLE = 80;
/** Cards read in one go (about 5 ms); calls of the same process get their turn in between. */
const BREATH = 50;

/** @throws Fault `import.format`, `import.empty`, `import.too-many` */
export const readFile = async (file: Reading): Promise<FileContacts> => {
  const format = formatOf(file);
  const gathered = new Contacts(file.region);
  const columns = format === 'vcf' ? await readVcf(file, gathered) : await readCsv(file, gathered);
  if (gathered.all.length === 0 && columns.length === 0) throw new Fault('invalid', 'import.empty', `There is no contact in ${file.fileName}.`, { errors: [{ path: 'content', message: 'holds no contact' }] });
  return { format, contacts: gathered.all, problems: gathered.problems.slice(0, MAX_PROBLEMS).sort((a, b) => a.line - b.line), columns };
};

/** Beginnings of what people take for such a file: workbooks (.xlsx, .xls), documents, pictures, pages. */
// oxlint-disable-next-line no-control-regex
const OTHERS = /^(?:PK\u0003\u0004|\u00d0\u00cf\u0011\u00e0|%PDF|\u0089PNG|GIF8|\u00ff\u00d8|\s*<\?xml|\s*<!doctype|\s*<html|\{\\rtf)/i;

/** By what is in it; the name decides only where that says nothing. */
const formatOf = ({ fileName, bytes }: Reading): 'vcf' | 'csv' => {
  const start = bytes.subarray(0, 4000);
  const text = textOf(start);
  if (/^\s*BEGIN\s*:\s*VCARD/i.test(text) || /\.(?:vcf|vcard)$/i.test(fileName) || (!/\.csv$/i.test(fileName) && /^BEGIN:VCARD\s*$/im.test(text))) return 'vcf';
  const binary = OTHERS.test(String.fromCharCode(...start.subarray(0, 20))) || text.split('\0').length > text.length / 10 + 1;
  if (binary) throw new Fault('invalid', 'import.format', `${fileName} is neither a .vcf nor a .csv file. Save it as one of those in the program that it comes from (spreadsheets: "Save as" CSV).`, { errors: [{ path: 'content', message: 'is neither a .vcf nor a .csv file' }] });
  return 'csv';
};

/** Contacts as they come, each once: the same one again is another only when it differs. */
class Contacts {
  readonly all: Incoming[] = [];
  readonly problems: Problem[] = [];
  private readonly seen = new Map<string, string[]>();
  private count = 0;
  constructor(private readonly region: string) {}

  problem(line: number, text: string): void { if (this.problems.length < MAX_PROBLEMS * 2) this.problems.push({ line, text }); }

  async add(line: number, bytes: Uint8Array): Promise<void> {
    this.count += 1;
    if (this.count % BREATH === 0) await setImmediate();
    const reading = formOf(bytes).read(bytes.slice()); // what is read is remembered as long as these bytes live: not for 100,000 of them
    if (!reading) return this.problem(line, 'This contact cannot be read and was left out.');
    const identity = identityOf(reading, (number) => canonicalOf(number, this.region));
    const etag = etagOf(bytes);
    const same = this.seen.get(identity) ?? [];
    if (same.includes(etag)) return;
    if (this.all.length >= MAX_CONTACTS) throw new Fault('invalid', 'import.too-many', `A file may hold ${MAX_CONTACTS.toLocaleString('en')} contacts. Divide it.`, { errors: [{ path: 'content', message: 'holds too many contacts' }] });
    this.all.push({ href: hrefOf(same.length === 0 ? identity : `${identity} ${same.length + 1}`), etag, bytes });
    this.seen.set(identity, [...same, etag]);
  }
}

const readVcf = async ({ bytes }: Reading, into: Contacts): Promise<[]> => {
  for (const found of cardsIn(cardBytes(bytes))) {
    if (found === undefined) await setImmediate();
    else if ('text' in found) into.problem(found.line, found.text);
    else await into.add(found.line, found.bytes);
  }
  return [];
};

const readCsv = async (file: Reading, into: Contacts): Promise<FileContacts['columns']> => {
  let columns: FileContacts['columns'] = [];
  for await (const row of rowsOf(textOf(file.bytes))) {
    if ('text' in row) { into.problem(row.line, row.text); continue; }
    if (columns.length === 0) { if (!isSeparatorLine(row.cells)) columns = columnsOf(row.cells.map((cell) => cell.trim()), file.columns).map((column) => ({ ...column, sample: '' })); continue; }
    columns.forEach((column, i) => { if (column.sample === '') column.sample = (row.cells[i] ?? '').replace(/\s+/g, ' ').trim().slice(0, SAMPLE); });
    const card = cardOf(columns, row.cells);
    if (card) await into.add(row.line, withCode(card, file.carrier, (text) => { into.problem(row.line, text); }));
    else if (row.cells.some((cell) => cell.trim() !== '')) into.problem(row.line, 'This line has no name, organisation, number or e-mail address and was left out.');
  }
  return columns;
};
const isSeparatorLine = (cells: readonly string[]): boolean => /^sep=$/i.test(cells[0] ?? '') || (cells.length === 1 && /^sep=.$/i.test(cells[0]!));

const withCode = ({ text, code }: { text: string; code: string | null }, carrier: Carrier, tell: (text: string) => void): Uint8Array => {
  const bytes = new TextEncoder().encode(text);
  if (code === null) return bytes;
  if (isCode(code)) return formOf(bytes).patch(bytes, carrier, code);
  tell(`"${code.slice(0, 40)}" is no handling code (1 to 24 letters, digits, - or _); the contact was taken without one.`);
  return bytes;
};
