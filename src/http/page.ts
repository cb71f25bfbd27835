/** List pages. A cursor is opaque to clients: the sort key of the last row, packed. */
import { Fault } from '../shared/fault.js';

export interface Page<T> { items: T[]; cursor: string | null }
export interface PageAsk { limit: number; cursor?: string }

const wrong = () => new Fault('invalid', 'request.invalid', 'The cursor is not one of ours', { errors: [{ path: 'cursor', message: 'must be a cursor from an earlier page' }] });

export const packCursor = (key: readonly string[]): string =>
  btoa(unescape(encodeURIComponent(JSON.stringify(key)))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

export const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** What one part of a cursor must look like. */
export interface Shape { test(text: string): boolean }
/** An instant as PostgreSQL writes it, and one that it reads: a day that there is, in a zone that there is. */
export const INSTANT: Shape = {
  test: (text) => {
    const [, day = '', time = '', zone = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?[+-](\d\d)(?::\d\d){0,2}$/.exec(text) ?? [];
    const at = new Date(`${day}T${time}Z`);
    return day > '0001' && Number(zone) < 15 && !/:[6-9]/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${day}T${time}`);
  },
};
/** Any text a row may be sorted by. */
// oxlint-disable-next-line no-control-regex
export const TEXT = /^[^\u0000-\u001f]{0,300}$/;

/**
 * @param shapes what each part must look like, so that a made-up cursor never reaches the database
 * @throws Fault when it is not a cursor of ours
 */
export const unpackCursor = (cursor: string, shapes: readonly Shape[]): string[] => {
  const key = attempt(cursor);
  if (!Array.isArray(key) || key.length !== shapes.length || !key.every((part, i) => typeof part === 'string' && shapes[i]!.test(part))) throw wrong();
  return key as string[];
};
const attempt = (cursor: string): unknown => {
  try { return JSON.parse(decodeURIComponent(escape(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))))); } catch { throw wrong(); }
};

/** Cuts `rows`, of which one more than asked for was read, into a page. */
export const pageOf = <R, T>(rows: R[], limit: number, view: (row: R) => T, key: (row: R) => string[]): Page<T> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), cursor: rows.length > limit && last ? packCursor(key(last)) : null };
};
/** A list that is short by nature, as one page. */
export const wholePage = <T>(items: T[]): Page<T> => ({ items, cursor: null });
