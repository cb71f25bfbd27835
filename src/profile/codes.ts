/** The list of codes that one person sees. Codes compare without case; upper case is their canonical form. */
import type { CodeMeaning, KnownCode } from '@ringbook/contracts';

/** A field full of words that look like codes is no list that anybody reads. */
const MOST_FOUND = 200;

/**
 * @param said in the order the person gave
 * @param contacts how many contacts carry a code, by canonical code
 * @param rules the codes that each rule names
 */
export const knownCodesOf = (said: readonly CodeMeaning[], contacts: ReadonlyMap<string, number>, rules: readonly (readonly string[])[]): KnownCode[] => {
  const named = new Map<string, number>();
  for (const rule of rules) for (const code of new Set(rule.map((c) => c.toUpperCase()))) named.set(code, (named.get(code) ?? 0) + 1);
  const counted = (meaning: CodeMeaning): KnownCode => ({ ...meaning, contacts: contacts.get(meaning.code) ?? 0, rules: named.get(meaning.code) ?? 0 });
  const told = new Set(said.map(({ code }) => code));
  const found = [...new Set([...named.keys(), ...contacts.keys()])].filter((code) => !told.has(code)).map((code) => counted({ code }));
  found.sort((a, b) => Number(b.rules > 0) - Number(a.rules > 0) || b.contacts - a.contacts || (a.code < b.code ? -1 : 1));
  return [...said.map(counted), ...found.slice(0, MOST_FOUND)];
};
