/** Directories over HTTP: what is wrong with the settings is said beside the field, and a connection is tested before it is kept. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Slapd, startSlapd } from '../lab/slapd.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, admin: Person, user: Person, server: Slapd;
beforeAll(async () => {
  [world, server] = await Promise.all([openWorld(), startSlapd({ count: 7 })]);
  [admin, user] = [await world.person('admin'), await world.person()];
});
afterAll(async () => { await world?.end(); await server?.stop(); });

const settings = (ldap: object = {}, over: object = {}): object => ({ kind: 'ldap', url: server.url, username: server.user, password: server.password, ldap: { preset: 'openldap', base: server.base, ...ldap }, ...over });
const create = (body: object, as = admin) => world.ask('POST', '/api/v1/address-books', { as, body: { name: 'Staff', ...body } });

it('a directory is kept with its options and without its password, its codes in an attribute', async () => {
  const made = await create(settings({ filter: '(objectClass=inetOrgPerson)' }));
  expect(made).toMatchObject({ status: 201, body: { kind: 'ldap', url: server.url, auth: null, ldap: { preset: 'openldap', base: server.base, filter: '(objectClass=inetOrgPerson)' }, carrier: { attribute: 'employeeType' } } });
  expect(JSON.stringify(made.body)).not.toContain(server.password);
  const carrier = (body: object) => world.ask('PUT', `/api/v1/address-books/${made.body.id}/carrier`, { as: admin, body });
  expect(await carrier({ attribute: 'pager' })).toMatchObject({ status: 200, body: { attribute: 'pager' } });
  for (const wrong of [{ field: 'X-CUSTOM4' }, { attribute: 'mail' }, { attribute: 'description' }]) expect((await carrier(wrong)).body, JSON.stringify(wrong)).toMatchObject({ status: 400, code: 'book.carrier' });
});

it('what is wrong with the settings stands beside its field', async () => {
  const refused = async (body: object, as = admin) => (await create(body, as)).body as { code: string; errors?: { path: string }[] };
  expect(await refused(settings({ filter: '(cn=' }))).toMatchObject({ code: 'ldap.filter', errors: [{ path: 'ldap.filter' }] });
  expect(await refused(settings({ map: { name: ['cn'], organisation: [], uid: [], numbers: [{ attribute: 'jpegPhoto' }] } }))).toMatchObject({ code: 'ldap.map', errors: [{ path: 'ldap.map' }] });
  expect(await refused(settings({}, { url: 'https://example.org' }))).toMatchObject({ code: 'request.invalid' });
  expect(await refused(settings({}, { url: 'ldap://169.254.169.254' }))).toMatchObject({ code: 'ldap.address-refused', errors: [{ path: 'url' }] });
  expect(await refused(settings({}, { url: 'ldap://10.1.2.3' }), user)).toMatchObject({ code: 'ldap.address-refused', errors: [{ path: 'url' }] });
});

it('a directory of an administrator does not open other ports and servers to everybody', async () => {
  await create(settings({}, { name: 'Shared', shared: true }));
  expect((await create(settings(), user)).status).toBe(201);
  for (const url of [`ldap://127.0.0.1:${server.tlsPort}`, server.tlsUrl.replace('localhost', '127.0.0.1'), 'ldap://127.0.0.2']) expect((await create(settings({}, { url }), user)).body, url).toMatchObject({ code: 'ldap.address-refused' });
});

it('a connection is tested step by step', async () => {
  const test = async (body: object) => (await world.ask('POST', '/api/v1/address-books/test', { as: admin, body })).body as { ok: boolean; contacts: number | null; steps: { step: string; ok: boolean | null; text: string }[] };
  const good = await test(settings({}, { url: server.namedUrl, ldap: { preset: 'openldap', base: server.base, startTls: true, certificate: server.certificate } }));
  expect(good).toMatchObject({ ok: true, contacts: 7 });
  expect(good.steps.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true, true]);
  expect(good.steps.at(-1)!.text).toContain('employeeType');
  expect((await test(settings({}, { carrier: { attribute: 'noSuchThing' } }))).steps.at(-1)).toMatchObject({ step: 'write', ok: false, text: expect.stringContaining('noSuchThing') });
  expect(await test(settings({}, { username: server.reader }))).toMatchObject({ ok: true, steps: expect.arrayContaining([{ step: 'write', ok: false, text: expect.stringContaining('may not write') }]) });
  expect(await test(settings({}, { password: 'wrong' }))).toMatchObject({ ok: false, contacts: null });
  const made = await create(settings());
  expect(await test({ bookId: made.body.id })).toMatchObject({ ok: true, contacts: 7 });
  expect(await test({ bookId: made.body.id, changes: { ldap: { preset: 'openldap', base: 'ou=x,dc=example,dc=org' } } })).toMatchObject({ ok: false });
});
