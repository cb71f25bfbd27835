import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Fault } from './fault.js';
import { open, seal, sealKey } from './seal.adapter.js';

const key = randomBytes(32);

it('opens what it sealed, with the same key only, and never seals twice alike', () => {
  for (const text of ['', 'pässwörd 🎺', 'x'.repeat(5000)]) expect(open(key, seal(key, text))).toBe(text);
  expect(seal(key, 'a').equals(seal(key, 'a'))).toBe(false);
  expect(() => open(randomBytes(32), seal(key, 'a'))).toThrow(Fault);
});

it('notices every changed or missing byte', () => {
  const sealed = seal(key, 'secret');
  for (let i = 0; i < sealed.length; i += 1) {
    const changed = Buffer.from(sealed);
    changed[i]! ^= 1;
    expect(() => open(key, changed)).toThrow('SECRET_KEY');
    expect(() => open(key, sealed.subarray(0, i))).toThrow('SECRET_KEY');
  }
});

it('makes a key of any SECRET_KEY', () => {
  expect(sealKey('x'.repeat(40))).toHaveLength(32);
  expect(sealKey('a')).not.toEqual(sealKey('b'));
});
