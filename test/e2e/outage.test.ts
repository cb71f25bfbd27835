/** PostgreSQL dies and comes back; the bridge is split into processes; the queue runs on Redis. Real calls all the while. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/practice/ports.adapter.js';
import { startRedis } from '../lab/redis.js';
import { startPostgres, type OwnPostgres } from '../lab/own-postgres.js';
import { BridgeProcess, ALICE } from '../world.js';
import { Desk, dialled, GREETING_HZ, VM } from './desk.js';

const voicemail = { kind: 'voicemail', prompt: 'short' } as const;
const RING = { kind: 'ring', devices: 'all', seconds: 15, otherwise: voicemail } as const;
const RULES = [{ id: 'vm', when: { codes: ['VM'] }, method: voicemail }];

const talks = async (desk: Desk, from: string) => {
  const result = await (await desk.call({ from, talkMs: 400 })).result;
  expect(result.finalCode).toBe(200);
  return result;
};
const recorded = async (desk: Desk) => {
  const call = await desk.call({ from: dialled(VM), talkMs: 1200 });
  await call.reached('answered');
  await sleep(500);
  expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
  await call.result;
};

describe('PostgreSQL is killed and comes back', () => {
  let desk: Desk;
  let postgres: OwnPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
    desk = await Desk.open({ databaseUrl: postgres.url });
    await desk.world.rules(desk.world.alice.id, RULES, RING);
  });
  afterAll(async () => { await desk?.close(); await postgres?.stop(); });
  afterEach(() => desk.clear());

  it('a talk goes on; who calls meanwhile reaches the telephone; afterwards everything is handled and in the history', async () => {
    const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 }, tone: 440 });
    const talking = await desk.call({ from: '+4940901001', tone: 800 });
    await talking.reached('answered');
    await sleep(400);
    await postgres.kill();
    await sleep(300);
    const meanwhile = await talks(desk, '+4940901002');
    expect(meanwhile.ringingMs).toBeLessThan(3600);
    expect(talking.hears(440)).toBeGreaterThan(0.8);
    await sleep(6000);
    const stale = await talks(desk, '+4940901003'); // no heartbeat by now: at once
    expect(stale.ringingMs).toBeLessThan(1000);
    await postgres.start();
    await desk.world.until(() => desk.world.bridge.ready(), 20_000, 'the bridge');
    talking.hangUp();
    await talking.result;
    for (const from of ['+4940901001', '+4940901002', '+4940901003']) {
      expect(await desk.world.callWhere((c) => c.from.number === from && c.endedAt !== null, 20_000)).toMatchObject({ outcome: 'answered', answeredBy: '101' });
    }
    expect(alice.calls).toHaveLength(3);
    await desk.beating();
    await recorded(desk);
    await desk.world.until(async () => (await desk.world.db.selectFrom('call').select('id').where('ended_at', 'is', null).execute()).length === 0, 8000, 'an end of every call');
  });
});

describe('one process a role, and the queue on Redis', () => {
  it.each(['PostgreSQL', 'Redis'])('api, gateway and worker apart, wake-ups over %s', async (where) => {
    const redis = where === 'Redis' ? await startRedis() : undefined;
    const env: Record<string, string> = redis ? { REDIS_URL: redis.url } : {};
    const desk = await Desk.open({ env });
    const parts: BridgeProcess[] = [];
    try {
      await desk.world.rules(desk.world.alice.id, RULES, RING);
      await desk.world.bridge.stop();
      const keys = { SECRET_KEY: 'one key for all processes of a test', ...env };
      for (const role of ['gateway', 'worker']) {
        const port = await freePort('tcp', '127.0.0.1');
        const dir = await mkdtemp(join(tmpdir(), `ringbook-${role}-`));
        parts.push(new BridgeProcess({ ...desk.world.bridge.env, ...keys, ROLES: role, PORT: String(port), DATA_DIR: dir }, `http://127.0.0.1:${port}`, join(dir, 'bridge.log')));
      }
      desk.world.bridge.env['ROLES'] = 'api';
      Object.assign(desk.world.bridge.env, keys);
      await Promise.all([desk.world.bridge, ...parts].map((p) => p.start()));
      await desk.beating();
      const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 1500 }, tone: 440 });
      const live = await desk.world.live();
      await talks(desk, '+4940902001');
      await live.pop((p) => p.from.number === '+4940902001' && p.state === 'ended');
      await recorded(desk);
      const call = await desk.call({ from: '+4940902002', talkMs: 1200 });
      const pop = await live.pop((p) => p.from.number === '+4940902002' && p.state === 'ringing' && p.doing.includes('101'));
      await alice.call((c) => c.from.includes('902002'));
      await desk.world.admin.send('POST', `/calls/${encodeURIComponent(pop.callId)}/override`, { method: voicemail });
      await call.reached('answered');
      await sleep(500);
      expect(call.hears(GREETING_HZ, 300)).toBeGreaterThan(0.8);
      await call.result;
      await parts[1]!.kill(); // the only worker: the gateway lets the heartbeat stop, and the telephone rings all the same
      await sleep(3500);
      expect((await talks(desk, '+4940902003')).ringingMs).toBeLessThan(1500);
      await parts[1]!.start();
      expect(await desk.world.callWhere((c) => c.from.number === '+4940902003' && c.endedAt !== null, 20_000)).toMatchObject({ outcome: 'answered', to: ALICE });
    } finally {
      await Promise.all(parts.map((p) => p.stop()));
      await desk.close();
      await redis?.stop();
    }
  });
});

describe('two gateways for one telephone system', () => {
  it('one stands by and never acts; when the other is killed it takes over within seconds, in the middle of calls', async () => {
    const desk = await Desk.open({ env: { SECRET_KEY: 'one key for all processes of a test' } });
    const port = await freePort('tcp', '127.0.0.1');
    const dir = await mkdtemp(join(tmpdir(), 'ringbook-second-'));
    const second = new BridgeProcess({ ...desk.world.bridge.env, PORT: String(port), DATA_DIR: dir }, `http://127.0.0.1:${port}`, join(dir, 'bridge.log'));
    try {
      await desk.world.rules(desk.world.alice.id, RULES, RING);
      await second.start();
      await desk.beating();
      const alice = await desk.alice({ behaviour: { kind: 'answer', afterMs: 1200 }, tone: 440 });
      await recorded(desk); // handled once: no fallback, no second Redirect
      expect(alice.calls).toHaveLength(0);
      const ringing = await desk.call({ from: '+4940903001', tone: 800 });
      await alice.call();
      await desk.world.bridge.kill();
      await ringing.reached('answered');
      await desk.world.until(async () => (await second.log()).includes('this process acts for the PBX') || (await second.log()).includes('"active":true'), 10_000, 'the second gateway');
      await desk.beating();
      await recorded(desk);
      expect(ringing.hears(440)).toBeGreaterThan(0.8);
      ringing.hangUp();
      await ringing.result;
      await desk.world.until(async () => (await desk.world.db.selectFrom('call').select('outcome').where('from_number', '=', '+4940903001').executeTakeFirst())?.outcome === 'answered', 8000, 'the end of the call');
    } finally { await second.stop(); await desk.close(); }
  });
});
