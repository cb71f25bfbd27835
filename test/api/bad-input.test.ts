/**
 * Every field of every body, query and path of every route, with what attackers and mistakes send there. Expected: a
 * problem document that names the field, nothing written, never a 500. Fields that take any line of text are listed.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { RouteEntry } from '../../src/http/routes.service.js';
import { openWorld, PASSWORD, type Person, type World } from './world.js';

/** A good body for every route that takes one; every field of its schema occurs, so that each can be spoilt. */
const METHODS = [
  { kind: 'ring', devices: ['101'], seconds: 20, otherwise: { kind: 'voicemail', greeting: 'Hello' } }, { kind: 'forward', to: '+4930123456', seconds: 20, otherwise: { kind: 'voicemail', prompt: 'hello' } },
  { kind: 'oneNumber', steps: [{ to: ['device:101', '+4930123456'], seconds: 15, confirm: true }], otherwise: { kind: 'reject', text: 'No' } }, { kind: 'announce', text: 'Hi', then: { kind: 'reject', prompt: 'no' } },
  { kind: 'announce', prompt: 'hi' }, { kind: 'attendant', userId: '00000000-0000-4000-8000-000000000000', seconds: 20, otherwise: { kind: 'voicemail' } },
];
const GOOD: Record<string, (owner: Person) => unknown[]> = {
  'POST /api/v1/session': (o) => [{ email: o.email, password: PASSWORD }], 'POST /api/v1/setup': () => [{ token: 'x'.repeat(43), email: 'x@example.org', name: 'x', password: PASSWORD }],
  'PATCH /api/v1/me': () => [{ name: 'x', zone: 'UTC', password: { current: PASSWORD, next: PASSWORD, endTokens: true } }],
  'POST /api/v1/tokens': () => [{ name: 'x' }], 'POST /api/v1/pairings': () => [{ name: 'x' }],
  'POST /api/v1/users': () => [{ email: 'x@example.org', name: 'x', password: PASSWORD, role: 'user', zone: 'UTC' }], 'PATCH /api/v1/users/{id}': () => [{ email: 'x@example.org', name: 'x', password: PASSWORD, role: 'user', zone: 'UTC' }],
  'POST /api/v1/users/{id}/numbers': () => [{ number: '+49891234567' }], 'POST /api/v1/users/{id}/devices': () => [{ extension: '101', name: 'x', endpoint: 'PJSIP/101' }],
  'PUT /api/v1/users/{id}/profile': () => METHODS.map((method) => ({
    rules: [{ id: 'a', label: 'x', when: { codes: ['VIP'], caller: 'contact', status: ['meeting'], minTier: 'exact', hours: { zone: 'UTC', windows: [{ days: [1], from: '09:00', to: '17:00' }] } }, method }], otherwise: method,
  })),
  'PUT /api/v1/users/{id}/status': () => [{ status: 'away', until: '2099-01-01T00:00:00Z' }],
  'POST /api/v1/calls/{id}/override': () => METHODS.map((method) => ({ method })), 'POST /api/v1/calls/{id}/forward': () => [{ to: '+4930123456' }], 'POST /api/v1/calls/{id}/take': () => [{ device: '101' }], 'POST /api/v1/calls/{id}/note': () => [{ note: 'x' }],
  'POST /api/v1/decisions': () => [{ from: '+4930123456', to: '+498912345', at: '2026-11-20T10:00:00Z' }], 'PATCH /api/v1/voicemails/{id}': () => [{ heard: true }],
  'POST /api/v1/address-books': () => [{ kind: 'carddav', name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p', shared: false, carrier: { field: 'NOTE', pattern: '[call:{code}]' } }],
  'POST /api/v1/address-books/test': () => [{ kind: 'carddav', url: 'http://127.0.0.1:9/', username: 'u', password: 'p', auth: 'auto' }, { bookId: '00000000-0000-4000-8000-000000000000', changes: { name: 'x', url: 'http://127.0.0.1:9/', username: 'u', password: 'p', auth: 'basic', shared: false } }],
  'PATCH /api/v1/address-books/{id}': () => [{ name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p', auth: 'auto', shared: false }, { ldap: { preset: 'openldap', base: 'dc=example,dc=org' } }],
  'POST /api/v1/address-books/{id}/sync': () => [{ acceptEmpty: true }], 'PUT /api/v1/address-books/{id}/carrier': () => [{ field: 'NOTE', pattern: '[call:{code}]' }, { field: 'X-CUSTOM1' }],
  'PATCH /api/v1/contacts/{id}': () => [{ handlingCode: 'VIP' }],
  'POST /api/v1/contacts/codes': () => [{ handlingCode: 'VIP', contacts: ['00000000-0000-4000-8000-000000000000'] }, { handlingCode: 'VIP', search: { q: 'x', book: '00000000-0000-4000-8000-000000000000', code: 'FAM' } }],
  'POST /api/v1/address-books/{id}/carrier/preview': () => [{ carrier: { field: 'NOTE', pattern: '[call:{code}]' } }], 'POST /api/v1/address-books/{id}/carrier/migrations': () => [{ to: { field: 'CATEGORIES', prefix: 'call-' }, dryRun: true }],
  'POST /api/v1/address-books/{id}/lost-codes': () => [{ contacts: ['00000000-0000-4000-8000-000000000000'], action: 'restore' }],
  'POST /api/v1/address-books/{id}/import': () => [{ fileName: 'a.csv', content: 'TmFtZQpBbm5hCg==', columns: { Name: 'name' }, dryRun: true, replace: true }],
  'PUT /api/v1/directory/choices': () => [{ number: '+4930123456', contactId: '00000000-0000-4000-8000-000000000000' }], 'PUT /api/v1/address-books/order': () => [{ books: ['00000000-0000-4000-8000-000000000000'] }],
  'POST /api/v1/calendars': () => [{ name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p', auth: 'auto' }], 'PATCH /api/v1/calendars/{id}': () => [{ name: 'x', url: 'https://dav.example.org/', username: 'u', password: 'p', auth: 'auto' }],
  'POST /api/v1/calendars/{id}/sync': () => [{ acceptEmpty: true }],
  'PUT /api/v1/users/{id}/calendar-rules': () => [{ rules: [{ when: { category: 'x', word: 'x', allDay: true, attendees: true, busy: 'busy', calendar: '00000000-0000-4000-8000-000000000000' }, status: 'meeting' }], addresses: ['x@example.org'] }],
  'PUT /api/v1/codes': () => [{ codes: [{ code: 'VIP', name: 'x', colour: 'red', meaning: 'x' }] }],
};
const QUERY: Record<string, string> = { number: '+4930123456', book: '00000000-0000-4000-8000-000000000000', code: 'VIP', user: '', contact: '00000000-0000-4000-8000-000000000000', q: 'x', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', limit: '10', cursor: 'abc' };

const LONG = 'x'.repeat(5000);
const WRONG: Record<string, unknown> = { 'a number': 123_456_789_012, 'a truth': true, 'a list': [[['x']]], 'an object': { a: 1 }, nothing: null };
const TEXTS: Record<string, string> = {
  'too long': LONG, 'CR LF': 'abc\r\nAction: Originate', 'a line feed': 'abc\ndef', NUL: 'abc\u0000def', escape: 'abc\u001b[2Jdef', 'dialplan characters': '1,&()${EXTEN}', 'shell characters': '`id`;$(id)|x',
};
/** Free text: any printable line is fine there, because every sink escapes it. Some take line feeds. */
const FREE = /(^|\.)(name|fileName|label|note|q|text|greeting|meaning|category|word|username|pattern|base|password|password\.current|password\.next)$/;
const LINES = /(^|\.)(note|text|greeting)$/;
/** A file of 5,000 letters is one. */
const isFile = (path: string, kind: string): boolean => path === 'content' && kind === 'too long';
const fine = (path: string, kind: string): boolean => isFile(path, kind) || FREE.test(path) && (kind.endsWith('characters') || (kind === 'a line feed' && LINES.test(path)));

let world: World, owner: Person, admin: Person, call: string;
beforeAll(async () => {
  world = await openWorld();
  await world.person('admin', 'Spare');
  [owner, admin] = [await world.person('admin', 'Olga'), await world.person('admin')];
  await world.db.insertInto('device').values({ person_id: owner.id, extension: '101', name: 'Desk', endpoint: 'PJSIP/101' }).execute();
  await world.db.insertInto('number').values({ person_id: owner.id, number: '+498912345' }).execute();
  call = await world.call(owner.id);
});
afterAll(() => world.end());

/** A digest of everything in the database that a request could change. */
const TABLES = ['person', 'session', 'token', 'setting', 'number', 'device', 'profile', 'own_status', 'device_state', 'address_book', 'book_order', 'contact', 'contact_number', 'number_choice', 'code_meaning', 'code_write', 'lost_code', 'carrier_migration', 'call', 'call_event', 'command', 'voicemail'];
const digest = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const table of TABLES) {
    const { rows } = await sql<{ all: string | null }>`select string_agg(t::text, '|' order by t::text) as all from ${sql.table(table)} t`.execute(world.db);
    hash.update(`${table}:${rows[0]?.all ?? ''}`);
  }
  return hash.digest('hex');
};

const addressOf = (route: RouteEntry, spoilt?: { name: string; value: string }): string =>
  route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(spoilt?.name === name ? spoilt.value : goodParam(route, name)));
const goodParam = (route: RouteEntry, name: string): string => (name === 'file' ? 'start.js' : name === 'code' ? 'AAAA-2222' : name === 'id' && route.path.includes('/calls/') ? call : name === 'id' && route.path.includes('/users/') ? owner.id : '00000000-0000-4000-8000-000000000000');
const asFor = (route: RouteEntry): Person | undefined => (route.path.endsWith('/session') ? undefined : /\/calls\/|\/status|calendar-rules/.test(route.path) ? owner : admin);

/** Every path to a leaf or branch of a value. */
const paths = (value: unknown, at: (string | number)[] = []): (string | number)[][] => {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, child]) => paths(child, [...at, Array.isArray(value) ? Number(key) : key]));
  return at.length > 0 ? [at, ...inner] : inner;
};
const spoil = (value: unknown, path: (string | number)[], bad: unknown): unknown => {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let node: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) node = node[key] as Record<string | number, unknown>;
  node[path.at(-1)!] = bad;
  return copy;
};
const valueAt = (value: unknown, path: (string | number)[]): unknown => path.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], value);
/** Replaced as a whole by something of its own kind: not a mistake. */
const acceptable = (good: unknown, path: string, bad: unknown): boolean => (bad === null && /(until|handlingCode|contactId|^rules\.0\.status)$/.test(path)) || (typeof good === 'boolean' && typeof bad === 'boolean');

let address = 0;
const nextAddress = () => `10.${(++address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
const named = (answer: { body?: { errors?: { path: string }[] } }, path: string): boolean =>
  // A problem with a branch of a union may be told of the branch, or of what in it was understood.
  (answer.body?.errors ?? []).some((e) => e.path === path || e.path.startsWith(`${path}.`) || (path.startsWith(`${e.path}.`) || e.path === path));

const refused = async (route: RouteEntry, path: string, kind: string, ask: () => ReturnType<World['ask']>): Promise<void> => {
  const where = `${route.method} ${route.path} ${path} = ${kind}`;
  const answer = await ask();
  expect(answer.status, where).toBeLessThan(500);
  expect(answer.body, where).toMatchObject({ status: 400, code: 'request.invalid' });
  expect(named(answer, path), `${where}: ${JSON.stringify(answer.body.errors)}`).toBe(true);
};

const routes = () => world.routes.filter((r) => r.path.startsWith('/api/v1/'));

it('every route with a body has good ones to spoil, and every field of it occurs there', () => {
  expect(routes().filter((r) => r.body).map((r) => `${r.method} ${r.path}`).sort()).toEqual(Object.keys(GOOD).sort());
  for (const route of routes().filter((r) => r.body)) {
    const shape = (route.body as z.ZodType & { shape?: object; in?: { shape?: object }; def?: { innerType?: { shape?: object } } });
    const fields = Object.keys(shape.shape ?? shape.def?.innerType?.shape ?? {});
    const given = new Set(GOOD[`${route.method} ${route.path}`]!(owner).flatMap((body) => Object.keys(body as object)));
    expect(fields.filter((f) => !given.has(f)), `${route.method} ${route.path}`).toEqual([]);
  }
});

it('bodies', async () => {
  const before = await digest();
  let tried = 0;
  for (const route of routes().filter((r) => r.body)) {
    for (const good of GOOD[`${route.method} ${route.path}`]!(owner)) {
      for (const path of paths(good)) {
        const [dotted, was] = [path.join('.'), valueAt(good, path)];
        for (const [kind, bad] of [...Object.entries(WRONG), ...Object.entries(TEXTS)]) {
          if (typeof was !== 'string' && kind in TEXTS && kind !== 'too long') continue;
          if (acceptable(was, dotted, bad) || (typeof was === 'string' && fine(dotted, kind)) || (Array.isArray(was) && kind === 'a list' && false)) continue;
          await refused(route, dotted, kind, () => world.ask(route.method, addressOf(route), { as: asFor(route), body: spoil(good, path, bad), address: nextAddress() }));
          tried += 1;
        }
      }
      await refused(route, 'unknownField', 'unknown', () => world.ask(route.method, addressOf(route), { as: asFor(route), body: { ...good as object, unknownField: 1 }, address: nextAddress() }));
      for (const whole of ['text', 7, [], null]) if (!(whole === null && /take|sync/.test(route.path))) expect((await world.ask(route.method, addressOf(route), { as: asFor(route), body: whole, address: nextAddress() })).status).toBe(400);
    }
  }
  expect(tried).toBeGreaterThan(1000);
  expect(await digest(), 'nothing was written').toBe(before);
}, 120_000);

it('queries', async () => {
  const before = await digest();
  for (const route of routes().filter((r) => r.query)) {
    const fields = Object.keys(route.query!.shape);
    const good = () => { const query = new URLSearchParams(); for (const f of fields) if (QUERY[f] && f !== 'cursor') query.set(f, QUERY[f]); return query; };
    expect(fields.filter((f) => !(f in QUERY)), route.path).toEqual([]);
    const ask = (query: URLSearchParams) => world.ask(route.method, `${addressOf(route)}?${query}`, { as: admin });
    expect((await ask(good())).status, route.path).toBe(200);
    for (const field of fields) {
      for (const [kind, bad] of [...Object.entries(TEXTS), ['empty', ''], ['twice', 'x'], ['a letter', 'é'], ['out of range', '0'], ['far out of range', '99999999999'], ['not whole', '1.5']]) {
        if (fine(field, kind!) || (field === 'q' && !(kind! in TEXTS) && !['empty', 'twice'].includes(kind!)) || (['out of range', 'far out of range'].includes(kind!) && field !== 'limit') || (kind === 'not whole' && field !== 'limit') || (field === 'cursor' && kind === 'twice')) continue;
        const query = good();
        query.set(field, bad!);
        if (kind === 'twice') query.append(field, 'y');
        await refused(route, field, kind!, () => ask(query));
      }
    }
    const unknown = good();
    unknown.set('surprise', '1');
    await refused(route, 'surprise', 'unknown', () => ask(unknown));
  }
  expect(await digest(), 'nothing was written').toBe(before);
}, 60_000);

describe('paths', () => {
  it('are refused when they are not what they should be', async () => {
    const before = await digest();
    for (const route of routes().filter((r) => r.params)) {
      for (const name of Object.keys(route.params!.shape)) {
        for (const [kind, bad] of [...Object.entries({ ...TEXTS, 'too long': 'x'.repeat(300) }), ['dots', '..'], ['a quote', '\'"'], ['a letter', 'é'], ['a slash', 'a/b']]) {
          const body = GOOD[`${route.method} ${route.path}`]?.(owner)[0];
          const answer = await world.ask(route.method, addressOf(route, { name, value: bad! }), { as: asFor(route), body, address: nextAddress() });
          const where = `${route.method} ${route.path} ${name} = ${kind}: ${answer.status} ${JSON.stringify(answer.body)}`;
          // A path of dots is another path.
          if (kind === 'dots') { expect([400, 401, 404, 405], where).toContain(answer.status); continue; }
          expect(answer.status, where).toBe(400);
          expect(named(answer, name), where).toBe(true);
        }
      }
    }
    expect(await digest(), 'nothing was written').toBe(before);
  }, 60_000);
});

it('headers do not reach the log or the database unchecked', async () => {
  for (const authorization of ['Bearer', 'Bearer  ', `Bearer ${LONG}`, 'Basic eDp5', 'Bearer abc\u00e9def_ghij', '\'; drop table person;--']) expect((await world.ask('GET', '/api/v1/me', { headers: { authorization } })).status).toBe(401);
  for (const cookie of ['ringbook_session=', `ringbook_session=${LONG}`, 'ringbook_session=%00', 'ringbook_session="; ringbook_session=x']) expect((await world.ask('GET', '/api/v1/me', { headers: { cookie } })).status).toBe(401);
});
