import fc from 'fast-check';
import { expect, it } from 'vitest';
import { json } from './schema.js';

it('keeps every character that PostgreSQL can keep, and replaces the others', () => {
  expect(JSON.parse(json({ name: 'a\0b' }))).toEqual({ name: 'a\ufffdb' });
  expect(JSON.parse(json('😀'.slice(0, 1)))).toBe('\ufffd');
  expect(JSON.parse(json(String.raw`a literal \u0000 and \ud83d`))).toBe(String.raw`a literal \u0000 and \ud83d`);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const kept = JSON.parse(json({ text })) as { text: string };
    expect(kept.text).toBe(text.toWellFormed().replaceAll('\0', '\ufffd'));
  }));
});
