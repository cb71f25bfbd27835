/** Every route, asked by everybody, against what each may do. A route that is missing here fails: say who may use it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json } from '../../src/store/schema.js';
import { openWorld, type Person, type World } from './world.js';

type Who = 'anonymous' | 'other' | 'admin' | 'owner';
/** yes: let in (whatever comes of it: 2xx, or a refusal for reasons of its own) · 401 · 403 · 404: not known to exist */
type May = 'yes' | 401 | 403 | 404;
const open: Record<Who, May> = { anonymous: 'yes', other: 'yes', admin: 'yes', owner: 'yes' };
const signedIn: Record<Who, May> = { ...open, anonymous: 401 };
const self: Record<Who, May> = { anonymous: 401, other: 403, admin: 'yes', owner: 'yes' };
const admin: Record<Who, May> = { anonymous: 401, other: 403, admin: 'yes', owner: 403 };
/** Named by their id, and for nobody else, administrators included. */
const ownOnly: Record<Who, May> = { anonymous: 401, other: 403, admin: 403, owner: 'yes' };
/** Nobody else knows of it, administrators included. */
const private_: Record<Who, May> = { anonymous: 401, other: 404, admin: 404, owner: 'yes' };

const MATRIX: Record<string, Record<Who, May>> = {
  'GET /api/v1/calendars': signedIn, 'POST /api/v1/calendars': signedIn, 'PATCH /api/v1/calendars/{id}': private_, 'DELETE /api/v1/calendars/{id}': private_, 'POST /api/v1/calendars/{id}/sync': private_, 'GET /api/v1/agenda': signedIn,
  'GET /api/v1/users/{id}/calendar-rules': ownOnly, 'PUT /api/v1/users/{id}/calendar-rules': ownOnly,
  'GET /api/docs': open, 'GET /api/docs/{file}': open, 'GET /api/v1/openapi.json': open,
  'POST /api/v1/session': open, 'DELETE /api/v1/session': open, 'POST /api/v1/setup': open, 'GET /api/v1/me': signedIn, 'PATCH /api/v1/me': signedIn,
  'GET /api/v1/tokens': signedIn, 'POST /api/v1/tokens': signedIn, 'DELETE /api/v1/tokens/{id}': private_,
  'POST /api/v1/pairings': open, 'GET /api/v1/pairings/{id}': open, 'POST /api/v1/pairings/{code}/confirm': signedIn,
  'GET /api/v1/users': admin, 'POST /api/v1/users': admin, 'GET /api/v1/users/{id}': self, 'PATCH /api/v1/users/{id}': admin, 'DELETE /api/v1/users/{id}': admin,
  'GET /api/v1/users/{id}/numbers': self, 'POST /api/v1/users/{id}/numbers': admin, 'DELETE /api/v1/users/{id}/numbers/{numberId}': admin,
  'GET /api/v1/users/{id}/devices': self, 'POST /api/v1/users/{id}/devices': admin, 'DELETE /api/v1/users/{id}/devices/{deviceId}': admin,
  'GET /api/v1/users/{id}/profile': self, 'PUT /api/v1/users/{id}/profile': self, 'GET /api/v1/users/{id}/status': signedIn, 'PUT /api/v1/users/{id}/status': self,
  'GET /api/v1/calls': signedIn, 'GET /api/v1/calls/{id}': { ...private_, admin: 'yes' },
  'POST /api/v1/calls/{id}/override': { ...private_, admin: 403 }, 'POST /api/v1/calls/{id}/forward': { ...private_, admin: 403 }, 'POST /api/v1/calls/{id}/take': { ...private_, admin: 403 },
  'POST /api/v1/calls/{id}/hangup': { ...private_, admin: 403 }, 'POST /api/v1/calls/{id}/note': { ...private_, admin: 403 },
  'GET /api/v1/prompts': signedIn, 'POST /api/v1/decisions': { ...private_, admin: 'yes' },
  'GET /api/v1/voicemails': signedIn, 'GET /api/v1/voicemails/{id}/audio': private_, 'PATCH /api/v1/voicemails/{id}': private_, 'DELETE /api/v1/voicemails/{id}': private_,
  'GET /api/v1/address-books': signedIn, 'POST /api/v1/address-books': signedIn, 'POST /api/v1/address-books/test': signedIn, 'PATCH /api/v1/address-books/{id}': private_, 'GET /api/v1/address-books/{id}': private_, 'DELETE /api/v1/address-books/{id}': private_,
  'GET /api/v1/address-books/{id}/plan': private_, 'GET /api/v1/address-books/{id}/skipped': private_,
  'POST /api/v1/address-books/{id}/sync': private_, 'GET /api/v1/address-books/{id}/health': private_, 'GET /api/v1/address-books/{id}/carrier': private_, 'PUT /api/v1/address-books/{id}/carrier': private_,
  'POST /api/v1/address-books/{id}/import': private_, 'GET /api/v1/address-books/{id}/export': private_,
  'GET /api/v1/address-books/{id}/fields': private_, 'POST /api/v1/address-books/{id}/carrier/preview': private_, 'GET /api/v1/address-books/{id}/carrier/migrations': private_, 'POST /api/v1/address-books/{id}/carrier/migrations': private_,
  'POST /api/v1/address-books/{id}/carrier/migrations/{migrationId}/undo': private_, 'GET /api/v1/address-books/{id}/lost-codes': private_, 'POST /api/v1/address-books/{id}/lost-codes': private_, 'POST /api/v1/contacts/codes': signedIn,
  'GET /api/v1/contacts': signedIn, 'GET /api/v1/contacts/{id}': private_, 'PATCH /api/v1/contacts/{id}': private_,
  'GET /api/v1/directory/lookup': { ...self }, 'GET /api/v1/directory/choices': signedIn, 'PUT /api/v1/directory/choices': signedIn, 'PUT /api/v1/address-books/order': signedIn, 'GET /api/v1/codes': signedIn, 'PUT /api/v1/codes': signedIn,
};

const BODIES: Record<string, (owner: Person) => unknown> = {
  'POST /api/v1/calendars': () => ({ name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p' }), 'PATCH /api/v1/calendars/{id}': () => ({ name: 'y' }), 'PUT /api/v1/users/{id}/calendar-rules': () => ({ rules: [], addresses: [] }),
  'POST /api/v1/session': () => ({ email: 'nobody@example.org', password: 'wrong' }), 'POST /api/v1/setup': () => ({ token: 'x'.repeat(20), email: 'x@example.org', name: 'x', password: 'x'.repeat(12) }),
  'PATCH /api/v1/me': () => ({ zone: 'UTC' }), 'POST /api/v1/tokens': () => ({ name: 'x' }), 'POST /api/v1/pairings': () => ({ name: 'x' }),
  'POST /api/v1/users': () => ({ email: `${Math.random()}@example.org`, name: 'x', password: 'long enough password' }), 'PATCH /api/v1/users/{id}': () => ({ name: 'y' }),
  'POST /api/v1/users/{id}/numbers': () => ({ number: `+49891${String(Math.random()).slice(2, 8)}` }), 'POST /api/v1/users/{id}/devices': () => ({ extension: String(Math.random()).slice(2, 7), name: 'x', endpoint: 'PJSIP/x' }),
  'PUT /api/v1/users/{id}/profile': () => ({ rules: [], otherwise: { kind: 'voicemail' } }), 'PUT /api/v1/users/{id}/status': () => ({ status: 'away' }),
  'POST /api/v1/calls/{id}/override': () => ({ method: { kind: 'voicemail' } }), 'POST /api/v1/calls/{id}/forward': () => ({ to: '+4930123456' }), 'POST /api/v1/calls/{id}/note': () => ({ note: 'x' }),
  'POST /api/v1/decisions': () => ({ from: '+4930123456', to: '+498912340' }), 'PATCH /api/v1/voicemails/{id}': () => ({ heard: true }),
  'POST /api/v1/address-books/test': () => ({ kind: 'carddav', url: 'http://127.0.0.1:9/', username: 'u', password: 'p' }), 'PATCH /api/v1/address-books/{id}': () => ({ name: 'x' }),
  'POST /api/v1/address-books': () => ({ kind: 'carddav', name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p' }), 'PUT /api/v1/address-books/{id}/carrier': () => ({ field: 'X-CUSTOM4' }),
  'PATCH /api/v1/contacts/{id}': () => ({ handlingCode: 'VIP' }), 'POST /api/v1/contacts/codes': () => ({ handlingCode: 'VIP', search: { q: 'nobody' } }),
  'POST /api/v1/address-books/{id}/carrier/preview': () => ({ carrier: { field: 'X-CUSTOM1' } }), 'POST /api/v1/address-books/{id}/carrier/migrations': () => ({ to: { field: 'X-CUSTOM1' }, dryRun: true }), 'POST /api/v1/address-books/{id}/lost-codes': () => ({ contacts: ['00000000-0000-4000-8000-000000000000'], action: 'forget' }),
  'POST /api/v1/address-books/{id}/import': () => ({ fileName: 'a.csv', content: 'TmFtZQpBbm5hCg==' }),
  'PUT /api/v1/directory/choices': () => ({ number: '+4930123456', contactId: null }), 'PUT /api/v1/address-books/order': () => ({ books: [] }), 'PUT /api/v1/codes': () => ({ codes: [] }),
};

let world: World;
let people: Record<Exclude<Who, 'anonymous'>, Person>;
beforeAll(async () => {
  world = await openWorld();
  await world.person('admin', 'Spare');
  people = { other: await world.person('user', 'Otto'), admin: await world.person('admin'), owner: await world.person('user', 'Olga') };
});
afterAll(() => world.end());

/** Something of everything, made anew for each question and belonging to `owner`. */
const belongings = async (owner: Person): Promise<Record<string, string>> => {
  const { db } = world;
  const call = await world.call(owner.id);
  writeFileSync(join(world.config.spoolDir, 'vm.wav'), 'RIFF');
  const id = async (query: Promise<{ id: string } | undefined>) => (await query)!.id;
  const book = await id(db.insertInto('address_book').values({ person_id: owner.id, kind: 'carddav', name: 'Mine', url: 'https://dav.example.org', username: 'u', secret: world.sealed }).returning('id').executeTakeFirst());
  return {
    call, book, calendar: await id(db.insertInto('calendar').values({ person_id: owner.id, name: 'Mine', url: 'https://dav.example.org', username: 'u', secret: world.sealed }).returning('id').executeTakeFirst()),
    token: await id(db.insertInto('token').values({ person_id: owner.id, name: 't', hash: Buffer.from(call) }).returning('id').executeTakeFirst()),
    voicemail: await id(db.insertInto('voicemail').values({ person_id: owner.id, call_id: call, file: 'vm.wav', at: new Date() }).returning('id').executeTakeFirst()),
    contact: await id(db.insertInto('contact').values({ book_id: book, href: call, etag: '1', name: 'Grace', uid: null, organisation: null, code: null, card: Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Grace\r\nEND:VCARD\r\n') }).returning('id').executeTakeFirst()),
  };
};

const addressOf = (path: string, owner: Person, has: Record<string, string>): string => {
  const kind = path.split('/')[3] ?? '';
  const id = { calls: has['call'], tokens: has['token'], voicemails: has['voicemail'], 'address-books': has['book'], contacts: has['contact'], calendars: has['calendar'], users: owner.id }[kind] ?? '00000000-0000-4000-8000-000000000000';
  const filled = path.replace('{id}', id).replace('{file}', 'start.js').replace('{code}', 'AAAA-2222').replace(/\{\w+\}/, '00000000-0000-4000-8000-000000000000');
  return path.endsWith('/directory/lookup') ? `${filled}?number=%2B4930123456&user=${owner.id}` : filled;
};

it('the table of rights is about the routes that there are', () => {
  expect(world.routes.map((r) => `${r.method} ${r.path}`).sort()).toEqual(Object.keys(MATRIX).sort());
});

describe.each(Object.keys(MATRIX))('%s', (route) => {
  const [method, path] = route.split(' ') as [string, string];
  it.each(['anonymous', 'other', 'admin', 'owner'] as const)('%s', async (who) => {
    const owner = method === 'DELETE' && path === '/api/v1/users/{id}' ? await world.person('user', 'Short-lived') : people.owner;
    if (path.endsWith('/decisions')) await world.db.insertInto('number').values({ person_id: owner.id, number: '+498912340' }).onConflict((c) => c.doNothing()).execute();
    const has = await belongings(owner);
    const as = who === 'anonymous' ? undefined : who === 'owner' ? owner : people[who];
    // Signing out is for whoever asks; the session must live for the other questions.
    const asked = route === 'DELETE /api/v1/session' ? undefined : as;
    const answer = await world.ask(method, addressOf(path, owner, has), { as: asked, body: BODIES[route]?.(owner), address: `10.7.${who.length}.${route.length}` });
    const expected = MATRIX[route]![who];
    const letIn = !['session.missing', 'right.missing', 'route.missing', 'request.invalid', 'internal'].includes(answer.body?.code) && answer.status < 500 || answer.status === 503;
    if (expected === 'yes') expect(letIn, `${answer.status} ${JSON.stringify(answer.body)}`).toBe(true);
    else expect(answer.status, JSON.stringify(answer.body)).toBe(expected);
  });
});

it('nobody gets a list with things of others, except calls for administrators', async () => {
  await belongings(people.owner);
  for (const path of ['calls', 'voicemails', 'address-books', 'contacts', 'tokens']) {
    const { body } = await world.ask('GET', `/api/v1/${path}`, { as: people.other });
    const ids = body.items.map((item: { id: string }) => item.id);
    const mine = path === 'tokens' || path === 'address-books' ? undefined : 0;
    if (mine === 0) expect(ids, path).toEqual([]);
    const owned = (await world.ask('GET', `/api/v1/${path}?limit=200`, { as: people.owner })).body;
    if (path !== 'address-books') expect(owned.items.length, path).toBeGreaterThan(0);
    expect(ids.filter((id: string) => owned.items.some((item: { id: string }) => item.id === id)), path).toEqual([]);
  }
  expect((await world.ask('GET', '/api/v1/voicemails', { as: people.admin })).body.items).toEqual([]);
  expect((await world.ask('GET', '/api/v1/calls', { as: people.admin })).body.items.length).toBeGreaterThan(0);
});

it('shared books are read by all and changed by administrators', async () => {
  const book = (await world.db.insertInto('address_book').values({ person_id: null, kind: 'carddav', name: 'Ours', url: 'https://dav.example.org', username: 'u', secret: world.sealed, carrier: json({ field: 'NOTE', pattern: '[call:{code}]' }) }).returning('id').executeTakeFirstOrThrow()).id;
  expect((await world.ask('GET', `/api/v1/address-books/${book}`, { as: people.other })).body).toMatchObject({ shared: true, ownerId: null });
  expect((await world.ask('PUT', `/api/v1/address-books/${book}/carrier`, { as: people.other, body: { field: 'NOTE', pattern: '[call:{code}]' } })).body.code).toBe('book.shared');
  expect((await world.ask('DELETE', `/api/v1/address-books/${book}`, { as: people.other })).status).toBe(403);
  expect((await world.ask('PUT', `/api/v1/address-books/${book}/carrier`, { as: people.admin, body: { field: 'X-CUSTOM4' } })).status).toBe(200);
  expect((await world.ask('POST', '/api/v1/address-books', { as: people.other, body: { kind: 'carddav', name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p', shared: true } })).status).toBe(403);
  expect((await world.ask('DELETE', `/api/v1/address-books/${book}`, { as: people.admin })).status).toBe(204);
});
