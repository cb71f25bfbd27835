/** The worker role: the handler of every job that queue/jobs.ts declares. */
import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { AgendaService } from '../agenda/agenda.service.js';
import { agendaJobs } from '../agenda/agenda.worker.js';
import { Bridge } from '../bridge/bridge.service.js';
import { JobWorker } from '../queue/job.worker.js';
import { JOB_HANDLERS, QUEUES, type JobHandlers, type Queues } from '../queue/jobs.js';
import { BookStore } from '../sync/book.store.js';
import { codeJobs } from '../sync/code-write.worker.js';
import { SyncService, type SyncOutcome } from '../sync/sync.service.js';
import { syncJobs } from '../sync/sync.worker.js';

/** Most times nothing has changed, and nobody wants to read that every minute. */
const level = (outcome: SyncOutcome) => (outcome.kind === 'done' && outcome.added + outcome.updated + outcome.removed === 0 ? 'debug' : 'info');

const handlers = (bridge: Bridge, syncs: SyncService, books: BookStore, agenda: AgendaService, queues: Queues, log: PinoLogger): JobHandlers => {
  const jobs = syncJobs(syncs, books, queues, (bookId, outcome) => log.logger[level(outcome)]({ bookId, ...outcome }, 'address book read'));
  const codes = codeJobs(syncs.codes, syncs.migrations, queues, (bookId, done) => log.logger.info({ bookId, ...done }, 'handling codes written'));
  const calendars = agendaJobs(agenda, queues, (calendarId, outcome) => log.logger[level(outcome)]({ calendarId, ...outcome }, 'calendar read'));
  return {
    drain: ({ callId }) => bridge.drain.drain(callId), sweep: async () => { await jobs.wakeDue(); await codes.wakeDue(); await calendars.wakeDue(); },
    sync: (job) => jobs.sync(job), codes: (job) => codes.codes(job), calendar: (job) => calendars.calendar(job),
  };
};

@Module({ providers: [JobWorker, { provide: JOB_HANDLERS, inject: [Bridge, SyncService, BookStore, AgendaService, QUEUES, PinoLogger], useFactory: handlers }] })
export class WorkerModule {}
