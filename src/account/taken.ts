/** Turns PostgreSQL's "unique violation" (SQLSTATE 23505) into what it means to the person who caused it. */
import { Fault } from '../shared/fault.js';

/** @returns a function that waits for a write; its promise rejects with Fault `code` (conflict) naming `path` when the value is taken */
export const taken = (path: string, code: string, message: string) => async <T>(write: Promise<T>): Promise<T> => {
  try { return await write; } catch (thrown) {
    if ((thrown as { code?: unknown } | undefined)?.code !== '23505') throw thrown;
    throw new Fault('conflict', code, message, { errors: [{ path, message }] }, thrown);
  }
};
