/**
 * How long a caller waits from INVITE to 180 Ringing: the native dialplan (the limit), a lean FastAGI script with one look-up
 * (what people write today), and Ringbook, on the same Asterisk in the same run, with 20,000 contacts loaded.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PHONE_IP } from '../../src/practice/asterisk.adapter.js';
import { freePort } from '../../src/practice/ports.adapter.js';
import { startRedis } from '../lab/redis.js';
import { startPostgres, type OwnPostgres } from '../lab/own-postgres.js';
import { ALICE, openWorld, type World } from '../world.js';
import { startFastAgi } from './fastagi.js';
import { load, loadPhone, type LoadResult } from './load.js';
import { measured } from './report.js';
import { addContacts, numberOf } from './thousands.js';

/** Of load for each figure; longer is steadier. */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10);
const CALLERS = Array.from({ length: 1000 }, (_, i) => numberOf(i * 17));
const NATIVE = '+4900001', SCRIPT = '+4900002';

let postgres: OwnPostgres;
let world: World;
let fastAgi: Awaited<ReturnType<typeof startFastAgi>>;
let phone: Awaited<ReturnType<typeof loadPhone>>;
beforeAll(async () => {
  postgres = await startPostgres(); // durable, as the product runs it
  const port = await freePort('udp', PHONE_IP);
  world = await openWorld({ databaseUrl: postgres.url, office: { extensions: [{ extension: '101', port, name: 'Alice' }] }, env: { LOG_LEVEL: 'warn' } });
  await world.people();
  await world.rules(world.alice.id, [{ id: 'vip', when: { codes: ['VIP'] }, method: { kind: 'ring', devices: 'all', seconds: 20 } }]);
  await addContacts(world.db, world.alice.id);
  fastAgi = await startFastAgi(postgres.url, 'PJSIP/101');
  await world.office.asterisk.rx(`dialplan add extension ${NATIVE},1,Dial(PJSIP/101,30) into ringbook-in`);
  await world.office.asterisk.rx(`dialplan add extension ${SCRIPT},1,AGI(agi://127.0.0.1:${fastAgi.port}/) into ringbook-in`);
  phone = await loadPhone(world.office.root, world.office.dir, port);
});
afterAll(async () => { await phone?.stop(); await fastAgi?.stop(); await world?.close(); await postgres?.stop(); });

const run = (number: string, rate: number) => load(world.office.root, world.office.dir, { sipAddress: world.office.asterisk.sipAddress, number, rate, calls: rate * SECONDS, callers: CALLERS });
const ms = (n: number) => n.toFixed(1);
const words = (r: LoadResult) => `${ms(r.p50)} / ${ms(r.p95)} / ${ms(r.p99)}`;

const round = async (rate: number, where: string) => {
  await run(ALICE, rate); // everybody warm
  const [native, script, ours] = [await run(NATIVE, rate), await run(SCRIPT, rate), await run(ALICE, rate)];
  const limit = rate === 20 ? '; p99 limit 60' : '';
  measured({ what: `INVITE to 180 at ${rate} calls/s, ${where}`, value: words(ours), unit: 'ms p50/p95/p99', against: `FastAGI script ${words(script)}, native ${words(native)}; p50 ratio to the script ${(ours.p50 / script.p50).toFixed(2)} (limit 2)${limit}; failed ${ours.failed} of ${rate * SECONDS}` });
  expect(ours.failed, 'failed calls').toBe(0);
};

it.each([5, 20, 50])('%i calls a second, queue on PostgreSQL', (rate) => round(rate, 'queue on PostgreSQL'));

it('queue on Redis', async () => {
  const redis = await startRedis();
  await world.bridge.stop();
  world.bridge.env['REDIS_URL'] = redis.url;
  await world.bridge.start();
  await world.until(async () => Number(/RB_HB=(\d+)/.exec(await world.office.asterisk.rx('dialplan show globals'))?.[1] ?? 0) > Date.now() / 1000 - 2, 10_000, 'a heartbeat');
  try { for (const rate of [5, 20, 50]) await round(rate, 'queue on Redis'); } finally { await redis.stop(); }
});
