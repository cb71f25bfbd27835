import { expect, it } from 'vitest';
import { en } from '../words/en.js';
import { traceText } from './trace.js';

const names = { words: en.calls.trace, devices: { '101': 'Desk' } };

it.each([
  ['Answered by PJSIP/101', 'Answered by Desk (101)'],
  ['Answered by PJSIP/102', 'Answered by 102'],
  ['Forwarded to Local/+491715550001@ringbook-outside/n', 'Forwarded to +491715550001'],
  ['Ringing PJSIP/101-0000002a and Local/+49171@ringbook-outside-00000001;1', 'Ringing Desk (101) and +49171'],
  ['Ended: Normal Clearing', 'Ended: somebody hung up'],
  ['Ended: Interworking, unspecified', 'Ended: Interworking, unspecified'],
  ['Recording ended (HANGUP)', 'Recording ended (the caller hung up)'],
  ['Done (SUCCESS); the call ends', 'Done; the call ends'],
  ['gave up (WEIRD)', 'gave up (WEIRD)'],
  ['Ended: constructor', 'Ended: constructor'],
  ['Note of SIP/ and 1/2', 'Note of SIP/ and 1/2'],
])('in words for people: %s', (text, said) => { expect(traceText(text, names)).toBe(said); });

