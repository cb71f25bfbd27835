import { describe, expect, it } from 'vitest';
import { hangupAction, segmentActions } from './command.js';

describe('commands to Asterisk', () => {
  it('sets the variables, then redirects', () => {
    expect(segmentActions('PJSIP/trunk-0000000a', 'dial', { RB_STEP: 's1', RB_DIAL: 'PJSIP/101&Local/+49301@ringbook-outside/n', RB_SECONDS: '25', RB_OPTIONS: '' })).toEqual([
      { Action: 'Setvar', Channel: 'PJSIP/trunk-0000000a', Variable: 'ARRAY(RB_STEP,RB_DIAL,RB_SECONDS,RB_OPTIONS)', Value: 's1,PJSIP/101&Local/+49301@ringbook-outside/n,25,' },
      { Action: 'Redirect', Channel: 'PJSIP/trunk-0000000a', Context: 'ringbook', Exten: 'dial', Priority: '1' },
    ]);
  });
  it.each(['PJSIP/101,30,U(evil)', 'PJSIP/101\r\nAction: Originate', 'PJSIP/${SHELL(id)}', 'PJSIP/101&&Local/1', '', 'PJSIP/1\0'])('refuses %j as a dial string', (value) => {
    expect(() => segmentActions('PJSIP/trunk-1', 'dial', { RB_DIAL: value })).toThrow('cannot hold');
  });
  it.each(['PJSIP/x\r\nAction: Hangup', 'PJSIP/${X}', 'nothing', ''])('refuses %j as a channel', (value) => {
    expect(() => hangupAction(value, 16)).toThrow('not the name of a channel');
  });
  it('takes paths with spaces and letters of any script', () => {
    expect(segmentActions('PJSIP/trunk-1', 'play', { RB_PROMPT: '/srv/Müller 1/speech/a' })[0]).toMatchObject({ Value: '/srv/Müller 1/speech/a' });
  });
  it('refuses variables that are not ours', () => {
    expect(() => segmentActions('PJSIP/trunk-1', 'dial', { CALLERID: '1' })).toThrow('cannot hold');
  });
});
