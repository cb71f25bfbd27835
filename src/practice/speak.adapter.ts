/** Spoken announcements from text, with espeak-ng of the unpacked phone system: understood everywhere, pretty nowhere. */
import { spawn } from 'node:child_process';
import { Fault } from '../shared/fault.js';
import { program } from './packages.js';
import { readWav, toTelephone, wavOf } from '../prompt/wav.js';

export interface SpeakOptions {
  /** The unpacked phone system, see `unpackPhoneSystem`. */
  root: string;
  /** What to say, UTF-8; at most 4,000 characters are spoken. */
  text: string;
  /** An espeak-ng voice: `en`, `de`, `fr`, `ru`, `cmn`, `ar` and a hundred more. */
  voice?: string;
  /** Words a minute. */
  speed?: number;
}

/**
 * The text as an 8 kHz mono 16 bit WAV file. The text goes in by standard input, so nothing in it can be an option.
 * @throws Fault `speech.failed` when espeak-ng refuses (an unknown voice) or says nothing within 30 seconds
 */
export const speak = async ({ root, text, voice = 'en', speed = 160 }: SpeakOptions): Promise<Uint8Array> => {
  if (!/^[a-z]{2,3}([+_-][A-Za-z0-9]+)*$/.test(voice)) throw new Fault('invalid', 'speech.voice', `no such voice: ${voice.slice(0, 40)}`);
  const { file, args, env } = program(root, 'espeak-ng');
  const child = spawn(file, [...args, '--stdin', '--stdout', '-b', '1', '-v', voice, '-s', String(Math.round(speed))],
    { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'], timeout: 30_000 });
  const chunks: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString('utf8').slice(0, 500); });
  child.stdin.on('error', () => {}); // a program that ended early shows in its exit code
  child.stdin.end(`${text.slice(0, 4000)}\n`);
  const code = await new Promise<number | null>((done) => { child.once('error', () => done(-1)); child.once('close', done); });
  if (code !== 0) throw new Fault('unavailable', 'speech.failed', `espeak-ng could not speak (${code}): ${complaint.trim()}`);
  const { rate, samples } = readWav(Buffer.concat(chunks));
  return wavOf(toTelephone(samples, rate));
};
