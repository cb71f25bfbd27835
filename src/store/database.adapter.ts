/** The connection pool of a process and Kysely on top of it. */
import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Db, Schema } from './schema.js';

export interface DbOptions {
  /** Connections at most; a process needs few, PostgreSQL has 100 for all. */
  max?: number;
  /** A statement that takes longer is ended by the server, in milliseconds. */
  statementTimeout?: number;
  /** Told when a connection that nobody uses breaks: the pool makes another one when needed. */
  onError?: (error: Error) => void;
}

/**
 * Opens nothing yet: connections are made when queries need them. End it with `db.destroy()`.
 * Queries throw the driver's errors (`code` is the SQLSTATE, or ECONNREFUSED and the like while PostgreSQL is down).
 */
export const createDb = (url: string, { max = 10, statementTimeout = 15_000, onError = () => {} }: DbOptions = {}): Db => {
  const pool = new pg.Pool({
    Client: PreparingClient, connectionString: url, max, connectionTimeoutMillis: 5000, idleTimeoutMillis: 30_000, keepAlive: true,
    statement_timeout: statementTimeout, idle_in_transaction_session_timeout: 30_000, application_name: 'ringbook',
  });
  // Without a listener the error of an idle connection would end the process; a borrowed one may break in between too.
  pool.on('error', onError);
  pool.on('connect', (client) => { client.on('error', onError); });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
};

/**
 * Statements that begin with this are prepared once per connection and not planned anew each time: for the few that stand in
 * the call path. Their text must not vary, or every variant stays in the server's memory.
 */
export const PREPARED = '/* prepared */';

class PreparingClient extends pg.Client {
  // pg's own signature has many overloads; only the one that Kysely uses is changed
  override query = ((...args: unknown[]) => {
    const [text, values, ...rest] = args;
    const prepared = typeof text === 'string' && text.trimStart().startsWith(PREPARED) && Array.isArray(values);
    const changed = prepared ? [{ name: nameOf(text), text, values }, ...rest] : args;
    return (pg.Client.prototype.query as (...a: unknown[]) => unknown).apply(this, changed);
  }) as pg.Client['query'];
}

/** Their texts are few and do not vary, so neither do their names. */
const names = new Map<string, string>();
const nameOf = (text: string): string => {
  const known = names.get(text);
  if (known) return known;
  const name = createHash('sha1').update(text).digest('base64url');
  names.set(text, name);
  return name;
};
