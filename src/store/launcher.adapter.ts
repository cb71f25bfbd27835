/**
 * Whom PostgreSQL runs as: it refuses to run as root. When we are root it is dropped to an unprivileged user; when that
 * user could not reach the folders (a home directory of mode 0700, say) it is given the one capability to pass through
 * closed folders, and nothing else. Folders of others are never opened up for it.
 */
import { spawn } from 'node:child_process';
import { existsSync, lchownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../shared/fault.js';

export interface Launcher {
  /** Words in front of the program. */
  prefix: string[];
  /** Set when Node itself changes the user. */
  spawn: { uid?: number; gid?: number };
  /** Who owns the data; undefined: ourselves. */
  uid?: number; gid?: number;
}

/**
 * Finds out how to run PostgreSQL on folders below `dir`.
 * @param initdb one of its programs
 * @throws Fault `postgres.owner`, `postgres.unreachable`
 */
export const chooseLauncher = async (initdb: string, dir: string): Promise<Launcher> => {
  const data = join(dir, 'postgres');
  const owner = statSync(data, { throwIfNoEntry: false });
  if (process.getuid?.() !== 0) {
    if (owner === undefined || owner.uid === process.getuid?.()) return { prefix: [], spawn: {} };
    throw new Fault('broken', 'postgres.owner', `${data} belongs to another user (it was made when Ringbook ran as root or somebody else): run as that user, or chown -R it and DATA_DIR to yours.`);
  }
  const user = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : unprivileged();
  if (owner?.uid === 0) giveAll(data, user);
  for (const launcher of candidates(user)) {
    if (await reaches(launcher, initdb, dir)) return launcher;
  }
  throw new Fault('unavailable', 'postgres.unreachable',
    `PostgreSQL does not run as root, and user ${user.uid} may not enter ${dir} or ${initdb}: run Ringbook as an ordinary user, keep it and DATA_DIR where all may enter (such as /srv or /opt), or name a server in DATABASE_URL.`);
};

/** `nobody` is on every machine; a user of its own would mean changing the machine. */
const unprivileged = (): { uid: number; gid: number } => {
  const line = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith('nobody:')) : undefined;
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
};

/**
 * access(2), by which PostgreSQL looks for its own programs, leaves out the capabilities of who is not root, unless the
 * secure bit no_setuid_fixup is set (capabilities(7)).
 */
const candidates = (user: { uid: number; gid: number }): Launcher[] => [
  { ...user, prefix: [], spawn: user },
  ...['dac_read_search', 'dac_override'].map((capability): Launcher => ({ // containers often have only the second
    ...user, spawn: {},
    prefix: ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs', '--securebits=+no_setuid_fixup', ...['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-all,+${capability}`)],
  })),
];

/** `initdb --show` changes nothing and ends well only when it found everything that it needs. */
const reaches = async (launcher: Launcher, initdb: string, dir: string): Promise<boolean> => {
  const { code } = await runAs(launcher, '/bin/sh', ['-c', 'cd "$1" && exec "$2" --show -D "$1"', 'sh', dir, initdb]);
  return code === 0;
};

const giveAll = (path: string, user: { uid: number; gid: number }): void => {
  lchownSync(path, user.uid, user.gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) giveAll(join(path, entry.name), user);
    else lchownSync(join(path, entry.name), user.uid, user.gid);
  }
};

/** The command line that runs a program as the chosen user. */
export const commandFor = (launcher: Launcher, program: string, args: string[]): [string, string[]] => {
  const [first = program, ...rest] = [...launcher.prefix, program, ...args];
  return [first, rest];
};

/** Runs a program to its end as the chosen user. A program that is not there ends with code 127. */
export const runAs = (launcher: Launcher, program: string, args: string[]): Promise<{ code: number; output: string }> => new Promise((resolve) => {
  const child = spawn(...commandFor(launcher, program, args), { ...launcher.spawn, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: plainEnv() });
  let output = '';
  child.stdout.on('data', (chunk) => { output += String(chunk); });
  child.stderr.on('data', (chunk) => { output += String(chunk); });
  child.on('error', () => resolve({ code: 127, output }));
  child.on('close', (code) => resolve({ code: code ?? 1, output }));
});

/** PostgreSQL needs nothing of our environment, which may hold secrets and PG* variables that would lead it astray. */
export const plainEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

/** Makes a folder that others may pass through but not list; one that is there stays as it is. */
export const makePassage = (dir: string): void => { mkdirSync(dir, { recursive: true, mode: 0o711 }); };
