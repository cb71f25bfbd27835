/** Files in and out over HTTP: a book without a server, from the first dry run to codes that outlive the next import. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContactStore } from '../../src/contact/contact.store.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { vcard } from '../lab/books.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, user: Person, other: Person, admin: Person, book: string;
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const bring = (content: string | Buffer, more: Record<string, unknown> = {}, as = user, id = book) => world.ask('POST', `/api/v1/address-books/${id}/import`, { as, body: { fileName: 'contacts.vcf', content: base64(content), ...more } });
const contacts = async (query = '') => (await world.ask('GET', `/api/v1/contacts?book=${book}${query}`, { as: user })).body.items;
const sync = () => world.app.get(SyncService).syncBook(book);
beforeAll(async () => {
  world = await openWorld();
  [user, other, admin] = [await world.person(), await world.person('user', 'Otto'), await world.person('admin')];
  const made = await world.ask('POST', '/api/v1/address-books', { as: user, body: { kind: 'import', name: 'Meine Leute / ☎' } });
  expect(made).toMatchObject({ status: 201, body: { kind: 'import', url: '', auth: null, ldap: null, carrier: { field: 'X-CUSTOM4' } } });
  book = made.body.id;
});
afterAll(() => world.end());

const ANNA = vcard('Anna', ['TEL:030 1234567', 'PHOTO;ENCODING=b:AAAA']), BERT = vcard('Bert', ['TEL:030 7654321', 'X-CUSTOM4:VIP']);

it('says what a file would do before it does it', async () => {
  const counts = { format: 'vcf', contacts: 2, added: 2, updated: 0, unchanged: 0, removed: 0, problems: [], columns: [] };
  expect((await bring(ANNA + BERT, { dryRun: true })).body).toEqual({ ...counts, dryRun: true });
  expect(await sync()).toMatchObject({ added: 0 });
  world.synced.length = 0;
  expect((await bring(ANNA + BERT)).body).toEqual({ ...counts, dryRun: false });
  expect(world.synced).toEqual([book]);
  expect(await sync()).toMatchObject({ kind: 'done', added: 2 });
  expect(await contacts()).toMatchObject([{ name: 'Anna', code: null }, { name: 'Bert', code: 'VIP' }]);
  expect((await bring(ANNA + BERT, { dryRun: true })).body).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
});

it('keeps codes set here when the same file comes again, and takes those that a file brings', async () => {
  const [anna] = await contacts('&q=anna');
  expect((await world.ask('PATCH', `/api/v1/contacts/${anna.id}`, { as: user, body: { handlingCode: 'FAM' } })).body).toMatchObject({ code: 'FAM' });
  expect((await world.db.selectFrom('import_card').select('bytes').where('book_id', '=', book).execute()).map(({ bytes }) => bytes.toString()).find((text) => text.includes('Anna'))).toContain('X-CUSTOM4:FAM');
  expect((await bring(ANNA + BERT)).body).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
  expect((await bring(ANNA.replace('FN:Anna', 'FN:Anna Neu') + BERT.replace('VIP', 'DOOR'))).body).toMatchObject({ updated: 2, unchanged: 0 });
  expect(await sync()).toMatchObject({ added: 0, updated: 2 });
  expect(await contacts()).toMatchObject([{ id: anna.id, name: 'Anna Neu', code: 'FAM' }, { name: 'Bert', code: 'DOOR' }]);
});

it('adds a table to it, column by column, and removes what is not there only when told', async () => {
  const csv = 'Vorname;Nachname;Handy;Kundennr\nCarla;Groß;0171 2345678;77\n;;;\nDieter;Klein;;78\n';
  const asked = (await bring(csv, { fileName: 'kunden.csv', dryRun: true })).body;
  expect(asked).toMatchObject({ format: 'csv', contacts: 2, added: 2, removed: 0, columns: [{ heading: 'Vorname', holds: 'givenName', sample: 'Carla' }, { holds: 'familyName' }, { holds: 'phone' }, { heading: 'Kundennr', holds: 'other', sample: '77' }] });
  expect((await bring(csv, { fileName: 'kunden.csv', columns: { Kundennr: 'code' } })).body).toMatchObject({ added: 2 });
  await sync();
  expect((await contacts()).map((c: { name: string; code: string }) => [c.name, c.code])).toEqual([['Anna Neu', 'FAM'], ['Bert', 'DOOR'], ['Carla Groß', '77'], ['Dieter Klein', '78']]);
  expect((await world.ask('GET', '/api/v1/directory/lookup?number=%2B491712345678', { as: user })).body).toMatchObject({ tier: 'exact', contact: { name: 'Carla Groß' } });
  expect((await bring(csv, { fileName: 'kunden.csv', columns: { Kundennr: 'code' }, replace: true, dryRun: true })).body).toMatchObject({ unchanged: 2, removed: 2 });
  expect((await bring(csv, { fileName: 'kunden.csv', columns: { Kundennr: 'code' }, replace: true })).body).toMatchObject({ removed: 2 });
  expect(await sync()).toMatchObject({ kind: 'done', removed: 2 });
  expect(await contacts()).toHaveLength(2);
  expect((await bring('A,B\n1,2\n', { fileName: 'x.csv', dryRun: true })).body).toMatchObject({ contacts: 0, columns: [{ heading: 'A', holds: 'other' }, { heading: 'B' }], problems: [{ line: 2 }] });
  expect((await bring('A,B\n1,2\n', { fileName: 'x.csv' })).body).toMatchObject({ status: 400, code: 'import.columns', errors: [{ path: 'columns' }] });
});

it('gives all cards as one file that can be brought in elsewhere', async () => {
  await bring(ANNA + BERT.replace('END:VCARD\r\n', 'END:VCARD'), { replace: true });
  const file = await world.ask('GET', `/api/v1/address-books/${book}/export`, { as: user });
  expect(file).toMatchObject({ status: 200, headers: { 'content-type': 'text/vcard; charset=utf-8', 'content-disposition': 'attachment; filename="Meine Leute _ _.vcf"; filename*=UTF-8\'\'Meine%20Leute%20%2F%20%E2%98%8E.vcf' } });
  expect(file.text.split(/(?<=END:VCARD\r\n)/).sort()).toEqual([ANNA, BERT].sort());
  const second = (await world.ask('POST', '/api/v1/address-books', { as: user, body: { kind: 'import', name: 'Second' } })).body.id;
  expect((await bring(file.text, {}, user, second)).body).toMatchObject({ added: 2, problems: [] });
});

it('is for whoever keeps the book, and for books without a server', async () => {
  const shared = (await world.ask('POST', '/api/v1/address-books', { as: admin, body: { kind: 'import', name: 'Ours', shared: true } })).body.id;
  expect((await bring(ANNA, {}, other, shared)).body.code).toBe('book.shared');
  expect((await world.ask('GET', `/api/v1/address-books/${shared}/export`, { as: other })).body.code).toBe('book.shared');
  expect((await bring(ANNA, {}, admin, shared)).body).toMatchObject({ added: 1 });
  expect((await bring(ANNA, {}, other)).status).toBe(404);
  const insert = async (kind: string) => (await world.db.insertInto('address_book').values({ person_id: user.id, kind, name: 'Server', url: 'https://dav.example.org', username: 'u', secret: world.sealed }).returning('id').executeTakeFirstOrThrow()).id;
  expect((await bring(ANNA, {}, user, await insert('carddav'))).body).toMatchObject({ status: 409, code: 'import.has-server' });
  const folder = await insert('practice');
  await world.app.get(ContactStore).save(folder, [{ href: 'a', etag: '1', bytes: Buffer.from(ANNA.trimEnd()) }, { href: 'b', etag: '1', bytes: Buffer.from(BERT) }], 'infinity');
  const out = (await world.ask('GET', `/api/v1/address-books/${folder}/export`, { as: user })).text;
  expect([out.split('END:VCARD\r\n').length, out.includes('X-CUSTOM4:VIP'), out.includes('FN:Anna')]).toEqual([3, true, true]);
  expect((await world.ask('GET', `/api/v1/address-books/${await insert('ldap')}/export`, { as: user })).body).toMatchObject({ status: 409, code: 'export.directory' });
});

it('takes files of megabytes here and nowhere else, and refuses what is none', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => vcard(`P${i}`, [`TEL:+4930${1_000_000 + i}`, `NOTE:${'x'.repeat(600)}`])).join('');
  expect(Buffer.byteLength(many)).toBeGreaterThan(3_000_000);
  expect((await bring(many)).body).toMatchObject({ contacts: 5000, added: 5000 });
  expect((await bring(many, { dryRun: true })).body).toMatchObject({ unchanged: 5000 });
  expect((await bring('x'.repeat(18_500_000))).body).toMatchObject({ status: 400, errors: [{ path: 'content', message: 'must be a file of at most 18 MB' }] });
  expect((await bring('x'.repeat(20_000_000))).status).toBe(413);
  expect((await world.ask('POST', '/api/v1/calls/x/note', { as: user, body: { note: 'x'.repeat(1_100_000) } })).status).toBe(413);
  for (const [fileName, content, code] of [['a.vcf', 'no card', 'import.empty'], ['a.xlsx', 'PK\u0003\u0004', 'import.format']] as const) expect((await bring(content, { fileName })).body).toMatchObject({ status: 400, code, errors: [{ path: 'content' }] });
  expect((await bring('', { content: 'no base64!' })).body).toMatchObject({ status: 400, errors: [{ path: 'content' }] });
});

it('lets others have their turn, whatever is in a large file', async () => {
  const id = (await world.ask('POST', '/api/v1/address-books', { as: user, body: { kind: 'import', name: 'Large' } })).body.id;
  const bytes = 17_900_000;
  const files: [string, Buffer][] = [
    ['empty.csv', Buffer.from(`Name,Tel\r\n${'\r\n'.repeat(bytes / 2 - 10)}`)], ['old.csv', Buffer.from(`Name,Tel\n${'M\u00fcller,030 1\n'.repeat(bytes / 15)}`, 'latin1')], ['wide.csv', Buffer.from(`${'x,'.repeat(20)}\n${'a\n'.repeat(bytes / 2 - 500)}`)],
    ['empty.vcf', Buffer.from(`${ANNA}${'\r\n'.repeat(bytes / 2 - 100)}`)], ['wide.vcf', Buffer.from(`${ANNA}${'\n'.repeat(bytes / 2)}`, 'utf16le').subarray(0, bytes)],
  ];
  for (const [fileName, file] of files) {
    const body = JSON.stringify({ fileName, content: base64(file), dryRun: true });
    // processor time of this thread, so that a busy machine is not taken for a long turn
    let longest = 0, { user: last } = process.threadCpuUsage();
    const tick = () => { const { user: now } = process.threadCpuUsage(); longest = Math.max(longest, now - last); last = now; };
    const timer = setInterval(tick, 1);
    const { status } = await world.ask('POST', `/api/v1/address-books/${id}/import`, { as: user, raw: body, headers: { 'content-type': 'application/json' } });
    clearInterval(timer);
    tick();
    expect([200, 400], fileName).toContain(status);
    expect(longest / 1000, `the longest turn, ms of processor time, with ${fileName}`).toBeLessThan(400);
  }
}, 300_000);

it('keeps two contacts apart that only a number tells from one another', async () => {
  const id = (await world.ask('POST', '/api/v1/address-books', { as: user, body: { kind: 'import', name: 'Receptions' } })).body.id;
  const many = ['Reception', 'Reception', 'Building'].map((name, i) => vcard(name, [`ORG:${i < 2 ? 'Building' : '2'}`, `NOTE:${i}`])).join('') + vcard('Reception', ['ORG:Building 2', 'NOTE:3']);
  const uids = ['x', 'x', 'x 2'].map((uid, i) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna ${i}\r\nUID:${uid}\r\nEND:VCARD\r\n`);
  const others = Array.from({ length: 600 }, (_, i) => vcard(`P${i}`, [`TEL:+4930${1_000_000 + i}`])).join('');
  // within one statement, and in two of them
  expect((await bring(many + uids.join('') + others, {}, user, id)).body).toMatchObject({ added: 607 });
  expect((await bring(many + uids[0] + uids[1] + others + uids[2], {}, user, id)).body).toMatchObject({ added: 0, unchanged: 607 });
  expect(await world.app.get(SyncService).syncBook(id)).toMatchObject({ added: 607 });
});

it('lets syncs go on while a file is planned, and dry runs too', async () => {
  const id = (await world.ask('POST', '/api/v1/address-books', { as: user, body: { kind: 'import', name: 'Busy' } })).body.id;
  await bring(ANNA + BERT, {}, user, id);
  const changed = ANNA.replace('FN:Anna', 'FN:Anna Neu') + BERT;
  let bringing: ReturnType<typeof bring> | undefined;
  await world.db.transaction().execute(async (trx) => {
    await sql`select from import_card where book_id = ${id} for update`.execute(trx);
    bringing = bring(changed, {}, user, id);
    const waits = () => sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%import_card%' and datname = current_database()`.execute(world.db);
    while ((await waits()).rows.length === 0) await sleep(10);
    expect((await bring(changed, { dryRun: true }, user, id)).body).toMatchObject({ updated: 1 });
    expect((await bring(changed, {}, user, id)).body).toMatchObject({ status: 409, code: 'import.busy' });
    await sql`set local lock_timeout = '1s'`.execute(trx);
    await sql`select from address_book where id = ${id} for no key update`.execute(trx); // as a sync that ends does
  });
  expect((await bringing!).body).toMatchObject({ updated: 1 });
});

it('reads two files at once, and turns others away before their bytes are taken', async () => {
  const url = await world.listen();
  const open = (): ClientRequest => {
    const asked = request(`${url}/api/v1/address-books/${book}/import`, { method: 'POST', headers: { cookie: user.cookie, origin: url, 'content-type': 'application/json', 'content-length': '1000000' } });
    asked.on('error', () => {});
    asked.write('{"fileName": ');
    return asked;
  };
  const waiting = [open(), open(), open()];
  const answer = await Promise.any(waiting.map((asked) => new Promise<IncomingMessage>((resolve, reject) => { asked.on('response', resolve).on('error', reject); })));
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '5']);
  expect((await bring(ANNA, { dryRun: true })).body.code).toBe('request.large');
  expect((await world.ask('GET', '/api/v1/me', { as: user })).status).toBe(200);
  for (const asked of waiting) asked.destroy();
  await expect.poll(async () => (await bring(ANNA, { dryRun: true })).status, { timeout: 20_000 }).toBe(200);
});
