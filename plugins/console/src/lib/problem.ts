/** Problem documents in words, and at the fields they name. */
import { ProblemError } from '@ringbook/contracts/client';
import { w } from '../words/index.js';

export const problemText = (error: unknown): string => {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : w.problem.title;
  if (error.status === 0) return w.problem.unreachable;
  if (error.status === 429) return w.problem.tooMany;
  if (error.status >= 500) return `${w.problem.server} (${error.code})`;
  const fields = Object.entries(error.fields).map(([path, message]) => (path ? `${path} ${message}` : message));
  const what = error.problem.detail ?? error.problem.title;
  return fields.length ? `${what}: ${fields.join('; ')}` : what;
};

/** What is wrong with one field, if the problem names it. */
export const fieldError = (error: unknown, path: string): string | undefined => (error instanceof ProblemError ? error.fields[path] : undefined);

/** A problem that names only fields shown in the form needs no note of its own. */
export const beyondFields = (error: unknown, shown: readonly string[]): unknown => {
  if (!(error instanceof ProblemError)) return error;
  const named = Object.keys(error.fields);
  return named.length && named.every((path) => shown.includes(path)) ? null : error;
};
export const isStatus = (error: unknown, ...statuses: number[]) => error instanceof ProblemError && statuses.includes(error.status);
export const isProblem = (error: unknown, ...codes: string[]) => error instanceof ProblemError && codes.includes(error.code);
