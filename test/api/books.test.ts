/** Address books over HTTP, with a folder of cards as the source: from adding a book to a code written back into the card. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BookStore } from '../../src/sync/book.store.js';
import { alone } from '../../src/sync/state.store.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { openWorld, type Person, type World } from './world.js';

const CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:grace\r\nFN:Grace Hopper\r\nN:Hopper;Grace;;;\r\nORG:Navy\r\nTEL;TYPE=CELL:+49 171 1234567\r\nX-UNKNOWN:kept as it is\r\nEND:VCARD\r\n';
let world: World, user: Person, other: Person, dir: string, book: string;
beforeAll(async () => {
  world = await openWorld();
  [user, other] = [await world.person(), await world.person('user', 'Otto')];
  dir = mkdtempSync(join(tmpdir(), 'ringbook-cards-'));
  writeFileSync(join(dir, 'grace.vcf'), CARD);
  writeFileSync(join(dir, 'ada.vcf'), CARD.replaceAll('grace', 'ada').replace('Grace Hopper', 'Ada Lovelace').replace('1234567', '7654321'));
  book = (await world.app.get(BookStore).create({ personId: user.id, kind: 'practice', name: 'Cards', url: dir, username: '', password: '' })).id;
  expect(await world.app.get(SyncService).syncBook(book)).toMatchObject({ kind: 'done', added: 2 });
});
afterAll(async () => { await world.end(); rmSync(dir, { recursive: true, force: true }); });

it('a new book is kept without its password in sight, and its reading is asked for at once', async () => {
  const made = await world.ask('POST', '/api/v1/address-books', { as: user, body: { kind: 'carddav', name: 'Work', url: 'https://dav.example.org/', username: 'u', password: 'a very secret one' } });
  expect(made).toMatchObject({ status: 201, body: { ownerId: user.id, shared: false, health: { state: 'new' } } });
  expect(world.synced).toContain(made.body.id);
  const list = await world.ask('GET', '/api/v1/address-books', { as: user });
  expect(list.text).not.toContain('very secret');
  expect((await world.db.selectFrom('address_book').select('secret').where('id', '=', made.body.id).executeTakeFirstOrThrow()).secret.toString('utf8')).not.toContain('very secret');
  expect((await world.ask('DELETE', `/api/v1/address-books/${made.body.id}`, { as: user })).status).toBe(204);
});

it('its health, its contacts by words and numbers, page by page', async () => {
  expect((await world.ask('GET', `/api/v1/address-books/${book}/health`, { as: user })).body).toMatchObject({ state: 'ok', contacts: 2, numbers: 2, codes: 0 });
  expect((await world.ask('POST', `/api/v1/address-books/${book}/sync`, { as: user })).status).toBe(202);
  const first = await world.ask('GET', '/api/v1/contacts?limit=1', { as: user });
  const second = await world.ask('GET', `/api/v1/contacts?limit=1&cursor=${first.body.cursor}`, { as: user });
  expect([first, second].map((a) => a.body.items[0].name)).toEqual(['Ada Lovelace', 'Grace Hopper']);
  expect(second.body.cursor).toBeNull();
  expect((await world.ask('GET', '/api/v1/contacts?q=hopp', { as: user })).body.items).toHaveLength(1);
  expect((await world.ask('GET', '/api/v1/contacts?number=0171%201234567', { as: user })).body.items).toMatchObject([{ name: 'Grace Hopper' }]);
  expect((await world.ask('GET', '/api/v1/contacts', { as: other })).body.items).toEqual([]);
});

it('says what reading it again would do, and does nothing', async () => {
  writeFileSync(join(dir, 'new.vcf'), CARD.replaceAll('grace', 'new').replace('Grace Hopper', 'Nina Neu').replace('1234567', '2222222'));
  writeFileSync(join(dir, 'broken.vcf'), 'no card at all');
  rmSync(join(dir, 'ada.vcf'));
  expect((await world.ask('GET', `/api/v1/address-books/${book}/plan`, { as: user })).body).toEqual({
    kind: 'go', listing: 'full', add: { count: 2, names: ['broken.vcf', 'Nina Neu'] }, update: { count: 0, names: [] }, remove: { count: 1, names: ['Ada Lovelace'] }, unchanged: 1, skipped: 0,
    text: '2 contacts would be added, 0 changed and 1 removed here; 1 stay as they are.',
  });
  expect((await world.ask('GET', '/api/v1/contacts', { as: user })).body.items).toHaveLength(2);
  expect(await world.app.get(SyncService).syncBook(book)).toMatchObject({ kind: 'done', added: 1, removed: 1, skipped: 1 });
  expect((await world.ask('GET', `/api/v1/address-books/${book}/skipped`, { as: user })).body).toMatchObject({ items: [{ href: 'broken.vcf', reason: 'it is not a vCard' }], cursor: null });
  writeFileSync(join(dir, 'ada.vcf'), CARD.replaceAll('grace', 'ada').replace('Grace Hopper', 'Ada Lovelace').replace('1234567', '7654321'));
  for (const name of ['new.vcf', 'broken.vcf']) rmSync(join(dir, name));
  await world.app.get(SyncService).syncBook(book);
  expect((await world.ask('GET', `/api/v1/address-books/${book}/plan`, { as: user })).body).toMatchObject({ kind: 'go', unchanged: 2, text: 'Nothing would change: all 2 contacts are as the source has them.' });
  for (const path of ['plan', 'skipped']) expect((await world.ask('GET', `/api/v1/address-books/${book}/${path}`, { as: other })).status).toBe(404);
});

it('a sync that is asked for is due at once, also when one is running; what the source lacks may go for ten minutes', async () => {
  const stands = () => world.db.selectFrom('address_book').innerJoin('book_source', 'book_source.book_id', 'address_book.id').select(['next_run', 'loss_accepted_at']).where('id', '=', book).executeTakeFirstOrThrow();
  expect((await world.ask('POST', `/api/v1/address-books/${book}/sync`, { as: user, body: {} })).status).toBe(202);
  expect(await stands()).toMatchObject({ loss_accepted_at: null });
  expect((await world.ask('POST', `/api/v1/address-books/${book}/sync`, { as: user, body: { acceptEmpty: true } })).status).toBe(202);
  expect((await stands()).loss_accepted_at).toBeInstanceOf(Date);
  expect(await world.app.get(BookStore).due()).toContain(book);
  await alone(world.db, book, async () => {
    expect((await world.ask('GET', `/api/v1/address-books/${book}/plan`, { as: user })).body).toMatchObject({ status: 409, code: 'sync.busy' });
    expect((await world.ask('GET', `/api/v1/address-books/${book}/health`, { as: user })).body).toMatchObject({ state: 'syncing' });
  });
  expect(await world.app.get(SyncService).syncBook(book)).toMatchObject({ kind: 'done' });
  expect(await stands()).toMatchObject({ loss_accepted_at: null });
  expect(await world.app.get(BookStore).due()).not.toContain(book);
});

it('a look-up says whom a call would find, and how surely', async () => {
  expect((await world.ask('GET', '/api/v1/directory/lookup?number=%2B491711234567', { as: user })).body).toMatchObject({ tier: 'exact', contact: { name: 'Grace Hopper' } });
  expect((await world.ask('GET', '/api/v1/directory/lookup?number=%2B491711234567', { as: other })).body).toMatchObject({ tier: 'none', contact: null });
});

it('a code goes into the card, that one line alone, and calls find it', async () => {
  const { id } = (await world.ask('GET', '/api/v1/contacts?q=grace', { as: user })).body.items[0];
  expect((await world.ask('PATCH', `/api/v1/contacts/${id}`, { as: user, body: { handlingCode: 'VIP' } })).body).toMatchObject({ code: 'VIP' });
  expect(readFileSync(join(dir, 'grace.vcf'), 'utf8').split('\r\n').filter((line) => !CARD.split('\r\n').includes(line))).toEqual(['X-CUSTOM4:VIP']);
  expect((await world.ask('GET', '/api/v1/directory/lookup?number=01711234567', { as: user })).body.code).toBe('VIP');
  expect((await world.ask('PUT', `/api/v1/address-books/${book}/carrier`, { as: user, body: { field: 'X-CUSTOM1' } })).body).toEqual({ field: 'X-CUSTOM1' });
  expect((await world.ask('GET', `/api/v1/contacts/${id}`, { as: user })).body.code).toBeNull();
  expect((await world.ask('GET', `/api/v1/address-books/${book}/carrier`, { as: user })).body).toEqual({ field: 'X-CUSTOM1' });
});

it('a book in a private network is for administrators, and for others where an administrator has one', async () => {
  const admin = await world.person('admin');
  const add = (as: Person, url: string, shared?: boolean) => world.ask('POST', '/api/v1/address-books', { as, body: { kind: 'carddav', name: 'Office', url, username: 'u', password: 'p', ...(shared ? { shared } : {}) } });
  for (const url of ['http://127.0.0.1:5232/', 'http://localhost:5232/', 'http://[::1]/', 'http://0x7f.1/', 'http://10.0.0.7/', 'http://[fd00::1]/', 'http://[::ffff:10.0.0.7]/']) {
    expect((await add(user, url)).body, url).toMatchObject({ status: 400, code: 'carddav.address-refused', errors: [{ path: 'url' }], detail: expect.stringContaining('administrator') });
  }
  for (const url of ['http://169.254.169.254/latest/', 'http://[fe80::1]/', 'http://0.0.0.0/', 'http://224.0.0.251/', 'http://[fd00:ec2::254]/']) expect((await add(admin, url)).body, url).toMatchObject({ status: 400, code: 'carddav.address-refused' });
  expect((await add(admin, 'http://127.0.0.1:5232/ours/', true)).status).toBe(201);
  expect((await add(user, 'http://127.0.0.1:5232/mine/')).status).toBe(201);
  expect((await add(user, 'http://127.0.0.1:5432/')).body.code).toBe('carddav.address-refused');
});

it('BOOK_HOSTS names the private hosts for everybody', async () => {
  const strict = await openWorld({ BOOK_HOSTS: '10.1.0.0/16 localhost' });
  const [person, boss] = [await strict.person(), await strict.person('admin')];
  const add = (as: Person, url: string) => strict.ask('POST', '/api/v1/address-books', { as, body: { kind: 'carddav', name: 'Office', url, username: 'u', password: 'p' } });
  expect((await add(person, 'http://10.1.2.3/')).status).toBe(201);
  expect((await add(person, 'http://localhost:5232/')).status).toBe(201);
  expect((await add(boss, 'http://10.2.2.3/')).body).toMatchObject({ status: 400, code: 'carddav.address-refused', detail: expect.stringContaining('BOOK_HOSTS') });
  await strict.end();
});
