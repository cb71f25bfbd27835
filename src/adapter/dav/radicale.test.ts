import { describe, expect, it } from 'vitest';
import { BOOKS } from './kind.js';
import { cuts, isUnchanged, nextCut, pieceOf, radicaleToken, stamped, timesOf } from './radicale.js';

const NAME = 'http://radicale.org/ns/sync/0123abcd';

describe('tokens of Radicale', () => {
  it('are known by their name, with and without a time', () => {
    expect(radicaleToken(NAME)).toEqual({ token: NAME });
    expect(radicaleToken(`${NAME} modified=1700000000 asked=1700000009000`)).toEqual({ token: NAME, modified: 1_700_000_000, asked: 1_700_000_009_000 });
    for (const other of ['', '20261120.10', 'data:,7', `x${NAME}`, `${NAME} modified=x`, `${NAME} y`]) expect(radicaleToken(other), other).toBeUndefined();
  });

  it('get a time only where every later change must show in it', () => {
    const at = (modified: number, date: number, took: number) => stamped({ token: NAME }, { modified, date }, took, 5.5);
    expect(at(100, 110_000, 1000)).toBe(`${NAME} modified=100 asked=5`);
    expect(at(100, 110_000, 7999)).toBe(`${NAME} modified=100 asked=5`);
    expect(at(100, 110_000, 8000)).toBe(NAME); // began two seconds after the change: may be the same one
    expect(at(109, 110_000, 10)).toBe(NAME);
    expect(stamped({ token: NAME, modified: 1, asked: 1 }, undefined, 0, 0)).toBe(NAME);
  });

  it('are believed unchanged for ten minutes, and only by the very same time', () => {
    const known = { token: NAME, modified: 100, asked: 1_000_000 };
    const when = (modified: number, now: number) => isUnchanged(known, { modified, date: 0 }, now);
    expect([when(100, 1_000_000), when(100, 1_599_999), when(100, 1_600_000), when(101, 1_000_001), when(99, 1_000_001), when(100, 999_999)]).toEqual([true, true, false, false, false, false]);
    expect(isUnchanged({ token: NAME }, { modified: 100, date: 0 }, 5)).toBe(false);
  });

  it('read the times of HTTP', () => {
    expect(timesOf('Sat, 21 Nov 2026 05:17:44 GMT', 'Sat, 21 Nov 2026 05:17:45 GMT')).toEqual({ modified: Date.UTC(2026, 10, 21, 5, 17, 44) / 1000, date: Date.UTC(2026, 10, 21, 5, 17, 45) });
    expect([timesOf('', 'Sat, 21 Nov 2026 05:17:45 GMT'), timesOf('Sat, 21 Nov 2026 05:17:44 GMT', null), timesOf('soon', 'x')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('a whole collection in one answer', () => {
  const one = (name: string, text: string): string => `<response><href>/b/${name}</href><propstat><prop><getetag>"1"</getetag><CR:address-data>${text}</CR:address-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>`;
  const whole = (inner: string): string => `<?xml version='1.0' encoding='utf-8'?>\n<multistatus xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav">${inner}</multistatus>`;

  it('is cut after each card', () => {
    const text = whole(one('a.vcf', 'BEGIN:VCARD &lt;/response&gt;') + one('b.vcf', ''));
    const at = cuts(text, 2)!;
    expect(at).toHaveLength(3);
    expect(pieceOf(BOOKS, text.slice(at[0], at[2]), '/b/')).toMatchObject({ cards: [{ href: '/b/a.vcf', etag: '"1"', bytes: new TextEncoder().encode('BEGIN:VCARD </response>') }], skipped: [{ href: '/b/b.vcf', reason: 'the server delivered it empty' }], missing: [] });
    expect(cuts(whole(''), 0)).toHaveLength(1);
    expect(cuts(text, 1)).toBeUndefined();
  });

  it('is read a few cards at a time, fewer where they are large, and none that is huge', () => {
    expect([nextCut([0, 10, 20, 30, 40], 0, 3), nextCut([0, 10, 20, 30, 40], 3, 3), nextCut([0, 200_000, 400_000], 0, 50), nextCut([0, 9_000_000, 9_000_001], 0, 50)]).toEqual([3, 4, 1, 1]);
    expect(pieceOf(BOOKS, one('a%20&amp;b.vcf', 'x'.repeat(6_000_000)), '/b/')).toEqual({ cards: [], skipped: [{ href: '/b/a%20&b.vcf', etag: '', reason: expect.stringMatching(/MB large; contacts above 4 MB/) }], missing: [] });
    expect(pieceOf(BOOKS, `<response>${'x'.repeat(6_000_000)}</response>`, '/b/')).toBeUndefined();
  });

  it('is not taken for one when it is cut off, or written in another way', () => {
    const text = whole(one('a.vcf', 'x'));
    for (const odd of ['', 'x', text.slice(0, -3), text.slice(0, text.indexOf('</response>')), text.replace('</response>', '</response>x'), text.replace('x</CR', '<![CDATA[x]]></CR'), `<!DOCTYPE x>${text}`, text.replaceAll('multistatus', 'D:multistatus'), '<html></html>']) expect(cuts(odd, 9), odd).toBeUndefined();
  });
});
