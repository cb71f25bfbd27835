/** What is only known once a process has started its own servers: where the database and the telephone systems really are. */
import type { AmiTarget } from '../adapter/asterisk/url.js';
import type { Db } from '../store/schema.js';

export interface Runtime {
  /** Of the embedded PostgreSQL or of DATABASE_URL. */
  databaseUrl: string;
  /** Connections for calls alone: whatever else is under way, a caller waits for none. */
  callDb: Db;
  /** From AMI_URL, or the practice phone system. */
  targets: AmiTarget[];
  /** Speaks a text as a WAV file; undefined when this installation cannot speak. `voice` names program and voice. */
  speak?: (text: string) => Promise<Uint8Array>;
  voice: string;
}
/** Nest token of the Runtime of a process. */
export const RUNTIME = Symbol('RUNTIME');
