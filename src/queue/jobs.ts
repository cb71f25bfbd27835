/**
 * The jobs of Ringbook. A job is a wake-up, not the work itself: what is to be done stands in the tables, in order, and a
 * handler reads there until nothing is left. So handlers may run twice and must not mind.
 */
import { z } from 'zod';
import { Fault } from '../shared/fault.js';

export const JOBS = {
  /** There are unread events of this call. Never runs twice at the same time for one call. */
  drain: { payload: z.strictObject({ callId: z.string().min(1).max(200) }), concurrency: 20, every: undefined },
  /** Every second, once in the whole installation: wakes the address books and calendars that are due. (Calls are swept by each worker itself: bridge/sweep.service.ts.) */
  sweep: { payload: z.strictObject({}), concurrency: 1, every: 1000 },
  /** An address book is to be synchronised. Never runs twice at the same time for one book. */
  sync: { payload: z.strictObject({ bookId: z.string().min(1).max(200) }), concurrency: 2, every: undefined },
  /** A calendar is to be read, or its windows to be worked out again. Never runs twice at the same time for one calendar. */
  calendar: { payload: z.strictObject({ calendarId: z.string().min(1).max(200) }), concurrency: 2, every: undefined },
  /** Handling codes of an address book wait to be written to its source, or to be moved there. */
  codes: { payload: z.strictObject({ bookId: z.string().min(1).max(200) }), concurrency: 2, every: undefined },
} as const;

export type JobName = keyof typeof JOBS;
export const JOB_NAMES = Object.keys(JOBS) as JobName[];
export type Payload<N extends JobName> = z.infer<(typeof JOBS)[N]['payload']>;
export type JobHandlers = { [N in JobName]: (payload: Payload<N>) => Promise<void> };

/** What everybody but the workers knows of the queue. */
export interface Queues {
  /** Wakes a worker for a call. Never rejects: a wake-up that is lost is made good by the sweep. */
  wake(callId: string): Promise<void>;
  /** @throws Fault `queue.unavailable` */
  requestSync(bookId: string): Promise<void>;
  /** @throws Fault `queue.unavailable` */
  requestCalendar(calendarId: string): Promise<void>;
  /** @throws Fault `queue.unavailable` */
  requestCodes(bookId: string): Promise<void>;
}
/** Nest tokens: Queues, JobHandlers. */
export const QUEUES = Symbol('QUEUES');
export const JOB_HANDLERS = Symbol('JOB_HANDLERS');

/** The payload of a job as it came out of the queue. @throws Fault `queue.payload` */
export const payloadOf = <N extends JobName>(name: N, data: unknown): Payload<N> => {
  const result = JOBS[name].payload.safeParse(data);
  if (!result.success) throw new Fault('broken', 'queue.payload', `A ${name} job does not hold what it should: ${result.error.message}`);
  return result.data as Payload<N>;
};

/** @throws Fault `queue.no-handler` that names every declared job nobody handles */
export const checkHandlers = (handlers: Partial<JobHandlers>): void => {
  const missing = JOB_NAMES.filter((name) => typeof handlers[name] !== 'function');
  if (missing.length > 0) throw new Fault('broken', 'queue.no-handler', `No handler for the declared job ${missing.join(', ')}`);
};

/** Ids must not hold ':', by which BullMQ takes its keys apart. */
export const jobId = (id: string): string => id.replaceAll(':', '-');
