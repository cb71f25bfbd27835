import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listingParts, parseMultistatus } from './xml.js';

const response = (href: string, etag: string): string => `<d:response>\n<d:href>${href}</d:href><d:propstat><d:prop><d:getetag>${etag}</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response >`;
const whole = (responses: string[], token = '<d:sync-token>7.10</d:sync-token>'): string => `<?xml version='1.0'?>\n<d:multistatus xmlns:d="DAV:">${responses.join('')}${token}</d:multistatus>\n`;

describe('listings in parts', () => {
  it('say the same as the whole', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.webPath(), fc.constantFrom('"1"', '1e3', 'x&amp;y')), { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (items, size) => {
      const text = whole(items.map(([href, etag]) => response(`/b/${encodeURIComponent(href)}`, etag)));
      const parts = listingParts(text, size)!.map((part) => parseMultistatus(part)!);
      expect({ responses: parts.flatMap((part) => part.responses), token: parts.at(-1)!.token }).toEqual(parseMultistatus(text));
    }));
  });

  it('are none where the whole is none', () => {
    for (const text of ['', 'x', '<html></html>', whole([response('/a', '1')]).slice(0, -30), `<!DOCTYPE x>${whole([])}`]) expect(listingParts(text), text).toBeUndefined();
    expect(listingParts('<multistatus xmlns="DAV:"/>')).toHaveLength(1);
    expect(listingParts(whole([response('/a', '<![CDATA[</d:response>]]>')]))).toHaveLength(1);
  });

  it('keep properties apart that were found from those that were not', () => {
    const text = whole(['<d:response><d:href>/a</d:href><d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:getcontentlength/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>']);
    expect(parseMultistatus(text)!.responses).toEqual([{ href: '/a', status: undefined, props: { getetag: '"1"' } }]);
  });
});
