/** Ringbook as somebody runs it who has just built it: a copy of the tree, without a `.env`, with a DATA_DIR and a port of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const NEEDED = ['dist', 'src', 'scripts', 'plugins', 'templates', 'migrations', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.base.json'];

export class Copy {
  private readonly base = mkdtempSync(join(tmpdir(), 'ringbook-npm-start-'));
  private readonly env: Record<string, string | undefined>;
  private cookie = '';
  readonly address: string;

  constructor(port: number) {
    this.address = `http://127.0.0.1:${port}`;
    // Without the very folder that npm puts in front: it is the machine's own Node that begins.
    const path = process.env['PATH']!.split(':').filter((part) => !part.endsWith('node_modules/.bin')).join(':');
    this.env = { PATH: path, HOME: this.base, PORT: String(port), DATA_DIR: join(this.base, 'data') };
    for (const name of NEEDED) cpSync(join(ROOT, name), join(this.base, 'tree', name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.base, 'tree/node_modules'));
    mkdirSync(join(ROOT, '.cache/phone-system'), { recursive: true });
    mkdirSync(join(this.base, 'data'));
    symlinkSync(join(ROOT, '.cache/phone-system'), join(this.base, 'data/phone-system'));
  }

  npm(args: string[]): { child: ChildProcess; said: () => string; gone: Promise<unknown> } {
    const child = spawn('npm', args, { cwd: join(this.base, 'tree'), env: this.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { text += String(chunk); });
    return { child, said: () => text, gone: once(child, 'exit') };
  }

  async start() {
    const from = Date.now();
    const run = this.npm(['start']);
    await expect.poll(() => run.child.exitCode !== null || run.said().includes('Ctrl-C stops'), { timeout: 60_000, interval: 20 }).toBe(true);
    expect(run.said()).toContain(`Ringbook is running: ${this.address}`);
    return { ...run, ms: Date.now() - from, ctrlC: () => process.kill(-run.child.pid!, 'SIGINT') };
  }

  /** Every process that has to do with this copy, whoever started it: by its folder, its program or what it was called with. */
  left(): number[] {
    const about = (pid: string): string => {
      const link = (name: string) => { try { return readlinkSync(`/proc/${pid}/${name}`); } catch { return ''; } };
      try { return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) ? '' : `${readFileSync(`/proc/${pid}/cmdline`, 'utf8')} ${link('cwd')} ${link('exe')}`; } catch { return ''; }
    };
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && about(name).includes(this.base)).map(Number);
  }
  killAll(): void { for (const pid of this.left()) try { process.kill(pid, 'SIGKILL'); } catch { /* it was quicker */ } }
  remove(): void { rmSync(this.base, { recursive: true, force: true, maxRetries: 5 }); }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.address}/api/v1${path}`, { method, headers: { cookie: this.cookie, origin: this.address, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
