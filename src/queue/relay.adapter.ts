/**
 * The Relay on PostgreSQL LISTEN/NOTIFY or on Redis pub/sub, on connections of its own that come back by themselves.
 * One's own messages are delivered at once, without a round trip, and ignored when they come back.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { messageOf } from '../shared/must.js';
import type { Relay, RelayMessages } from './relay.js';

export interface RelayOptions { databaseUrl: string; redisUrl?: string; onError?: (error: Error) => void }
export interface RelayConnection extends Relay {
  /** Whether messages of other processes arrive at the moment. */
  connected(): boolean;
  close(): Promise<void>;
}

/** What a means of transport is asked for: send texts, hand over those of others. */
interface Transport { send(text: string): void; connected(): boolean; close(): Promise<void> }
type Open = (receive: (text: string) => void, onError: (error: Error) => void) => Promise<Transport>;
interface Envelope { from: string; topic: keyof RelayMessages; message: never }

const CHANNEL = 'ringbook_relay';
/** PostgreSQL takes less than 8,000 bytes. */
const MAX_BYTES = 7900;
/** Kept while the connection is away; more would only be old news. */
const MAX_WAITING = 1000;
/** At the end, for what has not been sent. */
const QUIT_MS = 500;

/** Connected when it resolves; afterwards a cut connection is made anew, for ever. */
export const openRelay = async ({ databaseUrl, redisUrl, onError = () => {} }: RelayOptions): Promise<RelayConnection> => {
  const self = randomUUID();
  const handlers = new Map<string, Set<(message: never) => void>>();
  const deliver = ({ topic, message }: Envelope): void => {
    for (const handler of handlers.get(topic) ?? []) {
      try { handler(message); } catch (thrown) { onError(thrown instanceof Error ? thrown : new Error(String(thrown))); }
    }
  };
  const receive = (text: string): void => {
    const envelope = parse(text);
    if (envelope && envelope.from !== self) deliver(envelope);
  };
  const transport = await (redisUrl ? onRedis(redisUrl) : onPostgres(databaseUrl))(receive, onError);
  return {
    publish: (topic, message) => {
      const envelope = { from: self, topic, message: message as never };
      queueMicrotask(() => deliver(envelope)); // not within publish(): the caller may be in the middle of something
      const text = JSON.stringify(envelope);
      if (Buffer.byteLength(text) <= MAX_BYTES) transport.send(text);
      else onError(new Error(`a relay message on ${topic} is too long: send ids, not bodies`));
    },
    subscribe: (topic, handler) => {
      const own = (message: never): void => handler(message); // one function may subscribe twice
      handlers.set(topic, (handlers.get(topic) ?? new Set()).add(own));
      return () => { handlers.get(topic)?.delete(own); };
    },
    connected: transport.connected,
    close: async () => { handlers.clear(); await transport.close(); },
  };
};

/** Others may write on the channel too; what is no message of ours is left alone. */
const parse = (text: string): Envelope | undefined => {
  try {
    const found = JSON.parse(text) as Envelope;
    return typeof found?.topic === 'string' && typeof found.from === 'string' ? found : undefined;
  } catch { return undefined; }
};

const onPostgres = (url: string): Open => async (receive, onError) => {
  const waiting: string[] = [];
  let client: pg.Client | undefined;
  let closed = false;
  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5000, query_timeout: 10_000, application_name: 'ringbook relay' });
    fresh.on('error', onError);
    fresh.on('notification', ({ payload }) => receive(payload ?? ''));
    fresh.on('end', () => { if (client === fresh) { client = undefined; void reconnect(); } });
    try {
      await fresh.connect();
      await fresh.query(`listen ${CHANNEL}`);
    } catch (thrown) { void fresh.end().catch(() => {}); throw thrown; }
    return fresh;
  };
  const reconnect = async (): Promise<void> => {
    for (let ms = 50; !closed && !client; ms = Math.min(ms * 2, 1000)) {
      await connect().then((fresh) => { client = fresh; flush(); }, async (thrown: unknown) => { onError(new Error(`relay: ${messageOf(thrown)}`)); await sleep(ms); });
    }
    if (closed) await client?.end().catch(() => {});
  };
  let sending = false; // one at a time: what comes meanwhile goes with the next
  const flush = (): void => {
    if (!client || sending || waiting.length === 0) return;
    sending = true;
    const texts = waiting.splice(0);
    client.query('select pg_notify($1, text) from unnest($2::text[]) as text', [CHANNEL, texts])
      // Not again at once: a connection on its way out refuses within the same turn, and would never come to its end.
      .catch(() => { waiting.unshift(...texts.slice(0, Math.max(0, MAX_WAITING - waiting.length))); return sleep(50); })
      .finally(() => { sending = false; if (client) flush(); });
  };
  // A connection that is only half there says nothing: asked every 10 s, it breaks and is made anew.
  const pulse = setInterval(() => { client?.query('select 1').catch(() => { void client?.end().catch(() => {}); }); }, 10_000);
  client = await connect();
  return {
    send: (text) => { if (waiting.length >= MAX_WAITING) waiting.shift(); if (waiting.push(text) === 1) queueMicrotask(flush); },
    connected: () => client !== undefined,
    close: async () => { closed = true; clearInterval(pulse); flush(); const last = client; client = undefined; await last?.end(); },
  };
};

const onRedis = (url: string): Open => async (receive, onError) => {
  const options = { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: (times: number) => Math.min(50 * 2 ** times, 1000), keepAlive: 10_000 };
  const [publisher, subscriber] = [new Redis(url, options), new Redis(url, options)];
  for (const client of [publisher, subscriber]) client.on('error', onError);
  subscriber.on('message', (_channel, text) => receive(text));
  await Promise.all([publisher.connect(), subscriber.connect()]);
  await subscriber.subscribe(CHANNEL);
  let waiting = 0;
  return {
    send: (text) => {
      if (waiting >= MAX_WAITING) return;
      waiting += 1;
      publisher.publish(CHANNEL, text).catch(onError).finally(() => { waiting -= 1; });
    },
    connected: () => publisher.status === 'ready' && subscriber.status === 'ready',
    close: async () => {
      subscriber.disconnect();
      await Promise.race([publisher.quit().catch(() => {}), sleep(QUIT_MS)]); // behind unsent messages a QUIT waits for a Redis that is gone
      publisher.disconnect();
    },
  };
};
