/**
 * The sync jobs of the worker role. To wire: `sync` is the handler of the declared job `sync` (queue/jobs.ts); `wakeDue`
 * belongs into the every-second `sweep` handler, where it asks for a job for each book whose time has come. Interval and
 * back-off stand in the table (interval.ts), so no timer has to survive anything.
 */
import type { Queues } from '../queue/jobs.js';
import type { BookStore } from './book.store.js';
import type { SyncOutcome, SyncService } from './sync.service.js';

/** Of the SyncService; syncs themselves may run elsewhere. */
type Syncs = Pick<SyncService, 'syncBook' | 'codes'>;
export interface SyncJobs { sync(job: { bookId: string }): Promise<void>; wakeDue(): Promise<void> }

/** @param report told the outcome of each sync, for the log */
export const syncJobs = (service: Syncs, books: BookStore, queues: Pick<Queues, 'requestSync'>, report: (bookId: string, outcome: SyncOutcome) => void = () => {}): SyncJobs => ({
  sync: (job) => runSync(service, job, report),
  wakeDue: async () => { for (const bookId of await books.due()) await queues.requestSync(bookId); },
});

/** Failures of the source are in the book's health and its next run: the queue need not try again. */
export const runSync = async (service: Syncs, { bookId }: { bookId: string }, report: (bookId: string, outcome: SyncOutcome) => void = () => {}): Promise<void> => {
  const outcome = await service.syncBook(bookId);
  report(bookId, outcome);
  if (outcome.kind === 'done') await service.codes.hurry(bookId); // the source is there: codes that wait for it need not
};
