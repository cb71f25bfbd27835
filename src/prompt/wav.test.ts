import { expect, it } from 'vitest';
import { readWav, toTelephone, wavOf } from './wav.js';
import { toneShare } from '../practice/tone.js';

it('reads back what it wrote', () => {
  const samples = Int16Array.of(0, 1, -1, 32_767, -32_768);
  expect(readWav(wavOf(samples))).toEqual({ rate: 8000, samples });
});

it('takes what is there when a pipe could not know the length', () => {
  const bytes = wavOf(Int16Array.of(1, 2, 3));
  new DataView(bytes.buffer).setUint32(40, 0x7fff_f000, true);
  expect([...readWav(bytes).samples]).toEqual([1, 2, 3]);
});

it('refuses what is no such file', () => {
  expect(() => readWav(new Uint8Array(100))).toThrow('not a WAV file');
});

it('keeps what telephones carry and drops what would fold into it', () => {
  const at = (hertz: number): Int16Array => toTelephone(Int16Array.from({ length: 22_050 }, (_, i) => 10_000 * Math.sin((2 * Math.PI * hertz * i) / 22_050)), 22_050);
  const speech = at(1000);
  expect(speech.length).toBe(8000);
  expect(toneShare(speech, 1000)).toBeGreaterThan(0.99);
  expect(Math.max(...speech)).toBeGreaterThan(9000);
  expect(Math.max(...at(6000).slice(200, -200))).toBeLessThan(100);
});
