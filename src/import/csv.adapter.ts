/** The rows of a .csv file: commas, semicolons or tabs, quoted cells with line breaks in them. */
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Problem } from './vcf.js';

/** `line`: where the row begins, counted from 1. */
export interface Row { line: number; cells: string[] }
export const MAX_LINES = 200_000;
const MAX_CELLS = 500;
const FIRST = 64 * 1024;
/** A row that is longer holds a quotation mark that is never closed. */
const MAX_ROW = 1024 * 1024;

/**
 * Rows and problems as they come. After a quotation mark that is not closed nothing can be told apart any more: that ends it.
 * @param pieces with line feeds alone at the ends of lines
 */
export const rowsOf = async function* rowsOf(pieces: AsyncGenerator<string>): AsyncGenerator<Row | Problem> {
  const first = (await pieces.next()).value ?? '';
  const parser = parse({ delimiter: delimiterOf(first), relax_quotes: true, relax_column_count: true, skip_empty_lines: true, skip_records_with_error: true, info: true, max_record_size: MAX_ROW, record_delimiter: '\n' });
  let broken = false, line = 1;
  parser.on('skip', () => { broken = true; });
  const source = Readable.from(all(first, pieces));
  source.on('error', (error) => { parser.destroy(error); });
  source.pipe(parser);
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    // empty lines before a row count as its own
    const end = info.lines;
    const begin = end - record.reduce((sum, cell) => sum + (cell.split('\n').length - 1), 0);
    line = end + 1;
    if (begin > MAX_LINES) { yield { line: begin, text: `Files may have ${MAX_LINES.toLocaleString('en')} lines. What follows was left out.` }; source.destroy(); return; }
    if (record.length > MAX_CELLS) yield { line: begin, text: `This line has more than ${MAX_CELLS} columns and was left out.` };
    else yield { line: begin, cells: record };
  }
  if (broken) yield { line, text: 'A quotation mark (") is opened here or soon after and never closed. This line and what follows was left out.' };
};

const all = async function* all(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> { yield first; yield* rest; };

/** What stands most often in the first line, outside of quotes. Some programs write it into a line of its own: sep=; */
const delimiterOf = (text: string): string => {
  const first = text.slice(0, text.indexOf('\n') < 0 ? FIRST : Math.min(text.indexOf('\n'), FIRST));
  const told = /^sep=(.)$/i.exec(first)?.[1];
  if (told) return told;
  const bare = first.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((sign) => [bare.split(sign).length, sign] as const);
  return counts.reduce((best, next) => (next[0] > best[0] ? next : best))[1];
};
