/** The same call with one process a role: wake-ups and commands go through the queue and the relay, on PostgreSQL or on Redis. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PHONE_IP } from '../../src/practice/asterisk.adapter.js';
import { freePort } from '../../src/practice/ports.adapter.js';
import { startPostgres } from '../lab/own-postgres.js';
import { startRedis } from '../lab/redis.js';
import { ALICE, BridgeProcess, openWorld } from '../world.js';
import { load, loadPhone } from './load.js';
import { measured } from './report.js';
import { addContacts, numberOf } from './thousands.js';

const RATE = 20, CALLS = 200;

it.each(['PostgreSQL', 'Redis'])('roles apart, %s', async (where) => {
  const [postgres, redis, phonePort] = [await startPostgres(), where === 'Redis' ? await startRedis() : undefined, await freePort('udp', PHONE_IP)];
  const env = { LOG_LEVEL: 'warn', SECRET_KEY: 'one key for all processes of a bench', ...(redis ? { REDIS_URL: redis.url } : {}) };
  const world = await openWorld({ databaseUrl: postgres.url, office: { extensions: [{ extension: '101', port: phonePort, name: 'Alice' }] }, env });
  await world.people();
  await addContacts(world.db, world.alice.id);
  await world.bridge.stop();
  const parts = await Promise.all(['gateway', 'worker'].map(async (role) => {
    const [port, dir] = [await freePort('tcp', '127.0.0.1'), await mkdtemp(join(tmpdir(), `ringbook-${role}-`))];
    return new BridgeProcess({ ...world.bridge.env, ROLES: role, PORT: String(port), DATA_DIR: dir }, `http://127.0.0.1:${port}`, join(dir, 'bridge.log'));
  }));
  world.bridge.env['ROLES'] = 'api';
  const phone = await loadPhone(world.office.root, world.office.dir, phonePort);
  try {
    await Promise.all([world.bridge, ...parts].map((p) => p.start()));
    const callers = Array.from({ length: 500 }, (_, i) => numberOf(i * 17));
    const run = () => load(world.office.root, world.office.dir, { sipAddress: world.office.asterisk.sipAddress, number: ALICE, rate: RATE, calls: CALLS, callers });
    await run();
    const r = await run();
    measured({ what: `INVITE to 180 at ${RATE} calls/s, one process a role, over ${where}`, value: `${r.p50.toFixed(1)} / ${r.p95.toFixed(1)} / ${r.p99.toFixed(1)}`, unit: 'ms p50/p95/p99', against: `all roles in one process, above; p99 limit 60; failed ${r.failed} of ${CALLS}` });
    expect(r.failed, 'failed calls').toBe(0);
  } finally {
    await phone.stop();
    await Promise.all(parts.map((p) => p.stop()));
    await world.close();
    await redis?.stop();
    await postgres.stop();
  }
});
