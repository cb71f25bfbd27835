/** Reads the environment, and a `.env` file beside package.json when there is one; the environment wins. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parseConfig, type Config } from './config.js';

/**
 * The configuration of this process; folders are absolute.
 * @throws Fault `config.invalid`
 */
export const readConfig = (env: Record<string, string | undefined> = process.env, file = '.env'): Config => {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const config = parseConfig({ ...fromFile, ...withoutEmpty(env) });
  return { ...config, dataDir: resolve(config.dataDir), spoolDir: resolve(config.spoolDir) };
};

/** An empty variable in the environment counts as unset, so it must not hide the file's. */
const withoutEmpty = (env: Record<string, string | undefined>) => Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));

/** Nest token of the one Config of a process. */
export const CONFIG = Symbol('CONFIG');
