/** The job `codes` of the worker role: codes that wait for their source, and codes that move. `wakeDue` belongs into the every-second sweep. */
import type { Queues } from '../queue/jobs.js';
import type { CodeWriteService } from './code-write.service.js';
import type { MigrationService } from './migration.service.js';

export interface CodeJobs { codes(job: { bookId: string }): Promise<void>; wakeDue(): Promise<void> }
type Done = Awaited<ReturnType<CodeWriteService['run']>>;

/** @param report told what was written, for the log */
export const codeJobs = (writes: Pick<CodeWriteService, 'run' | 'dueBooks'>, migrations: Pick<MigrationService, 'step'> & { store: Pick<MigrationService['store'], 'dueBooks'> }, queues: Pick<Queues, 'requestCodes'>, report: (bookId: string, done: Done) => void = () => {}): CodeJobs => ({
  codes: async ({ bookId }) => {
    // What somebody has just wished does not wait for the end of a long move.
    do {
      const done = await writes.run(bookId);
      if (done.written + done.refused > 0 || done.waiting) report(bookId, done);
    } while (await migrations.step(bookId));
  },
  wakeDue: async () => { for (const bookId of new Set([...await writes.dueBooks(), ...await migrations.store.dueBooks()])) await queues.requestCodes(bookId); },
});
