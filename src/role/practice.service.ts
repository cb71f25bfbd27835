/** The practice phone system of this process, when no real one is named. Without it the bridge runs all the same. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parseAmiUrls } from '../adapter/asterisk/url.js';
import type { Config } from '../config/config.js';
import { startPracticePhones } from '../practice/practice.service.js';
import { speakByCommand } from '../prompt/speech.adapter.js';
import { messageOf } from '../shared/must.js';
import { wantsPractice } from './roles.js';
import type { Runtime } from './runtime.js';

export interface Practice extends Pick<Runtime, 'targets' | 'speak' | 'voice'> { stop(): Promise<void> }

/** @returns undefined when none is wanted, and when it cannot run here: the log says why and what to do instead */
export const startPractice = async (config: Config, log: Logger): Promise<Practice | undefined> => {
  if (!wantsPractice(config)) return undefined;
  try {
    const world = await startPracticePhones({ dataDir: config.dataDir, spool: config.spoolDir, log: (line) => log.info(line) });
    return { targets: parseAmiUrls(world.amiUrl).targets, speak: (text) => world.speak(text), voice: 'espeak-ng en', stop: () => world.stop() };
  } catch (thrown) {
    log.warn(`No practice phone system: ${messageOf(thrown)}`);
    return undefined;
  }
};

/** How this process speaks: TTS_COMMAND before the voice of the practice phone system; undefined when it cannot. */
export const speechOf = ({ ttsCommand, spoolDir }: Config, practice: Practice | undefined): Pick<Runtime, 'speak' | 'voice'> =>
  (ttsCommand ? { speak: speakByCommand(ttsCommand, join(spoolDir, 'speech')), voice: ttsCommand } : { speak: practice?.speak, voice: practice?.voice ?? '' });
