/** The key that encrypts stored credentials: SECRET_KEY, or one made at the first start and kept in DATA_DIR. */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealKey } from '../shared/seal.adapter.js';
import type { Config } from './config.js';

/** The key for shared/seal.adapter.ts. The file appears whole or not at all, also when two processes start at once. */
export const readSecretKey = ({ secretKey, dataDir }: Pick<Config, 'secretKey' | 'dataDir'>): Buffer => sealKey(secretKey?.reveal() ?? kept(join(dataDir, 'secret.key')));

const kept = (file: string): string => {
  try { return readFileSync(file, 'utf8').trim(); } catch (thrown) { if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown; }
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o711 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try { linkSync(fresh, file); } catch (thrown) { if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown; }
  rmSync(fresh);
  return readFileSync(file, 'utf8').trim();
};
