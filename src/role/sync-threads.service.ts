/**
 * Address books are read in a thread of their own, started by the first one: its work and its garbage never hold up a call, and
 * memory that runs out there ends a sync, not the bridge. A thread that ended is replaced at the next sync.
 */
import { Worker } from 'node:worker_threads';
import { Fault } from '../shared/fault.js';
import type { SyncOutcome } from '../sync/engine.service.js';
import type { ThreadAnswer, ThreadData } from './thread.js';

/** Megabytes: a hundred thousand contacts take a third of it. */
const LIMITS = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 48 };
type Other = Exclude<ThreadAnswer, { id: number }>;
interface Waiting { resolve(outcome: SyncOutcome): void; reject(thrown: Error): void }

export class SyncThreads {
  #current: { worker: Worker; waiting: Map<number, Waiting> } | undefined;
  #last = 0;
  #stopped = false;

  /** @param onNews what the thread publishes and tells beside the outcomes of syncs */
  constructor(private readonly data: ThreadData, private readonly onNews: (news: Other) => void) {}

  /** @throws Fault as SyncService.syncBook; `sync.thread` when the thread ended in the middle */
  sync(bookId: string): Promise<SyncOutcome> {
    const id = this.#last += 1;
    return new Promise((resolve, reject) => {
      if (this.#stopped) { reject(ended('it was stopped')); return; }
      const { worker, waiting } = this.#current ??= this.#start();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, bookId }); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
    });
  }

  /** What is under way is cut short, as by a crash: the next sync goes on with it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#current?.worker.terminate();
  }
  get stopped(): boolean { return this.#stopped; }

  #start(): { worker: Worker; waiting: Map<number, Waiting> } {
    const waiting = new Map<number, Waiting>();
    const worker = new Worker(new URL('sync-thread.worker.js', import.meta.url), { workerData: this.data, resourceLimits: LIMITS, name: 'sync' });
    worker.unref();
    let why = 'it was stopped';
    worker.on('message', (answer: ThreadAnswer) => { if ('id' in answer) heard(waiting, answer); else this.onNews(answer); });
    worker.on('error', (error) => { why = error instanceof Error ? error.message : String(error); });
    worker.on('exit', () => {
      if (this.#current?.worker === worker) this.#current = undefined;
      for (const { reject } of waiting.values()) reject(ended(why));
    });
    return { worker, waiting };
  }
}

const ended = (why: string): Fault => new Fault('unavailable', 'sync.thread', `What reads address books inside Ringbook ended in the middle (${why}). It is taken up again by itself.`);

const heard = (waiting: Map<number, Waiting>, answer: Extract<ThreadAnswer, { id: number }>): void => {
  const one = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (answer.kind === 'outcome') one?.resolve(answer.outcome);
  else one?.reject(answer.fault ? new Fault(answer.fault.kind, answer.fault.code, answer.text, answer.fault.context) : new Error(answer.text));
};
