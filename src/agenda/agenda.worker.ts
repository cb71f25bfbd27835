/**
 * The calendar jobs of the worker role: `calendar` is the handler of the declared job, `wakeDue` belongs into the every-second
 * `sweep`. When something is to be done stands in the tables, so that no timer has to survive anything.
 */
import type { Queues } from '../queue/jobs.js';
import type { SyncOutcome } from '../sync/engine.service.js';
import type { AgendaService } from './agenda.service.js';

export interface AgendaJobs { calendar(job: { calendarId: string }): Promise<void>; wakeDue(): Promise<void> }

/** @param report told the outcome of each reading, for the log */
export const agendaJobs = (agenda: Pick<AgendaService, 'run' | 'due' | 'tellBoundaries'>, queues: Pick<Queues, 'requestCalendar'>, report: (calendarId: string, outcome: SyncOutcome) => void = () => {}): AgendaJobs => ({
  calendar: async ({ calendarId }) => {
    const outcome = await agenda.run(calendarId);
    if (outcome) report(calendarId, outcome);
  },
  wakeDue: async () => {
    await agenda.tellBoundaries();
    for (const id of await agenda.due()) await queues.requestCalendar(id);
  },
});
