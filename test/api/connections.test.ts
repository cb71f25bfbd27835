/** Testing connections and changing address books over HTTP, with a real Radicale as the server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { vcard } from '../lab/books.js';
import { fakeDav } from '../lab/dav.js';
import { freePort } from '../lab/program.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';
import { open, sealKey } from '../../src/shared/seal.adapter.js';
import { must } from '../../src/shared/must.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, admin: Person, user: Person, server: Radicale;
beforeAll(async () => {
  [world, server] = await Promise.all([openWorld(), startRadicale()]);
  [admin, user] = [await world.person('admin'), await world.person()];
  await server.put('grace', vcard('Grace', ['TEL:+49 171 1234567']));
  await server.addBook('zweitens', 'Zweites Buch');
});
afterAll(async () => { await world?.end(); await server?.stop(); });

const settings = (over: object = {}): object => ({ kind: 'carddav', url: server.url, username: server.user, password: server.password, ...over });
const test = async (body: object, as = admin) => (await world.ask('POST', '/api/v1/address-books/test', { as, body })).body;
const add = async (as: Person, over: object = {}) => (await world.ask('POST', '/api/v1/address-books', { as, body: settings({ name: 'Office', ...over }) })).body;
const patch = (id: string, body: object, as = admin) => world.ask('PATCH', `/api/v1/address-books/${id}`, { as, body });
const step = (report: { steps: { step: string; ok: boolean | null; text: string }[] }, name: string) => report.steps.find((one) => one.step === name)!;
const failed = (report: { steps: { step: string; ok: boolean | null }[] }) => report.steps.filter(({ ok }) => ok === false).map((one) => one.step);
const row = (id: string) => world.db.selectFrom('address_book').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const passwordOf = async (id: string) => open(sealKey(must(world.config.secretKey, 'a key').reveal()), (await row(id)).secret);

it('walks from the address to the right to write, and names every collection of the account', async () => {
  const report = await test(settings());
  expect(report).toMatchObject({ ok: true, contacts: 1, found: [{ kind: 'addressBook', name: 'Contacts', url: server.bookUrl, readOnly: false, known: false }, { name: 'Zweites Buch', url: `${server.url}anna/zweitens/`, known: false }] });
  expect(report.steps.map((one: { step: string }) => one.step)).toEqual(['address', 'connection', 'certificate', 'signIn', 'find', 'read', 'write']);
  expect(report.steps.map((one: { ok: boolean | null }) => one.ok)).toEqual([true, true, null, true, true, true, true]);
  expect(step(report, 'certificate').text).toContain('not encrypted');
  expect(step(report, 'signIn').text).toContain('by Basic');
  expect(step(report, 'find').text).toMatch(/2 address books.*"Contacts".*"Zweites Buch"/);
  expect(step(report, 'read').text).toContain('1 contact');
});

it('says what went wrong, where, and what to do', async () => {
  const cases: [object, string, RegExp][] = [
    [{ url: 'http://no-such-host.invalid/' }, 'address', /no such host.*Check the address/],
    [{ url: 'http://127.0.0.1:9/' }, 'connection', /port 9 .*not for the web/],
    [{ url: `http://127.0.0.1:${await freePort()}/` }, 'connection', /nothing listens there.*server is running/],
    [{ url: server.url.replace('http:', 'https:') }, 'connection', /does not speak TLS.*http:\/\//],
    [{ url: server.url.slice(7, -1) }, 'connection', /does not speak TLS/],
    [{ password: 'wrong' }, 'signIn', /user name and password. Enter them again/],
    [{ auth: 'digest' }, 'signIn', /offers basic.*"digest" is chosen.*Choose "auto"/],
    [{ auth: 'bearer' }, 'signIn', /offers basic.*"bearer" is chosen/],
    [{ username: '', password: '' }, 'signIn', /user name and password/],
  ];
  for (const [over, where, words] of cases) {
    const report = await test(settings(over));
    expect(report, JSON.stringify(over)).toMatchObject({ ok: false, found: [], contacts: null });
    expect(failed(report), JSON.stringify(report.steps)).toEqual([where]);
    expect(step(report, where).text).toMatch(words);
    expect(report.steps.at(-1)).toMatchObject({ step: 'write', ok: null });
  }
});

it('goes to private networks for administrators only, and says so', async () => {
  const refused = await test(settings(), user);
  expect(failed(refused)).toEqual(['address']);
  expect(step(refused, 'address').text).toMatch(/private network.*administrator/);
  const { id } = await add(admin, { shared: true });
  expect((await test(settings(), user)).ok).toBe(true);
  // a bare host is not trusted because some other bare host with a port is
  const bare = await add(admin, { url: 'dav.invalid:5232' });
  expect(failed(await test(settings({ url: '127.0.0.1:9' }), user))).toEqual(['address']);
  for (const one of [id, bare.id]) await world.ask('DELETE', `/api/v1/address-books/${one}`, { as: admin });
});

it('says which collections Ringbook has already', async () => {
  const { id } = await add(admin, { url: `${server.url}anna/zweitens/` });
  expect((await test(settings())).found).toMatchObject([{ known: false }, { known: true }]);
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
});

it('tests a kept book with its password, and with changes to it', async () => {
  const { id } = await add(admin);
  expect(await test({ bookId: id })).toMatchObject({ ok: true, contacts: 1 });
  expect(await test({ bookId: id, changes: { password: 'wrong' } })).toMatchObject({ ok: false });
  expect((await world.ask('POST', '/api/v1/address-books/test', { as: admin, body: { bookId: id, changes: { url: 'http://127.0.0.1:9/' } } })).body).toMatchObject({ status: 400, errors: [{ path: 'changes.password', message: expect.stringContaining('entered again') }] });
  expect((await world.ask('POST', '/api/v1/address-books/test', { as: user, body: { bookId: id } })).status).toBe(404);
  expect((await patch(id, { shared: true })).body).toMatchObject({ shared: true, ownerId: null });
  expect((await world.ask('POST', '/api/v1/address-books/test', { as: user, body: { bookId: id } })).body.code).toBe('book.shared');
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
});

it('lets one person run three tests at once', async () => {
  const waiting: (() => void)[] = [];
  const slow = await fakeDav(() => (response) => { waiting.push(() => { response.writeHead(404); response.end(); }); });
  const three = [1, 2, 3].map(() => test(settings({ url: slow.url })));
  while (waiting.length < 3) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect((await world.ask('POST', '/api/v1/address-books/test', { as: admin, body: settings() })).body).toMatchObject({ status: 429, code: 'book.tests' });
  expect((await world.ask('POST', '/api/v1/address-books/test', { as: user, body: settings({ url: 'https://10.0.0.1/' }) })).status).toBe(200);
  await slow.stop();
  expect((await Promise.all(three)).map(({ ok }) => ok)).toEqual([false, false, false]);
  expect((await test(settings())).ok).toBe(true);
});

it('changes what is given and leaves the rest; tokens and secrets too', async () => {
  const { id } = await add(admin, { auth: 'basic' });
  await world.db.updateTable('address_book').set({ sync_token: 'old' }).where('id', '=', id).execute();
  await world.db.insertInto('book_source').values({ book_id: id, location: '/anna/contacts/' }).execute();
  world.synced.length = 0;
  expect((await patch(id, { name: 'Renamed' })).body).toMatchObject({ name: 'Renamed', url: server.url, username: server.user, auth: 'basic', shared: false, ownerId: admin.id });
  expect(await row(id)).toMatchObject({ sync_token: 'old' });
  expect(world.synced).toEqual([id]);
  const token = await patch(id, { auth: 'bearer', password: 'a very secret token' });
  expect(token.body).toMatchObject({ auth: 'bearer' });
  expect(token.text + (await row(id)).secret.toString('latin1')).not.toContain('very secret'); // encrypted at rest, like passwords
  expect(await passwordOf(id)).toBe('a very secret token');
  expect((await row(id)).sync_token).toBe('old');

  // the same server, another part of it: the password stays, what was known of the old place does not
  expect((await patch(id, { url: `${server.url}anna/zweitens/` })).status).toBe(200);
  expect(await row(id)).toMatchObject({ sync_token: null, state: 'new' });
  expect(await world.db.selectFrom('book_source').select(['location', 'last_full']).where('book_id', '=', id).executeTakeFirst()).toEqual({ location: null, last_full: null });
  expect(await passwordOf(id)).toBe('a very secret token');

  // another server, another user: the password must be entered again, and the field says so
  for (const body of [{ url: 'http://127.0.0.1:9/' }, { url: 'dav.example.org' }, { url: server.url.replace('http', 'https') }, { username: 'bert' }]) {
    expect((await patch(id, body)).body, JSON.stringify(body)).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path: 'password', message: expect.stringContaining('entered again') }] });
  }
  expect((await patch(id, { username: 'bert', password: 'new' })).body).toMatchObject({ username: 'bert' });
  expect(await passwordOf(id)).toBe('new');
  expect((await patch(id, { url: 'ldap://10.0.0.7', password: 'x' })).body.errors).toMatchObject([{ path: 'url' }]);
  expect((await patch(id, { ldap: { preset: 'openldap', base: 'dc=x' } })).body.errors).toMatchObject([{ path: 'ldap' }]);
  expect((await patch(id, { url: 'http://169.254.169.254/', password: 'x' })).body).toMatchObject({ code: 'carddav.address-refused', errors: [{ path: 'url' }] });
  expect((await patch(id, { url: 'https://[', password: 'x' })).body).toMatchObject({ status: 400, code: 'carddav.url', errors: [{ path: 'url' }] });
  expect(failed(await test(settings({ url: 'https://[' })))).toEqual(['address']);
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
});

/** How many wait for a row that somebody else holds. */
const waiting = async () => Number((await sql<{ n: string }>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(world.db)).rows[0]!.n);
/** Lets requests begin while somebody holds the book, and go on when all of them have read it and wait. */
const atOnce = async (id: string, ...begin: (() => ReturnType<typeof patch>)[]) => {
  const all = await world.db.transaction().execute(async (trx) => {
    await trx.selectFrom('address_book').select('id').where('id', '=', id).forUpdate().execute();
    const running: ReturnType<typeof patch>[] = [];
    for (const one of begin) {
      running.push(one());
      while (await waiting() < running.length) await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    return { running };
  });
  return Promise.all(all.running);
};

it('of two changes at once, neither is lost', async () => {
  const { id } = await add(admin, { auth: 'basic' });
  for (const [first, second] of [[{ password: 'new password' }, { name: 'Renamed' }], [{ shared: true }, { auth: 'digest' }]] as const) {
    expect((await atOnce(id, () => patch(id, first), () => patch(id, second))).map(({ status }) => status)).toEqual([200, 200]);
  }
  expect(await passwordOf(id)).toBe('new password');
  expect((await world.ask('GET', `/api/v1/address-books/${id}`, { as: admin })).body).toMatchObject({ name: 'Renamed', auth: 'digest', shared: true });
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
});

/** What another change makes of the book between somebody's look at it and their own change. */
const overtaken = async (id: string, values: object, ask: () => ReturnType<typeof patch>) => {
  const held = await world.db.transaction().execute(async (trx) => {
    await trx.updateTable('address_book').set(values).where('id', '=', id).execute();
    const asked = ask();
    while (await waiting() < 1) await new Promise((resolve) => { setTimeout(resolve, 5); });
    return { asked };
  });
  return held.asked;
};

it('a password is not kept for another server or user than it was entered for, nor a change to what is not yours any more', async () => {
  const { id } = await add(admin);
  for (const values of [{ url: server.url.replace('127.0.0.1', 'localhost') }, { username: 'bert' }]) {
    expect((await overtaken(id, values, () => patch(id, { password: 'for what it was' }))).body).toMatchObject({ status: 409, code: 'book.changed' });
    expect(await passwordOf(id)).toBe(server.password);
  }
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
  const mine = await add(user, { url: 'https://dav.example.org/' });
  expect((await overtaken(mine.id, { person_id: null }, () => patch(mine.id, { name: 'x' }, user))).status).toBe(403);
  expect(await row(mine.id)).toMatchObject({ name: 'Office', person_id: null });
  await world.ask('DELETE', `/api/v1/address-books/${mine.id}`, { as: admin });
});

it('a password that cannot be read any more is replaced by a new one', async () => {
  const { id } = await add(admin);
  await world.db.updateTable('address_book').set({ secret: Buffer.from('sealed with another key') }).where('id', '=', id).execute();
  expect((await patch(id, { name: 'x' })).status).toBe(500);
  expect((await patch(id, { password: 'entered again' })).status).toBe(200);
  expect(await passwordOf(id)).toBe('entered again');
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
});

it('sharing is for administrators', async () => {
  const own = await world.db.insertInto('address_book').values({ person_id: user.id, kind: 'import', name: 'Mine', url: '', username: '', secret: world.sealed }).returning('id').executeTakeFirstOrThrow();
  expect((await patch(own.id, { shared: true }, user)).body).toMatchObject({ code: 'book.shared', errors: [{ path: 'shared' }] });
  expect((await patch(own.id, { name: 'Still mine' }, user)).body).toMatchObject({ name: 'Still mine', ownerId: user.id });
  expect((await patch(own.id, { url: 'https://dav.example.org/', password: 'x' }, user)).body.errors).toMatchObject([{ path: 'url', message: expect.stringContaining('without a server') }]);
  const { id } = await add(admin);
  expect((await patch(id, { shared: true })).body).toMatchObject({ shared: true, ownerId: null });
  expect((await patch(id, { name: 'x' }, user)).body.code).toBe('book.shared');
  expect((await patch(id, { shared: false })).body).toMatchObject({ shared: false, ownerId: admin.id });
  for (const [one, as] of [[own.id, user], [id, admin]] as const) await world.ask('DELETE', `/api/v1/address-books/${one}`, { as });
});

it('a book that is being read keeps its source until that is done', async () => {
  const { id } = await add(admin);
  const { alone } = await import('../../src/sync/state.store.js');
  await alone(world.db, id, async () => {
    expect((await patch(id, { url: `${server.url}anna/` })).body).toMatchObject({ status: 409, code: 'book.busy' });
    expect((await patch(id, { name: 'Only the name' })).status).toBe(200);
  });
  expect((await patch(id, { url: `${server.url}anna/` })).status).toBe(200);
  await world.ask('DELETE', `/api/v1/address-books/${id}`, { as: admin });
});
