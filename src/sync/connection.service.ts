/** Tests connections for the people who set them up, and says what is there that Ringbook does not have yet. */
import type { ConnectionReport } from '@ringbook/contracts';
import { Fault } from '../shared/fault.js';
import type { BookChangeStore } from './book-change.store.js';
import { type Inspect, isGood, placeOf } from './connection.js';
import type { SourceSettings } from './port.js';

/** At once, for one person: a test may take half a minute, and asks servers that they name. */
const MOST = 3;

export class ConnectionService {
  readonly #running = new Map<string, number>();
  constructor(private readonly changes: BookChangeStore, private readonly inspect: Inspect) {}

  /** @throws Fault `book.tests` */
  async test(personId: string, settings: SourceSettings): Promise<ConnectionReport> {
    const running = this.#running.get(personId) ?? 0;
    if (running >= MOST) throw new Fault('limited', 'book.tests', `${MOST} tests of yours are running. Wait for them to end.`, { retryAfter: 5 });
    this.#running.set(personId, running + 1);
    try {
      const [inspection, known] = await Promise.all([this.inspect(settings), this.changes.known(personId)]);
      const places = new Set(known.map(({ url, location }) => placeOf(url, location)));
      const { steps, contacts } = inspection;
      return { ok: isGood(inspection), steps, contacts, found: inspection.found.map((one) => ({ ...one, known: places.has(placeOf(one.url, null)) })) };
    } finally {
      const left = (this.#running.get(personId) ?? 1) - 1;
      if (left > 0) this.#running.set(personId, left); else this.#running.delete(personId);
    }
  }
}
