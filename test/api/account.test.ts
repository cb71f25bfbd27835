import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SetUpService } from '../../src/account/set-up.service.js';
import { SESSION_COOKIE } from '../../src/http/who.js';
import { openWorld, PASSWORD, type Person, type World } from './world.js';

let world: World, admin: Person, user: Person;
beforeAll(async () => { world = await openWorld(); admin = await world.person('admin'); user = await world.person(); });
afterAll(() => world.end());

const cookieOf = (header: unknown) => /ringbook_session=([^;]+)/.exec(String(header))?.[1] ?? '';

describe('signing in', () => {
  it('sets a cookie that scripts cannot read, and forgets it on signing out', async () => {
    const answer = await world.ask('POST', '/api/v1/session', { body: { email: user.email.toUpperCase(), password: PASSWORD } });
    expect(answer).toMatchObject({ status: 200, body: { id: user.id, rights: [] } });
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly/);
    expect(String(answer.headers['set-cookie'])).toMatch(/SameSite=Strict/);
    expect(String(answer.headers['set-cookie'])).not.toMatch(/Secure/);
    const me = { ...user, cookie: cookieOf(answer.headers['set-cookie']) };
    expect((await world.ask('GET', '/api/v1/me', { as: me })).status).toBe(200);
    expect((await world.ask('DELETE', '/api/v1/session', { as: me })).status).toBe(204);
    expect((await world.ask('GET', '/api/v1/me', { as: me })).body.code).toBe('session.missing');
    expect((await world.ask('DELETE', '/api/v1/session')).status).toBe(204);
  });

  it('keeps neither session nor token in the clear', async () => {
    const { body } = await world.ask('POST', '/api/v1/tokens', { as: user, body: { name: 'x' } });
    const rows = JSON.stringify([await world.db.selectFrom('session').selectAll().execute(), await world.db.selectFrom('token').selectAll().execute()]);
    expect(rows).not.toContain(user.cookie);
    expect(rows).not.toContain(body.token);
  });

  it('says the same for an unknown person as for a wrong password, and limits both', async () => {
    const victim = await world.person();
    const codes: unknown[] = [], others: unknown[] = [];
    for (let i = 0; i < 11; i++) codes.push((await world.ask('POST', '/api/v1/session', { body: { email: victim.email, password: 'wrong' }, address: `10.0.${i}.1` })).body.code);
    expect(codes).toEqual([...Array(10).fill('session.refused'), 'attempts.too-many']);
    const limited = await world.ask('POST', '/api/v1/session', { body: { email: victim.email, password: PASSWORD }, address: '10.9.9.9' });
    expect(limited).toMatchObject({ status: 429 });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    for (let i = 0; i < 31; i++) others.push((await world.ask('POST', '/api/v1/session', { body: { email: `nobody${i}@example.org`, password: 'wrong' }, address: '10.8.8.8' })).status);
    expect(others).toEqual([...Array(30).fill(401), 429]);
  });

  it('takes about as long for nobody as for somebody', async () => {
    const { checkPassword } = await import('../../src/account/secret.adapter.js');
    const { password_hash: hash } = await world.db.selectFrom('person').select('password_hash').where('id', '=', user.id).executeTakeFirstOrThrow();
    const time = async (stored: string | null) => { const t = performance.now(); for (let i = 0; i < 5; i++) await checkPassword(stored, 'wrong'); return performance.now() - t; };
    await time(hash);
    const [known, unknown] = [await time(hash), await time(null)];
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });

  it('refuses a session whose time is over', async () => {
    const other = await world.person();
    await world.db.updateTable('session').set({ expires_at: new Date(Date.now() - 1000) }).where('person_id', '=', other.id).execute();
    expect((await world.ask('GET', '/api/v1/me', { as: other })).status).toBe(401);
  });

  it('believes a cookie only from our own pages', async () => {
    const change = (headers: Record<string, string>, as: Person | undefined = user) => world.ask('POST', '/api/v1/tokens', { as, body: { name: 'csrf' }, headers });
    expect((await change({ origin: 'https://evil.example' })).body.code).toBe('origin.foreign');
    expect((await change({ origin: 'null' })).status).toBe(403);
    expect((await change({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await change({ origin: 'http://localhost:8080' })).status).toBe(201);
    expect((await change({ origin: world.config.publicUrl })).status).toBe(201);
    expect((await world.ask('POST', '/api/v1/session', { body: { email: user.email, password: PASSWORD }, headers: { origin: 'https://evil.example' } })).status).toBe(403);
    const { body } = await change({});
    expect((await world.ask('POST', '/api/v1/tokens', { token: body.token, body: { name: 'x' }, headers: { origin: 'moz-extension://0f0f0f0f-aaaa-bbbb-cccc-ddddeeeeffff' } })).status).toBe(201);
  });

  it('marks the cookie Secure when people come by https', async () => {
    const secure = await openWorld({ PUBLIC_URL: 'https://ringbook.example.org' });
    const person = await secure.person();
    const answer = await secure.ask('POST', '/api/v1/session', { body: { email: person.email, password: PASSWORD }, headers: { origin: 'https://ringbook.example.org' } });
    expect(String(answer.headers['set-cookie'])).toMatch(/Secure/);
    await secure.end();
  });
});

describe('tokens and pairing', () => {
  it('a token is shown once, works until revoked, and only its owner revokes it', async () => {
    const made = await world.ask('POST', '/api/v1/tokens', { as: user, body: { name: 'laptop' } });
    expect(made.status).toBe(201);
    expect((await world.ask('GET', '/api/v1/me', { token: made.body.token })).body.id).toBe(user.id);
    const list = await world.ask('GET', '/api/v1/tokens', { as: user });
    expect(list.text).not.toContain(made.body.token);
    expect(list.body.items.find((t: { id: string }) => t.id === made.body.id).lastUsedAt).not.toBeNull();
    expect((await world.ask('DELETE', `/api/v1/tokens/${made.body.id}`, { as: admin })).status).toBe(404);
    expect((await world.ask('DELETE', `/api/v1/tokens/${made.body.id}`, { as: user })).status).toBe(204);
    expect((await world.ask('GET', '/api/v1/me', { token: made.body.token })).status).toBe(401);
    expect(world.relay.sent).toContainEqual({ topic: 'rights', message: { personId: user.id } });
  });

  it('pairs: code here, confirmed there, token once', async () => {
    const { body: started } = await world.ask('POST', '/api/v1/pairings', { body: { name: 'Thunderbird' } });
    expect(started.code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    expect((await world.ask('GET', `/api/v1/pairings/${started.id}`)).body).toMatchObject({ state: 'waiting' });
    expect((await world.ask('POST', `/api/v1/pairings/${started.code}/confirm`)).status).toBe(401);
    expect((await world.ask('POST', '/api/v1/pairings/AAAA-AAAA/confirm', { as: user, body: {} })).body.code).toBe('pairing.missing');
    expect((await world.ask('POST', `/api/v1/pairings/${started.code.toLowerCase().replace('-', '')}/confirm`, { as: user, body: {} })).body).toEqual({ name: 'Thunderbird' });
    expect((await world.ask('POST', `/api/v1/pairings/${started.code}/confirm`, { as: admin, body: {} })).status).toBe(404);
    const both = await Promise.all([1, 2, 3].map(() => world.ask('GET', `/api/v1/pairings/${started.id}`)));
    expect(both.map((a) => a.status).sort()).toEqual([200, 404, 404]);
    const { token } = both.find((a) => a.status === 200)!.body;
    expect((await world.ask('GET', '/api/v1/me', { token })).body.id).toBe(user.id);
    expect((await world.ask('GET', `/api/v1/pairings/${started.id}`)).status).toBe(404);
  });

  it('a pairing whose time is over is gone, and who starts too many waits', async () => {
    const { body: started } = await world.ask('POST', '/api/v1/pairings', { body: { name: 'late' }, address: '10.1.1.1' });
    await world.db.updateTable('setting').set({ value: JSON.stringify({ code: started.code, name: 'late', expiresAt: '2020-01-01T00:00:00.000Z' }) }).where('key', '=', `pairing.${started.id}`).execute();
    expect((await world.ask('GET', `/api/v1/pairings/${started.id}`)).status).toBe(404);
    expect((await world.ask('POST', `/api/v1/pairings/${started.code}/confirm`, { as: user, body: {} })).status).toBe(404);
    const codes = [];
    for (let i = 0; i < 11; i++) codes.push((await world.ask('POST', '/api/v1/pairings', { body: { name: 'many' }, address: '10.1.1.1' })).status);
    expect(codes.at(-1)).toBe(429);
  });
});

describe('the first administrator', () => {
  const setUpBody = { email: 'first@example.org', name: 'First', password: 'long enough to count' };

  it('comes through a link that works once and only before anybody has a password', async () => {
    const fresh = await openWorld();
    const setUps = fresh.app.get(SetUpService);
    const old = new URL((await setUps.start())!).hash.slice('#token='.length);
    const link = (await setUps.link())!;
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:8080\/setup#token=[\w-]{40,}$/);
    const token = new URL(link).hash.slice('#token='.length);
    expect(JSON.stringify(await fresh.db.selectFrom('setting').selectAll().execute())).not.toContain(token);
    expect((await fresh.ask('POST', '/api/v1/setup', { body: { ...setUpBody, token: old } })).body.code).toBe('setup.refused');
    const both = await Promise.all([fresh.ask('POST', '/api/v1/setup', { body: { ...setUpBody, token } }), fresh.ask('POST', '/api/v1/setup', { body: { ...setUpBody, token } })]);
    expect(both.map((a) => a.status).sort()).toEqual([200, 409]);
    const done = both.find((a) => a.status === 200)!;
    expect(done.body).toMatchObject({ email: 'first@example.org', role: 'admin', rights: ['admin'] });
    expect((await fresh.ask('GET', '/api/v1/me', { headers: { cookie: `${SESSION_COOKIE}=${cookieOf(done.headers['set-cookie'])}` } })).status).toBe(200);
    expect((await fresh.ask('POST', '/api/v1/session', { body: { email: 'first@example.org', password: setUpBody.password } })).status).toBe(200);
    expect(await setUps.link()).toBeUndefined();
    await fresh.end();
  });

  it('takes over the administrator of the practice world', async () => {
    const fresh = await openWorld();
    const seeded = await fresh.db.insertInto('person').values({ email: 'practice@example.org', name: 'Practice', role: 'admin', password_hash: null }).returning('id').executeTakeFirstOrThrow();
    const token = new URL((await fresh.app.get(SetUpService).link())!).hash.slice('#token='.length);
    expect((await fresh.ask('POST', '/api/v1/setup', { body: { ...setUpBody, token } })).body).toMatchObject({ id: seeded.id, name: 'First', email: 'first@example.org' });
    await fresh.end();
  });

  it('guesses at the link are counted by network', async () => {
    const codes: unknown[] = [];
    for (let i = 0; i < 11; i++) codes.push((await world.ask('POST', '/api/v1/setup', { body: { ...setUpBody, token: 'x'.repeat(43) }, address: `2001:db8:7:7::${i + 1}` })).status);
    expect(codes).toEqual([...Array(10).fill(409), 429]);
  });

  it('or from the configuration, at the first start only', async () => {
    const fresh = await openWorld({ ADMIN_EMAIL: 'boss@example.org', ADMIN_PASSWORD: 'a password of a boss' });
    const setUps = fresh.app.get(SetUpService);
    expect(await setUps.start()).toBeUndefined();
    expect((await fresh.ask('POST', '/api/v1/session', { body: { email: 'boss@example.org', password: 'a password of a boss' } })).status).toBe(200);
    const { id } = (await fresh.db.selectFrom('person').select('id').executeTakeFirstOrThrow());
    await fresh.db.updateTable('person').set({ name: 'Renamed' }).where('id', '=', id).execute();
    await setUps.start();
    expect(await fresh.db.selectFrom('person').select(['name', 'email']).execute()).toEqual([{ name: 'Renamed', email: 'boss@example.org' }]);
    await fresh.end();
  });
});

describe('your own account', () => {
  const NEXT = 'a better horse battery';
  const change = (as: Person, password: object, more: object = {}) => world.ask('PATCH', '/api/v1/me', { as, body: { ...more, password } });
  const statusOf = async (who: { as?: Person; token?: string }) => (await world.ask('GET', '/api/v1/me', who)).status;
  const signIn = async (person: Person, password = PASSWORD, from = '10.44.0.1') => world.ask('POST', '/api/v1/session', { body: { email: person.email, password }, address: from });

  it('name and time zone', async () => {
    const person = await world.person();
    expect((await world.ask('PATCH', '/api/v1/me', { as: person, body: { name: 'Neu', zone: 'Europe/Berlin' } }))).toMatchObject({ status: 200, body: { id: person.id, name: 'Neu', zone: 'Europe/Berlin', role: 'user' } });
    expect((await world.ask('PATCH', '/api/v1/me', { as: person, body: { role: 'admin' } })).body).toMatchObject({ status: 400, errors: [{ path: 'role' }] });
    expect((await world.ask('PATCH', '/api/v1/me', { as: person, body: { zone: 'Europe/Atlantis' } })).body).toMatchObject({ status: 400, errors: [{ path: 'zone' }] });
    expect(world.relay.sent).toContainEqual({ topic: 'rights', message: { personId: person.id } });
  });

  it('a new password ends all other sessions, and tokens when asked', async () => {
    const person = await world.person();
    const elsewhere = { ...person, cookie: cookieOf((await signIn(person)).headers['set-cookie']) };
    const { token } = (await world.ask('POST', '/api/v1/tokens', { as: person, body: { name: 'laptop' } })).body;
    expect((await change(person, { current: 'wrong', next: NEXT }, { name: 'Never' })).body).toMatchObject({ status: 400, code: 'password.wrong', errors: [{ path: 'password.current' }] });
    expect((await change(person, { current: PASSWORD, next: 'short' })).body).toMatchObject({ status: 400, errors: [{ path: 'password.next' }] });
    expect((await world.ask('GET', '/api/v1/me', { as: elsewhere })).body.name).not.toBe('Never');
    expect((await change(person, { current: PASSWORD, next: NEXT })).status).toBe(200);
    expect([await statusOf({ as: person }), await statusOf({ as: elsewhere }), await statusOf({ token })]).toEqual([200, 401, 200]);
    expect([(await signIn(person)).status, (await signIn(person, NEXT)).status]).toEqual([401, 200]);
    expect((await change(person, { current: NEXT, next: PASSWORD, endTokens: true })).status).toBe(200);
    expect([await statusOf({ as: person }), await statusOf({ token })]).toEqual([200, 401]);
  });

  it('a program that changes the password stays in, everything else is out', async () => {
    const person = await world.person();
    const [mine, other] = await Promise.all(['a', 'b'].map(async (name) => (await world.ask('POST', '/api/v1/tokens', { as: person, body: { name } })).body.token as string));
    expect((await world.ask('PATCH', '/api/v1/me', { token: mine!, body: { password: { current: PASSWORD, next: NEXT, endTokens: true } } })).status).toBe(200);
    expect([await statusOf({ token: mine! }), await statusOf({ token: other! }), await statusOf({ as: person })]).toEqual([200, 401, 401]);
  });

  it('guesses are counted together with signing in', async () => {
    const person = await world.person();
    const codes: unknown[] = [];
    for (let i = 0; i < 11; i++) codes.push((await change(person, { current: `guess ${i}`, next: NEXT })).body.code);
    expect(codes).toEqual([...Array(10).fill('password.wrong'), 'attempts.too-many']);
    expect((await signIn(person, PASSWORD, '10.45.0.1')).status).toBe(429);
  });
});

describe('users', () => {
  it('are kept by administrators, with numbers and telephones', async () => {
    const made = await world.ask('POST', '/api/v1/users', { as: admin, body: { email: 'neu@example.org', name: 'Neu', password: 'eine lange Losung', zone: 'Europe/Berlin' } });
    expect(made).toMatchObject({ status: 201, body: { role: 'user', zone: 'Europe/Berlin' } });
    expect((await world.ask('POST', '/api/v1/users', { as: admin, body: { email: 'NEU@example.org', name: 'Neu', password: 'eine lange Losung' } })).body).toMatchObject({ status: 409, code: 'user.email-taken', errors: [{ path: 'email' }] });
    const path = `/api/v1/users/${made.body.id}`;
    expect((await world.ask('POST', `${path}/numbers`, { as: admin, body: { number: '089 / 1234567' } })).body.number).toBe('+49891234567');
    expect((await world.ask('POST', `/api/v1/users/${user.id}/numbers`, { as: admin, body: { number: '+49 89 1234567' } })).body.code).toBe('number.taken');
    const device = await world.ask('POST', `${path}/devices`, { as: admin, body: { extension: '471', name: 'Desk', endpoint: 'PJSIP/471' } });
    expect((await world.ask('POST', `${path}/devices`, { as: admin, body: { extension: '471', name: 'Desk', endpoint: 'PJSIP/471' } })).body.code).toBe('device.taken');
    const whole = await world.ask('GET', path, { as: admin });
    expect(whole.body).toMatchObject({ numbers: [{ number: '+49891234567' }], devices: [{ extension: '471' }] });
    expect((await world.ask('DELETE', `/api/v1/users/${user.id}/devices/${device.body.id}`, { as: admin })).status).toBe(404);
    expect((await world.ask('DELETE', `${path}/devices/${device.body.id}`, { as: admin })).status).toBe(204);
    expect((await world.ask('DELETE', `${path}/numbers/${whole.body.numbers[0].id}`, { as: admin })).status).toBe(204);
    expect((await world.ask('DELETE', path, { as: admin })).status).toBe(204);
    expect((await world.ask('GET', path, { as: admin })).body.code).toBe('user.missing');
  });

  it('are signed out by a new password, with their programs', async () => {
    const other = await world.person();
    const { token } = (await world.ask('POST', '/api/v1/tokens', { as: other, body: { name: 'laptop' } })).body;
    await world.ask('PATCH', `/api/v1/users/${other.id}`, { as: admin, body: { password: 'another long one' } });
    expect((await world.ask('GET', '/api/v1/me', { as: other })).status).toBe(401);
    expect((await world.ask('GET', '/api/v1/me', { token })).status).toBe(401);
    expect((await world.ask('POST', '/api/v1/session', { body: { email: other.email, password: 'another long one' } })).status).toBe(200);
  });

  it('never all stop being administrators', async () => {
    const fresh = await openWorld();
    const [a, b] = [await fresh.person('admin'), await fresh.person('admin')];
    const both = await Promise.all([fresh.ask('DELETE', `/api/v1/users/${b.id}`, { as: a }), fresh.ask('PATCH', `/api/v1/users/${a.id}`, { as: b, body: { role: 'user' } })]);
    expect(both.map((x) => x.status >= 400)).toContain(true);
    expect((await fresh.db.selectFrom('person').select('id').where('role', '=', 'admin').execute()).length).toBe(1);
    await fresh.end();
  });

  it('pages in a stable order', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; cursor: string | null } } = await world.ask('GET', `/api/v1/users?limit=2${cursor ? `&cursor=${cursor}` : ''}`, { as: admin });
      seen.push(...body.items.map((u) => u.id));
      cursor = body.cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(Number((await world.db.selectFrom('person').select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n));
  });
});
