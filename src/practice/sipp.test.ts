import { expect, it } from 'vitest';
import { callerScenario, logLine, phoneScenario, quotedName, steering } from './sipp.js';

const media = { ip: '127.0.0.10', port: 4000 };

it('puts nothing of a caller into the scenario that SIPp or SIP would interpret', () => {
  const xml = callerScenario({ id: 'x', from: '1]]><a>[len]"\r\n@;', to: '+4989', media });
  expect(xml).toContain('INVITE sip:+4989@[remote_ip]');
  expect(xml).toContain('<sip:1%5D%5D%3E%3Ca%3E%5Blen%5D%22%0D%0A%40%3B@[local_ip]');
  expect(xml).not.toContain('<a>');
});

it('hides a number as RFC 3325 says, or has none', () => {
  const hidden = callerScenario({ id: 'x', from: '+4930', to: '1', withheld: 'privacy', media });
  expect(hidden).toContain('From: "Anonymous" <sip:anonymous@anonymous.invalid>');
  expect(hidden).toContain('P-Asserted-Identity: [$name]<sip:+4930@');
  expect(hidden).toContain('Privacy: id');
  expect(callerScenario({ id: 'x', from: '+4930', to: '1', withheld: 'anonymous', media })).not.toContain('+4930');
});

it('writes a telephone for each behaviour', () => {
  expect(phoneScenario({ kind: 'busy' }, media)).toContain('SIP/2.0 486');
  expect(phoneScenario({ kind: 'decline' }, media)).toContain('SIP/2.0 603');
  expect(phoneScenario({ kind: 'ring' }, media)).not.toContain('ontimeout="answer"');
  expect(phoneScenario({ kind: 'answer', afterMs: 300, hangUpAfterMs: 500 }, media)).toMatch(/timeout="300" ontimeout="answer"[\s\S]*timeout="500" ontimeout="hangup"/);
});

it('reads the log, and nothing else', () => {
  expect(logLine('120|id-1|invite|4000|"A | B" <sip:1@x>')).toEqual({ tick: 120, callId: 'id-1', event: 'invite', value: '4000|"A | B" <sip:1@x>' });
  expect(logLine('some warning')).toBeUndefined();
});

it('quotes a name as SIP wants it', () => {
  expect(quotedName('')).toBe('');
  expect(quotedName('Анна "A" \\\r\n😀')).toBe('"Анна \\"A\\" \\\\😀" ');
});

it('steers by the Call-ID', () => { expect(steering('abc', 'n')).toMatch(/^MESSAGE .*\r\n[\s\S]*Call-ID: abc\r\n[\s\S]*\r\n\r\n$/); });
