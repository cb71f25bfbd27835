/**
 * Spoken prompts: a text becomes an 8 kHz WAV file in the spool, once per text and voice. The text goes to the speech
 * program by standard input, never on its command line: part of it is what a caller calls himself.
 */
import { createHash, randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../shared/fault.js';
import { readWav, toTelephone, wavOf } from './wav.js';

/** Speaks `text`; gives a WAV file of any rate. @throws Fault */
export type Speak = (text: string) => Promise<Uint8Array>;

/** Milliseconds that a text may take. */
const LONGEST_MS = 20_000;
/** Callers may call themselves anything: so many programs speak at a time, and texts that nobody heard for so long are removed. */
const SPEAKERS = 2;
const DAY_MS = 86_400_000;
const KEEP_DAYS = 30;

export class Speech {
  private readonly underWay = new Map<string, Promise<string>>();
  private readonly lanes: Promise<unknown>[] = Array.from({ length: SPEAKERS }, () => Promise.resolve());
  private next = 0;

  /** `voice` is part of the cache key: a new command or voice speaks everything anew. `speak` undefined: this installation cannot speak. */
  constructor(private readonly spool: string, private readonly voice: string, private readonly speak: Speak | undefined) {}

  /** Path of the prompt without its ending, as Asterisk wants it. @throws Fault `speech.unavailable`, `speech.failed` */
  async render(text: string): Promise<string> {
    const path = this.pathOf(text);
    if (await used(`${path}.wav`)) return path;
    const running = this.underWay.get(path) ?? this.inTurn(() => this.make(path, text)).finally(() => this.underWay.delete(path));
    this.underWay.set(path, running);
    return running;
  }

  /** Removes texts that were not played for 30 days. */
  async tidy(now = Date.now()): Promise<void> {
    const folder = join(this.spool, 'speech');
    for (const name of await readdir(folder).catch(() => [])) {
      const file = await stat(join(folder, name)).catch(() => undefined);
      if (file?.isFile() && now - file.mtimeMs > KEEP_DAYS * DAY_MS) await rm(join(folder, name), { force: true });
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const lane = this.next++ % SPEAKERS;
    const result = this.lanes[lane]!.then(work);
    this.lanes[lane] = result.catch(() => {}); // whoever asked hears of it
    return result;
  }

  private pathOf(text: string): string {
    return join(this.spool, 'speech', createHash('sha256').update(`${this.voice}\0${text}`).digest('hex').slice(0, 32));
  }

  private async make(path: string, text: string): Promise<string> {
    if (!this.speak) throw new Fault('unavailable', 'speech.unavailable', 'No speech program is configured (TTS_COMMAND), so this text cannot be spoken');
    const { rate, samples } = readWav(await this.speak(text));
    const wav = wavOf(toTelephone(samples, rate));
    await mkdir(join(this.spool, 'speech'), { recursive: true });
    const temporary = `${path}.${randomUUID()}.part`;
    await writeFile(temporary, wav);
    await rename(temporary, `${path}.wav`);
    return path;
  }
}

/** Whether it is there; its time then says when it was last wanted. */
const used = async (path: string): Promise<boolean> => {
  const file = await stat(path).catch(() => undefined);
  if (file && Date.now() - file.mtimeMs > DAY_MS) await utimes(path, new Date(), new Date());
  return file !== undefined;
};

/**
 * A speech program configured by the administrator: text on standard input, a WAV file at the path in {file}.
 * @throws Fault `speech.failed` when it exits with an error or takes longer than 20 seconds
 */
export const speakByCommand = (command: string, folder: string): Speak => async (text) => {
  const file = join(folder, `.speech-${randomUUID()}.wav`);
  await mkdir(folder, { recursive: true });
  try {
    await runShell(command.replaceAll('{file}', `'${file.replaceAll('\'', String.raw`'\''`)}'`), text);
    return await readFile(file);
  } finally { await rm(file, { force: true }); }
};

/** A shell is not killed with what it started, and that may keep its pipes open for ever: the group is ended, and its exit counts. */
const runShell = (command: string, input: string) => new Promise<void>((resolve, reject) => {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  const endGroup = (): void => { try { process.kill(-child.pid!, 'SIGKILL'); } catch { /* it is gone */ } };
  const late = setTimeout(endGroup, LONGEST_MS);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => { if (complaint.length < 500) complaint += chunk.toString('utf8'); });
  child.stdin.on('error', () => {}); // it may end before it has read everything; its exit code tells
  child.stdin.end(`${input}\n`);
  child.once('error', (cause) => { clearTimeout(late); reject(new Fault('unavailable', 'speech.failed', 'The speech program could not be started', {}, cause)); });
  child.once('exit', (code) => setImmediate(() => { // what it complained about is read first
    clearTimeout(late);
    endGroup();
    child.stderr.destroy();
    if (code === 0) resolve(); else reject(new Fault('unavailable', 'speech.failed', `The speech program failed (${code ?? 'it took too long'}): ${complaint.slice(0, 500).trim()}`));
  }));
});
