/** How a bench tells what it measured: one line of the table that `npm run bench` prints at the end. */
import { appendFileSync } from 'node:fs';

export interface Measured {
  what: string;
  value: number | string;
  /** e.g. `ms p99`, `events/s` */
  unit: string;
  /** The peer or limit it is held against, in words with its number: `limit 500 ms`, `asterisk-manager 70,000/s`. */
  against: string;
}
export const measured = (row: Measured): void => {
  const out = process.env['BENCH_OUT'];
  if (out) appendFileSync(out, `${JSON.stringify(row)}\n`);
};
