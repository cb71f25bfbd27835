/** Recordings that calls made, in the spool that Asterisk and Ringbook share. */
import { open, rm } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';

/** A recording that holds something. `file`: path below the spool. `seconds`: of sound at 8 kHz, 16 bit. */
export interface Recording { file: string; seconds: number }
const HEADER = 44;
const BYTES_PER_SECOND = 16_000;
/** Shorter than this nobody said anything. */
const LEAST_SECONDS = 0.5;

export class Recordings {
  constructor(private readonly spool: string) {}

  /** Those of the named recordings (without folder and ending) that hold sound; the others are removed, as nobody said anything. `journalled`: a full path that Asterisk's journal names. */
  async collect(names: string[], journalled?: string): Promise<Recording[]> {
    const files = [...names.map((name) => join('voicemail', `${basename(name)}.wav`)), ...(journalled ? [this.below(journalled)] : [])];
    const found = await Promise.all([...new Set(files)].map((file) => this.measure(file)));
    return found.filter((r) => r !== undefined);
  }

  /** The journal is Asterisk's text: whatever it says, only the voicemail folder is looked at. */
  private below(path: string): string { return join('voicemail', basename(relative(this.spool, resolve(path)))); }

  private async measure(file: string): Promise<Recording | undefined> {
    const handle = await open(join(this.spool, file), 'r').catch(() => undefined);
    if (!handle) return undefined;
    try {
      const seconds = ((await handle.stat()).size - HEADER) / BYTES_PER_SECOND;
      if (seconds >= LEAST_SECONDS) return { file, seconds: Math.round(seconds * 10) / 10 };
    } finally { await handle.close(); }
    await rm(join(this.spool, file), { force: true });
    return undefined;
  }
}
