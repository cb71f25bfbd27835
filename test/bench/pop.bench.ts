/** From Asterisk's AsyncAGIStart to the pop on a live socket: both heard by the same process. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AmiClient } from '../../src/adapter/asterisk/ami.adapter.js';
import { text } from '../../src/adapter/asterisk/message.js';
import { parseAmiUrls } from '../../src/adapter/asterisk/url.js';
import { PHONE_IP } from '../../src/practice/asterisk.adapter.js';
import { freePort } from '../../src/practice/ports.adapter.js';
import { ALICE, openWorld, type World } from '../world.js';
import { load, loadPhone } from './load.js';
import { measured } from './report.js';
import { addContacts, numberOf } from './thousands.js';

let world: World;
let phone: Awaited<ReturnType<typeof loadPhone>>;
beforeAll(async () => {
  const port = await freePort('udp', PHONE_IP);
  world = await openWorld({ office: { extensions: [{ extension: '101', port, name: 'Alice' }] }, env: { LOG_LEVEL: 'warn' } });
  await world.people();
  await addContacts(world.db, world.alice.id);
  phone = await loadPhone(world.office.root, world.office.dir, port);
});
afterAll(async () => { await phone?.stop(); await world?.close(); });

it('AsyncAGIStart to pop', async () => {
  const began = new Map<string, number>();
  const took: number[] = [];
  const ami = new AmiClient(parseAmiUrls(world.office.asterisk.amiUrl).targets[0]!);
  ami.on('event', (m) => { if (text(m, 'Event') === 'AsyncAGIStart') began.set(text(m, 'Linkedid'), performance.now()); });
  await ami.connect();
  const { socket } = await world.live();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; pop?: { callId: string } };
    const start = began.get(message.pop?.callId.replace(/^lab-/, '') ?? '');
    if (message.type === 'pop.opened' && start !== undefined) took.push(performance.now() - start);
  });
  const calls = 200;
  const result = await load(world.office.root, world.office.dir, { sipAddress: world.office.asterisk.sipAddress, number: ALICE, rate: 20, calls, callers: Array.from({ length: 500 }, (_, i) => numberOf(i)) });
  await world.until(async () => took.length === calls, 5000, 'a pop for every call');
  await ami.close();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)]!.toFixed(1);
  measured({ what: 'AsyncAGIStart to pop on the live socket, 20 calls/s', value: `${at(0.5)} / ${at(0.95)} / ${at(0.99)}`, unit: 'ms p50/p95/p99', against: 'limit 50 ms p95' });
  expect(result.failed).toBe(0);
});
