/** What one listing may take, however many answers it comes in: a hostile server sends another part for ever. */
import type { DavFaults } from './fault.js';

/** Resources, bytes and milliseconds. */
export interface Most { items: number; bytes: number; time: number }
export const LISTING_MOST: Most = { items: 1_000_000, bytes: 512 * 1024 * 1024, time: 30 * 60_000 };
/** Somebody is waiting, and counts only. */
export const TEST_MOST: Most = { items: 250_000, bytes: 128 * 1024 * 1024, time: 2 * 60_000 };

export class Allowance {
  #items = 0;
  #bytes = 0;
  readonly #until: number;
  constructor(private readonly most: Most, private readonly faults: DavFaults, private readonly host: string) { this.#until = performance.now() + most.time; }

  /** Milliseconds that are left for it. @throws Fault `.unreachable` when there are none */
  left(): number {
    const left = Math.ceil(this.#until - performance.now());
    if (left <= 0) throw this.faults.unreachable(this.host, `its list took more than ${minutes(this.most.time)}`);
    return left;
  }

  /** @throws Fault `.too-large` */
  take(of: 'items' | 'bytes', amount: number): void {
    const taken = of === 'items' ? this.#items += amount : this.#bytes += amount;
    if (taken > this.most[of]) throw this.faults.listTooLarge(this.host, of === 'items' ? `${this.most.items.toLocaleString('en')} entries` : `${Math.round(this.most.bytes / 1024 / 1024)} MB`);
  }
}

const minutes = (time: number): string => (time === 60_000 ? '1 minute' : `${Math.round(time / 6000) / 10} minutes`);
