/** What Ringbook relies on of its queue and relay, on PostgreSQL and on Redis alike. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { Fault } from '../../src/shared/fault.js';
import { json } from '../../src/store/schema.js';
import { openQueue, type QueueConnection, type Working } from '../../src/queue/queue.adapter.js';
import { openRelay, type RelayConnection } from '../../src/queue/relay.adapter.js';
import type { JobHandlers } from '../../src/queue/jobs.js';
import { asAdmin, freshDatabase, type TestDatabase } from '../lab/database.js';
import { startRedis } from '../lab/redis.js';

const nothing = async (): Promise<void> => {};
const handlers = (some: Partial<JobHandlers>): JobHandlers => ({ drain: nothing, sweep: nothing, sync: nothing, codes: nothing, calendar: nothing, ...some });

describe.each(['PostgreSQL', 'Redis'] as const)('queue on %s', (kind) => {
  let database: TestDatabase;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  let place: { databaseUrl: string; redisUrl?: string };
  let queue: QueueConnection;
  const working: Working[] = [];
  const relays: RelayConnection[] = [];
  const work = async (some: Partial<JobHandlers>): Promise<Working> => { const one = await queue.work(handlers(some)); working.push(one); return one; };
  const relay = async (): Promise<RelayConnection> => { const one = await openRelay(place); relays.push(one); return one; };

  beforeAll(async () => {
    database = await freshDatabase();
    redis = kind === 'Redis' ? await startRedis() : undefined;
    place = { databaseUrl: database.url, redisUrl: redis?.url };
    queue = await openQueue(place);
  });
  afterEach(async () => {
    await Promise.all(working.splice(0).map((one) => one.stop()));
    await Promise.all(relays.splice(0).map((one) => one.close()));
  });
  afterAll(async () => { await queue.close(); await database.drop(); await redis?.stop(); });

  /** Cuts every connection of the other side, as a restart or a network fault does. */
  const cut = async (): Promise<void> => {
    if (redis) {
      const client = new Redis(redis.url);
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      client.disconnect();
    } else {
      await asAdmin(inject('postgres'), `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(database.url).pathname.slice(1)}'`);
    }
  };

  it('wakes a worker, whatever is in the id of the call', async () => {
    const seen: string[] = [];
    await work({ drain: async ({ callId }) => { seen.push(callId); } });
    await queue.queues.wake('pbx:1-1700000000.7');
    await queue.queues.wake('pbx-5038-1700000000.8');
    await expect.poll(() => [...seen].sort()).toEqual(['pbx-5038-1700000000.8', 'pbx:1-1700000000.7']);
  });

  it('never runs a call twice at once, and runs it once more for wake-ups that came meanwhile', async () => {
    let active = 0;
    let most = 0;
    let runs = 0;
    const gate = Promise.withResolvers<void>();
    await work({ drain: async () => { active += 1; runs += 1; most = Math.max(most, active); await gate.promise; active -= 1; } });
    await queue.queues.wake('one');
    await expect.poll(() => runs).toBe(1);
    for (let i = 0; i < 5; i++) await queue.queues.wake('one');
    await sleep(200);
    gate.resolve();
    await expect.poll(() => runs).toBe(2);
    await sleep(300);
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  it('keeps the order of a call by the table, with two workers', async () => {
    const calls = Array.from({ length: 20 }, (_, i) => `order-${i}`);
    const seen = new Map<string, number[]>(calls.map((call) => [call, []]));
    const drain = async ({ callId }: { callId: string }): Promise<void> => {
      for (;;) {
        const row = await database.db.selectFrom('call_event').select(['seq', 'event']).where('call_id', '=', callId).orderBy('seq').limit(1).executeTakeFirst();
        if (!row) return;
        await sleep(Math.random() * 3);
        seen.get(callId)!.push((row.event as unknown as { n: number }).n);
        await database.db.deleteFrom('call_event').where('seq', '=', row.seq).execute();
      }
    };
    await Promise.all([work({ drain }), work({ drain })]);
    for (let n = 0; n < 10; n++) {
      await Promise.all(calls.map(async (call) => {
        await database.db.insertInto('call_event').values({ call_id: call, pbx: 'p', event: json({ n }) as never }).execute();
        await queue.queues.wake(call);
      }));
    }
    await expect.poll(() => [...seen.values()].flat().length, { timeout: 20_000 }).toBe(200);
    for (const numbers of seen.values()) expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives the job of a killed worker process to another', async () => {
    const child = spawn('node', [join(import.meta.dirname, '../lab/queue-worker.mjs'), place.databaseUrl, place.redisUrl ?? ''], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => { said += String(chunk); });
    await expect.poll(() => said, { timeout: 20_000 }).toContain('ready');
    await queue.queues.wake('orphan');
    await expect.poll(() => said, { timeout: 5000 }).toContain('took orphan');
    const seen: string[] = [];
    await work({ drain: async ({ callId }) => { if (callId === 'orphan') seen.push(callId); } }); // wake-ups of the test before may be left
    child.kill('SIGKILL');
    const at = Date.now();
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual(['orphan']);
    expect(Date.now() - at).toBeLessThan(12_000);
  });

  it('tries again after a passing trouble, not after a lasting one', async () => {
    const tries: Record<string, number> = {};
    await work({
      drain: async ({ callId }) => {
        tries[callId] = (tries[callId] ?? 0) + 1;
        if (callId === 'lasting') throw new Fault('broken', 'test.broken', 'always');
        if (tries[callId] < 3) throw new Fault('unavailable', 'test.away', 'not now');
      },
    });
    await queue.queues.wake('passing');
    await queue.queues.wake('lasting');
    await expect.poll(() => tries['passing'], { timeout: 10_000 }).toBe(3);
    expect(tries['lasting']).toBe(1);
  });

  it('sweeps every second, once for all workers', async () => {
    const sweep = vi.fn(nothing);
    await Promise.all([work({ sweep }), work({ sweep })]);
    await sleep(4200);
    expect(sweep.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(sweep.mock.calls.length).toBeLessThanOrEqual(6);
  });

  it('goes on after every connection was cut', async () => {
    const seen: string[] = [];
    await work({ drain: async ({ callId }) => { seen.push(callId); } });
    await queue.queues.wake('before');
    await expect.poll(() => seen).toContain('before');
    await cut();
    const again = async (): Promise<string[]> => { await queue.queues.wake('after'); return seen; };
    await expect.poll(again, { timeout: 10_000, interval: 250 }).toContain('after');
  });

  it('does not start when a declared job has no handler', async () => {
    await expect(queue.work({ drain: nothing, sweep: nothing } as unknown as JobHandlers)).rejects.toMatchObject({ code: 'queue.no-handler', message: expect.stringContaining('sync') });
  });

  it('relays messages to other processes, and its own once', async () => {
    const [one, two] = [await relay(), await relay()];
    const seen: string[] = [];
    one.subscribe('presence', ({ personId }) => seen.push(`one ${personId}`));
    const end = two.subscribe('presence', ({ personId }) => seen.push(`two ${personId}`));
    two.subscribe('sync', () => seen.push('wrong topic'));
    one.publish('presence', { personId: 'Jürgen 😀' });
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual(['one Jürgen 😀']);
    await expect.poll(() => seen).toEqual(['one Jürgen 😀', 'two Jürgen 😀']);
    end();
    for (let i = 0; i < 50; i++) two.publish('presence', { personId: String(i) });
    await expect.poll(() => seen.length).toBe(52);
    await sleep(100);
    expect(seen.slice(2)).toEqual(Array.from({ length: 50 }, (_, i) => `one ${i}`));
  });

  it('relays again after a cut connection', async () => {
    const [one, two] = [await relay(), await relay()];
    const seen: string[] = [];
    two.subscribe('sync', ({ bookId }) => seen.push(bookId));
    await cut();
    const again = (): string[] => { one.publish('sync', { bookId: 'b' }); return seen; };
    await expect.poll(again, { timeout: 10_000, interval: 100 }).toContain('b');
    expect(one.connected() && two.connected()).toBe(true);
  });

  it('says at once that a message is too long, and sends nothing', async () => {
    const errors: Error[] = [];
    const one = await openRelay({ ...place, onError: (error) => errors.push(error) });
    one.publish('sync', { bookId: 'x'.repeat(9000) });
    expect(errors).toHaveLength(1);
    await one.close();
  });
});

it('a relay with unsent messages ends although its Redis is gone', async () => {
  const redis = await startRedis();
  const relay = await openRelay({ databaseUrl: '', redisUrl: redis.url });
  await redis.stop();
  await expect.poll(() => relay.connected()).toBe(false);
  for (let i = 0; i < 20; i++) relay.publish('commands', { pbx: 'x' });
  const began = Date.now();
  await relay.close();
  expect(Date.now() - began).toBeLessThan(2000);
});
