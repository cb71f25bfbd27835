/**
 * Fetches and unpacks the practice phone system (Asterisk, SIPp, espeak-ng) from the Debian archive that this machine's own
 * apt names. Needs no root, installs nothing, and leaves the machine's apt state alone: lists and cache are private.
 * Packages are verified with the machine's Debian keyring, as apt always does; there is no way round that here.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import { archivesOf, PACKAGES, SUITE } from './packages.js';

const run = promisify(execFile);
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];
const INSTEAD = 'Or connect a real Asterisk instead: AMI_URL=ami://user:secret@host:5038';

export interface UnpackOptions {
  /** Where the unpacked system is kept, shared by every run: `DATA_DIR/phone-system`, or `.cache/phone-system` for tests. */
  dir: string;
  /** Told in plain words what happens; called only when there is something to wait for. */
  log?: (line: string) => void;
}

/**
 * The unpacked system, fetched first when it is not there yet (about 40 MB, some seconds).
 * @returns `root`, absolute; complete or not there at all, also when two processes do this at once.
 * @throws Fault `practice.platform`, `practice.no-apt`, `practice.mirror`, `practice.keyring`, `practice.packages`
 */
export const unpackPhoneSystem = async ({ dir, log = () => {} }: UnpackOptions): Promise<{ root: string }> => {
  const home = resolve(dir);
  const root = join(home, `root-${createHash('sha256').update([SUITE, ...PACKAGES].join(' ')).digest('hex').slice(0, 8)}`);
  if (existsSync(join(root, '.complete'))) return { root };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Fault('unavailable', 'practice.platform',
      `The practice phone system runs on Linux on x86-64 only; this machine is ${process.platform} on ${process.arch}. ${INSTEAD}`);
  }
  const work = join(home, `.unpacking-${process.pid}-${randomBytes(3).toString('hex')}`);
  try {
    await mkdir(work, { recursive: true });
    log('fetching the practice phone system (Asterisk, SIPp and espeak-ng from Debian, about 40 MB, once)');
    await unpackAll(await download(work, log), join(work, 'root'));
    await writeFile(join(work, 'root', '.complete'), `${new Date().toISOString()}\n${SUITE}\n${PACKAGES.join('\n')}\n`);
    await rename(join(work, 'root'), root).catch((thrown: unknown) => {
      if (!existsSync(join(root, '.complete'))) throw thrown; // else another process was quicker, with the same content
    });
    log(`unpacked into ${root}`);
    return { root };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** Runs one program of apt or dpkg; its standard output. */
const tool = async (file: string, args: string[], cwd?: string): Promise<string> => {
  try {
    return (await run(file, args, { cwd, env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 24 })).stdout;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Fault('unavailable', 'practice.no-apt',
        `The practice phone system is fetched with apt-get and unpacked with dpkg-deb; there is no ${file} here. ${INSTEAD}`, {}, thrown);
    }
    throw thrown;
  }
};

/** What apt wrote on its error output, without the noise: at most three lines. */
const complaint = (thrown: unknown): string => {
  const text = (thrown as { stderr?: string }).stderr ?? messageOf(thrown);
  return text.split('\n').filter((line) => /^(E|W|Err):?/.test(line)).slice(0, 3).join(' ') || messageOf(thrown).split('\n')[0]!;
};

/** Downloads every package into `work/debs`; the paths of the files. */
const download = async (work: string, log: (line: string) => void): Promise<string[]> => {
  const archives = archivesOf(await tool('apt-get', ['update', '--print-uris', '-o', 'Debug::NoLocking=1'])
    .catch((thrown: unknown) => { if (thrown instanceof Fault) throw thrown; return ''; }));
  if (archives.length === 0) {
    throw new Fault('unavailable', 'practice.mirror', `This machine's apt names no Debian archive to fetch the practice phone system from. ${INSTEAD}`);
  }
  const keyring = KEYRINGS.find((path) => existsSync(path));
  if (keyring === undefined) {
    throw new Fault('unavailable', 'practice.keyring', `The package debian-archive-keyring is not installed, so nothing from Debian can be verified. ${INSTEAD}`);
  }
  const complaints: string[] = [];
  for (const archive of archives) {
    const options = await privateApt(work, archive, keyring);
    try {
      await tool('apt-get', [...options, '-qq', 'update']);
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown;
      complaints.push(complaint(thrown));
      continue;
    }
    return fetchPackages(work, options, log);
  }
  throw new Fault('unavailable', 'practice.mirror',
    `The Debian archive that this machine's apt names does not serve the suite ${SUITE}, or does not answer: ${complaints.join(' ')} ${INSTEAD}`);
};

const fetchPackages = async (work: string, options: string[], log: (line: string) => void): Promise<string[]> => {
  const debs = join(work, 'debs');
  await mkdir(debs, { recursive: true });
  try {
    await tool('apt-get', [...options, '-qq', 'download', ...PACKAGES], debs);
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault('unavailable', 'practice.packages', `Could not fetch the packages of the practice phone system: ${complaint(thrown)} ${INSTEAD}`, {}, thrown);
  }
  log('unpacking');
  return (await readdir(debs)).filter((name) => name.endsWith('.deb')).map((name) => join(debs, name));
};

/** A private apt state below `work` that knows one archive; the options that make apt-get use it, and only it. */
const privateApt = async (work: string, archive: string, keyring: string): Promise<string[]> => {
  const apt = join(work, 'apt');
  for (const folder of ['etc/trusted.gpg.d', 'etc/preferences.d', 'state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(apt, folder), { recursive: true });
  }
  await writeFile(join(apt, 'status'), '');
  await writeFile(join(apt, 'etc/sources.list'), `deb [arch=amd64 signed-by=${keyring}] ${archive} ${SUITE} main\n`);
  const settings = {
    'Dir::Etc': join(apt, 'etc'), 'Dir::Etc::sourcelist': join(apt, 'etc/sources.list'), 'Dir::Etc::sourceparts': '/nonexistent',
    'Dir::State': join(apt, 'state'), 'Dir::State::status': join(apt, 'status'), 'Dir::Cache': join(apt, 'cache'),
    'APT::Architecture': 'amd64', 'APT::Sandbox::User': '', 'APT::Update::Error-Mode': 'any', 'Debug::NoLocking': '1',
    'Acquire::Languages': 'none', 'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'Acquire::Retries': '2', 'Acquire::http::Timeout': '20', 'Acquire::https::Timeout': '20',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
};

/** Unpacks in the order of names: later packages never overwrite files of earlier ones, Debian forbids it. */
const unpackAll = async (debs: string[], root: string): Promise<void> => {
  await mkdir(root, { recursive: true });
  for (const deb of debs) await tool('dpkg-deb', ['-x', deb, root]);
};

/** When the system at `root` was unpacked, for the log and the health page. */
export const unpackedAt = async (root: string): Promise<string> => (await readFile(join(root, '.complete'), 'utf8')).split('\n')[0]!;
