/** A PostgreSQL of one's own that a test may kill and bring back, on the same port with the same data. Durable, as in real life. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded, type EmbeddedPostgres } from '../../src/store/embedded.adapter.js';

export interface OwnPostgres { url: string; kill(): Promise<void>; start(): Promise<void>; stop(): Promise<void> }

export const startPostgres = async (): Promise<OwnPostgres> => {
  await mkdir(join(import.meta.dirname, '../../.cache'), { recursive: true });
  const dir = await mkdtemp(join(import.meta.dirname, '../../.cache/own-postgres-'));
  let server: EmbeddedPostgres = await startEmbedded({ dir });
  return {
    url: server.url,
    kill: async () => {
      const pid = server.pid();
      server.kill();
      if (pid) for (let tries = 0; tries < 100 && alive(pid); tries++) await new Promise((done) => { setTimeout(done, 20); });
    },
    start: async () => { server = await startEmbedded({ dir }); },
    stop: async () => { await server.stop(); await rm(dir, { recursive: true, force: true }); },
  };
};
const alive = (pid: number): boolean => { try { process.kill(pid, 0); return true; } catch { return false; } };
