/** One running bridge a DATA_DIR: a second one is told so, one that was killed leaves no trace that matters. */
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';

/** @returns a function that gives the folder free. @throws Fault `start.running`, `start.folder` */
export const lockFolder = (dir: string): (() => void) => {
  const file = join(dir, 'lock');
  const mine = `${file}.${process.pid}`;
  try {
    makeFolder(dir);
    writeFileSync(mine, `${process.pid} ${startOf(process.pid)}\n`);
  } catch (thrown) {
    const reason = REASON[(thrown as NodeJS.ErrnoException).code ?? ''] ?? messageOf(thrown);
    throw new Fault('invalid', 'start.folder', `Ringbook cannot keep its data in ${dir}: ${reason}. Choose a folder with DATA_DIR.`, {}, thrown);
  }
  try {
    for (let tries = 0; tries < 5; tries++) {
      if (link(mine, file)) return () => { if (ours(file)) rmSync(file, { force: true }); };
      const holder = holderOf(file);
      if (holder) throw new Fault('conflict', 'start.running', `Ringbook is running already on ${dir} (process ${holder}). Stop it first, or give this one another DATA_DIR and PORT.`, { pid: holder });
      takeAway(file);
    }
    throw new Fault('conflict', 'start.running', `Another Ringbook is starting on ${dir} at this moment.`);
  } finally { rmSync(mine, { force: true }); }
};

const REASON: Record<string, string> = {
  EACCES: 'it may not write there', EPERM: 'it may not write there', EROFS: 'nobody may write there', ENOENT: 'no folder can be made there',
  ENOTDIR: 'that is no folder', EEXIST: 'that is no folder', ENOSPC: 'the disk is full',
};

/** One folder after the other: in /proc, where every name is unknown, Node's own `recursive` never ends. */
const makeFolder = (dir: string): void => {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  try { mkdirSync(dir, { mode: 0o711 }); } catch (thrown) { if (!existsSync(dir)) throw thrown; }
};

const link = (from: string, to: string): boolean => {
  try { linkSync(from, to); return true; } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
};

/** Moved first, then removed: of two that find it stale, only one removes this very file. */
const takeAway = (file: string): void => {
  const stale = `${file}.stale-${process.pid}`;
  try { renameSync(file, stale); rmSync(stale, { force: true }); } catch { /* the other one was quicker */ }
};

const read = (file: string): string[] => { try { return readFileSync(file, 'utf8').trim().split(' '); } catch { return []; } };
const ours = (file: string): boolean => read(file)[0] === String(process.pid);

/** The process that holds the lock, if it still is the one that took it: process ids are used again. */
const holderOf = (file: string): number | undefined => {
  const [pid, start] = read(file);
  const now = startOf(Number(pid));
  return now !== undefined && String(now) === start ? Number(pid) : undefined;
};

/** When a process began, in the kernel's own count; undefined when there is none. Elsewhere than on Linux only whether it is there. */
const startOf = (pid: number): string | undefined => {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return 'running';
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch (thrown) { return (thrown as NodeJS.ErrnoException).code === 'EPERM' ? 'running' : undefined; }
};
