/** The worker role: the handler of every job that queue/jobs.ts declares. */
import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { AgendaService } from '../agenda/agenda.service.js';
import { agendaJobs } from '../agenda/agenda.worker.js';
import { Bridge } from '../bridge/bridge.service.js';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { readSecretKey } from '../config/secret-key.adapter.js';
import { JobWorker } from '../queue/job.worker.js';
import { JOB_HANDLERS, QUEUES, type JobHandlers, type Queues } from '../queue/jobs.js';
import { RELAY, type Relay, type RelayMessages } from '../queue/relay.js';
import { BookStore } from '../sync/book.store.js';
import { codeJobs } from '../sync/code-write.worker.js';
import { SyncService, type SyncOutcome } from '../sync/sync.service.js';
import { syncJobs } from '../sync/sync.worker.js';
import { RUNTIME, type Runtime } from './runtime.js';
import { inThread, SyncThreads } from './sync-threads.service.js';

/** Most times nothing has changed, and nobody wants to read that every minute. */
const level = (outcome: SyncOutcome) => (outcome.kind === 'done' && outcome.added + outcome.updated + outcome.removed === 0 ? 'debug' : 'info');

const threadsOf = (config: Config, runtime: Runtime, relay: Relay, log: PinoLogger): SyncThreads =>
  new SyncThreads({ databaseUrl: runtime.databaseUrl, region: config.region, bookHosts: config.bookHosts, key: readSecretKey(config) }, (news) => {
    if (news.kind === 'publish') relay.publish(news.topic as keyof RelayMessages, news.message as never);
    else if (news.kind === 'progress') log.logger.info({ bookId: news.bookId, ...news.progress }, 'address book or calendar is being read');
    else log.logger.warn({ reason: news.text }, 'trouble with the database while address books or calendars are read; connections are made again');
  });

/** Ends after the jobs (job.worker.ts ends before Nest shuts down the rest). */
@Injectable()
class ThreadLife implements OnApplicationShutdown {
  constructor(@Inject(SyncThreads) private readonly threads: SyncThreads) {}
  onApplicationShutdown(): Promise<void> { return this.threads.stop(); }
}

const handlers = (bridge: Bridge, syncs: SyncService, threads: SyncThreads, books: BookStore, agenda: AgendaService, queues: Queues, log: PinoLogger): JobHandlers => {
  const jobs = syncJobs({ codes: syncs.codes, syncBook: inThread(threads, (id) => threads.sync(id), (id, fault) => syncs.cutShort(id, fault)) }, books, queues, (bookId, outcome) => log.logger[level(outcome)]({ bookId, ...outcome }, 'address book read'));
  const codes = codeJobs(syncs.codes, syncs.migrations, queues, (bookId, done) => log.logger.info({ bookId, ...done }, 'handling codes written'));
  const run = inThread(threads, (id) => threads.calendar(id), (id, fault) => agenda.cutShort(id, fault));
  const calendars = agendaJobs({ run, due: () => agenda.due(), tellBoundaries: () => agenda.tellBoundaries() }, queues, (calendarId, outcome) => log.logger[level(outcome)]({ calendarId, ...outcome }, 'calendar read'));
  return {
    drain: ({ callId }) => bridge.drain.drain(callId), sweep: async () => { await jobs.wakeDue(); await codes.wakeDue(); await calendars.wakeDue(); },
    sync: (job) => jobs.sync(job), codes: (job) => codes.codes(job), calendar: (job) => calendars.calendar(job),
  };
};

@Module({ providers: [JobWorker, ThreadLife, { provide: SyncThreads, inject: [CONFIG, RUNTIME, RELAY, PinoLogger], useFactory: threadsOf }, { provide: JOB_HANDLERS, inject: [Bridge, SyncService, SyncThreads, BookStore, AgendaService, QUEUES, PinoLogger], useFactory: handlers }] })
export class WorkerModule {}
