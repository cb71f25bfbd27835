import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AmiMessage } from './message.js';
import { createParser, type ParserOptions } from './parser.js';

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (chunks: (string | Uint8Array)[], options: Partial<ParserOptions> = {}): AmiMessage[] => {
  const messages: AmiMessage[] = [];
  const parser = createParser({ onMessage: (message) => messages.push(message), ...options });
  for (const chunk of chunks) parser.push(typeof chunk === 'string' ? bytes(chunk) : chunk);
  return messages.map((message) => ({ ...message }));
};

describe('the parser', () => {
  it('reads banner and messages, with and without a blank behind the colon', () => {
    const banners: string[] = [];
    expect(parse([`${BANNER}Event: A\r\nX:y\r\nEmpty:\r\nEmpty2: \r\nT: a: b\r\n\r\n\r\n\r\nEvent: B\r\n\r\n`], { onBanner: (b) => banners.push(b) }))
      .toEqual([{ Event: 'A', X: 'y', Empty: '', Empty2: '', T: 'a: b' }, { Event: 'B' }]);
    expect(banners).toEqual(['Asterisk Call Manager/11.0.0']);
  });

  it('keeps every value of a repeated field, and Output as a list always', () => {
    expect(parse([`${BANNER}Response: Success\r\nVariable: a\r\nVariable: b\r\nVariable: c\r\nOutput: one\r\n\r\n`]))
      .toEqual([{ Response: 'Success', Variable: ['a', 'b', 'c'], Output: ['one'] }]);
  });

  it('keeps a line without a colon under Output, and names like those of objects as plain names', () => {
    expect(parse([`${BANNER}--END COMMAND--\r\n: x\r\n\r\n`])).toEqual([{ Output: ['--END COMMAND--'], '': 'x' }]);
    const seen: AmiMessage[] = [];
    createParser({ onMessage: (message) => seen.push(message) }).push(bytes(`${BANNER}__proto__: x\r\nconstructor: y\r\n\r\n`));
    expect(Object.entries(seen[0]!)).toEqual([['__proto__', 'x'], ['constructor', 'y']]);
  });

  it('puts characters together that the network cut, and survives bytes that are no UTF-8', () => {
    const whole = bytes(`${BANNER}Name: 😀 李雷 محمد\r\n\r\n`);
    for (let cut = 1; cut < whole.length; cut++) expect(parse([whole.subarray(0, cut), whole.subarray(cut)])).toEqual([{ Name: '😀 李雷 محمد' }]);
    expect(parse([BANNER, new Uint8Array([78, 58, 32, 0xfc, 0xff, 13, 10, 13, 10])])).toEqual([{ N: '\ufffd\ufffd' }]);
  });

  it('refuses what is no manager interface, as soon as it can tell', () => {
    for (const other of ['SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n', '\r\n', 'Asterisk Call Manage!', BANNER.replace('\r\n', 'x'.repeat(300))]) {
      expect(() => parse([other]), other).toThrow(expect.objectContaining({ code: 'ami.not-asterisk' }));
    }
    expect(parse(['Aster', 'isk Call Man'])).toEqual([]);
  });

  it('refuses a message that is too long, finished or not, and delivers what came before it', () => {
    const seen: AmiMessage[] = [];
    const parser = createParser({ onMessage: (message) => seen.push(message), maxBytes: 100, maxLines: 5 });
    expect(() => parser.push(bytes(`${BANNER}Event: A\r\n\r\nEvent: ${'x'.repeat(200)}\r\n\r\n`))).toThrow(expect.objectContaining({ code: 'ami.message-too-large' }));
    expect(seen).toHaveLength(1);
    expect(() => parse([BANNER, ...Array.from({ length: 30 }, () => 'endless')], { maxBytes: 100 })).toThrow(expect.objectContaining({ code: 'ami.message-too-large' }));
    expect(() => parse([`${BANNER}${'A: b\r\n'.repeat(6)}\r\n`], { maxLines: 5 })).toThrow(expect.objectContaining({ code: 'ami.message-too-large' }));
  });

  it('never throws on garbage behind the banner, however it is cut', () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('\r\n', '\r\n\r\n', ':', ': ', 'Event: x\r\n', '\r', '\n').map(bytes));
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const whole = new Uint8Array(pieces.flatMap((each) => [...each]));
      expect(parse([BANNER, ...pieces])).toEqual(parse([BANNER, whole]));
    }));
  });
});
