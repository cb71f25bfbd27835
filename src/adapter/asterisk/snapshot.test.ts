import { describe, expect, it } from 'vitest';
import { callerChannels, journalEntry, readSnapshot } from './snapshot.js';

const AT = '2026-11-21T02:00:00.000Z';
/** Items as Asterisk 22 sends them, without what nobody reads. */
const channel = (fields: Record<string, string>) => ({
  Event: 'CoreShowChannel', ChannelStateDesc: 'Up', CallerIDNum: '+4930123456', CallerIDName: String.raw`O\'Brien`, Context: 'ringbook', Exten: 'dial', Duration: '00:00:07', BridgeId: '', ...fields,
});
const WAITING = channel({ Channel: 'PJSIP/world-00000004', ChannelStateDesc: 'Ring', Exten: 'ask', Uniqueid: '1795226400.9', Linkedid: '1795226400.9', Application: 'AGI', ApplicationData: 'agi:async,+4989100101,s3,NOANSWER' });
const TALKING = channel({ Channel: 'PJSIP/world-00000000', Uniqueid: '1795226392.0', Linkedid: '1795226392.0', Application: 'Dial', ApplicationData: 'PJSIP/101,20,', BridgeId: 'b1' });
const PHONE = channel({ Channel: 'PJSIP/101-00000001', Uniqueid: '1795226392.1', Linkedid: '1795226392.0', Application: 'AppDial', ApplicationData: '(Outgoing Line)', BridgeId: 'b1', CallerIDNum: '101' });
const RINGING = channel({ Channel: 'PJSIP/103-00000003', ChannelStateDesc: 'Ringing', Uniqueid: '1795226393.3', Linkedid: '1795226393.2', Application: 'AppDial', ApplicationData: '(Outgoing Line)' });
const line = (call: string, Val: string) => ({ Event: 'DBGetTreeResponse', Key: `/ringbook/${call}`, Val });
const ENDED = '1|1795226397|1795226398|+4989100101|%2B4930123456|%D0%98%D0%B2%D0%B0%D0%BD|allowed_not_screened|s1||ANSWER|1|Local%2F%2B49171555%40ringbook-outside-00000000%3B1|';

describe('a snapshot', () => {
  it('tells who is there, who waits and with what, who talks and what rings', () => {
    const { alive, events } = readSnapshot([RINGING, WAITING, PHONE, TALKING], [], new Map([['PJSIP/world-00000004', 'allowed_not_screened']]), AT);
    expect([...alive].toSorted()).toEqual(['1795226392.0', '1795226400.9']);
    expect(events.map((event) => [event.kind, event.channel])).toEqual([
      ['leg', 'PJSIP/world-00000000'], ['joined', 'PJSIP/world-00000000'],
      ['leg', 'PJSIP/101-00000001'], ['dialling', 'PJSIP/101-00000001'], ['joined', 'PJSIP/101-00000001'],
      ['leg', 'PJSIP/103-00000003'], ['dialling', 'PJSIP/103-00000003'], ['ringing', 'PJSIP/103-00000003'],
      ['leg', 'PJSIP/world-00000004'], ['offered', 'PJSIP/world-00000004'],
    ]);
    expect(events.at(-1)).toEqual({
      kind: 'offered', call: '1795226400.9', channel: 'PJSIP/world-00000004', uniqueid: '1795226400.9', at: AT,
      cli: { number: '+4930123456', name: `O'Brien`, withheld: false }, called: '+4989100101', step: 's3', result: 'NOANSWER', resumed: true,
    });
    expect(events[3]).toMatchObject({ endpoint: 'PJSIP/101' });
  });

  it('shows nobody\'s number without being told that it may', () => {
    const offer = (presentation?: string) => readSnapshot([WAITING], [], new Map(presentation ? [['PJSIP/world-00000004', presentation]] : []), AT).events.at(-1);
    expect(offer()).toHaveProperty('cli', { withheld: true });
    expect(offer('prohib_passed_screen')).toHaveProperty('cli', { withheld: true });
    expect(callerChannels([WAITING, PHONE, TALKING])).toEqual(['PJSIP/world-00000004', 'PJSIP/world-00000000']);
  });

  it('takes nobody else\'s AGI for an offer', () => {
    for (const over of [{ ApplicationData: 'agi:async,x', Context: 'other' }, { ApplicationData: 'agi://host/,1,2,3' }, { Application: 'Dial' }]) {
      expect(readSnapshot([{ ...WAITING, ...over }], [], new Map(), AT).events.map((event) => event.kind)).toEqual(['leg']);
    }
  });

  it('reads the journal in the order of ends, and names what it cannot read', () => {
    const { journal, unreadable } = readSnapshot([], [line('9.9', ENDED), line('8.8', ENDED.replace('1795226398', '1795226390')), line('7.7', '2|who knows')], new Map(), AT);
    expect([...journal.keys()]).toEqual(['8.8', '9.9']);
    expect(unreadable).toEqual(['7.7']);
  });
});

describe('a journal line', () => {
  it('is a call that ended', () => {
    expect(journalEntry(ENDED)).toEqual({
      startedAt: '2026-11-21T01:59:57.000Z', endedAt: '2026-11-21T01:59:58.000Z', called: '+4989100101', cli: { number: '+4930123456', name: 'Иван', withheld: false },
      step: 's1', fallback: false, dialStatus: 'ANSWER', answeredSeconds: 1, peer: 'Local/+49171555@ringbook-outside', recorded: '',
    });
    expect(journalEntry(ENDED.replace('%D0%98%D0%B2%D0%B0%D0%BD', 'O%20Brien%EA%9E%89%20Ltd'))).toHaveProperty('cli.name', 'O Brien: Ltd');
    expect(journalEntry('1|1795226399|1795226399|+4989100101|%2B4930123456|x|prohib_not_screened||1|||| /spool/x.wav')).toMatchObject({ cli: { withheld: true }, fallback: true, answeredSeconds: 0 });
  });

  it.each([
    '', '1', '2|1795226397|1795226398|||||||||||', `${ENDED}|more`, ENDED.replace('1795226397', ''), ENDED.replace('1795226398', '99999999999999999'),
    ENDED.replace('ANSWER', 'an\nswer'), ENDED.replace('|1|Local', '|x|Local'), ENDED.replace('s1||', 's1|yes|'),
  ])('%j is none', (value) => { expect(journalEntry(value)).toBeUndefined(); });
});
