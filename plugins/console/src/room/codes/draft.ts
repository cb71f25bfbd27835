/** The codes being named. Pure. */
import type { CodeMeaning, KnownCode } from '@ringbook/contracts/carrier';

export type Entry = CodeMeaning & Partial<Pick<KnownCode, 'contacts' | 'rules'>>;
const plain = ({ code, name, colour, meaning }: Entry): CodeMeaning => ({ code, ...(name?.trim() ? { name: name.trim() } : {}), ...(colour ? { colour } : {}), ...(meaning?.trim() ? { meaning: meaning.trim() } : {}) });
const says = (entry: Entry) => Boolean(plain(entry).name ?? plain(entry).colour ?? plain(entry).meaning);
/** What is kept: what has a meaning, and what was added by hand and is nowhere else. */
export const meaningsOf = (entries: readonly Entry[]): CodeMeaning[] => entries.filter((entry) => says(entry) || !entry.contacts && !entry.rules).map(plain);
export const sameMeanings = (a: readonly Entry[], b: readonly Entry[]) => JSON.stringify(meaningsOf(a)) === JSON.stringify(meaningsOf(b));
export const putEntry = (entries: readonly Entry[], code: string, patch: Partial<CodeMeaning>): Entry[] => entries.map((entry) => (entry.code === code ? { ...entry, ...patch } : entry));
/** Without a meaning; gone altogether when no contact and no rule has it. */
export const clearEntry = (entries: readonly Entry[], code: string): Entry[] =>
  entries.flatMap((entry) => (entry.code !== code ? [entry] : entry.contacts || entry.rules ? [{ code, contacts: entry.contacts, rules: entry.rules }] : []));
