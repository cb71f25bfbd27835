/** Recordings that rules may name: `<spool>/prompts/<name>.wav`, put there by whoever looks after the telephone system. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promptName } from '@ringbook/contracts';

/** In order; undefined when this machine has no such folder: the API need not share the spool with Asterisk. */
export const recordedPrompts = async (spool: string): Promise<string[] | undefined> => {
  const files = await readdir(join(spool, 'prompts')).catch(() => undefined);
  return files?.flatMap((file) => (file.endsWith('.wav') && promptName.safeParse(file.slice(0, -4)).success ? [file.slice(0, -4)] : [])).sort();
};
