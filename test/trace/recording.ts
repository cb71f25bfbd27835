/**
 * 2,000 real calls through Asterisk 22.10, as its manager interface told them to a client that asked for every class of events:
 * from the first line to the last, byte by byte. Telephone 101 answers, 102 is busy, 103 does not answer (8103 dials it);
 * 7101 waits in AGI(agi:async) first. Callers have ten different names, one of them empty.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const recording = (): Buffer => gunzipSync(readFileSync(new URL('ami-2000calls.raw.gz', import.meta.url)));
export const RECORDED_EVENTS = 147_684;
