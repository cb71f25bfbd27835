/** The parts by themselves: the AMI parser on a recording of 2,000 calls, and the look-up of a caller among 20,000 contacts. */
import { expect, it } from 'vitest';
import { DirectoryService } from '../../src/directory/directory.service.js';
import { freshDatabase } from '../lab/database.js';
import { measureParser } from './parser.js';
import { measured } from './report.js';
import { addContacts, numberOf } from './thousands.js';

it('parser', () => {
  const { eventsPerSecond } = measureParser();
  measured({ what: 'AMI parser on the recording', value: Math.round(eventsPerSecond / 1000), unit: 'thousand events/s', against: `limit 200; ratio ${(eventsPerSecond / 200_000).toFixed(2)}` });
  expect(eventsPerSecond).toBeGreaterThan(0);
});

it('look-up', async () => {
  const { db, drop } = await freshDatabase();
  const { id } = await db.insertInto('person').values({ email: 'a@example.org', name: 'A', password_hash: null }).returning('id').executeTakeFirstOrThrow();
  await addContacts(db, id);
  const directory = new DirectoryService(db, 'DE');
  const took: number[] = [];
  for (let i = 0; i < 6000; i++) {
    const number = i % 3 === 2 ? `+49409${1_000_000 + i}` : numberOf((i * 7919) % 20_000);
    const start = performance.now();
    const match = await directory.lookup(number, id);
    if (i >= 1000) took.push(performance.now() - start);
    expect(match.tier).toBe(i % 3 === 2 ? 'none' : 'exact');
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)]!.toFixed(2);
  measured({ what: 'look-up among 20,000 contacts', value: `${at(0.5)} / ${at(0.99)}`, unit: 'ms p50/p99', against: `limit 2 ms p99; ratio ${(Number(at(0.99)) / 2).toFixed(2)}` });
  await drop();
});
