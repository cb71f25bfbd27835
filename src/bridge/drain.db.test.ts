import pino from 'pino';
import { afterEach, expect, it } from 'vitest';
import { freshDatabase } from '../../test/lab/database.js';
import type { CallEvent } from '../call/event.js';
import type { Relay } from '../queue/relay.js';
import { json } from '../store/schema.js';
import { Drain } from './drain.service.js';

const relay: Relay = { publish: () => {}, subscribe: () => () => {} };
const caller = { call: '17.1', channel: 'PJSIP/trunk-00000001', uniqueid: '17.1' };
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();
const offered: CallEvent = { kind: 'offered', ...caller, at: at(0), cli: { number: '+4930123456', withheld: false }, called: '+4989100101', step: '', result: '' };
const hangup: CallEvent = { kind: 'hangup', ...caller, at: at(9), cause: 16, causeText: 'Normal Clearing' };
const late: CallEvent = { kind: 'hangupRequest', call: '17.1', at: at(9), by: { userId: 'u', name: 'Alice' } };

let drop = (): Promise<void> => Promise.resolve();
afterEach(() => drop());

const open = async () => {
  const { db, drop: end } = await freshDatabase();
  drop = end;
  const { id: person } = await db.insertInto('person').values({ email: 'a@example.org', name: 'Alice', password_hash: null }).returning('id').executeTakeFirstOrThrow();
  await db.insertInto('number').values({ person_id: person, number: '+4989100101' }).execute();
  const recordings = { collect: (names: string[]) => Promise.resolve(names.map((name) => ({ file: `voicemail/${name}.wav`, seconds: 3 }))) };
  const drain = new Drain(db, 'DE', { out: { owns: () => false, send: () => {} }, recordings }, relay, pino({ level: 'silent' }));
  const store = (...events: CallEvent[]) => db.insertInto('call_event').values(events.map((event) => ({ call_id: 'lab-17.1', pbx: 'lab', event: json(event) }))).returning('seq').execute();
  const row = () => db.selectFrom('call').select(['outcome', 'phase', 'person_id', 'version']).executeTakeFirstOrThrow();
  return { db, person, drain, store, row };
};

it('says how a call ended once: what comes after the end does not take the message away', async () => {
  const { db, person, drain, store, row } = await open();
  const tell = async (event: CallEvent) => { await store(event); await drain.drain('lab-17.1'); return row(); };
  expect(await tell(offered)).toMatchObject({ outcome: null, phase: 'recording', person_id: person });
  expect(await tell(hangup)).toMatchObject({ outcome: 'voicemail', phase: 'ended' });
  expect(await tell(late)).toMatchObject({ outcome: 'voicemail', phase: 'ended' });
  expect(await db.selectFrom('voicemail').select('file').execute()).toHaveLength(1);
  expect(await db.selectFrom('call_event').selectAll().execute()).toEqual([]);
});

it('folds an event once, though it is read from the table and brought by its wake-up at the same time', async () => {
  const { drain, store, row } = await open();
  const [stored] = await store(offered);
  const reading = drain.drain('lab-17.1');
  await drain.drain('lab-17.1', [{ seq: stored!.seq, pbx: 'lab', event: offered }]);
  await reading;
  expect(await row()).toMatchObject({ version: 1 });
});
