/** Starts and talks to sync-child.mjs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SyncOutcome } from '../../src/sync/engine.service.js';

export interface Run { books: string[]; atOnce?: number; lookups?: { personId: string; numbers: string[]; every: number } }
export interface Ran { ms: number; outcomes: SyncOutcome[]; peakMb: number; lookups: { count: number; p50: number; p99: number; max: number; over20: number; late: number } }
export type News = { kind: string; topic?: string; message?: { progress?: { done: number; total: number } | null } };

export class SyncChild {
  readonly news: News[] = [];
  private constructor(private readonly child: ChildProcess, private readonly waiting: ((line: News) => void)[]) {}

  /** @param key of shared/seal.adapter.ts, with which the books were made */
  static async start(databaseUrl: string, key: Buffer): Promise<SyncChild> {
    const child = spawn('node', [join(import.meta.dirname, 'sync-child.mjs'), databaseUrl, key.toString('hex')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const waiting: ((line: News) => void)[] = [];
    const one = new SyncChild(child, waiting);
    const ready = one.next();
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as News;
      if (line.kind === 'publish' || line.kind === 'progress') one.news.push(line);
      else waiting.shift()?.(line);
    });
    await ready;
    return one;
  }

  private next(): Promise<News> { return new Promise((resolve) => { this.waiting.push(resolve); }); }

  async run(run: Run): Promise<Ran> {
    const answer = this.next();
    this.child.stdin!.write(`${JSON.stringify(run)}\n`);
    const line = await answer;
    if (line.kind !== 'done') throw new Error(`the process that syncs says: ${JSON.stringify(line)}`);
    return line as unknown as Ran;
  }

  async kill(): Promise<void> { const gone = once(this.child, 'exit'); this.child.kill('SIGKILL'); await gone; }
  async stop(): Promise<void> { const gone = once(this.child, 'exit'); this.child.stdin!.end(); await gone; }
}
