/**
 * BullMQ, set up in this one place: on the PostgreSQL that is there anyway, or on Redis when REDIS_URL names one.
 * The open-source edition has no order per key and retries reorder: order is in the call_event table, jobs are wake-ups.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, createRedisBackend, Queue, runMigrations, UnrecoverableError, Worker, type BackendFactory, type IQueueBackend, type JobsOptions, type QueueOptions } from 'bullmq';
import pg from 'pg';
import { Fault, TREATMENT } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { checkHandlers, JOB_NAMES, JOBS, jobId, payloadOf, type JobHandlers, type JobName, type Queues } from './jobs.js';

export interface QueueOptionsOfOurs {
  /** PostgreSQL that holds the queue when there is no Redis. */
  databaseUrl: string;
  redisUrl?: string;
  /** Told about lost connections and the like; BullMQ goes on by itself. */
  onError?: (error: Error) => void;
}
export interface QueueConnection {
  queues: Queues;
  /** Starts one worker per declared job. @throws Fault `queue.no-handler` */
  work(handlers: JobHandlers): Promise<Working>;
  /** How many jobs wait and failed, by queue; for health and metrics. */
  counts(): Promise<Record<JobName, { waiting: number; active: number; failed: number }>>;
  close(): Promise<void>;
}
export interface Working {
  /** Takes no more jobs and waits for those under way, at most `ms` milliseconds. */
  stop(ms?: number): Promise<void>;
}

/** Found by measurement: a killed worker's jobs go on after about 7 s; a shorter lock ran jobs twice when a process was blocked. */
const LOCKS = { lockDuration: 5000, stalledInterval: 1000, maxStalledCount: 100 };
const JOB_OPTIONS: JobsOptions = { removeOnComplete: { age: 60 }, removeOnFail: { age: 86_400, count: 1000 }, attempts: 5, backoff: { type: 'exponential', delay: 200, jitter: 0.5 } };
const PREFIX = 'ringbook';
const IDLE_MS = 500;
const FORCE_MS = 1000;

type OpenQueues = Map<JobName, Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>>;
interface Backend { factory: BackendFactory; options(role: 'producer' | 'worker'): QueueOptions; close(): Promise<void> }

/** Opens the queues. On PostgreSQL this also brings BullMQ's own tables (schema `bullmq`) up to date. */
export const openQueue = async ({ databaseUrl, redisUrl, onError = () => {} }: QueueOptionsOfOurs): Promise<QueueConnection> => {
  const backend = redisUrl ? redisBackend(redisUrl) : await postgresBackend(databaseUrl, onError);
  const open = new Map(JOB_NAMES.map((name) => {
    const queue = new Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>(name, { ...backend.options('producer'), defaultJobOptions: JOB_OPTIONS }, backend.factory);
    queue.on('error', onError);
    return [name, queue] as const;
  }));
  const close = async (): Promise<void> => {
    await Promise.allSettled([...open.values()].map((queue) => queue.close()));
    await backend.close();
  };
  try {
    for (const queue of open.values()) await queue.waitUntilReady();
  } catch (thrown) {
    await close();
    throw new Fault('unavailable', 'queue.unavailable', `The queue cannot be opened: ${messageOf(thrown)}`, {}, thrown);
  }
  return { queues: queuesOn(open, onError), work: (handlers) => work(open, backend, handlers, onError), counts: () => counts(open), close };
};

const queuesOn = (open: OpenQueues, onError: (error: Error) => void): Queues => {
  const add = async (name: JobName, id: string, payload: object): Promise<void> => {
    try {
      await open.get(name)!.add(name, payload, { deduplication: { id: jobId(id), keepLastIfActive: true } });
    } catch (thrown) {
      throw new Fault('unavailable', 'queue.unavailable', `The queue does not take the job: ${messageOf(thrown)}`, { name }, thrown);
    }
  };
  return {
    wake: (callId) => add('drain', callId, { callId }).catch(onError),
    requestSync: (bookId) => add('sync', bookId, { bookId }),
    requestCalendar: (calendarId) => add('calendar', calendarId, { calendarId }),
    requestCodes: (bookId) => add('codes', bookId, { bookId }),
  };
};

const work = async (open: OpenQueues, backend: Backend, handlers: JobHandlers, onError: (error: Error) => void): Promise<Working> => {
  checkHandlers(handlers);
  for (const name of JOB_NAMES) {
    const { every } = JOBS[name];
    if (every) await open.get(name)!.upsertJobScheduler(name, { every }, { name, data: {}, opts: { removeOnComplete: true, attempts: 1 } });
  }
  let running = 0;
  const workers = JOB_NAMES.map((name) => {
    const process = async (data: unknown): Promise<void> => { running += 1; try { await handle(handlers, name, data); } finally { running -= 1; } };
    const worker = new Worker(name, (job) => process(job.data), { ...backend.options('worker'), ...LOCKS, concurrency: JOBS[name].concurrency, drainDelay: 5 }, backend.factory);
    worker.on('error', onError);
    worker.on('failed', (_job, error) => onError(new Error(`job ${name} failed: ${error.message}`, { cause: error })));
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return { stop: (ms = 5000) => stopWorkers(workers, () => running, ms) };
};

/** After a lost connection BullMQ may wait for a job that never comes: a worker without one under way is closed by force. */
const stopWorkers = async (workers: { close(force?: boolean): Promise<void> }[], running: () => number, ms: number): Promise<void> => {
  let closed = false;
  const all = Promise.allSettled(workers.map((worker) => worker.close())).then(() => { closed = true; });
  const began = Date.now();
  while (!closed && Date.now() - began < (running() > 0 ? ms : Math.min(ms, IDLE_MS))) await Promise.race([all, sleep(20)]);
  if (!closed) await Promise.race([Promise.allSettled(workers.map((worker) => worker.close(true))), sleep(FORCE_MS)]);
};

/** What a Fault says about retrying is obeyed; anything else may be a passing trouble and is tried again. */
const handle = async <N extends JobName>(handlers: JobHandlers, name: N, data: unknown): Promise<void> => {
  try {
    await handlers[name](payloadOf(name, data));
  } catch (thrown) {
    if (thrown instanceof Fault && !TREATMENT[thrown.kind].retry) throw new UnrecoverableError(`${thrown.code}: ${thrown.message}`);
    throw thrown;
  }
};

const counts = async (open: OpenQueues) => {
  const entries = await Promise.all([...open].map(async ([name, queue]) => {
    const { wait = 0, delayed = 0, prioritized = 0, active = 0, failed = 0 } = await queue.getJobCounts('wait', 'delayed', 'prioritized', 'active', 'failed');
    return [name, { waiting: wait + delayed + prioritized, active, failed }] as const;
  }));
  return Object.fromEntries(entries) as Awaited<ReturnType<QueueConnection['counts']>>;
};

const postgresBackend = async (url: string, onError: (error: Error) => void): Promise<Backend> => {
  const pool = new pg.Pool({ connectionString: url, max: 12, keepAlive: true, connectionTimeoutMillis: 5000, application_name: 'ringbook queue', options: '-c search_path=bullmq' });
  pool.setMaxListeners(0); // every queue and worker listens for its errors
  pool.on('error', onError);
  pool.on('connect', (client) => { client.setMaxListeners(0); client.on('error', onError); });
  const client = await pool.connect();
  try { await runMigrations(client); } finally { client.release(); }
  return {
    factory: createPostgresBackend as unknown as BackendFactory, // Queue and Worker are typed for Redis only unless told at compile time
    options: () => ({ connection: pool as unknown as QueueOptions['connection'] }),
    close: async () => { await pool.end(); },
  };
};

/** Workers wait for Redis for ever, producers say at once that it is not there. */
const redisBackend = (url: string): Backend => ({
  factory: createRedisBackend as unknown as BackendFactory,
  options: (role) => ({ prefix: PREFIX, connection: { url, maxRetriesPerRequest: role === 'worker' ? null : 1, ...(role === 'producer' ? { connectTimeout: 3000 } : {}) } }),
  close: async () => {},
});
