import { expect, it } from 'vitest';
import { alawTone, eventBody, fromAlaw, rtpPacket, sine, toAlaw, toneShare } from './tone.js';

it('codes as G.711 says: its table of a-law, and back within the width of one step', () => {
  expect([0, 8, -8, 32_767, -32_768].map(toAlaw)).toEqual([0xd5, 0xd5, 0x55, 0xaa, 0x2a]);
  for (let sample = -32_768; sample < 32_768; sample += 7) {
    const width = Math.max(16, Math.abs(sample) / 16);
    expect(Math.abs(fromAlaw(toAlaw(sample)) - sample)).toBeLessThanOrEqual(width);
  }
});

it('tells a tone from another, and from silence', () => {
  const heard = Int16Array.from(alawTone(440, 0, 4000), fromAlaw);
  expect(toneShare(heard, 440)).toBeGreaterThan(0.95);
  expect(toneShare(heard, 800)).toBeLessThan(0.01);
  expect(toneShare(new Int16Array(100), 440)).toBe(0);
});

it('goes on where the last packet ended', () => {
  expect([...sine(440, 0, 320)].slice(160)).toEqual([...sine(440, 160, 160)]);
});

it('writes RTP and telephone events as their RFCs draw them', () => {
  expect([...rtpPacket({ payload: 101, marker: true, sequence: 65_537, timestamp: 160, source: 0x01020304 }, eventBody('#', 1600, true))])
    .toEqual([0x80, 0xe5, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 11, 0x8a, 6, 64]);
});
