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
import { cardBytes, startOf, textOf } from './text.adapter.js';
import { cardsIn, type Problem } from './vcf.js';

/** `sample`: what the column holds in the first row that has something there. */
export interface FileContacts { format: 'vcf' | 'csv'; contacts: Incoming[]; problems: Problem[]; columns: (Column & { sample: string })[] }
export interface Reading { fileName: string; bytes: Uint8Array; columns: Readonly<Record<string, Chosen>>; /** Where codes of a .csv go. */ carrier: Carrier; region: string }

export const MAX_CONTACTS = 100_000;
const MAX_PROBLEMS = 200;
const SAMPLE = 80;
/** Cards and rows read in one go (about 5 ms), and bytes of them; calls of the same process get their turn in between. */
const BREATH = { items: 50, bytes: 64 * 1024 };

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
  const text = startOf(bytes, 4000);
  if (/^\s*BEGIN\s*:\s*VCARD/i.test(text) || /\.(?:vcf|vcard)$/i.test(fileName) || (!/\.csv$/i.test(fileName) && /^BEGIN:VCARD\s*$/im.test(text))) return 'vcf';
  const binary = OTHERS.test(String.fromCharCode(...start.subarray(0, 20))) || text.split('\0').length > text.length / 10 + 1;
  if (binary) throw new Fault('invalid', 'import.format', `${fileName} is neither a .vcf nor a .csv file. Save it as one of those in the program that it comes from (spreadsheets: "Save as" CSV).`, { errors: [{ path: 'content', message: 'is neither a .vcf nor a .csv file' }] });
  return 'csv';
};

/** Contacts as they come, each once: the same one again is another only when it differs. */
class Contacts {
  readonly all: Incoming[] = [];
  readonly problems: Problem[] = [];
  /** Etags of what came already, by who it is. */
  private readonly seen = new Map<string, Set<string>>();
  private items = 0;
  private bytes = 0;
  constructor(private readonly region: string) {}

  problem(line: number, text: string): void { if (this.problems.length < MAX_PROBLEMS * 2) this.problems.push({ line, text }); }

  /** @param bytes that have been read since the last breath, in one card or row */
  async breathe(bytes: number): Promise<void> {
    [this.items, this.bytes] = [this.items + 1, this.bytes + bytes];
    if (this.items < BREATH.items && this.bytes < BREATH.bytes) return;
    [this.items, this.bytes] = [0, 0];
    await setImmediate();
  }

  add(line: number, bytes: Uint8Array): void {
    const reading = formOf(bytes).read(bytes.slice()); // what is read is remembered as long as these bytes live: not for 100,000 of them
    if (!reading) return this.problem(line, 'This contact cannot be read and was left out.');
    const identity = identityOf(reading, (number) => canonicalOf(number, this.region));
    const etag = etagOf(bytes);
    const same = this.seen.get(identity) ?? new Set();
    if (same.has(etag)) return;
    if (this.all.length >= MAX_CONTACTS) throw new Fault('invalid', 'import.too-many', `A file may hold ${MAX_CONTACTS.toLocaleString('en')} contacts. Divide it.`, { errors: [{ path: 'content', message: 'holds too many contacts' }] });
    this.seen.set(identity, same.add(etag));
    this.all.push({ href: hrefOf(same.size === 1 ? identity : again(identity, same.size)), etag, bytes });
  }
}

/** Of the n-th contact of one identity: nothing that another contact's own identity could be. */
const again = (identity: string, n: number): string => JSON.stringify([identity, n]);

const readVcf = async ({ bytes }: Reading, into: Contacts): Promise<[]> => {
  for (const found of cardsIn(await cardBytes(bytes))) {
    if (found === undefined) await setImmediate();
    else if ('text' in found) into.problem(found.line, found.text);
    else { await into.breathe(found.bytes.length); into.add(found.line, found.bytes); }
  }
  return [];
};

/** A cell takes as long as so many bytes of a card, even an empty one. */
const CELL = 30;

const readCsv = async (file: Reading, into: Contacts): Promise<FileContacts['columns']> => {
  let columns: FileContacts['columns'] = [];
  for await (const row of rowsOf(textOf(file.bytes))) {
    if ('text' in row) { into.problem(row.line, row.text); continue; }
    if (columns.length === 0) { if (!isSeparatorLine(row.cells)) columns = columnsOf(row.cells.map((cell) => cell.trim()), file.columns).map((column) => ({ ...column, sample: '' })); continue; }
    columns.forEach((column, i) => { if (column.sample === '') column.sample = (row.cells[i] ?? '').replace(/\s+/g, ' ').trim().slice(0, SAMPLE); });
    await into.breathe(columns.length * CELL);
    const card = cardOf(columns, row.cells);
    if (card) into.add(row.line, withCode(card, file.carrier, (text) => { into.problem(row.line, text); }));
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
