/** vitest globalSetup: one embedded PostgreSQL for a project's run, with a migrated template; see database.ts. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { postmaster } from '../../src/store/cluster.adapter.js';
import { startEmbedded, type EmbeddedPostgres } from '../../src/store/embedded.adapter.js';
import { makeTemplate } from './database.js';

declare module 'vitest' {
  export interface ProvidedContext { postgres: { url: string; adminUrl: string } }
}

const CACHE = join(import.meta.dirname, '../../.cache');
const PREFIX = 'test-postgres-';

export default async (project: TestProject): Promise<() => Promise<void>> => {
  mkdirSync(CACHE, { recursive: true });
  clearLeftOvers();
  const dir = join(CACHE, `${PREFIX}${process.pid}-${project.name}`);
  const server = await startTestPostgres(dir);
  project.provide('postgres', { url: server.url, adminUrl: server.adminUrl });
  return async () => { await server.stop(); rmSync(dir, { recursive: true, force: true }); };
};

/** A quick server that forgets everything in a power cut, with the template made. For tests and benchmarks. */
export const startTestPostgres = async (dir: string): Promise<EmbeddedPostgres> => {
  const server = await startEmbedded({ dir, fast: true });
  await makeTemplate(server);
  return server;
};

/** Servers of runs that were killed: their parent's process id stands in the name. */
const clearLeftOvers = (): void => {
  for (const name of readdirSync(CACHE).filter((entry) => entry.startsWith(PREFIX))) {
    if (existsSync(`/proc/${name.slice(PREFIX.length).split('-')[0]}`)) continue;
    const left = postmaster(join(CACHE, name, 'postgres'));
    if (left) process.kill(left.pid, 'SIGQUIT');
    rmSync(join(CACHE, name), { recursive: true, force: true });
  }
};
