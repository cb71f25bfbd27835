/** Over HTTP: which field is free, what another one would read, moving codes, many at once, lost ones; and codes for a source that is away. */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { BookStore } from '../../src/sync/book.store.js';
import { codeJobs } from '../../src/sync/code-write.worker.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, user: Person, other: Person, dir: string, book: string, syncs: SyncService;
beforeAll(async () => {
  world = await openWorld();
  [user, other] = [await world.person(), await world.person('user', 'Otto')];
  syncs = world.app.get(SyncService);
});
afterAll(() => world.end());
const card = (name: string, lines: string[]): string => ['BEGIN:VCARD', 'VERSION:3.0', `UID:${name}`, `FN:${name}`, ...lines, 'END:VCARD', ''].join('\r\n');
const put = (name: string, lines: string[]) => writeFileSync(join(dir, `${name}.vcf`), card(name, lines));
const got = (name: string) => readFileSync(join(dir, `${name}.vcf`), 'utf8');
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbook-codes-'));
  put('Ada', ['TEL:+49 171 1000001', 'X-CUSTOM4:vip', 'NOTE:likes engines', 'CATEGORIES:Friends,Maths', 'X-CUSTOM1:Kunde 4711']);
  put('Grace', ['TEL:+49 171 1000002', 'NOTE:navy', 'TITLE:Rear Admiral', 'PHOTO;ENCODING=b:AAAA']);
  put('Mary', ['TEL:+49 171 1000003', 'X-CUSTOM4:FAM', 'X-DEPT:A1']);
  put('Zoe', ['TEL:+49 171 1000004', 'X-DEPT:b2']);
  book = (await world.app.get(BookStore).create({ personId: user.id, kind: 'practice', name: 'Cards', url: dir, username: '', password: '' })).id;
  expect(await syncs.syncBook(book)).toMatchObject({ kind: 'done', added: 4 });
  return async () => { await world.app.get(BookStore).remove(book); rmSync(dir, { recursive: true, force: true }); };
});
const at = (path: string) => `/api/v1/address-books/${book}${path}`;
const contacts = async () => (await world.ask('GET', `/api/v1/contacts?book=${book}`, { as: user })).body.items as { id: string; name: string; code: string | null; pending: unknown; lostCode: string | null }[];
const contact = async (name: string) => (await contacts()).find((c) => c.name === name)!;
const work = () => codeJobs(syncs.codes, syncs.migrations, { requestCodes: async () => {} }).codes({ bookId: book });

it('says of each field how many use it, and which are free', async () => {
  const { body } = await world.ask('GET', at('/fields'), { as: user });
  const of = (field: string) => body.fields.find((f: { field: string }) => f.field === field);
  expect(body.cards).toBe(4);
  expect(of('X-CUSTOM4')).toMatchObject({ cards: 4, empty: 2, codes: 2, verdict: 'codes', carrier: { field: 'X-CUSTOM4' }, text: expect.stringContaining('Codes are kept in X-CUSTOM4 now') });
  expect(of('X-DEPT')).toMatchObject({ empty: 2, codes: 2, verdict: 'codes', samples: expect.arrayContaining(['A1', 'b2']) });
  expect(of('X-CUSTOM1')).toMatchObject({ empty: 3, codes: 0, verdict: 'partly', samples: ['Kunde 4711'], carrier: { field: 'X-CUSTOM1', pattern: '[call:{code}]' } });
  expect(of('X-CUSTOM3')).toMatchObject({ empty: 4, verdict: 'free', samples: [], carrier: { field: 'X-CUSTOM3' } });
  expect(of('NOTE')).toMatchObject({ empty: 2, verdict: 'used', carrier: { field: 'NOTE', pattern: '[call:{code}]' } });
  expect(of('CATEGORIES')).toMatchObject({ carrier: { field: 'CATEGORIES', prefix: 'call-' } });
  expect(of('TEL')).toMatchObject({ empty: 0, verdict: 'taken', carrier: null });
  expect(of('PHOTO')).toMatchObject({ empty: 3, verdict: 'taken', samples: [] });
  expect(body.suggested.slice(0, 3)).toEqual([{ field: 'X-CUSTOM3' }, { field: 'X-CUSTOM2' }, { field: 'X-RINGBOOK' }]);
  expect(body.suggested).toContainEqual({ field: 'X-CUSTOM4' });
  expect(body.suggested.slice(-2)).toEqual([{ field: 'CATEGORIES', prefix: 'call-' }, { field: 'NOTE', pattern: '[call:{code}]' }]);
  await world.db.updateTable('contact').set({ fields: null }).where('book_id', '=', book).execute(); // as read by an older version
  const again = (await world.ask('GET', at('/fields'), { as: user })).body;
  expect(again.fields).toEqual(body.fields.filter((f: { field: string }) => f.field !== 'PHOTO')); // kept without pictures
});

it('shows what another field would read, and warns of one in use; it may be chosen all the same', async () => {
  const preview = async (carrier: object) => (await world.ask('POST', at('/carrier/preview'), { as: user, body: { carrier } })).body;
  expect(await preview({ field: 'X-CUSTOM4' })).toMatchObject({ cards: 4, codes: 2, inUse: 0, warning: null, sample: [{ code: expect.any(String) }, { code: expect.any(String) }, { value: null, code: null }, { value: null, code: null }] });
  expect(await preview({ field: 'X-CUSTOM1' })).toMatchObject({ codes: 0, inUse: 1, warning: expect.stringContaining('1 of 4'), sample: [{ name: 'Ada', value: 'Kunde 4711', code: null, reason: expect.stringContaining('not a code') }, {}, {}, {}] });
  expect(await preview({ field: 'NOTE', pattern: '#{code}' })).toMatchObject({ codes: 0, inUse: 0, warning: null });
  expect(await preview({ field: 'FN' })).toMatchObject({ status: 400, code: 'book.carrier' });
  expect(await preview({ attribute: 'pager' })).toMatchObject({ status: 400, code: 'book.carrier' });
  expect((await world.ask('PUT', at('/carrier'), { as: user, body: { field: 'X-CUSTOM1' } })).status).toBe(200);
  expect((await contacts()).map((c) => c.code)).toEqual([null, null, null, null]);
  const ada = await contact('Ada');
  expect((await world.ask('PATCH', `/api/v1/contacts/${ada.id}`, { as: user, body: { handlingCode: 'VIP' } })).body).toMatchObject({ status: 409, code: 'contact.field-in-use' });
  expect(await contact('Ada')).toMatchObject({ code: null, pending: null });
});

it('keeps cards without their pictures, and leaves those at the source', async () => {
  const kept = async () => String((await world.db.selectFrom('contact').select('card').where('book_id', '=', book).where('name', '=', 'Grace').executeTakeFirstOrThrow()).card);
  expect(await kept()).toBe(card('Grace', ['TEL:+49 171 1000002', 'NOTE:navy', 'TITLE:Rear Admiral']));
  await world.ask('PATCH', `/api/v1/contacts/${(await contact('Grace')).id}`, { as: user, body: { handlingCode: 'VIP' } });
  expect(await kept()).toBe(card('Grace', ['TEL:+49 171 1000002', 'NOTE:navy', 'TITLE:Rear Admiral', 'X-CUSTOM4:VIP']));
  expect(got('Grace')).toBe(card('Grace', ['TEL:+49 171 1000002', 'NOTE:navy', 'TITLE:Rear Admiral', 'PHOTO;ENCODING=b:AAAA', 'X-CUSTOM4:VIP']));
});

it('moves codes after a look, and back', async () => {
  const before = [got('Ada'), got('Mary')];
  const to = { field: 'CATEGORIES', prefix: 'call-' };
  const plan = await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to, dryRun: true } });
  expect(plan).toMatchObject({ status: 202, body: { id: null, state: 'planned', total: 2, failed: 0 } });
  const { body } = await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to } });
  expect(body).toMatchObject({ state: 'running', total: 2 });
  expect((await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to: { field: 'X-CUSTOM2' } } })).body).toMatchObject({ status: 409, code: 'book.migrating' });
  expect((await world.ask('PUT', at('/carrier'), { as: user, body: { field: 'X-CUSTOM2' } })).body).toMatchObject({ status: 409, code: 'book.migrating' });
  await work();
  expect((await world.ask('GET', at('/carrier/migrations'), { as: user })).body.items).toMatchObject([{ id: body.id, state: 'done', done: 2, failed: 0 }]);
  expect(got('Ada')).toBe(before[0]!.replace('X-CUSTOM4:vip\r\n', '').replace('Friends,Maths', 'Friends,Maths,call-VIP'));
  expect((await contacts()).map((c) => c.code)).toEqual(['VIP', null, 'FAM', null]);
  expect((await world.ask('POST', at(`/carrier/migrations/${book}/undo`), { as: user })).body).toMatchObject({ status: 404, code: 'migration.missing' });
  expect((await world.ask('POST', at(`/carrier/migrations/${body.id}/undo`), { as: user })).body).toMatchObject({ state: 'undoing' });
  await work();
  expect([got('Ada'), got('Mary')]).toEqual(before);
  expect((await world.ask('POST', at(`/carrier/migrations/${body.id}/undo`), { as: user })).body).toMatchObject({ status: 409, code: 'migration.over' });
  expect((await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to: { field: 'X-CUSTOM4' } } })).body).toMatchObject({ status: 400, code: 'migration.same', errors: [{ path: 'to' }] });
});

it('undoes a move that is under way, and says why no third field may be chosen', async () => {
  const before = [got('Ada'), got('Mary')], to = { field: 'X-CUSTOM1' };
  const start = async () => (await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to } })).body;
  const undo = (id: string) => world.ask('POST', at(`/carrier/migrations/${id}/undo`), { as: user });
  expect((await undo((await start()).id)).body).toMatchObject({ state: 'undoing', done: 2, total: 2 }); // nothing was written yet
  await work();
  expect([got('Ada'), got('Mary')]).toEqual(before);
  const { id } = await start();
  await work(); // Ada's X-CUSTOM1 is in use
  expect((await world.ask('GET', at('/carrier/migrations'), { as: user })).body.items[0]).toMatchObject({ id, state: 'done', done: 1, failed: 1 });
  const refused = { status: 409, code: 'book.codes-behind', detail: expect.stringContaining('1 code still stands in X-CUSTOM4 (Ada)') };
  expect((await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to: { field: 'X-CUSTOM2' } } })).body).toMatchObject(refused);
  expect((await world.ask('POST', at('/carrier/migrations'), { as: user, body: { to: { field: 'X-CUSTOM2' }, dryRun: true } })).body).toMatchObject(refused);
  expect((await world.ask('PUT', at('/carrier'), { as: user, body: { field: 'X-CUSTOM2' } })).body).toMatchObject(refused);
  await undo(id);
  await work();
  expect((await world.ask('GET', at('/carrier/migrations'), { as: user })).body.items[0]).toMatchObject({ id, state: 'undone', done: 2, failed: 0, text: null });
  expect([got('Ada'), got('Mary')]).toEqual(before);
  expect((await world.ask('PUT', at('/carrier'), { as: user, body: { field: 'X-CUSTOM2' } })).status).toBe(200);
});

it('keeps a code for a source that is away, which counts at once', async () => {
  renameSync(dir, `${dir}-away`);
  writeFileSync(dir, 'no folder');
  const ada = await contact('Ada');
  const answer = await world.ask('PATCH', `/api/v1/contacts/${ada.id}`, { as: user, body: { handlingCode: 'VM' } });
  expect(answer).toMatchObject({ status: 200, body: { code: 'VM', pending: { code: 'VM', refused: false, error: expect.any(String) } } });
  expect((await world.ask('GET', '/api/v1/directory/lookup?number=%2B491711000001', { as: user })).body.code).toBe('VM');
  expect((await world.ask('GET', at('/health'), { as: user })).body).toMatchObject({ pending: 1, refused: 0 });
  rmSync(dir);
  renameSync(`${dir}-away`, dir);
  await syncs.codes.hurry(book);
  await work();
  expect(await contact('Ada')).toMatchObject({ code: 'VM', pending: null });
  expect(got('Ada')).toContain('X-CUSTOM4:VM');
});

it('sets one code for many, by name or by search, and says who is left out', async () => {
  const all = await contacts();
  const set = (body: object, as = user) => world.ask('POST', '/api/v1/contacts/codes', { as, body });
  expect(await set({ handlingCode: 'vip', contacts: [...all.map((c) => c.id), book] })).toMatchObject({ status: 202, body: { queued: 3, unchanged: 1, refused: [{ contactId: book, text: expect.any(String) }] } });
  expect((await contacts()).map((c) => [c.code, c.pending !== null])).toEqual([['VIP', false], ['VIP', true], ['VIP', true], ['VIP', true]]);
  await work();
  expect(all.map((c) => /^X-CUSTOM4:(.*)\r$/m.exec(got(c.name))?.[1])).toEqual(['vip', 'VIP', 'VIP', 'VIP']);
  expect((await set({ handlingCode: null, search: { book, q: 'ar' } })).body).toMatchObject({ queued: 1, unchanged: 0 });
  await work();
  expect((await contacts()).map((c) => c.code)).toEqual(['VIP', 'VIP', null, 'VIP']);
  expect((await set({ handlingCode: 'VM', contacts: all.map((c) => c.id) }, other)).body).toMatchObject({ queued: 0, refused: { length: 4 } });
  expect((await set({ handlingCode: 'VM', search: {}, contacts: [book] })).status).toBe(400);
  await world.db.updateTable('book_source').set({ read_only: true }).where('book_id', '=', book).execute();
  expect((await set({ handlingCode: 'VM', search: { book } })).body).toMatchObject({ queued: 0, refused: [{ name: 'Ada', text: expect.stringContaining('did not let Ringbook change') }, {}, {}, {}] });
});

it('offers lost codes for repair, and leaves removed ones alone', async () => {
  put('Ada', ['TEL:+49 171 1000009', 'NOTE:likes engines', 'CATEGORIES:Friends,Maths', 'X-CUSTOM1:Kunde 4711']);
  put('Mary', ['TEL:+49 171 1000003', 'X-DEPT:A1']);
  await syncs.syncBook(book);
  expect(await contact('Ada')).toMatchObject({ code: null, lostCode: 'VIP' });
  expect(await contact('Mary')).toMatchObject({ code: null, lostCode: null });
  const lost = await world.ask('GET', at('/lost-codes'), { as: user });
  expect(lost.body.items).toMatchObject([{ name: 'Ada', code: 'VIP', why: expect.stringContaining('TEL') }]);
  const [{ contactId }] = lost.body.items;
  await world.db.updateTable('book_source').set({ read_only: true }).where('book_id', '=', book).execute();
  expect((await world.ask('POST', at('/lost-codes'), { as: user, body: { contacts: [contactId], action: 'restore' } })).body).toMatchObject({ status: 409, code: 'contact.not-restored', detail: expect.stringMatching(/^1 of 1 lost codes could not be written again, and is still lost. Ada: The address book Cards did not let Ringbook change a contact/) });
  expect((await world.ask('GET', at('/lost-codes'), { as: user })).body.items).toMatchObject([{ name: 'Ada' }]);
  await world.db.updateTable('book_source').set({ read_only: false }).where('book_id', '=', book).execute();
  expect((await world.ask('POST', at('/lost-codes'), { as: user, body: { contacts: [contactId], action: 'restore' } })).body.items).toEqual([]);
  expect(await contact('Ada')).toMatchObject({ code: 'VIP', lostCode: null, pending: { code: 'VIP' } });
  await work();
  expect(got('Ada')).toContain('X-CUSTOM4:VIP');
  put('Ada', ['TEL:+49 171 1000010']);
  await syncs.syncBook(book);
  expect((await world.ask('GET', at('/health'), { as: user })).body.lost).toBe(1);
  expect((await world.ask('POST', at('/lost-codes'), { as: user, body: { contacts: [contactId], action: 'forget' } })).body.items).toEqual([]);
  expect(await contact('Ada')).toMatchObject({ code: null, lostCode: null });
});
