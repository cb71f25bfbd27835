/** A number in the one form it is stored and compared in: E.164 where the numbering plan allows it, else its digits. */
import { parseNumber } from './parse.js';

export const canonicalOf = (raw: string, region: string): string => {
  const forms = parseNumber(raw, region);
  return forms.e164 ?? forms.extension ?? raw.replaceAll(/[^0-9+]/g, '');
};
