/** What a schema says about bad input, as `errors[]` of a problem document: one entry a field, by path (`rules.2.method.to`). */
import type { FieldError } from '../shared/fault.js';

/** The parts of a zod issue that are read here. */
export interface Issue { path?: readonly unknown[]; message: string; code?: string; keys?: readonly string[]; errors?: readonly (readonly Issue[])[] }

const MOST = 100;
const TEXT = 200;

export const fieldErrors = (issues: readonly Issue[]): FieldError[] => issues.flatMap((issue) => flatten(issue, [])).slice(0, MOST);

const flatten = (issue: Issue, above: readonly unknown[]): FieldError[] => {
  const path = [...above, ...(issue.path ?? [])];
  if (issue.code === 'unrecognized_keys' && issue.keys) return issue.keys.map((key) => ({ path: name([...path, key]), message: 'is not known here' }));
  const best = issue.code === 'invalid_union' ? closest(issue.errors ?? []) : undefined;
  if (best) return best.flatMap((inner) => flatten(inner, path));
  return [{ path: name(path), message: issue.message.slice(0, TEXT) }];
};

/** Of the alternatives of a union, the one that was understood furthest: its complaints are the useful ones. */
const closest = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined => {
  const understood = (branch: readonly Issue[]) => Math.max(0, ...branch.map((issue) => issue.path?.length ?? 0)) + (branch[0]?.code === 'invalid_format' ? 0.5 : 0);
  return [...branches].sort((a, b) => understood(b) - understood(a))[0];
};

const name = (path: readonly unknown[]): string => path.map((part) => String(part).slice(0, 60)).join('.');
