/** Who a number is, which book speaks first, what codes mean: one person's words about contacts, over HTTP. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContactStore } from '../../src/contact/contact.store.js';
import { vcard } from '../lab/books.js';
import { json } from '../../src/store/schema.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, user: Person, other: Person;
const ids: Record<string, string> = {};
const newBook = async (name: string, personId: string | null) =>
  (ids[name] = (await world.db.insertInto('address_book').values({ person_id: personId, kind: 'practice', name, url: '/x', username: '', secret: world.sealed }).returning('id').executeTakeFirstOrThrow()).id);
const keep = async (book: string, cards: [name: string, lines: string[]][]) => {
  await world.app.get(ContactStore).save(ids[book]!, cards.map(([name, lines]) => ({ href: name, etag: '1', bytes: Buffer.from(vcard(name, lines)) })), 'infinity');
  for (const [name] of cards) ids[name] = (await world.db.selectFrom('contact').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id;
};
const get = async (path: string, as = user) => (await world.ask('GET', `/api/v1${path}`, { as })).body;
const put = (path: string, body: unknown, as = user) => world.ask('PUT', `/api/v1${path}`, { as, body });
const lookup = (number: string) => get(`/directory/lookup?number=${encodeURIComponent(number)}`);

beforeAll(async () => {
  world = await openWorld();
  [user, other] = [await world.person(), await world.person('user', 'Otto')];
  await newBook('Mine', user.id); await newBook('Also mine', user.id); await newBook('Ours', null); await newBook('Theirs', other.id);
  await keep('Mine', [['Anna', ['TEL:030 123456', 'X-CUSTOM4:vip']], ['Carl', ['TEL:030 777777']]]);
  await keep('Also mine', [['Bert', ['TEL:+49 30 123456', 'X-CUSTOM4:FAM']]]);
  await keep('Ours', [['Office', ['TEL:030 123456', 'X-CUSTOM4:VIP']]]);
  await keep('Theirs', [['Stranger', ['TEL:030 123456', 'X-CUSTOM4:SECRET']]]);
});
afterAll(() => world.end());
beforeEach(async () => { for (const table of ['number_choice', 'book_order', 'code_meaning'] as const) await world.db.deleteFrom(table).execute(); });

it('says who a number of several contacts is, and takes it back', async () => {
  expect(await lookup('030 123456')).toMatchObject({ tier: 'ambiguous', contact: null, chosen: false, candidates: [{}, {}] });
  expect((await put('/directory/choices', { number: '030/123456', contactId: ids['Bert'] })).body).toMatchObject({ tier: 'exact', contact: { name: 'Bert' }, code: 'FAM', chosen: true });
  expect(await lookup('+4930123456')).toMatchObject({ tier: 'exact', contact: { name: 'Bert' }, chosen: true, candidates: expect.arrayContaining([expect.objectContaining({ name: 'Anna' })]) });
  expect((await put('/directory/choices', { number: '+4930123456', contactId: ids['Office'] })).body).toMatchObject({ contact: { name: 'Office' }, chosen: true });
  expect(await get('/directory/choices')).toMatchObject({ items: [{ number: '+4930123456', contact: { name: 'Office', book: 'Ours' } }] });
  expect(await get('/directory/choices', other)).toEqual({ items: [] });
  expect((await world.ask('GET', '/api/v1/directory/lookup?number=030123456', { as: other })).body).toMatchObject({ contact: { name: 'Stranger' }, chosen: false });
  expect((await put('/directory/choices', { number: '030 123456', contactId: null })).body).toMatchObject({ tier: 'ambiguous', chosen: false });
  expect(await get('/directory/choices')).toEqual({ items: [] });
});

it('takes only contacts that have the number, and that one sees', async () => {
  for (const name of ['Carl', 'Stranger']) expect((await put('/directory/choices', { number: '030 123456', contactId: ids[name] })).body, name).toMatchObject({ status: 400, code: 'directory.not-a-candidate', errors: [{ path: 'contactId' }] });
  expect((await put('/directory/choices', { number: '030 123456', contactId: '00000000-0000-4000-8000-000000000000' })).status).toBe(400);
  expect(await get('/directory/choices')).toEqual({ items: [] });
});

it('shows the contact in the pops of calls that are going on', async () => {
  const [live, ended, elsewhere] = [await world.call(user.id, { from_number: '030123456', from_e164: null, version: 4 }), await world.call(user.id, { ended_at: new Date() }), await world.call(user.id, { from_number: '030999999', from_e164: '+4930999999' })];
  world.relay.sent.length = 0;
  await put('/directory/choices', { number: '+4930123456', contactId: ids['Anna'] });
  expect(world.relay.sent).toEqual([{ topic: 'call', message: { callId: live, personId: user.id, version: 5 } }]);
  const row = (id: string) => world.db.selectFrom('call').select(['contact_id', 'code', 'tier', 'from_display', 'version']).where('id', '=', id).executeTakeFirstOrThrow();
  expect(await row(live)).toEqual({ contact_id: ids['Anna'], code: 'VIP', tier: 'exact', from_display: 'Anna', version: 5 });
  for (const id of [ended, elsewhere]) expect(await row(id)).toMatchObject({ contact_id: null, version: 1 });
  await put('/directory/choices', { number: '+4930123456', contactId: null });
  expect(await row(live)).toEqual({ contact_id: null, code: null, tier: 'ambiguous', from_display: '030123456', version: 6 });
});

it('the earlier book speaks where two know a number', async () => {
  const names = async () => (await get('/address-books')).items.map((b: { name: string }) => b.name);
  expect(await names()).toEqual(['Also mine', 'Mine', 'Ours']);
  expect((await put('/address-books/order', { books: [ids['Ours'], ids['Mine']] })).status).toBe(204);
  expect(await names()).toEqual(['Ours', 'Mine', 'Also mine']);
  expect(await lookup('030 123456')).toMatchObject({ tier: 'exact', contact: { name: 'Office' } });
  expect((await put('/address-books/order', { books: [ids['Also mine']] })).status).toBe(204);
  expect(await names()).toEqual(['Also mine', 'Mine', 'Ours']);
  expect(await lookup('030 123456')).toMatchObject({ tier: 'exact', contact: { name: 'Bert' } });
  expect((await put('/address-books/order', { books: [ids['Mine'], ids['Theirs'], ids['Mine']] })).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'books.1' }, { path: 'books.2' }] });
  expect((await world.ask('GET', '/api/v1/address-books', { as: other })).body.items.map((b: { name: string }) => b.name)).toEqual(['Theirs', 'Ours']);
});

it('codes: what was said of them, where they are in use', async () => {
  const method = { kind: 'voicemail' as const };
  await world.db.insertInto('profile').values({ person_id: user.id, rules: json([{ id: 'a', when: { codes: ['vip', 'Door', 'VIP'] }, method }, { id: 'b', when: { codes: ['VIP'] }, method }, { id: 'c', when: {}, method }]), otherwise: json(method) }).execute();
  expect(await get('/codes')).toEqual({ codes: [{ code: 'VIP', contacts: 2, rules: 2 }, { code: 'DOOR', contacts: 0, rules: 1 }, { code: 'FAM', contacts: 1, rules: 0 }] });
  const said = [{ code: 'fam', name: 'Family', colour: 'pink', meaning: 'Always through' }, { code: 'NEW' }];
  const codes = [{ code: 'FAM', name: 'Family', colour: 'pink', meaning: 'Always through', contacts: 1, rules: 0 }, { code: 'NEW', contacts: 0, rules: 0 }, { code: 'VIP', contacts: 2, rules: 2 }, { code: 'DOOR', contacts: 0, rules: 1 }];
  expect((await put('/codes', { codes: said })).body).toEqual({ codes });
  expect(await get('/codes')).toEqual({ codes });
  expect((await put('/codes', { codes: [{ code: 'A' }, { code: 'a' }] })).body).toMatchObject({ status: 400, errors: [{ path: 'codes.1.code' }] });
  expect(await get('/codes')).toEqual({ codes });
  expect(await get('/codes', other)).toEqual({ codes: [{ code: 'SECRET', contacts: 1, rules: 0 }, { code: 'VIP', contacts: 1, rules: 0 }] });
  expect((await put('/codes', { codes: [] })).body.codes).toHaveLength(3);
});

it('finds contacts by book and code', async () => {
  const names = async (query: string) => (await get(`/contacts?${query}`)).items.map((c: { name: string }) => c.name);
  expect(await names('code=vip')).toEqual(['Anna', 'Office']);
  expect(await names(`code=VIP&book=${ids['Ours']}`)).toEqual(['Office']);
  expect(await names('code=none')).toEqual(['Carl']);
  expect(await names(`book=${ids['Theirs']}`)).toEqual([]);
});
