/** The connection pool of a process and Kysely on top of it. */
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
    connectionString: url, max, connectionTimeoutMillis: 5000, idleTimeoutMillis: 30_000, keepAlive: true,
    statement_timeout: statementTimeout, idle_in_transaction_session_timeout: 30_000, application_name: 'ringbook',
  });
  // Without a listener the error of an idle connection would end the process; a borrowed one may break in between too.
  pool.on('error', onError);
  pool.on('connect', (client) => { client.on('error', onError); });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
};
