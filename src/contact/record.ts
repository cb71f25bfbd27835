/** What the database keeps of a card, read from its bytes. */
import type { Carrier } from '@ringbook/contracts';
import type { NumberForms } from '../number/number.js';
import { parseNumber } from '../number/parse.js';
import { readCode } from './carrier.js';
import { readCard } from './vcard.js';

export interface ContactRecord { uid: string | null; name: string; organisation: string | null; code: string | null; numbers: (NumberForms & { label: string | null })[] }

/** Undefined when `bytes` hold no vCard. @param region for numbers written without a country code */
export const recordOf = (bytes: Uint8Array, carrier: Carrier, region: string): ContactRecord | undefined => {
  const card = readCard(bytes);
  if (!card) return undefined;
  const numbers = card.numbers.map(({ label, raw }) => ({ label, ...parseNumber(raw, region) }));
  return { uid: card.uid, name: card.name, organisation: card.organisation, code: readCode(card, carrier).code, numbers };
};
