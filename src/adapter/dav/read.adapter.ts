/** Takes the answers of a server apart with breaths in between: calls are decided in the same process (1 MB of XML takes 40 to 400 ms). */
import { setImmediate } from 'node:timers/promises';
import { type Multistatus, parseMultistatus, partsOf } from './xml.js';

/** Bytes that are turned into text in one go. */
const CHUNK = 2 * 1024 * 1024;

export const decoded = async (bytes: Uint8Array): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    if (at > 0) await setImmediate();
    text += decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true });
  }
  return text + decoder.decode();
};

/**
 * Part by part; the last one is undefined where it is no complete answer.
 * @param most characters of one response
 */
export async function* multistatusParts(bytes: Uint8Array, { most, kind }: { most?: number; kind?: Parameters<typeof parseMultistatus>[1] } = {}): AsyncGenerator<Multistatus | undefined> {
  for (const part of partsOf(await decoded(bytes), most === undefined ? {} : { most })) {
    yield part === undefined ? undefined : parseMultistatus(part, kind);
    await setImmediate();
  }
}

/** All of it; undefined where it is no complete answer. */
export const readMultistatus = async (bytes: Uint8Array, options: Parameters<typeof multistatusParts>[1] = {}): Promise<Multistatus | undefined> => {
  const all: Multistatus = { responses: [], token: null };
  for await (const part of multistatusParts(bytes, options)) {
    if (!part) return undefined;
    for (const response of part.responses) all.responses.push(response);
    all.token = part.token ?? all.token;
  }
  return all;
};
