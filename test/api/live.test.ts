import { setTimeout as sleep } from 'node:timers/promises';
import { liveMessage, problem, type LiveMessage } from '@ringbook/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { SESSION_COOKIE } from '../../src/http/who.js';
import { PresenceService } from '../../src/presence/presence.service.js';
import { json } from '../../src/store/schema.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, url: string, user: Person, admin: Person;
const sockets: Live[] = [];
beforeAll(async () => { world = await openWorld(); url = await world.listen(); [user, admin] = [await world.person(), await world.person('admin')]; });
afterEach(() => { for (const live of sockets.splice(0)) live.socket.terminate(); });
afterAll(() => world.end());

interface Live { socket: WebSocket; messages: LiveMessage[]; closed: Promise<number>; next(type: LiveMessage['type']): Promise<LiveMessage>; open: Promise<void> }
const connect = (options: ClientOptions = {}, protocols: string[] = []): Live => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, protocols, options);
  const messages: LiveMessage[] = [];
  socket.on('message', (data) => { messages.push(liveMessage.parse(JSON.parse(String(data)))); });
  socket.on('error', () => {});
  let at = 0;
  const live: Live = {
    socket, messages,
    closed: new Promise((done) => { socket.on('close', done); }),
    open: new Promise((done, fail) => { socket.on('open', () => done()); socket.on('unexpected-response', (_, response) => { fail(new Error(String(response.statusCode))); }); }),
    next: async (type) => {
      for (let i = 0; i < 300; i++) {
        const found = messages.findIndex((m, index) => index >= at && m.type === type);
        if (found >= 0) { at = found + 1; return messages[found]!; }
        await sleep(10);
      }
      throw new Error(`no ${type} among ${messages.map((m) => m.type).join(', ')}`);
    },
  };
  live.open.catch(() => {});
  sockets.push(live);
  return live;
};
const as = (person: Person, origin?: string): ClientOptions => ({ headers: { cookie: `${SESSION_COOKIE}=${person.cookie}` }, ...(origin ? { origin } : {}) });
const tokenOf = async (person: Person) => (await world.ask('POST', '/api/v1/tokens', { as: person, body: { name: 'live' } })).body as { id: string; token: string };
const change = async (callId: string, personId: string, set: Record<string, unknown>) => {
  const { version } = await world.db.updateTable('call').set((eb) => ({ ...set, version: eb('version', '+', 1) })).where('id', '=', callId).returning('version').executeTakeFirstOrThrow();
  world.relay.publish('call', { callId, personId, version });
};
const end = async (person: Person) => { await world.db.updateTable('call').set({ ended_at: new Date(), phase: 'ended' }).where('person_id', '=', person.id).execute(); };

describe('who may listen', () => {
  it('a session cookie from our own pages', async () => {
    expect((await connect(as(user, url)).next('snapshot')).seq).toBe(1);
    await connect(as(user, world.config.publicUrl)).next('snapshot');
    await connect(as(user)).next('snapshot');
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])('nobody from %s', async (origin) => {
    await expect(connect(as(user, origin)).open).rejects.toThrow('403');
  });

  it('a token in the first message, in the protocols or the header; extensions with nothing else', async () => {
    const { token } = await tokenOf(user);
    const hello = connect({ origin: 'moz-extension://0f0f0f0f-aaaa-bbbb-cccc-ddddeeeeffff' });
    await hello.open;
    hello.socket.send(JSON.stringify({ type: 'hello', token }));
    await hello.next('snapshot');
    const protocols = connect({ origin: 'chrome-extension://abcdefghijklmnop' }, ['ringbook', `token.${token}`]);
    await protocols.next('snapshot');
    expect(protocols.socket.protocol).toBe('ringbook');
    await connect({ headers: { authorization: `Bearer ${token}` } }).next('snapshot');
    const cookieOnly = connect(as(user, 'moz-extension://0f0f0f0f-aaaa-bbbb-cccc-ddddeeeeffff'));
    await cookieOnly.open;
    await sleep(200);
    expect(cookieOnly.messages).toEqual([]);
  });

  it('not with a wrong token, a strange first message, a token in the address, or silence', async () => {
    const say = async (text: string) => { const live = connect(); await live.open; live.socket.send(text); return live.closed; };
    expect(await say(JSON.stringify({ type: 'hello', token: 'rb_wrong_wrong_wrong' }))).toBe(4401);
    expect(await say('{"type":')).toBe(4401);
    expect(await say(JSON.stringify({ type: 'hello', token: 'x'.repeat(5000) }))).toBe(1009);
    expect(await connect({}, ['ringbook', 'token.rb_wrong_wrong_wrong']).closed).toBe(4401);
    const { token } = await tokenOf(user);
    const inAddress = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live?token=${token}`);
    const heard: unknown[] = [];
    inAddress.on('message', (m) => { heard.push(m); });
    expect(await new Promise((done) => { inAddress.on('close', done); })).toBe(4401);
    expect(heard).toEqual([]);
  }, 15_000);

  it('nothing else is upgraded, and refusals are problems like all others', async () => {
    const refusal = (path: string, origin?: string) => new Promise<unknown>((done) => {
      const other = new WebSocket(`${url.replace('http', 'ws')}${path}`, origin === undefined ? {} : { origin });
      other.on('error', () => {});
      other.on('unexpected-response', (_, response) => { let text = ''; response.on('data', (part) => { text += String(part); }).on('end', () => { done({ status: response.statusCode, type: response.headers['content-type'], body: problem.parse(JSON.parse(text)) }); }); });
    });
    expect(await refusal('/api/v1/me')).toMatchObject({ status: 404, type: 'application/problem+json', body: { status: 404, code: 'route.missing', type: 'urn:ringbook:problem:route.missing' } });
    expect(await refusal('/api/v1/live', 'https://evil.example')).toMatchObject({ status: 403, body: { code: 'origin.foreign', type: 'urn:ringbook:problem:origin.foreign' } });
  });

  it('no longer, once the token is revoked or the person signs out', async () => {
    const { id, token } = await tokenOf(user);
    const byToken = connect({}, ['ringbook', `token.${token}`]), byCookie = connect(as(user));
    await Promise.all([byToken.next('snapshot'), byCookie.next('snapshot')]);
    await world.ask('DELETE', `/api/v1/tokens/${id}`, { as: user });
    expect(await byToken.closed).toBe(4401);
    expect(byCookie.socket.readyState).toBe(WebSocket.OPEN);
    const leaving = await world.person();
    const gone = connect(as(leaving));
    await gone.next('snapshot');
    await world.ask('DELETE', '/api/v1/session', { as: leaving });
    expect(await gone.closed).toBe(4401);
  });
});

describe('what they hear', () => {
  it('a snapshot, then each change once, numbered without gaps', async () => {
    await end(user);
    const before = await world.call(user.id, { started_at: new Date(Date.now() - 5000) });
    const live = connect(as(user));
    expect(await live.next('snapshot')).toMatchObject({ seq: 1, pops: [{ callId: before, userId: user.id, state: 'ringing', version: 1, history: { count: expect.any(Number) } }] });
    const call = await world.call(user.id);
    world.relay.publish('call', { callId: call, personId: user.id, version: 1, opened: true });
    expect(await live.next('pop.opened')).toMatchObject({ pop: { callId: call, from: { display: 'Grace' }, actions: expect.arrayContaining(['take']) } });
    await change(call, user.id, { phase: 'answered', answered_at: new Date() });
    expect(await live.next('pop.changed')).toMatchObject({ pop: { state: 'answered', version: 2 } });
    world.relay.publish('call', { callId: call, personId: user.id, version: 2 });
    world.relay.publish('call', { callId: call, personId: user.id, version: 1, opened: true });
    await change(call, user.id, { phase: 'ended', ended_at: new Date(), outcome: 'answered' });
    expect(await live.next('pop.closed')).toMatchObject({ pop: { state: 'ended', outcome: 'answered', actions: [] } });
    world.relay.publish('call', { callId: call, personId: user.id, version: 3, ended: true });
    await sleep(100);
    expect(live.messages.map((m) => m.type)).toEqual(['snapshot', 'pop.opened', 'pop.changed', 'pop.closed']);
    expect(live.messages.map((m) => m.seq)).toEqual([1, 2, 3, 4]);
  });

  it('their own calls only: administrators do not hear those of others', async () => {
    const boss = connect(as(admin));
    expect(await boss.next('snapshot')).toMatchObject({ pops: [] });
    const call = await world.call(user.id);
    world.relay.publish('call', { callId: call, personId: user.id, version: 1, opened: true });
    await change(call, user.id, { phase: 'answered' });
    await sleep(100);
    expect(boss.messages.map((m) => m.type)).toEqual(['snapshot']);
    await end(user);
  });

  it('nothing is missed or doubled when calls change while they connect', async () => {
    for (let round = 0; round < 15; round++) {
      await end(user);
      const calls = await Promise.all(Array.from({ length: 3 }, () => world.call(user.id)));
      const live = connect(as(user));
      const changes = calls.flatMap((call) => Array.from({ length: 5 }, async (_, i) => {
        await sleep(i * 3);
        await change(call, user.id, { doing: `step ${i}` });
      }));
      await Promise.all([...changes, live.next('snapshot')]);
      await sleep(60);
      const heard = new Map<string, number>();
      for (const message of live.messages) {
        for (const pop of message.type === 'snapshot' ? message.pops : 'pop' in message ? [message.pop] : []) {
          expect(pop.version).toBeGreaterThan(heard.get(pop.id) ?? 0);
          heard.set(pop.id, pop.version);
        }
      }
      expect([...heard.values()]).toEqual([6, 6, 6]);
      live.socket.terminate();
    }
  }, 30_000);

  it('everybody\'s status, and when it changes', async () => {
    await world.db.insertInto('device').values({ person_id: user.id, extension: '301', name: 'Desk', endpoint: 'PJSIP/301' }).execute();
    const live = connect(as(admin));
    expect((await live.next('snapshot') as { presence: { userId: string }[] }).presence.map((p) => p.userId)).toContain(user.id);
    await world.app.get(PresenceService).phoneChanged('PJSIP/301', 'busy', new Date().toISOString());
    expect(await live.next('presence.changed')).toMatchObject({ presence: { userId: user.id, status: 'onCall', because: [{ source: 'asterisk' }] } });
    await world.ask('PUT', `/api/v1/users/${user.id}/status`, { as: user, body: { status: 'dnd' } });
    expect(await live.next('presence.changed')).toMatchObject({ presence: { userId: user.id, status: 'dnd' } });
  });

  it('messages that were left for them, and books of theirs that were read', async () => {
    const [live, boss] = [connect(as(user)), connect(as(admin))];
    await Promise.all([live.next('snapshot'), boss.next('snapshot')]);
    const call = await world.call(user.id, { ended_at: new Date(), phase: 'ended' });
    const { id } = await world.db.insertInto('voicemail').values({ person_id: user.id, call_id: call, file: 'x.wav', seconds: 2, at: new Date() }).returning('id').executeTakeFirstOrThrow();
    for (let i = 0; i < 2; i++) world.relay.publish('voicemail', { id, personId: user.id });
    expect(await live.next('voicemail.received')).toMatchObject({ voicemail: { id, callId: call, from: { display: 'Grace' } } });
    const book = async (owner: string | null) => (await world.db.insertInto('address_book').values({ person_id: owner, kind: 'carddav', name: 'x', url: 'x', username: 'x', secret: world.sealed, carrier: json({ field: 'NICKNAME' }) }).returning('id').executeTakeFirstOrThrow()).id;
    const [mine, ours] = [await book(user.id), await book(null)];
    for (const bookId of [mine, ours]) world.relay.publish('sync', { bookId });
    expect([await live.next('sync.changed'), await live.next('sync.changed')].map((m) => (m as { bookId: string }).bookId).sort()).toEqual([mine, ours].sort());
    expect(await boss.next('sync.changed')).toMatchObject({ bookId: ours });
    world.relay.publish('sync', { bookId: mine, state: 'syncing', progress: { done: 400, total: 5000 } });
    expect(await live.next('sync.changed')).toMatchObject({ bookId: mine, state: 'syncing', progress: { done: 400, total: 5000 } });
    world.relay.publish('sync', { bookId: mine, state: 'ok', progress: null });
    expect(await live.next('sync.changed')).toMatchObject({ bookId: mine, state: 'ok', progress: null });
    await sleep(50);
    expect(boss.messages.map((m) => m.type)).toEqual(['snapshot', 'sync.changed']);
    expect(live.messages.filter((m) => m.type === 'voicemail.received')).toHaveLength(1);
  });

  it('what the relay lost on the way, at the next sweep', async () => {
    await end(user);
    const open = await world.call(user.id);
    const live = connect(as(user));
    await live.next('snapshot');
    const lost = await world.call(user.id);
    await world.db.updateTable('call').set({ phase: 'ended', ended_at: new Date(), version: 2 }).where('id', '=', open).execute();
    for (let i = 0; i < 1200 && live.messages.length < 3; i++) await sleep(10);
    expect(live.messages.slice(1).map((m) => [m.type, (m as { pop: { callId: string } }).pop?.callId]).sort()).toEqual([['pop.closed', open], ['pop.opened', lost]]);
  }, 15_000);
});

describe('connections', () => {
  it('that do not read are closed, and others go on', async () => {
    const slow = connect(as(user)), quick = connect(as(user));
    await Promise.all([slow.next('snapshot'), quick.next('snapshot')]);
    slow.socket.pause();
    const call = await world.call(user.id, { trace: json([]), doing: 'x'.repeat(60_000) });
    for (let i = 0; i < 150; i++) { await change(call, user.id, { doing: `${i}${'x'.repeat(60_000)}` }); await sleep(2); }
    await sleep(100);
    slow.socket.resume();
    expect([4008, 1006]).toContain(await slow.closed);
    expect(quick.socket.readyState).toBe(WebSocket.OPEN);
    expect(quick.messages.length).toBeGreaterThan(50);
    await end(user);
  }, 30_000);

  it('do not hold up the end of the server', async () => {
    const other = await openWorld();
    const address = await other.listen();
    const person = await other.person();
    const socket = new WebSocket(`${address.replace('http', 'ws')}/api/v1/live`, { headers: { cookie: `${SESSION_COOKIE}=${person.cookie}` } });
    await new Promise((done) => { socket.once('message', done); });
    const closed = new Promise((done) => { socket.on('close', done); });
    const began = performance.now();
    await other.end();
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await closed).toBe(1001);
  });
});
