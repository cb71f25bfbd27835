/** Sound as telephones want it: 8,000 samples a second, one channel, 16 bit, in a WAV file. */

/** The rate of every sound on the telephone side, samples a second. */
export const RATE = 8000;

/** A WAV file (RIFF, PCM 16 bit little endian, mono, 8 kHz) around the samples. */
export const wavOf = (samples: Int16Array): Uint8Array => {
  const bytes = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => { for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i)); };
  text(0, 'RIFF'); view.setUint32(4, 36 + samples.length * 2, true); text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true); view.setUint32(28, RATE * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, 'data'); view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, sample, true));
  return bytes;
};

/**
 * The samples and the rate of a 16 bit mono WAV file. A program that writes to a pipe cannot know the length beforehand and
 * writes a huge one: what is there counts.
 * @throws Error when it is no such file
 */
export const readWav = (bytes: Uint8Array): { rate: number; samples: Int16Array } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 44 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error('not a WAV file');
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (tag(at) === 'fmt ') {
      if (view.getUint16(at + 10, true) !== 1 || view.getUint16(at + 22, true) !== 16) throw new Error('not 16 bit mono');
      rate = view.getUint32(at + 12, true);
    }
    if (tag(at) !== 'data') continue;
    const count = Math.floor(Math.min(view.getUint32(at + 4, true), bytes.length - at - 8) / 2);
    return { rate, samples: Int16Array.from({ length: count }, (_, i) => view.getInt16(at + 8 + i * 2, true)) };
  }
  throw new Error('a WAV file without sound');
};

/** Half the width of the low-pass filter, in output samples: more is sharper and slower. */
const REACH = 12;
/** Where the low-pass filter cuts, as a share of half the new rate: telephones carry up to 3,400 Hz. */
const EDGE = 0.9;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The same sound at 8 kHz, from any higher rate: windowed-sinc low-pass, then picked at the new instants. */
export const toTelephone = (samples: Int16Array, rate: number): Int16Array => {
  const step = rate / RATE;
  if (step === 1) return samples;
  const reach = Math.ceil(REACH * step);
  return Int16Array.from({ length: Math.floor(samples.length / step) }, (_, n) => {
    const centre = n * step;
    let sum = 0;
    for (let i = Math.max(0, Math.ceil(centre - reach)); i <= Math.min(samples.length - 1, centre + reach); i++) {
      const x = (i - centre) / step;
      sum += samples[i]! * sinc(x * EDGE) * EDGE * (0.5 + 0.5 * Math.cos((Math.PI * x) / REACH));
    }
    return Math.max(-32768, Math.min(32767, Math.round(sum / step)));
  });
};
