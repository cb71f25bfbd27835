/** Takes the snapshot of snapshot.ts: three kinds of questions to Asterisk, while its events go on. */
import type { AmiClient } from './ami.adapter.js';
import { text } from './message.js';
import { readSnapshot, type Snapshot, callerChannels } from './snapshot.js';

/**
 * The channels are asked for first. A call writes its journal line before its channel goes, so whatever is missing among the
 * channels is in the journal, and what ends in between is in both: the journal counts.
 * @throws Fault as AmiClient.list
 */
export const takeSnapshot = async (client: AmiClient, at: string): Promise<Snapshot> => {
  const channels = await client.list({ Action: 'CoreShowChannels' }, { timeoutMs: 30_000 });
  const lines = await client.list({ Action: 'DBGetTree', Family: 'ringbook' }, { timeoutMs: 30_000 });
  const asked = callerChannels(channels).map(async (channel): Promise<[string, string]> => {
    const answer = await client.action({ Action: 'Getvar', Channel: channel, Variable: 'CALLERID(pres)' });
    return [channel, text(answer, 'Value') || 'prohib'];
  });
  return readSnapshot(channels, lines, new Map(await Promise.all(asked)), at);
};
