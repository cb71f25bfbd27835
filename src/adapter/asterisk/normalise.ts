/**
 * What Asterisk says, in Ringbook's words. Decides which AMI events matter (the rest is undefined), whose leg they are about
 * and which AGI requests are Ringbook's own. Refuses to guess: an event without a channel or a call id is nothing, and neither is
 * one with lines that a caller has put there.
 * Event names and fields: Asterisk 22, "AMI Events"; what is not in the documentation was seen on a running one.
 */
import type { DeviceEvent, EventBase, PbxEvent } from '../../call/event.js';
import { cliOf, presentationOfBits, presentationOfWord, unescaped } from './cli.js';
import { agiRequest, isOurs } from './environment.js';
import { type AmiMessage, looksForged, text } from './message.js';

/** `at`: when it was heard, an ISO instant in UTC. Never throws. */
export const normalise = (message: AmiMessage, at: string): PbxEvent | DeviceEvent | undefined => {
  const read = READERS.get(text(message, 'Event'));
  return read && !looksForged(message) ? read(message, at) : undefined;
};

/** `PJSIP/101-0000002a` -> `PJSIP/101`; `Local/+49171@ringbook-outside-00000001;1` -> `Local/+49171@ringbook-outside`. */
export const endpointOf = (channel: string): string => channel.replace(/-[0-9a-f]+(;[12])?$/i, '');

type Reader = (message: AmiMessage, at: string) => PbxEvent | DeviceEvent | undefined;

/** The leg that the event is about: `Dest` for the one being dialled. */
const base = (message: AmiMessage, at: string, prefix: '' | 'Dest' = ''): EventBase | undefined => {
  const channel = text(message, `${prefix}Channel`);
  const call = text(message, `${prefix}Linkedid`) || text(message, 'Linkedid');
  return channel && call ? { call, channel, uniqueid: text(message, `${prefix}Uniqueid`), at } : undefined;
};

/** A reader for events about the leg itself, or (`Dest`) about the one that it dials. */
const about = (prefix: '' | 'Dest', read: (message: AmiMessage, leg: EventBase) => PbxEvent | undefined): Reader =>
  (message, at) => {
    const leg = base(message, at, prefix);
    return leg && read(message, leg);
  };

const channelCli = (message: AmiMessage, presentation = '') =>
  cliOf(text(message, 'CallerIDNum'), unescaped(text(message, 'CallerIDName')), presentationOfWord(presentation));

const offered = (message: AmiMessage, leg: EventBase): PbxEvent | undefined => {
  const request = agiRequest(text(message, 'Env'));
  if (!isOurs(request.context, request.args)) return undefined;
  const [called = '', step = '', result = ''] = request.args;
  return { kind: 'offered', ...leg, cli: cliOf(request.number, request.name, presentationOfBits(request.callingPres)), called, step, result };
};

const fallback = (message: AmiMessage, leg: EventBase): PbxEvent | undefined =>
  text(message, 'UserEvent') !== 'RingbookFallback' ? undefined : {
    kind: 'fallback', ...leg, cli: channelCli(message, text(message, 'Presentation') || 'prohib'), // an older dialplan does not say
    called: text(message, 'Number'), phone: text(message, 'Phone'), step: text(message, 'Step'),
  };

/** PROGRESS is how many networks say that it rings: with the ringing tone as sound (early media). */
const RINGS = new Set(['RINGING', 'PROGRESS']);
const AST_STATE_RINGING = '5';

const STATES: Record<string, DeviceEvent['state']> = {
  NOT_INUSE: 'idle', INUSE: 'busy', BUSY: 'busy', RINGINUSE: 'busy', ONHOLD: 'busy', RINGING: 'ringing',
  UNAVAILABLE: 'unavailable', INVALID: 'unavailable', UNKNOWN: 'unknown',
};

/** Only telephones: `TECHNOLOGY/name`, and not the halves that Asterisk makes for itself. Also takes items of DeviceStateList. */
const device: Reader = (message, at) => {
  const endpoint = text(message, 'Device');
  if (!/^(?!Local\/)[A-Za-z0-9]+\/./.test(endpoint)) return undefined;
  return { kind: 'device', endpoint, state: STATES[text(message, 'State')] ?? 'unknown', at };
};

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['AsyncAGIStart', about('', offered)],
  ['AsyncAGIEnd', about('', (_, leg) => ({ kind: 'unoffered', ...leg }))],
  ['Newchannel', about('', (message, leg) => ({ kind: 'leg', ...leg, cli: channelCli(message), exten: text(message, 'Exten') }))],
  ['DialBegin', about('Dest', (_, leg) => ({ kind: 'dialling', ...leg, endpoint: endpointOf(leg.channel) }))],
  ['DialState', about('Dest', (message, leg) => RINGS.has(text(message, 'DialStatus')) ? { kind: 'ringing', ...leg } : undefined)],
  ['Newstate', about('', (message, leg) => text(message, 'ChannelState') === AST_STATE_RINGING ? { kind: 'ringing', ...leg } : undefined)],
  ['DialEnd', about('Dest', (message, leg) => ({ kind: 'dialEnd', ...leg, status: text(message, 'DialStatus') }))],
  ['BridgeEnter', about('', (message, leg) => ({ kind: 'joined', ...leg, bridge: text(message, 'BridgeUniqueid') }))],
  ['BridgeLeave', about('', (message, leg) => ({ kind: 'left', ...leg, bridge: text(message, 'BridgeUniqueid') }))],
  ['Hold', about('', (_, leg) => ({ kind: 'held', ...leg, on: true }))],
  ['Unhold', about('', (_, leg) => ({ kind: 'held', ...leg, on: false }))],
  ['Hangup', about('', (message, leg) => ({ kind: 'hangup', ...leg, cause: Number.parseInt(text(message, 'Cause'), 10) || 0, causeText: text(message, 'Cause-txt') }))],
  ['UserEvent', about('', fallback)],
  ['DeviceStateChange', device],
]);
