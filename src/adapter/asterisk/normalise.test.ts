import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AmiMessage } from './message.js';
import { endpointOf, normalise } from './normalise.js';

const AT = '2026-11-21T02:00:00.000Z';
const CALLER = { call: '1795226392.0', channel: 'PJSIP/world-00000000', uniqueid: '1795226392.0', at: AT };
const LEG = { call: '1795226392.0', channel: 'PJSIP/101-00000001', uniqueid: '1795226392.1', at: AT };
const caller = { Channel: CALLER.channel, ChannelState: '4', CallerIDNum: '+4930123456', CallerIDName: 'Anna Müller', Context: 'ringbook', Exten: 'ask', Uniqueid: CALLER.call, Linkedid: CALLER.call };
const dest = { DestChannel: LEG.channel, DestUniqueid: LEG.uniqueid, DestLinkedid: LEG.call };
const leg = { Channel: LEG.channel, ChannelState: '5', Uniqueid: LEG.uniqueid, Linkedid: LEG.call };
const say = (Event: string, fields: Record<string, string>): AmiMessage => ({ Event, ...fields });

/** The environment as Asterisk 22 sends it. */
const env = (over: Record<string, string> = {}, args: string[] = ['+4989100101', 's1', 'BUSY']): string => encodeURIComponent([
  ...Object.entries({
    request: 'async', channel: CALLER.channel, language: 'en', type: 'PJSIP', uniqueid: CALLER.call, version: '22.10.1', callerid: '+4930123456', calleridname: 'Anna Müller',
    callingpres: '0', callingani2: '0', callington: '0', callingtns: '0', dnid: '+4989100101', rdnis: 'unknown', context: 'ringbook', extension: 'ask', priority: '3',
    enhanced: '0.0', accountcode: '', threadid: '139732725536448', ...over,
  }).map(([key, value]) => `agi_${key}: ${value}`), ...args.map((arg, i) => `agi_arg_${i + 1}: ${arg}`), '', '',
].join('\n'));
const offer = (over: Record<string, string> = {}, args?: string[]) => normalise(say('AsyncAGIStart', { ...caller, Env: env(over, args) }), AT);

describe('an AGI request', () => {
  it('of ours is an offer, with number, step and result', () => {
    expect(offer()).toEqual({ kind: 'offered', ...CALLER, cli: { number: '+4930123456', name: 'Anna Müller', withheld: false }, called: '+4989100101', step: 's1', result: 'BUSY' });
    expect(offer({}, ['+4989100101', '', ''])).toMatchObject({ step: '', result: '' });
    expect(offer({ context: 'renamed' })).toMatchObject({ kind: 'offered' });
  });

  it('of anybody else is nothing', () => {
    expect(offer({ context: 'other' }, [])).toBeUndefined();
    expect(offer({ context: 'other' }, ['x'])).toBeUndefined();
    expect(offer({ context: 'other' }, ['1', '2', '3', '4'])).toBeUndefined();
    expect(offer({ context: 'ringbook' }, [])).toBeUndefined();
  });

  it('tells when the number is withheld, and then tells nothing else', () => {
    for (const callingpres of ['32', '33', '35', '96']) expect(offer({ callingpres })).toMatchObject({ cli: { withheld: true } });
    expect(offer({ callingpres: '32' })).not.toHaveProperty('cli.number');
    expect(offer({ callingpres: '32' })).not.toHaveProperty('cli.name');
    expect(offer({ callingpres: '67', callerid: 'unknown', calleridname: 'Front door' })).toMatchObject({ cli: { withheld: true, name: 'Front door' } });
    for (const callerid of ['anonymous', 'Anonymous', 'unknown', '<unknown>', 'restricted', 'unavailable', '']) {
      expect(offer({ callerid, calleridname: 'Anonymous' })).toHaveProperty('cli', { withheld: true });
    }
  });

  it('keeps a name as it is, without SIP\'s escapes and control characters, and broken bytes do no harm', () => {
    expect(offer({ calleridname: String.raw`a\"b\\c'd?` })).toHaveProperty('cli.name', String.raw`a"b\c'd?`);
    expect(offer({ calleridname: 'a\tb\u0007\u0085c' })).toHaveProperty('cli.name', 'a b c');
    expect(offer({ calleridname: '\u000b\u001b' })).toHaveProperty('cli', { number: '+4930123456', withheld: false });
    const latin = env({ calleridname: 'Müller' }).replace('M%C3%BCller', 'M%FCller%');
    expect(normalise(say('AsyncAGIStart', { ...caller, Env: latin }), AT)).toMatchObject({ called: '+4989100101', cli: { name: 'M\ufffdller%' } });
  });

  it('cannot be rewritten by lines in the caller\'s name', () => {
    expect(offer({ calleridname: 'x\nagi_callerid: +1900\nagi_callingpres: 0\nagi_arg_1: +1900\nagi_context: evil', callingpres: '32' }))
      .toMatchObject({ called: '+4989100101', cli: { withheld: true } });
    expect(offer({ calleridname: 'x\nagi_callerid: +1900' })).toMatchObject({ cli: { number: '+4930123456', name: 'x' } });
  });
});

describe('events of legs', () => {
  it.each([
    ['Newchannel', { ...caller, Exten: '+4989100101' }, { kind: 'leg', ...CALLER, cli: { number: '+4930123456', name: 'Anna Müller', withheld: false }, exten: '+4989100101' }],
    ['AsyncAGIEnd', caller, { kind: 'unoffered', ...CALLER }],
    ['DialBegin', { ...caller, ...dest, DialString: '101' }, { kind: 'dialling', ...LEG, endpoint: 'PJSIP/101' }],
    ['DialState', { ...caller, ...dest, DialStatus: 'RINGING' }, { kind: 'ringing', ...LEG }],
    ['DialState', { ...caller, ...dest, DialStatus: 'PROGRESS' }, { kind: 'ringing', ...LEG }],
    ['DialState', { ...caller, ...dest, DialStatus: 'PROCEEDING' }, undefined],
    ['Newstate', leg, { kind: 'ringing', ...LEG }],
    ['Newstate', { ...leg, ChannelState: '6' }, undefined],
    ['DialEnd', { ...caller, ...dest, DialStatus: 'BUSY' }, { kind: 'dialEnd', ...LEG, status: 'BUSY' }],
    ['BridgeEnter', { ...leg, BridgeUniqueid: 'b1' }, { kind: 'joined', ...LEG, bridge: 'b1' }],
    ['BridgeLeave', { ...leg, BridgeUniqueid: 'b1' }, { kind: 'left', ...LEG, bridge: 'b1' }],
    ['Hold', leg, { kind: 'held', ...LEG, on: true }],
    ['Unhold', leg, { kind: 'held', ...LEG, on: false }],
    ['Hangup', { ...leg, Cause: '17', 'Cause-txt': 'User busy' }, { kind: 'hangup', ...LEG, cause: 17, causeText: 'User busy' }],
    ['UserEvent', { ...caller, UserEvent: 'RingbookFallback', Number: '+4989100101', Phone: 'PJSIP/101', Step: 's2', Presentation: 'allowed_not_screened' },
      { kind: 'fallback', ...CALLER, cli: { number: '+4930123456', name: 'Anna Müller', withheld: false }, called: '+4989100101', phone: 'PJSIP/101', step: 's2' }],
    ['UserEvent', { ...caller, UserEvent: 'RingbookFallback', Number: '+4989100101', Phone: 'PJSIP/101', Step: '' }, // of an older dialplan: not known to be shown
      { kind: 'fallback', ...CALLER, cli: { withheld: true }, called: '+4989100101', phone: 'PJSIP/101', step: '' }],
    ['UserEvent', { ...caller, UserEvent: 'Other' }, undefined],
    ['VarSet', caller, undefined],
    ['constructor', caller, undefined],
  ])('%s', (event, fields, expected) => { expect(normalise(say(event, fields), AT)).toEqual(expected); });

  it('have names without C\'s escapes', () => {
    expect(normalise(say('Newchannel', { ...caller, CallerIDName: String.raw`O\'Brien \\\"x\\\" why\?` }), AT)).toHaveProperty('cli.name', `O'Brien "x" why?`);
  });

  it('with lines of a caller\'s own are nothing; variables that the PBX is told to add are', () => {
    expect(normalise({ Event: 'Hangup', ...leg, Linkedid: ['9.9', LEG.call] }, AT)).toBeUndefined();
    expect(normalise({ Event: 'Hangup', ...leg, Output: ['x'] }, AT)).toBeUndefined();
    expect(normalise({ Event: 'Hangup', ...leg, ChanVariable: ['a=1', 'b=2'], DestChanVariable: ['a=1', 'b=2'] }, AT)).toMatchObject({ kind: 'hangup' });
  });

  it('without a channel or a call are nothing, and nothing throws', () => {
    for (const event of ['Newchannel', 'DialBegin', 'Hangup', 'UserEvent', 'AsyncAGIStart', 'DeviceStateChange']) expect(normalise({ Event: event }, AT)).toBeUndefined();
    const events = fc.constantFrom('AsyncAGIStart', 'Newchannel', 'DialBegin', 'DialState', 'DialEnd', 'Hangup', 'UserEvent', 'DeviceStateChange');
    const field = fc.constantFrom('Channel', 'Linkedid', 'Uniqueid', 'DestChannel', 'Env', 'Cause', 'Device', 'State', 'CallerIDNum', 'CallerIDName', 'UserEvent');
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { minLength: 1 }));
    fc.assert(fc.property(events, fc.dictionary(field, value), (Event, fields) => { normalise({ ...fields, Event }, AT); }));
  });
});

describe('telephones', () => {
  it.each([
    ['NOT_INUSE', 'idle'], ['INUSE', 'busy'], ['BUSY', 'busy'], ['RINGINUSE', 'busy'], ['ONHOLD', 'busy'], ['RINGING', 'ringing'],
    ['UNAVAILABLE', 'unavailable'], ['INVALID', 'unavailable'], ['UNKNOWN', 'unknown'], ['SOMETHING', 'unknown'],
  ])('%s is %s', (State, state) => {
    expect(normalise({ Event: 'DeviceStateChange', Device: 'PJSIP/101', State }, AT)).toEqual({ kind: 'device', endpoint: 'PJSIP/101', state, at: AT });
  });

  it('are not halves of Local channels, nor lamps made in the dialplan', () => {
    for (const Device of ['Local/+49@ringbook-outside', 'Custom:lamp', 'confbridge:1', '']) expect(normalise({ Event: 'DeviceStateChange', Device, State: 'INUSE' }, AT)).toBeUndefined();
  });

  it.each([
    ['PJSIP/101-0000002a', 'PJSIP/101'], ['PJSIP/front-desk-0000002a', 'PJSIP/front-desk'], ['IAX2/office-1234', 'IAX2/office'],
    ['Local/+49171555@ringbook-outside-00000001;1', 'Local/+49171555@ringbook-outside'],
  ])('%s belongs to %s', (channel, endpoint) => { expect(endpointOf(channel)).toBe(endpoint); });
});
