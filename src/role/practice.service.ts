/** The practice phone system of this process, when no real one is named. Without it the bridge runs all the same. */
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import type { Runtime } from './runtime.js';

export interface Practice extends Pick<Runtime, 'targets' | 'speak' | 'voice'> { stop(): Promise<void> }

export const startPracticeIfWanted = async (_config: Config, _log: Logger): Promise<Practice | undefined> => undefined;
