import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMultistatus, partsOf } from './xml.js';

const response = (href: string, etag: string): string => `<d:response>\n<d:href>${href}</d:href><d:propstat><d:prop><d:getetag>${etag}</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response >`;
const partsIn = (text: string, options?: Parameters<typeof partsOf>[1]): string[] | undefined => { const parts = [...partsOf(text, options)]; return parts.every((part) => part !== undefined && parseMultistatus(part)) ? parts as string[] : undefined; };
const whole = (responses: string[], token = '<d:sync-token>7.10</d:sync-token>'): string => `<?xml version='1.0'?>\n<d:multistatus xmlns:d="DAV:">${responses.join('')}${token}</d:multistatus>\n`;

describe('listings in parts', () => {
  it('say the same as the whole', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.webPath(), fc.constantFrom('"1"', '1e3', 'x&amp;y')), { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (items, size) => {
      const text = whole(items.map(([href, etag]) => response(`/b/${encodeURIComponent(href)}`, etag)));
      const parts = partsIn(text, { size })!.map((part) => parseMultistatus(part)!);
      expect({ responses: parts.flatMap((part) => part.responses), token: parts.at(-1)!.token }).toEqual(parseMultistatus(text));
    }));
  });

  it('are none where the whole is none', () => {
    for (const text of ['', 'x', '<html></html>', whole([response('/a', '1')]).slice(0, -30), `<!DOCTYPE x>${whole([])}`]) expect(partsIn(text), text).toBeUndefined();
    expect(partsIn('<multistatus xmlns="DAV:"/>')).toHaveLength(1);
    expect(partsIn(whole([response('/a', '<![CDATA[</d:response>]]>')]))).toHaveLength(1);
  });

  it('keep properties apart that were found from those that were not', () => {
    const text = whole(['<d:response><d:href>/a</d:href><d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:getcontentlength/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>']);
    expect(parseMultistatus(text)!.responses).toEqual([{ href: '/a', status: undefined, props: { getetag: '"1"' } }]);
  });
});

it('comes in parts that are read in one go, however large the whole is', () => {
  const large = partsIn(whole(Array.from({ length: 3000 }, (_, n) => response(`/b/${n}${'x'.repeat(900)}`, '"1"'))))!;
  expect(Math.max(...large.map((part) => part.length))).toBeLessThan(251_000);
  const one = (length: number): string => whole([response('/a', '1'), response('/b', 'y'.repeat(length)), response('/c', '1')]);
  expect(partsIn(one(900_000))!.flatMap((part) => parseMultistatus(part)!.responses).map(({ href }) => href)).toEqual(['/a', '/b', '/c']);
  expect(partsIn(one(1_100_000))).toBeUndefined();
  expect(partsIn(one(1_100_000), { most: 2_000_000 })).toBeDefined();
  expect(parseMultistatus(`<multistatus><!-- -->${'<a/>'.repeat(200_000)}</multistatus>`)).toBeUndefined(); // only the slow parser could
});

it('takes time in proportion to the text, whatever a server sends', () => {
  const nasty = ['<multistatus>'.repeat(40_000), '<multistatus '.repeat(80_000), '</multistatus'.repeat(80_000), `${'<multistatus>'.repeat(40_000)}</multistatus>`, `<multistatus>${'> '.repeat(500_000)}</multistatus>`, `<multistatus>${'</response '.repeat(100_000)}</multistatus>`, `<multistatus>${' '.repeat(3_000_000)}<![CDATA[</multistatus>`];
  const started = performance.now();
  for (const text of nasty) partsIn(text);
  expect(performance.now() - started).toBeLessThan(20_000); // quadratic ones took minutes
  expect(partsIn(`${' '.repeat(5000)}<!DOCTYPE x><multistatus></multistatus>`)).toBeUndefined();
  expect(partsIn(`<multistatus><response><x>${'y'.repeat(3_000_000)}</x></response></multistatus>`)).toBeUndefined();
});
