import { mkdirSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from '@ringbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PresenceService } from '../../src/presence/presence.service.js';
import { json } from '../../src/store/schema.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, admin: Person, user: Person, other: Person;
beforeAll(async () => {
  world = await openWorld();
  [admin, user, other] = [await world.person('admin'), await world.person(), await world.person('user', 'Otto')];
  await world.db.insertInto('device').values([{ person_id: user.id, extension: '101', name: 'Desk', endpoint: 'PJSIP/101' }, { person_id: user.id, extension: '102', name: 'Sofa', endpoint: 'PJSIP/102' }, { person_id: other.id, extension: '201', name: 'Desk', endpoint: 'PJSIP/201' }]).execute();
  await world.db.insertInto('number').values({ person_id: user.id, number: '+498912345' }).execute();
});
afterAll(() => world.end());
const events = async (id: string) => (await world.db.selectFrom('call_event').select('event').where('call_id', '=', id).orderBy('seq').execute()).map((row) => row.event);

describe('history', () => {
  it('pages in a stable order, also when calls began in the same instant', async () => {
    const at = new Date('2026-11-01T10:00:00Z');
    const ids = await Promise.all(Array.from({ length: 7 }, () => world.call(user.id, { started_at: at, from_number: '+4940111222', from_e164: '+4940111222' })));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; cursor: string | null } } = await world.ask('GET', `/api/v1/calls?limit=3&from=2026-11-01T09:00:00Z&to=2026-11-01T11:00:00Z${cursor && `&cursor=${cursor}`}`, { as: user });
      seen.push(...body.items.map((c) => c.id));
      cursor = body.cursor;
      await world.call(user.id, { started_at: new Date('2026-11-01T10:30:00Z') }); // newer ones do not shift the pages
    }
    expect(seen).toEqual([...ids].sort());
  });

  it.each([['number=040+111222', 7], ['number=%2B4940111222', 7], ['number=%2B4940111223', 0], ['q=grace', 8], ['q=g%25', 0], ['q=40111', 7], ['from=2027-01-01T00:00:00Z', 0], ['contact=00000000-0000-4000-8000-000000000000', 0]])('finds by %s', async (query, count) => {
    expect((await world.ask('GET', `/api/v1/calls?${query}&limit=200`, { as: user })).body.items.length >= count).toBe(true);
    if (count === 0) expect((await world.ask('GET', `/api/v1/calls?${query}`, { as: user })).body.items).toEqual([]);
  });

  it('tells why, step by step', async () => {
    const decision = { method: { kind: 'voicemail' as const }, rule: 'otherwise', because: [{ fact: 'cli', text: 'x' }] };
    const id = await world.call(user.id, { decision: json(decision), trace: json([{ at: '2026-11-01T10:00:00.000Z', step: 'offered', text: 'The call came in' }]) });
    expect((await world.ask('GET', `/api/v1/calls/${id}`, { as: user })).body).toMatchObject({ method: 'voicemail', decision, trace: [{ step: 'offered' }] });
  });
});

describe('acting on a live call', () => {
  const act = (id: string, verb: string, body?: unknown, as = user) => world.ask('POST', `/api/v1/calls/${id}/${verb}`, { as, body });
  it('becomes an event of the call, in order, and wakes whoever drains it', async () => {
    const id = await world.call(user.id);
    expect((await act(id, 'override', { method: { kind: 'voicemail' } })).status).toBe(202);
    expect((await act(id, 'forward', { to: '+49 30 123456' })).status).toBe(202);
    expect((await act(id, 'take')).status).toBe(202);
    expect((await act(id, 'take', { device: '102' })).status).toBe(202);
    expect((await act(id, 'hangup', {})).headers['content-length']).toBe('0');
    expect(await events(id)).toMatchObject([
      { kind: 'override', method: { kind: 'voicemail' }, by: { userId: user.id, name: 'Udo User' } }, { kind: 'override', method: { kind: 'forward', to: '+49 30 123456' } },
      { kind: 'override', method: { kind: 'ring', devices: ['101'], seconds: 25 } }, { kind: 'override', method: { kind: 'ring', devices: ['102'] } }, { kind: 'hangupRequest' },
    ]);
    expect(world.woken.filter((w) => w === id)).toHaveLength(5);
  });

  it.each([
    ['forward', { to: '+4912' }, 'to'], ['override', { method: { kind: 'forward', to: '0123456789012345678' } }, 'method.to'], ['override', { method: { kind: 'ring', devices: ['201'], seconds: 20 } }, 'method.devices.0'],
    ['override', { method: { kind: 'oneNumber', steps: [{ to: ['device:101', '+4900'], seconds: 10 }] } }, 'method.steps.0.to.1'],
    ['override', { method: { kind: 'announce', text: 'x', then: { kind: 'attendant', userId: '00000000-0000-4000-8000-000000000000' } } }, 'method.then.userId'], ['take', { device: '201' }, 'device'],
  ])('%s %j names what cannot be', async (verb, body, path) => {
    const id = await world.call(user.id);
    expect((await act(id, verb, body)).body).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path }] });
    expect(await events(id)).toEqual([]);
  });

  it('is over when the call is', async () => {
    const id = await world.call(user.id, { phase: 'ended', ended_at: new Date() });
    for (const [verb, body] of [['override', { method: { kind: 'voicemail' } }], ['forward', { to: '+4930123456' }], ['take', {}], ['hangup', {}]] as const) expect((await act(id, verb, body)).body).toMatchObject({ status: 409, code: 'call.ended' });
    expect((await act(id, 'note', { note: 'wants a call back' })).status).toBe(204);
    expect((await world.ask('GET', `/api/v1/calls/${id}`, { as: user })).body.note).toBe('wants a call back');
    expect((await act(id, 'take', {}, other)).body.code).toBe('call.missing');
  });

  it('needs a telephone to take a call with', async () => {
    expect((await act(await world.call(admin.id), 'take', {}, admin)).body.code).toBe('device.none');
  });
});

describe('rules', () => {
  const path = () => `/api/v1/users/${user.id}/profile`;
  const mine: Profile = { rules: [{ id: 'vip', when: { codes: ['VIP'] }, method: { kind: 'forward', to: '+4917112345678' } }], otherwise: { kind: 'ring', devices: ['101'], seconds: 20 } };

  it('are ring, then voicemail, until somebody writes some', async () => {
    const answer = await world.ask('GET', path(), { as: user });
    expect(answer.body).toEqual({ rules: [], otherwise: { kind: 'ring', devices: 'all', seconds: 25, otherwise: { kind: 'voicemail' } }, version: 0 });
    expect(answer.headers['etag']).toBe('"0"');
  });

  it('are not overwritten by somebody who saw older ones', async () => {
    const both = await Promise.all([1, 2].map(() => world.ask('PUT', path(), { as: user, body: mine, headers: { 'if-match': '"0"' } })));
    expect(both.map((a) => a.status).sort()).toEqual([200, 412]);
    expect(both.find((a) => a.status === 412)!.body.code).toBe('profile.changed');
    expect(both.find((a) => a.status === 200)!.headers['etag']).toBe('"1"');
    expect((await world.ask('PUT', path(), { as: admin, body: mine })).body.version).toBe(2);
  });

  it('name only what can be', async () => {
    const { body } = await world.ask('PUT', path(), { as: user, body: { rules: [{ id: 'a', when: {}, method: { kind: 'forward', to: '+49' + '1'.repeat(18) } }], otherwise: { kind: 'ring', devices: ['999'], seconds: 20 } } });
    expect(body.errors.map((e: { path: string }) => e.path)).toEqual(['rules.0.method.to', 'otherwise.devices.0']);
  });

  it('answer what would happen', async () => {
    const { body } = await world.ask('POST', '/api/v1/decisions', { as: user, body: { from: '+4930999888', to: '089 12345' } });
    expect(body).toMatchObject({ userId: user.id, rule: 'otherwise', method: { kind: 'ring' }, tier: 'none' });
    expect((await world.ask('POST', '/api/v1/decisions', { as: user, body: { from: 'withheld', to: '+498999999' } })).body.code).toBe('number.unassigned');
  });
});

describe('status', () => {
  const path = () => `/api/v1/users/${user.id}/status`;
  const phone = (state: string, at: string) => world.app.get(PresenceService).phoneChanged('PJSIP/101', state, at);

  it('comes from the telephone until the person says something, and says since when', async () => {
    await phone('busy', '2026-11-20T10:00:00.000Z');
    expect((await world.ask('GET', path(), { as: other })).body).toMatchObject({ status: 'onCall', because: [{ source: 'asterisk', at: '2026-11-20T10:00:00.000Z' }] });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await world.ask('PUT', path(), { as: user, body: { status: 'dnd', until } })).body).toMatchObject({ status: 'dnd', until, because: [{ source: 'the user' }] });
    await world.db.updateTable('own_status').set({ until: new Date(Date.now() - 1000) }).execute();
    expect((await world.ask('GET', path(), { as: other })).body.status).toBe('onCall');
  });

  it('ignores old news, and tells nobody what is no news', async () => {
    const told = () => world.relay.sent.filter((s) => s.topic === 'presence').length;
    const before = told();
    await phone('idle', '2026-11-20T09:00:00.000Z');
    await phone('busy', '2026-11-20T10:05:00.000Z');
    expect(told()).toBe(before);
    await phone('idle', '2026-11-20T10:10:00.000Z');
    expect(told()).toBe(before + 1);
    await world.app.get(PresenceService).phoneChanged('PJSIP/nobodys', 'busy', '2026-11-20T10:10:00.000Z');
    expect(told()).toBe(before + 1);
  });

  it('cannot have run out already, nor be a claim about the telephone', async () => {
    expect((await world.ask('PUT', path(), { as: user, body: { status: 'away', until: '2020-01-01T00:00:00Z' } })).body.errors).toMatchObject([{ path: 'until' }]);
    expect((await world.ask('PUT', path(), { as: user, body: { status: 'onCall' } })).body.errors).toMatchObject([{ path: 'status' }]);
  });
});

describe('messages', () => {
  const spool = (name: string) => join(world.config.spoolDir, name);
  const message = async (file: string) => {
    const call = await world.call(user.id);
    return (await world.db.insertInto('voicemail').values({ person_id: user.id, call_id: call, file, seconds: 3.5, at: new Date() }).returning('id').executeTakeFirstOrThrow()).id;
  };

  it('are played whole or in parts', async () => {
    mkdirSync(spool('recorded'), { recursive: true });
    writeFileSync(spool('recorded/a.wav'), 'RIFF0123456789');
    const path = `/api/v1/voicemails/${await message('recorded/a.wav')}/audio`;
    expect(await world.ask('GET', path, { as: user })).toMatchObject({ status: 200, text: 'RIFF0123456789', headers: { 'content-type': 'audio/wav', 'accept-ranges': 'bytes', 'content-length': '14' } });
    expect(await world.ask('GET', path, { as: user, headers: { range: 'bytes=4-7' } })).toMatchObject({ status: 206, text: '0123', headers: { 'content-range': 'bytes 4-7/14', 'content-length': '4' } });
    expect((await world.ask('GET', path, { as: user, headers: { range: 'bytes=99-' } })).headers['content-range']).toBe('bytes */14');
  });

  it('are heard, listed and removed with their recording', async () => {
    writeFileSync(spool('b.wav'), 'RIFF');
    const id = await message('b.wav');
    expect((await world.ask('PATCH', `/api/v1/voicemails/${id}`, { as: user, body: { heard: true } })).body).toMatchObject({ heard: true, seconds: 3.5, from: { display: 'Grace' } });
    expect((await world.ask('GET', '/api/v1/voicemails?limit=1', { as: user })).body.items[0].id).toBe(id);
    expect((await world.ask('DELETE', `/api/v1/voicemails/${id}`, { as: user })).status).toBe(204);
    expect(existsSync(spool('b.wav'))).toBe(false);
    expect((await world.ask('DELETE', `/api/v1/voicemails/${id}`, { as: user })).status).toBe(404);
  });

  it('go with the person they were for', async () => {
    const leaving = await world.person();
    writeFileSync(spool('c.wav'), 'RIFF');
    const call = await world.call(leaving.id);
    await world.db.insertInto('voicemail').values({ person_id: leaving.id, call_id: call, file: 'c.wav', at: new Date() }).execute();
    expect((await world.ask('DELETE', `/api/v1/users/${leaving.id}`, { as: admin })).status).toBe(204);
    expect(existsSync(spool('c.wav'))).toBe(false);
    expect((await world.ask('GET', `/api/v1/calls/${call}`, { as: admin })).body.userId).toBeNull();
  });

  it('never reach outside the spool, by name or by link', async () => {
    writeFileSync(`${world.config.spoolDir}-outside.wav`, 'secret');
    symlinkSync(`${world.config.spoolDir}-outside.wav`, spool('link.wav'));
    for (const file of [`../${world.config.spoolDir.split('/').at(-1)}-outside.wav`, `${world.config.spoolDir}-outside.wav`, '/etc/passwd', 'link.wav', '.', '', 'recorded', 'not-there.wav']) {
      const id = await message(file);
      expect((await world.ask('GET', `/api/v1/voicemails/${id}/audio`, { as: user })).body.code, file).toBe('voicemail.no-audio');
      expect((await world.ask('DELETE', `/api/v1/voicemails/${id}`, { as: user })).status).toBe(204);
    }
    expect(existsSync(`${world.config.spoolDir}-outside.wav`)).toBe(true);
    expect(existsSync(spool('recorded/a.wav'))).toBe(true);
  });
});

describe('recordings', () => {
  const announce = (prompt: string) => ({ kind: 'announce', prompt });

  it('are listed, and rules and overrides may name no others; what nobody can see is not refused', async () => {
    const ask = (method: string, path: string, body?: object) => world.ask(method, `/api/v1${path}`, { as: other, body });
    const save = (prompt: string) => ask('PUT', `/users/${other.id}/profile`, { rules: [{ id: 'a', when: {}, method: announce(prompt) }], otherwise: { kind: 'voicemail' } });
    expect((await ask('GET', '/prompts')).body).toMatchObject({ status: 404, code: 'prompt.no-folder' });
    expect((await save('anything')).status).toBe(200);
    const folder = join(world.config.spoolDir, 'prompts');
    mkdirSync(folder);
    for (const name of ['closed-today.wav', 'a.wav', 'Not A Name.wav', 'notes.txt']) writeFileSync(join(folder, name), '');
    expect((await ask('GET', '/prompts')).body).toEqual({ items: [{ name: 'a' }, { name: 'closed-today' }], cursor: null });
    expect((await save('anything')).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'rules.0.method.prompt' }] });
    expect((await save('closed-today')).status).toBe(200);
    const call = await world.call(other.id);
    expect((await ask('POST', `/calls/${call}/override`, { method: announce('b') })).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'method.prompt' }] });
    expect((await ask('POST', `/calls/${call}/override`, { method: announce('a') })).status).toBeLessThan(300);
  });
});
