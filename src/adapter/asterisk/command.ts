/**
 * Turns the commands of a run into AMI actions. Values that reach Asterisk are checked here once more: whatever a user or
 * a caller wrote, only what a dial string, a file name or a number of seconds can hold gets through.
 */
import type { Segment } from '../../flow/program.js';
import { Fault } from '../../shared/fault.js';

export type AmiAction = Record<string, string>;

/** What each variable of the dialplan (templates/asterisk) may hold. */
const SHAPES: Record<string, RegExp> = {
  RB_STEP: /^s[0-9]{1,4}$/,
  RB_DIAL: /^(?:[A-Za-z0-9]{2,10}\/[A-Za-z0-9_.@+/-]{1,80})(?:&[A-Za-z0-9]{2,10}\/[A-Za-z0-9_.@+/-]{1,80}){0,29}$/,
  RB_SECONDS: /^[0-9]{1,3}$/,
  RB_OPTIONS: /^(?:rI)?$/,
  RB_FILE: /^[A-Za-z0-9.-]{1,100}$/,
  RB_PROMPT: /^[\p{L}\p{N}_.@+~/ -]{0,300}$/u, // as line/dialplan.ts isPlainPath
};
const CHANNEL = /^[A-Za-z0-9]{2,10}\/[^\r\n\0,&|(){}$"';]{1,100}(?:;[12])?$/;

/**
 * One Setvar for all variables (ARRAY takes values separated by commas, which none of ours can hold), then the Redirect.
 * @throws Fault `ami.value-refused` for a value that no dialplan variable of ours can hold
 */
export const segmentActions = (channel: string, segment: Segment, variables: Record<string, string>): AmiAction[] => [
  ...setActions(channel, Object.entries(variables).map(([name, value]) => [name, checked(name, value)])),
  { Action: 'Redirect', Channel: checkedChannel(channel), Context: 'ringbook', Exten: segment, Priority: '1' },
];

const setActions = (channel: string, pairs: string[][]): AmiAction[] => (pairs.length === 0 ? [] : [{
  Action: 'Setvar', Channel: checkedChannel(channel), Variable: `ARRAY(${pairs.map(([name]) => name).join(',')})`, Value: pairs.map(([, value]) => value).join(','),
}]);

export const hangupAction = (channel: string, cause: number): AmiAction => ({ Action: 'Hangup', Channel: checkedChannel(channel), Cause: String(cause) });

/** The dialplan's dead-man: how long a waiting channel goes on waiting. 0 switches it off. Seconds from now. */
export const patienceAction = (channel: string, seconds: number): AmiAction => ({ Action: 'Setvar', Channel: checkedChannel(channel), Variable: 'TIMEOUT(absolute)', Value: String(seconds) });

/** The heartbeat, in Asterisk's own time (the Timestamp of a ping's answer, seconds since 1970), so that clocks need not agree. */
export const heartbeatAction = (timestamp: string): AmiAction => ({ Action: 'Setvar', Variable: 'RB_HB', Value: String(Math.floor(Number(timestamp)) || 0) });

const checked = (name: string, value: string): string => {
  if (SHAPES[name]?.test(value)) return value;
  throw new Fault('invalid', 'ami.value-refused', `${name} cannot hold this value`, { name });
};
const checkedChannel = (channel: string): string => {
  if (CHANNEL.test(channel)) return channel;
  throw new Fault('invalid', 'ami.value-refused', 'this is not the name of a channel');
};
