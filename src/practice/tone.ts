/** Sound and keys as RTP carries them: a-law samples (ITU-T G.711), telephone events (RFC 4733) and packet headers (RFC 3550). */
import { RATE } from '../prompt/wav.js';

/** One packet carries 20 ms. */
export const SAMPLES_PER_PACKET = 160;
export const PAYLOAD_ALAW = 8;
export const PAYLOAD_EVENT = 101;

/** A 16 bit sample as a-law (G.711, table 1a): sign, 3 bits of exponent, 4 of mantissa, every other bit inverted. */
export const toAlaw = (sample: number): number => {
  const sign = sample >= 0 ? 0x80 : 0;
  let magnitude = (sample >= 0 ? sample : -sample - 1) >> 4;
  let exponent = 0;
  while (magnitude > 31) { magnitude >>= 1; exponent++; }
  if (magnitude > 15) { exponent++; magnitude -= 16; }
  return (sign | (exponent << 4) | magnitude) ^ 0x55;
};

/** The 16 bit sample that an a-law byte stands for. */
export const fromAlaw = (byte: number): number => {
  const bits = byte ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
};

/** `count` samples of a sine of `hertz` from sample number `start` on, half loud. */
export const sine = (hertz: number, start: number, count: number): Int16Array =>
  Int16Array.from({ length: count }, (_, i) => Math.round(12_000 * Math.sin((2 * Math.PI * hertz * (start + i)) / RATE)));

/** The same as a-law; 0 Hz is silence. */
export const alawTone = (hertz: number, start: number, count: number): Uint8Array => Uint8Array.from(sine(hertz, start, count), toAlaw);

/** How much of the sound is a sine of that frequency, 0 to 1 (Goertzel): above 0.5 it is that tone, below 0.1 it is not. */
export const toneShare = (samples: Int16Array, hertz: number): number => {
  const k = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let a = 0;
  let b = 0;
  let energy = 0;
  for (const sample of samples) { [a, b] = [sample + k * a - b, a]; energy += sample * sample; }
  return energy === 0 ? 0 : (2 * (a * a + b * b - k * a * b)) / (samples.length * energy);
};

export interface RtpHeader { payload: number; marker?: boolean; sequence: number; timestamp: number; source: number }
export const rtpPacket = (header: RtpHeader, body: Uint8Array): Uint8Array => {
  const packet = new Uint8Array(12 + body.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x80;
  packet[1] = (header.marker ? 0x80 : 0) | header.payload;
  view.setUint16(2, header.sequence & 0xffff);
  view.setUint32(4, header.timestamp >>> 0);
  view.setUint32(8, header.source >>> 0);
  packet.set(body, 12);
  return packet;
};

/** The body of a telephone event (RFC 4733, 2.3); `duration` in samples so far. */
export const eventBody = (digit: string, duration: number, end: boolean): Uint8Array => {
  const event = '0123456789*#'.indexOf(digit);
  return Uint8Array.of(event, (end ? 0x80 : 0) | 10, (duration >> 8) & 0xff, duration & 0xff);
};
export const isDigits = (value: string): boolean => /^[0-9*#]+$/.test(value);
