/** The few sentences that every installation has, spoken once into the spool: `<spool>/prompts/<name>.wav`. */
import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Name and text. `confirm` is heard by somebody outside who must press 1 (templates/asterisk, context ringbook-accept). */
export const PROMPTS: Readonly<Record<string, string>> = {
  welcome: 'Welcome. Please hold the line.',
  'voicemail-greeting': 'Nobody can take your call at the moment. Please leave a message after the tone.',
  confirm: 'You have a call. Press 1 to accept.',
};

/**
 * Writes those that are not there; a recording that somebody put there is kept.
 * @param speak gives an 8 kHz mono WAV file for a text
 * @returns the names that were made
 */
export const makePrompts = async (spool: string, speak: (text: string) => Promise<Uint8Array>): Promise<string[]> => {
  const folder = join(spool, 'prompts');
  await mkdir(folder, { recursive: true });
  const made: string[] = [];
  for (const [name, text] of Object.entries(PROMPTS)) {
    const path = join(folder, `${name}.wav`);
    if (await access(path).then(() => true, () => false)) continue;
    const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
    await writeFile(temporary, await speak(text));
    await rename(temporary, path);
    made.push(name);
  }
  return made;
};
