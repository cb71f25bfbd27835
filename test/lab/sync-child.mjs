// A process that reads address books as the worker role does: in a thread, while it looks callers up on its main loop. Runs on the
// built code; told by lines of JSON what to do, answers with lines of JSON. Made to be measured, and to be killed.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryService } from '../../dist/directory/directory.service.js';
import { SyncThreads } from '../../dist/role/sync-threads.service.js';
import { createDb } from '../../dist/store/database.adapter.js';

const [databaseUrl, key] = process.argv.slice(2);
const db = createDb(databaseUrl, { max: 6 });
const directory = new DirectoryService(db, 'DE');
const say = (line) => { process.stdout.write(`${JSON.stringify(line)}\n`); };
const threads = new SyncThreads({ databaseUrl, region: 'DE', bookHosts: undefined, key: Buffer.from(key, 'hex') }, (news) => { if (news.kind !== 'trouble') say(news); });

/** One look-up every `every` ms until `ended`; how long each took, from the moment it was due. */
const lookUps = async ({ personId, numbers, every }, state) => {
  const took = [];
  for (let i = 0; !state.ended; i += 1) {
    const due = performance.now();
    await directory.lookup(numbers[i % numbers.length], personId);
    took.push(performance.now() - due);
    const before = performance.now();
    await sleep(every);
    state.late = Math.max(state.late, performance.now() - before - every);
  }
  return took.sort((a, b) => a - b);
};

const run = async ({ books, atOnce = 2, lookups }) => {
  const state = { ended: false, late: 0 };
  if (lookups) for (let i = 0; i < 50; i += 1) await directory.lookup(lookups.numbers[i], lookups.personId); // warm, as a bridge is that has had calls
  const looking = lookups ? lookUps(lookups, state) : Promise.resolve([]);
  const [queue, outcomes, began] = [[...books], [], performance.now()];
  const turn = async () => { for (let book = queue.shift(); book; book = queue.shift()) outcomes.push(await threads.sync(book)); };
  await Promise.all(Array.from({ length: atOnce }, turn));
  const ms = performance.now() - began;
  state.ended = true;
  const took = await looking;
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  say({ kind: 'done', ms, outcomes, peakMb: process.resourceUsage().maxRSS / 1024, lookups: { count: took.length, p50: at(0.5), p99: at(0.99), max: at(1), over20: took.filter((t) => t > 20).length, late: state.late } });
};

say({ kind: 'ready' });
for await (const line of createInterface({ input: process.stdin })) void run(JSON.parse(line)).catch((error) => say({ kind: 'failed', text: String(error) }));
await threads.stop();
await db.destroy();
