/**
 * What a look at Asterisk tells after events were missed: who is there (CoreShowChannels), who waits for Ringbook, and which
 * calls have ended meanwhile (the journal that the dialplan's ringbook-bye wrote into Asterisk's database, family `ringbook`).
 * Refuses journal lines that are not exactly of a version it knows: they are named, never guessed at.
 */
import type { JournalEntry, PbxEvent } from '../../call/event.js';
import { cliOf, presentationOfWord, unescaped } from './cli.js';
import { isOurs, percentDecoded } from './environment.js';
import { type AmiMessage, looksForged, text } from './message.js';
import { endpointOf } from './normalise.js';

export interface Snapshot {
  /** Linkedids of the calls whose caller's own channel is there. */
  alive: ReadonlySet<string>;
  /** What the channels that are there would have told, oldest leg first: legs, ringing, joined, and `offered` (resumed). Harmless where known. */
  events: PbxEvent[];
  /** Ended calls by linkedid, in the order of their ends. */
  journal: Map<string, JournalEntry>;
  /** Linkedids of journal lines that cannot be read: of another version, or damaged. */
  unreadable: string[];
}

/**
 * @param channels items of CoreShowChannels
 * @param lines items of DBGetTree, family `ringbook`
 * @param presentations channel name -> CALLERID(pres) of it; CoreShowChannels does not say whether a number is withheld, so that
 *   a caller without an entry counts as withheld
 */
export const readSnapshot = (channels: readonly AmiMessage[], lines: readonly AmiMessage[], presentations: ReadonlyMap<string, string>, at: string): Snapshot => {
  const shown = channels.filter((item) => text(item, 'Event') === 'CoreShowChannel' && text(item, 'Channel') !== '' && !looksForged(item));
  const byAge = shown.sort((a, b) => ageOf(a) - ageOf(b));
  const entries = lines.filter((item) => text(item, 'Event') === 'DBGetTreeResponse' && !looksForged(item))
    .map((item) => ({ call: text(item, 'Key').replace(/^\/?ringbook\//, ''), entry: journalEntry(text(item, 'Val')) }));
  return {
    alive: new Set(shown.filter(isCaller).map((item) => text(item, 'Linkedid'))),
    events: byAge.flatMap((item) => eventsOf(item, presentations.get(text(item, 'Channel')) ?? 'prohib', at)),
    journal: new Map(entries.flatMap(({ call, entry }) => entry ? [[call, entry] as const] : []).sort(([, a], [, b]) => a.endedAt.localeCompare(b.endedAt))),
    unreadable: entries.filter(({ entry }) => !entry).map(({ call }) => call),
  };
};

/** The callers' own channels, out of items of CoreShowChannels. */
export const callerChannels = (channels: readonly AmiMessage[]): string[] => channels.filter(isCaller).map((item) => text(item, 'Channel'));

const isCaller = (item: AmiMessage): boolean => text(item, 'Uniqueid') !== '' && text(item, 'Uniqueid') === text(item, 'Linkedid');

/** number, step and result of `agi:async,+4989100101,s3,NOANSWER`; undefined when it waits for somebody else or for nothing. */
const waitingFor = (item: AmiMessage): [called: string, step: string, result: string] | undefined => {
  const [what, ...args] = text(item, 'ApplicationData').split(',');
  if (text(item, 'Application') !== 'AGI' || what !== 'agi:async' || !isOurs(text(item, 'Context'), args)) return undefined;
  return [args[0] ?? '', args[1] ?? '', args[2] ?? ''];
};

const eventsOf = (item: AmiMessage, presentation: string, at: string): PbxEvent[] => {
  const leg = { call: text(item, 'Linkedid'), channel: text(item, 'Channel'), uniqueid: text(item, 'Uniqueid'), at };
  if (leg.call === '') return [];
  const cli = cliOf(text(item, 'CallerIDNum'), unescaped(text(item, 'CallerIDName')), presentationOfWord(presentation));
  const waits = waitingFor(item);
  const bridge = text(item, 'BridgeId');
  return [
    { kind: 'leg', ...leg, cli, exten: text(item, 'Exten') },
    ...(isDialled(item) ? [{ kind: 'dialling' as const, ...leg, endpoint: endpointOf(leg.channel) }] : []),
    ...(text(item, 'ChannelStateDesc') === 'Ringing' ? [{ kind: 'ringing' as const, ...leg }] : []),
    ...(bridge ? [{ kind: 'joined' as const, ...leg, bridge }] : []),
    ...(waits ? [{ kind: 'offered' as const, ...leg, cli, called: waits[0], step: waits[1], result: waits[2], resumed: true }] : []),
  ];
};

/** Legs that Dial made run `AppDial`, a name that no dialplan can use. */
const isDialled = (item: AmiMessage): boolean => text(item, 'Application').startsWith('AppDial');

/** Uniqueids are `seconds.counter`, behind the system's name and a dash where it has one: the counter tells who was first. */
const ageOf = (item: AmiMessage): number => Number(/(\d+)\.\d+$/.exec(text(item, 'Uniqueid'))?.[1] ?? 0) * 1e6 + Number(/\.(\d+)$/.exec(text(item, 'Uniqueid'))?.[1] ?? 0);

/**
 * `1|start|end|number|caller|name|presentation|step|fallback|DIALSTATUS|answered|peer|recorded`: version 1 of the line that
 * templates/asterisk/extensions_ringbook.conf.hbs writes. Caller, name and peer are percent-encoded, with U+A789 for a colon in the
 * name; times are seconds since 1970.
 */
export const journalEntry = (line: string): JournalEntry | undefined => {
  const fields = line.split('|');
  const [version, start = '', end = '', called = '', number = '', name = '', presentation = '', step = '', fallback = '', dialStatus = '', answered = '', peer = '', recorded = ''] = fields;
  if (version !== '1' || fields.length !== 13 || !isSeconds(start) || !isSeconds(end)) return undefined;
  if (!/^\d{0,9}$/.test(answered) || !/^[A-Z]{0,20}$/.test(dialStatus) || !/^1?$/.test(fallback)) return undefined;
  return {
    startedAt: instant(start), endedAt: instant(end), called, step, dialStatus, recorded,
    cli: cliOf(percentDecoded(number), percentDecoded(name).replaceAll('\ua789', ':'), presentationOfWord(presentation)),
    fallback: fallback === '1', answeredSeconds: Number(answered), peer: endpointOf(percentDecoded(peer)),
  };
};

const isSeconds = (value: string): boolean => /^\d{9,11}$/.test(value);
const instant = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString();
