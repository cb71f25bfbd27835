/**
 * The one error class of Ringbook. An expected result (busy, no such contact) is an outcome, never a Fault.
 * `code` is stable, dotted and documented in docs/errors.md; `kind` decides HTTP status, job retry and log level in one table.
 */
export type FaultKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'missing' | 'conflict' | 'limited' | 'unavailable' | 'broken';

export interface FieldError { path: string; message: string }

export class Fault extends Error {
  constructor(
    readonly kind: FaultKind,
    readonly code: string,
    message: string,
    readonly context: { errors?: FieldError[]; retryAfter?: number; [key: string]: unknown } = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'Fault';
  }
}

interface Treatment { status: number; retry: boolean; level: 'debug' | 'info' | 'warn' | 'error' }
export const TREATMENT: Record<FaultKind, Treatment> = {
  invalid: { status: 400, retry: false, level: 'debug' },
  unauthenticated: { status: 401, retry: false, level: 'info' },
  forbidden: { status: 403, retry: false, level: 'info' },
  missing: { status: 404, retry: false, level: 'debug' },
  conflict: { status: 409, retry: false, level: 'debug' },
  limited: { status: 429, retry: true, level: 'info' },
  unavailable: { status: 503, retry: true, level: 'warn' },
  broken: { status: 500, retry: false, level: 'error' },
};
