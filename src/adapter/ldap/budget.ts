/** How much a directory may send, and for how long: whoever answers at the address of an address book decides neither the memory nor the time of Ringbook. */
import type { Fault } from '../../shared/fault.js';
import * as fault from './fault.js';
import type { Entry } from './message.js';

/** Bytes as they come, milliseconds. `page`: entries of an answer in pages; `entries`, `list`, `time`: of a whole list; `parts`: attributes and values that are held at a time. */
export interface Bounds { page: number; entries: number; parts: number; answer: number; list: number; rounds: number; longest: number; time: number }
const MB = 1024 * 1024;
/** 500 are asked for in a page. A list of half a million entries is 150 MB. */
export const BOUNDS: Bounds = { page: 1000, entries: 500_000, parts: 500_000, answer: 64 * MB, list: 256 * MB, rounds: 10_000, longest: 600_000, time: 1_800_000 };
/** Somebody waits for the test of a connection, in the process that decides calls. */
export const TEST_BOUNDS: Bounds = { ...BOUNDS, parts: 100_000, answer: 16 * MB, list: 64 * MB, longest: 30_000, time: 60_000 };
/** Referrals, intermediate responses: between the entries. */
const OTHERS = 10_000;
/** For an answer of at most one entry. */
const FEW = 1000, LITTLE = 8 * MB;

/** What one question may bring. @throws Fault from `message`, which ends the connection: nothing else stops such a server */
export interface Question { longest: number; /** For when `longest` has passed. */ late(): Fault; message(bytes: number, isEntry: boolean): void }

const late = (host: string) => (): Fault => fault.unreachable(host, 'it takes too long to answer');
/** A question that one entry answers, or none. */
export const smallQuestion = (host: string, { longest }: Bounds): Question => {
  let count = 0, sum = 0;
  return { longest, late: late(host), message: (bytes) => {
    count += 1; sum += bytes;
    if (count > FEW) throw fault.endless(host, `more than ${FEW} answers to one question`);
    if (sum > LITTLE) throw fault.tooLarge(host, LITTLE / MB);
  } };
};

/** What is left for one list, of however many questions. */
export class Budget {
  #entries = 0; #bytes = 0; #rounds = 0; #spent = 0;
  constructor(private readonly host: string, private readonly bounds: Bounds) {}

  /** @param most entries in the answer @param kept they are held in memory together @throws Fault `ldap.endless`, `.too-slow` */
  question(most: number, kept: boolean): Question {
    const { host, bounds } = this;
    this.#rounds += 1;
    if (this.#rounds > bounds.rounds) throw fault.endless(host, `more than ${bounds.rounds} parts of one list`);
    const left = bounds.time - this.#spent;
    if (left <= 0) throw this.#slow();
    const largest = kept ? bounds.answer : bounds.list;
    let entries = 0, others = 0, sum = 0;
    return { longest: Math.min(bounds.longest, left), late: left < bounds.longest ? () => this.#slow() : late(host), message: (bytes, isEntry) => {
      if (isEntry) { entries += 1; this.#entries += 1; } else others += 1;
      sum += bytes; this.#bytes += bytes;
      if (this.#entries > bounds.entries) throw fault.tooMany(host, bounds.entries);
      if (entries > most) throw fault.endless(host, `more than ${most} entries in one page`);
      if (others > OTHERS) throw fault.endless(host, `more than ${OTHERS} messages beside the entries`);
      if (sum > largest || this.#bytes > bounds.list) throw fault.tooLarge(host, Math.round((sum > largest ? largest : bounds.list) / MB));
    } };
  }
  /** The list begins anew, by another way: what was received so far is not held, but its time is gone. */
  again(): void { this.#entries = 0; this.#bytes = 0; }
  /** Milliseconds that were waited for the server. @throws Fault `ldap.too-slow` */
  spend(milliseconds: number): void {
    this.#spent += milliseconds;
    if (this.#spent > this.bounds.time) throw this.#slow();
  }
  #slow(): Fault { return fault.tooSlow(this.host, Math.round(this.bounds.time / 60_000)); }
}

/** Holds entries up to so many parts: tiny values take a hundred times their size. */
export const keeper = (host: string, { parts }: Bounds): { entries: Entry[]; keep: (entry: Entry) => void } => {
  const entries: Entry[] = [];
  let count = 0;
  return { entries, keep: (entry) => {
    count += entry.attributes.reduce((sum, { values }) => sum + 1 + values.length, 1);
    if (count > parts) throw fault.endless(host, `more than ${parts} values in one answer`);
    entries.push(entry);
  } };
};
