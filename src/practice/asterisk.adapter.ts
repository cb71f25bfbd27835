/**
 * Runs the practice Asterisk: writes its configuration, starts it on free loopback ports, waits until it has fully booted, and
 * ends it by its process id only. An Asterisk that outlived a crashed owner is found by its pid file and ended first.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dialplanContext, type DialplanNumber, isPlainPath, managerContext } from '../line/dialplan.js';
import { Fault } from '../shared/fault.js';
import { MODULES, program } from './packages.js';
import { acceptsLogin, freePort } from './ports.adapter.js';
import { renderConfiguration } from './templates.adapter.js';

const run = promisify(execFile);
/** Calls from the outside world come from this address; telephones live on the other. Both are loopback on Linux. */
export const TRUNK_IP = '127.0.0.10';
export const PHONE_IP = '127.0.0.20';

export interface Extension { extension: string; port: number; name?: string }
export interface AsteriskOptions {
  /** The unpacked phone system, see `unpackPhoneSystem`. */
  root: string;
  /** Configuration, logs, database and control socket of this instance; one instance per folder. */
  runDir: string;
  /** Shared with Ringbook: prompts/, voicemail/ and recordings/ are made in it. */
  spool: string;
  numbers: readonly DialplanNumber[];
  /** Telephones with the port on PHONE_IP where each answers (`startPhone`). */
  extensions: readonly Extension[];
  /** The port on TRUNK_IP where calls to the outside world arrive (`startPhone` again). */
  worldPort: number;
  /** A PEM file with key and certificate: also serves AMI over TLS, see `amisUrl`. */
  tlsCertificate?: string;
  /** See `DialplanOptions`. */
  fallbackSeconds?: number;
  /** The manager user may also originate calls and send AGI commands, which Ringbook's own may not: for tests that play a bridge. */
  mayOriginate?: boolean;
  /** Kept from an earlier run, so that whoever knows the address still finds it; default: free ports, a random secret. */
  ports?: Ports; secret?: string;
  /** Called when it ended though nobody asked it to; `restart` starts it again. */
  onCrash?: () => void;
}
export interface Ports { ami: number; amiTls: number; sip: number; rtp: number }

export interface PracticeAsterisk {
  /** `ami://ringbook:secret@127.0.0.1:port` */
  amiUrl: string; amisUrl?: string;
  /** `127.0.0.1:port`, where to send calls. */
  sipAddress: string;
  ports: Ports; secret: string; runDir: string;
  /** The process id now; undefined while it is stopped. */
  readonly pid: number | undefined;
  /** A console command (`core show channels`); what it printed. */
  rx(command: string): Promise<string>;
  /** Ends it in order: calls are hung up, the database is closed. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`: same ports, same secret, same database. */
  restart(): Promise<void>;
}

/** @throws Fault `practice.asterisk` with the last lines of its log when it does not come up within 20 seconds */
export const startAsterisk = async (options: AsteriskOptions): Promise<PracticeAsterisk> => {
  const runDir = resolve(options.runDir);
  const ports = options.ports ?? {
    ami: await freePort('tcp', '127.0.0.1'), amiTls: await freePort('tcp', '127.0.0.1'),
    sip: await freePort('udp', '127.0.0.1'), rtp: 30_000 + 1000 * Math.floor(Math.random() * 30),
  };
  const secret = options.secret ?? randomBytes(18).toString('base64url');
  await stopLeftover(runDir);
  await prepare({ ...options, runDir, ports, secret });
  const instance = new Instance(options.root, runDir, ports, secret, options.onCrash);
  await instance.start();
  const address = (port: number): string => `ringbook:${secret}@127.0.0.1:${port}`;
  return {
    amiUrl: `ami://${address(ports.ami)}`,
    ...(options.tlsCertificate === undefined ? {} : { amisUrl: `amis://${address(ports.amiTls)}` }),
    sipAddress: `127.0.0.1:${ports.sip}`, ports, secret, runDir,
    get pid() { return instance.pid; },
    rx: (command) => instance.rx(command),
    stop: () => instance.end('SIGTERM'),
    kill: () => instance.end('SIGKILL'),
    restart: async () => { await instance.end('SIGTERM'); await instance.start(); },
  };
};

const confOf = (runDir: string): string => join(runDir, 'etc', 'asterisk.conf');
const pidFileOf = (runDir: string): string => join(runDir, 'owner.pid');

/** A Unix socket's path has at most 107 bytes: a deep run folder gets its control socket in the temporary folder. */
const controlDirOf = (runDir: string): string => {
  const near = join(runDir, 'run');
  if (Buffer.byteLength(join(near, 'asterisk.ctl')) < 100) return near;
  return join(tmpdir(), `ringbook-${process.getuid?.() ?? 0}-${createHash('sha256').update(runDir).digest('hex').slice(0, 12)}`);
};

/** Whoever could write there could command Asterisk: it must be ours alone. */
const makeControlDir = async (runDir: string): Promise<void> => {
  const folder = controlDirOf(runDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await stat(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Fault('forbidden', 'practice.path', `${folder} belongs to somebody else`);
};

type Prepared = AsteriskOptions & { ports: Ports; secret: string };
const prepare = async (options: Prepared): Promise<void> => {
  const { runDir, spool, root, ports } = options;
  for (const path of [runDir, resolve(spool), root]) {
    if (!isPlainPath(path)) throw new Fault('invalid', 'practice.path', `Asterisk cannot run in ${path}: only letters, digits, spaces and _ . @ + ~ - may stand in such a path. Set DATA_DIR to another folder.`);
  }
  const controlDir = controlDirOf(runDir);
  for (const folder of ['varlib', 'data/sounds', 'agi-bin', 'spool', 'log']) await mkdir(join(runDir, folder), { recursive: true });
  for (const folder of ['prompts', 'speech', 'voicemail']) await mkdir(join(spool, folder), { recursive: true });
  await link(join(root, 'usr/share/asterisk/documentation'), join(runDir, 'data/documentation'));
  await link(join(root, 'usr/share/asterisk/sounds/en_US_f_Allison'), join(runDir, 'data/sounds/en'));
  await renderConfiguration(join(runDir, 'etc'), {
    ...dialplanContext({ confirmPrompt: `${options.spool}/prompts/confirm`, numbers: options.numbers, outbound: 'PJSIP/${EXTEN}@world', spool: resolve(spool), fallbackSeconds: options.fallbackSeconds }),
    runDir, controlDir, modules: join(root, MODULES),
    ...managerContext({ user: 'ringbook', secret: options.secret, permit: '127.0.0.0/255.0.0.0' }), amiPort: ports.ami, amiTlsPort: ports.amiTls, sipPort: ports.sip, rtpStart: ports.rtp, rtpEnd: ports.rtp + 999,
    tlsCertificate: options.tlsCertificate ?? '', mayOriginate: options.mayOriginate ?? false, trunkIp: TRUNK_IP, phoneIp: PHONE_IP, worldPort: options.worldPort,
    extensions: options.extensions.map(({ extension, port, name = '' }) => ({ extension, port, name: name.replace(/["\\;<>\r\n]/g, '') })),
  });
};

const link = async (target: string, path: string): Promise<void> => {
  await rm(path, { force: true });
  await symlink(target, path);
};

/** Ends an Asterisk that an earlier owner of this folder left running; a process that merely has its old id is left alone. */
const stopLeftover = async (runDir: string): Promise<void> => {
  const pid = Number(await readFile(pidFileOf(runDir), 'utf8').catch(() => ''));
  const isOurs = async (): Promise<boolean> =>
    pid > 1 && (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').includes(confOf(runDir));
  for (let waited = 0; await isOurs(); waited += 50) {
    if (waited % 1000 === 0) process.kill(pid, waited < 3000 ? 'SIGTERM' : 'SIGKILL');
    await sleep(50);
  }
};

/** The one process, and the only thing here that owns something. */
class Instance {
  private child: ChildProcess | undefined;
  private wanted = false;
  constructor(
    private readonly root: string, private readonly runDir: string, private readonly ports: Ports, private readonly secret: string,
    private readonly onCrash?: () => void,
  ) {}

  get pid(): number | undefined { return this.child?.pid; }

  async start(): Promise<void> {
    await makeControlDir(this.runDir);
    const { file, args, env } = program(this.root, 'asterisk');
    const log = await open(join(this.runDir, 'log', 'console.log'), 'w');
    const child = spawn(file, [...args, '-f', '-C', confOf(this.runDir)], { env: { ...process.env, ...env }, stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    this.child = child;
    const gone = (): void => {
      if (this.child === child) this.child = undefined;
      process.off('exit', atExit);
      if (this.wanted) { this.wanted = false; this.onCrash?.(); }
    };
    const atExit = (): void => { child.kill('SIGTERM'); };
    process.once('exit', atExit);
    child.once('error', gone);
    child.once('exit', gone);
    if (child.pid) await writeFile(pidFileOf(this.runDir), String(child.pid));
    await this.booted();
    this.wanted = this.child !== undefined;
  }

  private async booted(): Promise<void> {
    const until = Date.now() + 20_000;
    while (this.child && Date.now() < until) {
      if (existsSync(join(controlDirOf(this.runDir), 'asterisk.ctl')) && /fully booted/i.test(await this.rx('core waitfullybooted').catch(() => ''))) {
        return this.listening();
      }
      await sleep(20);
    }
    await this.end('SIGKILL');
    const lines = (await readFile(join(this.runDir, 'log', 'console.log'), 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' | ');
    throw new Fault('unavailable', 'practice.asterisk', `The practice Asterisk did not come up: ${lines}`);
  }

  /** Asterisk starts also when a port was taken from under it; then it must not pass for ready. */
  private async listening(): Promise<void> {
    const { ports, secret } = this;
    if (/Objects found: 1/.test(await this.rx('pjsip show transports')) && await acceptsLogin(ports.ami, secret)) return;
    await this.end('SIGKILL');
    throw new Fault('unavailable', 'practice.asterisk', 'The practice Asterisk came up without its ports');
  }

  async rx(command: string): Promise<string> {
    const { file, args, env } = program(this.root, 'asterisk');
    return (await run(file, [...args, '-C', confOf(this.runDir), '-rx', command], { env: { ...process.env, ...env }, timeout: 15_000 })).stdout;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const killing = setTimeout(() => child.kill('SIGKILL'), 4000);
    await exited;
    clearTimeout(killing);
    await rm(pidFileOf(this.runDir), { force: true });
    const control = controlDirOf(this.runDir);
    await rm(control.startsWith(this.runDir) ? join(control, 'asterisk.ctl') : control, { recursive: true, force: true });
  }
}
