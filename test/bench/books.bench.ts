/**
 * Many contacts over several books of one real Radicale: the first reading against the bare download of the same cards, an unchanged
 * reading, memory, and callers that are looked up meanwhile; and one book against vdirsyncer. All on one machine, in one run.
 * BENCH_BOOKS=5x20000 is the size that the limits are about; it takes some 15 minutes, most of them to warm the server. With small
 * books (2,000 contacts) all is over before a process has warmed up, and says little.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContactStore } from '../../src/contact/contact.store.js';
import { createDb } from '../../src/store/database.adapter.js';
import { migrate } from '../../src/store/migrate.store.js';
import type { Db } from '../../src/store/schema.js';
import { BookStore } from '../../src/sync/book.store.js';
import { INTERVAL } from '../../src/sync/interval.js';
import { newPerson } from '../lab/books.js';
import { type OwnPostgres, startPostgres } from '../lab/own-postgres.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';
import { SyncChild } from '../lab/sync-child.js';
import { bareDownload, cardOf, mobileOf, openVdirsyncer, warm } from './dav-load.js';
import { measured } from './report.js';

const [BOOKS = 2, SIZE = 10_000] = (process.env['BENCH_BOOKS'] ?? '2x10000').split('x').map(Number);
const ALL = BOOKS * SIZE;
/** vdirsyncer takes minutes for ten thousand. */
const PEER_SIZE = 3000;
const key = randomBytes(32);
const paths = Array.from({ length: BOOKS }, (_, b) => `book${b}`);
const hrefOf = (server: Radicale, n: number): string => `/${server.user}/book${Math.floor(n / SIZE)}/c${n}.vcf`;
const seconds = (ms: number): string => (ms / 1000).toFixed(2);
const thousands = (n: number): string => n.toLocaleString('en');

let server: Radicale, postgres: OwnPostgres, db: Db, books: BookStore, personId: string;
beforeAll(async () => {
  [server, postgres] = await Promise.all([startRadicale({ password: 'secret' }), startPostgres()]);
  for (const [b, path] of paths.entries()) {
    await server.addBook(path, `Book ${b}`);
    await server.putMany((function* cards() { for (let n = b * SIZE; n < (b + 1) * SIZE; n += 1) yield [`c${n}`, cardOf(n)] as const; })(), path);
  }
  await server.addBook('peer', 'For both');
  await server.putMany((function* cards() { for (let n = 0; n < PEER_SIZE; n += 1) yield [`c${n}`, cardOf(n)] as const; })(), 'peer');
  await warm(server, [...paths, 'peer'].map((path) => `/${server.user}/${path}/`));
  await migrate(postgres.url);
  db = createDb(postgres.url);
  books = new BookStore(db, new ContactStore(db, 'DE'), key, { publish: () => {}, subscribe: () => () => {} });
  personId = await newPerson(db);
}, 1_800_000);
afterAll(async () => { await db?.destroy(); await server?.stop(); await postgres?.stop(); }, 60_000);

const addBook = async (path: string): Promise<string> => (await books.create({ kind: 'carddav', name: path, personId, url: `${server.url}${server.user}/${path}/`, username: server.user, password: server.password })).id;
/** The process that syncs, with its thread: a bridge has them already when a book is added. */
const started = async (): Promise<SyncChild> => {
  const child = await SyncChild.start(postgres.url, key);
  expect((await child.run({ books: [await addBook('contacts')] })).outcomes).toMatchObject([{ kind: 'done', added: 0 }]);
  return child;
};
const lookups = () => ({ personId, every: 5, numbers: Array.from({ length: 1000 }, (_, i) => mobileOf((i * 7919) % ALL)) });

it('all books', async () => {
  const hrefs = paths.map((path, b) => ({ path: `/${server.user}/${path}/`, hrefs: Array.from({ length: SIZE }, (_, i) => hrefOf(server, b * SIZE + i)) }));
  const bare = [await bareDownload(server, hrefs, 2), await bareDownload(server, hrefs, 4)];
  const best = Math.min(...bare.map(({ ms }) => ms));
  const ids = await Promise.all(paths.map(addBook));
  const child = await started();
  try {
    const first = await child.run({ books: ids, lookups: lookups() });
    const said = bare.map(({ ms }, i) => `${[2, 4][i]} at a time ${seconds(ms)} s`).join(', ');
    measured({ what: `first reading of ${thousands(ALL)} contacts in ${BOOKS} books`, value: seconds(first.ms), unit: 's', against: `bare download ${said} (${thousands(Math.round(bare[0]!.bytes / 1024))} KB); ratio to the faster ${(first.ms / best).toFixed(2)} (limit 1.5)` });
    measured({ what: '  memory of the process that does it, at most', value: Math.round(first.peakMb), unit: 'MB', against: 'limit 400' });
    const { count, p50, p99, max, over20, late } = first.lookups;
    measured({ what: `  ${thousands(count)} look-ups meanwhile, one every 5 ms in the same process`, value: [p50, p99, max].map((n) => n.toFixed(1)).join(' / '), unit: 'ms p50/p99/most', against: `limit 20 ms for each: ${over20} took longer; its loop was late by ${late.toFixed(1)} ms at most` });
    expect(first.outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.added : outcome))).toEqual(ids.map(() => SIZE));
    const again = await child.run({ books: ids, lookups: lookups() });
    measured({ what: `unchanged reading of ${thousands(ALL)} contacts`, value: seconds(again.ms), unit: 's', against: `limit 2 s; ratio ${(again.ms / 2000).toFixed(2)}; look-ups ${again.lookups.p99.toFixed(1)} ms p99, ${again.lookups.max.toFixed(1)} most` });
    expect(again.outcomes).toMatchObject(ids.map(() => ({ kind: 'done', added: 0, updated: 0, removed: 0 })));
    const began = performance.now();
    await server.putMany([[`c${SIZE - 1}`, cardOf(SIZE - 1).replace(mobileOf(SIZE - 1), '+49309999999')]], 'book0');
    const changed = await child.run({ books: ids });
    expect(changed.outcomes.filter((outcome) => outcome.kind === 'done' && outcome.updated === 1)).toHaveLength(1);
    expect((await db.selectFrom('contact_number').select('contact_id').where('e164', '=', '+49309999999').execute()).length).toBe(1);
    measured({ what: 'a change at the server, found by callers after the next reading', value: seconds(performance.now() - began), unit: 's', against: `reading begins every ${INTERVAL} s: one interval plus this` });
  } finally { await child.stop(); }
}, 1_200_000);

it('one book, against vdirsyncer', async () => {
  const peer = await openVdirsyncer(server, 'peer');
  const child = await started();
  try {
    const id = await addBook('peer');
    const [ours, theirs] = [(await child.run({ books: [id] })).ms, await peer.sync()];
    measured({ what: `first reading of one book of ${thousands(PEER_SIZE)}`, value: seconds(ours), unit: 's', against: `vdirsyncer ${seconds(theirs)} s; ${(theirs / ours).toFixed(1)} times as fast (limit 2)` });
    const again = await child.run({ books: [id] });
    const theirsAgain = await peer.sync();
    measured({ what: `unchanged reading of one book of ${thousands(PEER_SIZE)}`, value: seconds(again.ms), unit: 's', against: `vdirsyncer ${seconds(theirsAgain)} s; ${(theirsAgain / again.ms).toFixed(1)} times as fast (limit 2)` });
    expect(again.outcomes).toMatchObject([{ kind: 'done', added: 0, updated: 0, removed: 0 }]);
  } finally { await child.stop(); await peer.close(); }
}, 1_200_000);
