import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { quickXml } from './quick.js';

const LISTS = new Set(['response', 'href']);
const real = new XMLParser({ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false, trimValues: false, processEntities: true, htmlEntities: true, isArray: (name: string) => LISTS.has(name) });
const spell = (text: string, way: number): string => (way === 0 && !text.includes(']]>') ? `<![CDATA[${text}]]>` : text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', way === 1 ? '>' : '&gt;').replaceAll('A', '&#65;').replaceAll('B', '&#x42;'));

describe('plain XML', () => {
  it('says what the real parser says', () => {
    const word = fc.stringMatching(/^[\x20-\x7eäß€😀\n]{1,30}$/u).filter((text) => text.trim() !== '');
    const card = fc.tuple(word, fc.array(word, { maxLength: 3 }), fc.nat(2));
    fc.assert(fc.property(fc.array(card, { minLength: 1, maxLength: 6 }), fc.constantFrom('', 'D:'), fc.boolean(), (cards, prefix, airy) => {
      const air = airy ? '\n  ' : '';
      const responses = cards.map(([href, lines, way]) => `<${prefix}response>${air}<${prefix}href>${spell(href, 2)}</${prefix}href>${air}<${prefix}empty/><C:data xml:lang="x>y">${lines.map((line) => spell(line, way)).join('')}.</C:data >${air}</${prefix}response>`);
      const text = `<?xml version="1.0" encoding="utf-8"?>\n<${prefix}multistatus xmlns:D="DAV:" xmlns:C='c'>${responses.join(air)}</${prefix}multistatus>\n`;
      const quick = quickXml(text.replaceAll(' xml:lang="x>y"', ''), LISTS);
      expect(quick).toBeDefined();
      const bare = (tree: unknown): unknown => JSON.parse(JSON.stringify(tree), (key, value: unknown) => (key === '#text' || key === '?xml' ? undefined : value));
      expect(quick).toEqual(bare(real.parse(text.replaceAll(' xml:lang="x>y"', ''))));
      expect(quickXml(text, LISTS)).toBeUndefined();
    }));
  });

  it('keeps text to the last byte, line ends apart', () => {
    expect(quickXml('<a>\r\n b &#13;&lt;c&gt;\r<![CDATA[ ]] &amp; ]]></a>', LISTS)).toEqual({ a: '\n b \r<c>\n ]] &amp; ' });
  });

  it.each(['', 'a', '<a>', '<a></b>', '<a><b></a></b>', '<a>x<b/></a>', '<a><b/><b/></a>', '<a>&x;</a>', '<a>&lt</a>', '<a>&#0;</a>', '<a>&#xd800;</a>', '<a><!-- x --></a>', '<a><?x?></a>', '<!DOCTYPE a><a/>', '<a/><b/>', '<a b="<"/>', '<a b=c/>', '<__proto__/>', '<a><![CDATA[x</a>', `${'<a>'.repeat(50)}${'</a>'.repeat(50)}`])('leaves %j to the real parser', (text) => {
    expect(quickXml(text, LISTS)).toBeUndefined();
  });

  it('takes time in proportion to the text', () => {
    const nasty = ['<a>'.repeat(300_000), `<a>${'&'.repeat(1_000_000)}</a>`, `<a ${'x="y" '.repeat(200_000)}`, `<a ${' '.repeat(1_000_000)}>`, `<a>${'<![CDATA['.repeat(200_000)}`, `<a>${'<b/>'.repeat(2)}${'x'.repeat(1_000_000)}`, `<a x${'='.repeat(1_000_000)}>`, `<a>${'&#65;'.repeat(1_000_000)}</a>`];
    for (const text of nasty) expect(quickXml(text, LISTS)).toBeUndefined();
  });
});
