import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { speakByCommand, Speech } from './speech.adapter.js';
import { readWav, wavOf } from './wav.js';

let spool: string;
beforeAll(async () => { spool = await mkdtemp(join(tmpdir(), 'ringbook-speech-')); });
afterAll(() => rm(spool, { recursive: true, force: true }));
const wav = wavOf(new Int16Array(8000));

it('speaks a text once, however many ask, and never two programs more than it may', async () => {
  let spoken = 0, now = 0, most = 0;
  const speech = new Speech(spool, 'v', async () => {
    spoken += 1; now += 1; most = Math.max(most, now);
    await new Promise((done) => { setTimeout(done, 20); });
    now -= 1;
    return wav;
  });
  const [a, b] = await Promise.all([speech.render('Hello'), speech.render('Hello')]);
  expect(a).toBe(b);
  expect(spoken).toBe(1);
  await Promise.all(Array.from({ length: 6 }, (_, i) => speech.render(`text ${i}`)));
  expect(most).toBe(2);
  expect(await speech.render('Hello')).toBe(a);
  expect(spoken).toBe(7);
});

it('removes what nobody heard for long, and nothing else', async () => {
  const speech = new Speech(spool, 'v', async () => wav);
  const [old, fresh] = [await speech.render('old'), await speech.render('fresh')];
  const long = new Date(Date.now() - 31 * 86_400_000);
  await utimes(`${old}.wav`, long, long);
  await speech.tidy();
  const left = await readdir(join(spool, 'speech'));
  expect(left.some((name) => old.endsWith(name.replace('.wav', '')))).toBe(false);
  expect(left.some((name) => fresh.endsWith(name.replace('.wav', '')))).toBe(true);
});

it('says that it cannot speak, and goes on after a program that failed', async () => {
  await expect(new Speech(spool, 'none', undefined).render('x')).rejects.toMatchObject({ code: 'speech.unavailable' });
  const speech = new Speech(spool, 'sh', speakByCommand('cat > /dev/null; echo oops >&2; exit 3', spool));
  await expect(speech.render('x')).rejects.toMatchObject({ code: 'speech.failed', message: expect.stringContaining('oops') });
});

it('a configured command gets the text on standard input only, and a path it may write', async () => {
  await writeFile(join(spool, 'sound.wav'), wav);
  const speak = speakByCommand(`cat > ${join(spool, 'heard')}; cp ${join(spool, 'sound.wav')} {file}`, spool);
  const text = `$(touch hacked); "; {file} \`id\` 'x'`;
  expect(readWav(await speak(text)).samples).toHaveLength(8000);
  expect(await readFile(join(spool, 'heard'), 'utf8')).toBe(`${text}\n`);
});

it('does not wait for what a speech program left running', async () => {
  const began = Date.now();
  await expect(speakByCommand('sleep 30 & echo oops >&2; exit 3', spool)('Hello')).rejects.toMatchObject({ code: 'speech.failed', message: expect.stringContaining('oops') });
  expect(Date.now() - began).toBeLessThan(3000);
});
