/** What happened step by step, in words for people: names instead of channels, reasons instead of words of the phone system. Pure. */
import type { Words } from '../words/en.js';

export interface TraceNames { words: Words['calls']['trace']; /** Extension -> what its owner calls it. */ devices?: Record<string, string> }

/** `PJSIP/101` and `Local/+49171@ringbook-outside/n`; what stands behind the number is the phone system's own. */
const CHANNEL = /\b(?:PJSIP|SIP|IAX2|DAHDI|Local)\/(\+?[A-Za-z0-9_.]{1,64})(?:@[A-Za-z0-9_.-]{1,64})?(?:-[0-9a-f]{8})?(?:;[12])?(?:\/n)?/g;

const party = (target: string, { devices }: TraceNames) => (devices?.[target] ? `${devices[target]} (${target})` : target);
/** A channel as people call it. */
export const withNames = (text: string, names: TraceNames): string => text.replace(CHANNEL, (_, target: string) => party(target, names));

const known = (words: Record<string, string>, word: string) => (Object.hasOwn(words, word) ? words[word] : undefined);
export const traceText = (text: string, names: TraceNames): string => {
  const { ended, results } = names.words;
  return withNames(text, names)
    .replace(/^Ended: (.{1,80})$/, (whole, why: string) => known(ended, why) ?? whole)
    .replace(/ \(([A-Z_]{2,20})\)/, (whole, result: string) => { const said = known(results, result); return said === undefined ? whole : said && ` (${said})`; });
};
