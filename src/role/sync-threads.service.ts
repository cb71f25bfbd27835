/**
 * Address books are read in a thread of their own and calendars in another, each started by the first one: their work and their
 * garbage never hold up a call, and memory that runs out there ends a sync, not the bridge. A thread that ended is replaced at the
 * next sync. What calendars hold is worked out at length: one that does not come to an end costs its thread.
 */
import { Worker } from 'node:worker_threads';
import { Fault } from '../shared/fault.js';
import type { SyncOutcome } from '../sync/engine.service.js';
import type { ThreadAnswer, ThreadAsk, ThreadData } from './thread.js';

/** `mb`: megabytes a thread may hold; a hundred thousand contacts take a third of it. `calendarMs`: how long one calendar may take. */
export interface Limits { mb: number; calendarMs: number }
const LIMITS: Limits = { mb: 384, calendarMs: 10 * 60_000 };
type Other = Exclude<ThreadAnswer, { id: number }>;
interface Waiting { resolve(outcome: SyncOutcome | undefined): void; reject(thrown: Error): void }
/** `late`: it was ended, because one of its calendars took too long. */
interface Thread { worker: Worker; waiting: Map<number, Waiting>; late: boolean }
type Kind = 'books' | 'calendars';

export class SyncThreads {
  readonly #threads = new Map<Kind, Thread>();
  #last = 0;
  #stopped = false;

  /** @param onNews what the threads publish and tell beside the outcomes of syncs */
  constructor(private readonly data: ThreadData, private readonly onNews: (news: Other) => void, private readonly limits = LIMITS) {}

  /** @throws Fault as SyncService.syncBook; `sync.thread` when the thread ended in the middle */
  sync(bookId: string): Promise<SyncOutcome> { return this.#ask('books', (id) => ({ id, bookId })).asked as Promise<SyncOutcome>; }

  /** @throws Fault as AgendaService.run; `calendar.too-long`, and `sync.thread` when the thread ended in the middle */
  async calendar(calendarId: string, again = false): Promise<SyncOutcome | undefined> {
    const { asked, thread } = this.#ask('calendars', (id) => ({ id, calendarId }));
    let late = false;
    const timer = setTimeout(() => { late = true; if (thread) this.#end(thread); }, this.limits.calendarMs);
    try { return await asked; } catch (thrown) {
      if (late) throw tooLong();
      if (again || thread?.late !== true || this.#stopped) throw thrown;
    } finally { clearTimeout(timer); }
    return this.calendar(calendarId, true); // it was another one that took too long
  }

  /** What is under way is cut short, as by a crash: the next sync goes on with it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#threads.values()].map(({ worker }) => worker.terminate()));
  }
  get stopped(): boolean { return this.#stopped; }

  #ask(kind: Kind, ask: (id: number) => ThreadAsk): { asked: Promise<SyncOutcome | undefined>; thread?: Thread } {
    if (this.#stopped) return { asked: Promise.reject(ended(kind, 'it was stopped')) };
    const id = this.#last += 1;
    const thread = this.#threads.get(kind) ?? this.#start(kind);
    const asked = new Promise<SyncOutcome | undefined>((resolve, reject) => { thread.waiting.set(id, { resolve, reject }); });
    thread.worker.postMessage(ask(id)); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
    return { asked, thread };
  }

  #start(kind: Kind): Thread {
    const waiting = new Map<number, Waiting>();
    const worker = new Worker(new URL('sync-thread.worker.js', import.meta.url), { workerData: this.data, resourceLimits: { maxOldGenerationSizeMb: this.limits.mb, maxYoungGenerationSizeMb: 48 }, name: kind });
    worker.unref();
    let why = 'it was stopped';
    const thread: Thread = { worker, waiting, late: false };
    this.#threads.set(kind, thread);
    worker.on('message', (answer: ThreadAnswer) => { if ('id' in answer) heard(waiting, answer); else this.onNews(answer); });
    worker.on('error', (error) => { why = error instanceof Error ? error.message : String(error); });
    worker.on('exit', () => {
      this.#forget(thread);
      for (const { reject } of waiting.values()) reject(ended(kind, why));
    });
    return thread;
  }

  #end(thread: Thread): void {
    thread.late = true;
    this.#forget(thread); // what is asked from now on goes to a new one
    void thread.worker.terminate();
  }
  #forget(thread: Thread): void { for (const [kind, one] of this.#threads) if (one === thread) this.#threads.delete(kind); }
}

/** In a thread; one that ends in the middle of a sync leaves a reason that people can read. */
export const inThread = <T>(threads: SyncThreads, read: (id: string) => Promise<T>, cutShort: (id: string, fault: Fault) => Promise<void>) => async (id: string): Promise<T | Extract<SyncOutcome, { kind: 'failed' }>> => {
  try { return await read(id); } catch (thrown) {
    if (!(thrown instanceof Fault) || !['sync.thread', 'calendar.too-long'].includes(thrown.code) || threads.stopped) throw thrown;
    await cutShort(id, thrown);
    return { kind: 'failed', code: thrown.code, text: thrown.message };
  }
};

const WHAT: Record<Kind, string> = { books: 'address books', calendars: 'calendars' };
const ended = (kind: Kind, why: string): Fault => new Fault('unavailable', 'sync.thread', `What reads ${WHAT[kind]} inside Ringbook ended in the middle (${why}). It is taken up again by itself.`);
const tooLong = (): Fault => new Fault('unavailable', 'calendar.too-long', 'Reading this calendar, or working its events out, took too long and was broken off. What was read is kept; Ringbook tries again by itself, later each time.');

const heard = (waiting: Map<number, Waiting>, answer: Extract<ThreadAnswer, { id: number }>): void => {
  const one = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (answer.kind === 'outcome') one?.resolve(answer.outcome);
  else one?.reject(answer.fault ? new Fault(answer.fault.kind, answer.fault.code, answer.text, answer.fault.context) : new Error(answer.text));
};
