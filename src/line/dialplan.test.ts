import { describe, expect, it } from 'vitest';
import type { Fault } from '../shared/fault.js';
import { dialplanContext, type DialplanOptions, managerContext } from './dialplan.js';

const good: DialplanOptions = { numbers: [{ number: '+49891', fallback: 'PJSIP/101&SIP/trunk-1/200' }], outbound: 'PJSIP/${EXTEN:1}@trunk', spool: '/var/spool/ringbook' };
const errorsOf = (change: Partial<DialplanOptions>): string[] => {
  try { dialplanContext({ ...good, ...change }); return []; } catch (thrown) { return (thrown as Fault).context.errors!.map((e) => e.path); }
};

describe('what gets into a dialplan', () => {
  it('is filled with the usual spellings and places', () => {
    expect(dialplanContext(good)).toEqual({
      numbers: [{ number: '+49891', fallback: 'PJSIP/101&SIP/trunk-1/200', dialled: ['+49891', '49891', '0049891'] }],
      outbound: 'PJSIP/${EXTEN:1}@trunk', spool: '/var/spool/ringbook', confirmPrompt: 'followme/options', fallbackSeconds: 30,
    });
    expect(errorsOf({ spool: '/srv/Müller & Söhne' })).toEqual(['spool']);
    expect(errorsOf({ spool: '/srv/Müller + Söhne 2' })).toEqual([]);
  });

  it.each(['+49;x', '1,2', '_X.', '${EXTEN}', '1\n[x]', '', '+', '12a'])('is never a number like %j', (number) => {
    expect(errorsOf({ numbers: [{ number, fallback: 'PJSIP/1' }] })[0]).toBe('numbers[0]');
  });
  it.each(['101', 'PJSIP/101,30,g', 'PJSIP/101&', 'Local/1@x|y', 'PJSIP/${X}', 'PJSIP/1\n', 'PJSIP/1;'])('is never a telephone like %j', (fallback) => {
    expect(errorsOf({ numbers: [{ number: '1', fallback }] })).toEqual(['numbers[0]']);
  });
  it.each(['PJSIP/1@trunk', 'PJSIP/${EXTEN}@trunk,30', '${EXTEN}', 'PJSIP/${EXTEN}${X}@t', 'PJSIP/${EXTEN:${X}}@t'])('is never a way out like %j', (outbound) => {
    expect(errorsOf({ outbound })).toEqual(['outbound']);
  });
  it('is no number twice, in no spelling', () => {
    expect(errorsOf({ numbers: [{ number: '+49891', fallback: 'PJSIP/1' }, { number: '49891', fallback: 'PJSIP/2' }] })).toEqual(['numbers[1]']);
  });
});

describe('what gets into manager.conf', () => {
  it('is plain', () => {
    expect(managerContext({ user: 'ringbook', secret: 'abcdefghijkl', permit: '10.0.0.0/255.0.0.0' })).toBeTruthy();
    expect(() => managerContext({ user: 'a]', secret: 'short;', permit: 'x' })).toThrow(/user .*secret .*permit/);
    expect(() => managerContext({ user: 'a', secret: 'hush;hush;hush', permit: '1.2.3.4/32' })).not.toThrow(/hush/);
  });
});
