/** Recorded messages on disk. The database names them, but only what really lies inside the spool folder is touched. */
import { createReadStream } from 'node:fs';
import { realpath, rm, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';

export interface Recording { size: number; read(start: number, end: number): Readable }

/** Absolute path of a file of the spool, links followed; undefined when it is not there or lies outside. */
const inside = async (spool: string, file: string): Promise<string | undefined> => {
  try {
    const root = await realpath(spool);
    const path = await realpath(resolve(root, file));
    const below = relative(root, path);
    return below === '' || below.startsWith('..') || isAbsolute(below) ? undefined : path;
  } catch { return undefined; }
};

export const openRecording = async (spool: string, file: string): Promise<Recording | undefined> => {
  const path = await inside(spool, file);
  const found = path && await stat(path).catch(() => undefined);
  if (!path || !found || !found.isFile()) return undefined;
  return { size: found.size, read: (start, end) => createReadStream(path, { start, end: Math.max(start, end) }) };
};

export const removeRecording = async (spool: string, file: string): Promise<void> => {
  const path = await inside(spool, file);
  if (path && (await stat(path)).isFile()) await rm(path, { force: true });
};
