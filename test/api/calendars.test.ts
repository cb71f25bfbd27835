/** Calendars over the API, and who sees what of them. Reading them from servers: test/contract/calendar.test.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { liveMessage, type LiveMessage } from '@ringbook/contracts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AgendaService } from '../../src/agenda/agenda.service.js';
import { SESSION_COOKIE } from '../../src/http/who.js';
import { json } from '../../src/store/schema.js';
import { openWorld, type Person, type World } from './world.js';

const TITLE = 'Talks about the merger', CALENDAR = 'Board and doctors', CALLED = '+498912345';
let world: World, owner: Person, other: Person, admin: Person, calendar: string;
beforeAll(async () => {
  world = await openWorld();
  await world.person('admin', 'Spare');
  [owner, other, admin] = [await world.person('user', 'Olga'), await world.person('user', 'Otto'), await world.person('admin')];
  await world.db.updateTable('person').set({ zone: 'Europe/Berlin' }).where('id', '=', owner.id).execute();
  await world.db.insertInto('number').values({ person_id: owner.id, number: CALLED }).execute();
});
afterAll(() => world.end());
beforeEach(async () => {
  await world.db.deleteFrom('calendar').execute();
  await world.db.deleteFrom('calendar_rules').execute();
  calendar = (await world.db.insertInto('calendar').values({ person_id: owner.id, name: CALENDAR, url: 'https://dav.example.org/', username: 'u', secret: world.sealed, state: 'ok', last_success: new Date() }).returning('id').executeTakeFirstOrThrow()).id;
});
/** Minutes from now. */
const event = (from: number, to: number, over: { title?: string; busy?: string; attendees?: string[]; allDay?: boolean } = {}) => world.db.insertInto('calendar_window').values({
  calendar_id: calendar, href: 'x', uid: 'uid-1', title: over.title ?? TITLE, starts_at: new Date(Date.now() + from * 60_000), ends_at: new Date(Date.now() + to * 60_000), all_day: over.allDay ?? false, busy: over.busy ?? 'busy',
  categories: ['Secret'], attendees: json(over.attendees ?? ['Bob <bob@example.org>']),
}).execute();
const ask = (method: string, path: string, as: Person, body?: unknown) => world.ask(method, `/api/v1${path}`, { as, body });
/** Nothing that an answer, or a message, may tell others. */
const SECRET = /merger|Board and doctors|Secret|bob@example/;

describe('calendars', () => {
  const body = { name: 'Work', url: 'https://dav.example.org/anna/work/', username: 'anna', password: 'very secret' };
  it('are made, listed, changed and forgotten; passwords are never told', async () => {
    const made = await ask('POST', '/calendars', admin, body);
    expect(made).toMatchObject({ status: 201, body: { name: 'Work', auth: 'auto', username: 'anna', health: { state: 'new', stale: false, events: 0 } } });
    expect(world.synced).toContain(made.body.id);
    expect((await ask('PATCH', `/calendars/${made.body.id}`, admin, { name: 'Renamed', auth: 'digest' })).body).toMatchObject({ name: 'Renamed', auth: 'digest', url: body.url });
    expect((await ask('GET', '/calendars', admin)).body.items.map(({ name }: { name: string }) => name)).toEqual(['Renamed']);
    expect(made.text + (await ask('GET', '/calendars', admin)).text).not.toContain('secret');
    expect((await ask('POST', `/calendars/${made.body.id}/sync`, admin)).status).toBe(202);
    expect((await ask('DELETE', `/calendars/${made.body.id}`, admin)).status).toBe(204);
    expect((await ask('GET', '/calendars', admin)).body.items).toEqual([]);
  });

  it('nobody else knows of them, administrators included', async () => {
    for (const who of [other, admin]) {
      expect((await ask('GET', '/calendars', who)).body.items).toEqual([]);
      for (const [method, path, content] of [['PATCH', '', { name: 'x' }], ['DELETE', '', undefined], ['POST', '/sync', {}]] as const) expect((await ask(method, `/calendars/${calendar}${path}`, who, content)).body.code).toBe('calendar.missing');
    }
    expect((await ask('GET', '/calendars', owner)).body.items).toHaveLength(1);
  });

  it('private networks are for administrators, as with address books', async () => {
    for (const url of ['http://127.0.0.1:8080/', 'http://10.1.2.3/', 'http://169.254.169.254/']) {
      const refused = await ask('POST', '/calendars', other, { ...body, url });
      expect(refused.body, url).toMatchObject({ status: 400, code: 'caldav.address-refused', errors: [{ path: 'url' }] });
    }
    expect((await ask('PATCH', `/calendars/${calendar}`, owner, { url: 'http://10.1.2.3/', password: 'x' })).body.code).toBe('caldav.address-refused');
    expect((await ask('POST', '/calendars', admin, { ...body, url: 'http://10.1.2.3/' })).status).toBe(201);
    expect((await ask('POST', '/calendars', admin, { ...body, url: 'http://169.254.169.254/' })).body.code).toBe('caldav.address-refused');
  });

  it('no password follows to another server', async () => {
    expect((await ask('PATCH', `/calendars/${calendar}`, owner, { url: 'https://evil.example/' })).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'password' }] });
    expect((await ask('PATCH', `/calendars/${calendar}`, owner, { username: 'somebody' })).body).toMatchObject({ errors: [{ path: 'password' }] });
    await sql`update calendar set sync_token = 't', location = '/x/', last_full = now() where id = ${calendar}`.execute(world.db);
    expect((await ask('PATCH', `/calendars/${calendar}`, owner, { url: 'https://other.example/', password: 'new one' })).body).toMatchObject({ url: 'https://other.example/', health: { state: 'new' } });
    expect(await world.db.selectFrom('calendar').select(['sync_token', 'location', 'last_full']).where('id', '=', calendar).executeTakeFirst()).toEqual({ sync_token: null, location: null, last_full: null });
  });
});

describe('the agenda', () => {
  it('says what each event means, and why; to its owner only', async () => {
    await event(-30, 30);
    await event(60, 90, { title: 'Dentist', busy: 'tentative' });
    await event(100, 130, { title: 'Trip', busy: 'away' });
    await event(9 * 1440, 9 * 1440 + 60, { title: 'Later' });
    const all = await ask('GET', '/agenda', owner);
    expect(all.body.items.map((item: Record<string, unknown>) => [item['title'], item['busy'], item['status'], item['why']])).toEqual([
      [TITLE, 'busy', 'meeting', 'It is shown as busy'], ['Dentist', 'tentative', null, 'It is tentative: it says nothing'], ['Trip', 'busy', 'outOfOffice', 'It is marked as out of office'],
    ]);
    const query = (from: number, to: number) => `/agenda?from=${new Date(Date.now() + from * 60_000).toISOString()}&to=${new Date(Date.now() + to * 60_000).toISOString()}`;
    expect((await ask('GET', query(8 * 1440, 10 * 1440), owner)).body.items.map(({ title }: { title: string }) => title)).toEqual(['Later']);
    expect((await ask('GET', query(10, 5), owner)).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'to' }] });
    for (const who of [other, admin]) expect((await ask('GET', '/agenda', who)).body.items).toEqual([]);
  });

  it('goes by the owner\'s rules, which nobody else reads or writes', async () => {
    await event(-30, 30);
    const rules = { rules: [{ when: { word: 'MERGER', attendees: true, calendar }, status: 'dnd' }, { when: {}, status: null }], addresses: ['Olga.Second@Example.org'] };
    expect((await ask('PUT', `/users/${owner.id}/calendar-rules`, owner, rules)).body).toEqual({ ...rules, addresses: ['olga.second@example.org'] });
    expect((await ask('GET', '/agenda', owner)).body.items[0]).toMatchObject({ status: 'dnd', why: 'Rule 1 ("MERGER" in the title, with others, one calendar): not to be disturbed' });
    expect((await ask('GET', `/users/${owner.id}/status`, owner)).body.status).toBe('dnd');
    for (const who of [other, admin]) {
      expect((await ask('GET', `/users/${owner.id}/calendar-rules`, who)).status).toBe(403);
      expect((await ask('PUT', `/users/${owner.id}/calendar-rules`, who, rules)).status).toBe(403);
    }
    expect((await ask('PUT', `/users/${owner.id}/calendar-rules`, owner, { rules: [{ when: { calendar: other.id }, status: 'away' }], addresses: [] })).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'rules.0.when.calendar' }] });
    expect((await ask('GET', `/users/${other.id}/calendar-rules`, other)).body).toEqual({ rules: [], addresses: [] });
  });

  it('a rule for a calendar that was removed does not keep the others from being changed', async () => {
    const { body: second } = await ask('POST', '/calendars', owner, { name: 'Second', url: 'https://dav.example.org/second/', username: 'u', password: 'p' });
    const rules = [{ when: { calendar: second.id }, status: 'away' }, { when: { word: 'a' }, status: null }];
    const put = (kept: unknown[]) => ask('PUT', `/users/${owner.id}/calendar-rules`, owner, { rules: kept, addresses: [] });
    expect((await put(rules)).status).toBe(200);
    await ask('DELETE', `/calendars/${second.id}`, owner);
    expect((await put([...rules, { when: { word: 'b' }, status: 'dnd' }])).body.rules).toHaveLength(3);
    expect((await put([rules[1]!])).body.rules).toEqual([rules[1]]);
    expect((await put(rules)).body).toMatchObject({ code: 'request.invalid', errors: [{ path: 'rules.0.when.calendar' }] });
  });
});

describe('the status', () => {
  it('says the title to the person, and only until when to others', async () => {
    await event(-30, 30);
    const mine = await ask('GET', `/users/${owner.id}/status`, owner);
    expect(mine.body).toMatchObject({ status: 'meeting', because: [{ fact: 'event', text: expect.stringMatching(/^In a meeting until .*: "Talks about the merger" \(/), source: CALENDAR, at: expect.any(String) }] });
    for (const who of [other, admin]) {
      const theirs = await ask('GET', `/users/${owner.id}/status`, who);
      expect(theirs.body).toMatchObject({ status: 'meeting', until: mine.body.until, because: [{ fact: 'event', text: expect.stringMatching(/^In a meeting until [A-Za-z0-9 :]+$/), source: 'calendar' }] });
      expect(theirs.text).not.toMatch(SECRET);
    }
    // an administrator who speaks for somebody does not learn it either
    const set = await ask('PUT', `/users/${owner.id}/status`, admin, { status: 'available', until: null });
    expect(set.body.status).toBe('meeting');
    expect(set.text).not.toMatch(SECRET);
    await world.db.deleteFrom('own_status').execute();
  });

  it('says that a calendar could not be read for an hour', async () => {
    await sql`update calendar set last_success = now() - interval '2 hours' where id = ${calendar}`.execute(world.db);
    const mine = await ask('GET', `/users/${owner.id}/status`, owner);
    expect(mine.body).toMatchObject({ status: 'available', stale: true, because: expect.arrayContaining([expect.objectContaining({ fact: 'calendar', text: expect.stringMatching(/^The calendar "Board and doctors" could not be read since .*: the status may be wrong$/) })]) });
    const theirs = await ask('GET', `/users/${owner.id}/status`, other);
    expect(theirs.body.stale).toBe(true);
    expect(theirs.text).not.toMatch(SECRET);
    expect((await ask('GET', '/calendars', owner)).body.items[0].health.stale).toBe(true);
  });

  it('on the live socket: each sees what is theirs to see, when an event begins', async () => {
    const url = (await world.listen()).replace('http', 'ws');
    const connect = async (person: Person) => {
      const socket = new WebSocket(`${url}/api/v1/live`, { headers: { cookie: `${SESSION_COOKIE}=${person.cookie}` } });
      const texts: string[] = [];
      socket.on('message', (data) => { texts.push(String(data)); });
      const has = async (fits: (message: LiveMessage) => boolean): Promise<LiveMessage> => {
        for (let i = 0; i < 500; i += 1) { const found = texts.map((text) => liveMessage.parse(JSON.parse(text))).find(fits); if (found) return found; await sleep(10); }
        throw new Error(`nothing fits among ${texts.join('\n')}`);
      };
      await has(({ type }) => type === 'snapshot');
      return { socket, texts, has };
    };
    const agenda = world.app.get(AgendaService);
    await agenda.tellBoundaries();
    const [mine, theirs] = [await connect(owner), await connect(other)];
    try {
      await sql`insert into calendar_window (calendar_id, href, uid, title, starts_at, ends_at, all_day, busy) values (${calendar}, 'x', 'x', ${TITLE}, now(), now() + interval '1 hour', false, 'busy')`.execute(world.db);
      await agenda.tellBoundaries();
      const isMeeting = (m: LiveMessage) => m.type === 'presence.changed' && m.presence.userId === owner.id && m.presence.status === 'meeting';
      expect(JSON.stringify(await mine.has(isMeeting))).toContain(TITLE);
      await theirs.has(isMeeting);
      world.relay.publish('sync', { bookId: calendar, state: 'ok' });
      expect(await mine.has(({ type }) => type === 'sync.changed')).toMatchObject({ bookId: calendar });
      const late = await connect(other);
      expect((await late.has(({ type }) => type === 'snapshot') as Extract<LiveMessage, { type: 'snapshot' }>).presence.find(({ userId }) => userId === owner.id)).toMatchObject({ status: 'meeting' });
      expect([...theirs.texts, ...late.texts].join('\n')).not.toMatch(SECRET);
      expect(theirs.texts.join('\n')).not.toContain('sync.changed');
      late.socket.terminate();
    } finally { mine.socket.terminate(); theirs.socket.terminate(); }
  });
});

describe('decisions', () => {
  it('the person learns which event was behind it, an administrator only that there was one', async () => {
    await event(-30, 30);
    await ask('PUT', `/users/${owner.id}/profile`, owner, { rules: [{ id: 'm', when: { status: ['meeting'] }, method: { kind: 'voicemail' } }], otherwise: { kind: 'reject' } });
    const question = { from: '+4930999', to: CALLED };
    const mine = await ask('POST', '/decisions', owner, question);
    expect(mine.body).toMatchObject({ rule: 'm', status: 'meeting', because: expect.arrayContaining([expect.objectContaining({ fact: 'status.event', text: expect.stringContaining(TITLE) })]) });
    const theirs = await ask('POST', '/decisions', admin, question);
    expect(theirs.body).toMatchObject({ rule: 'm', status: 'meeting' });
    expect(theirs.text).not.toMatch(SECRET);
    // as the call itself keeps it
    const call = await world.call(owner.id, { decision: json({ method: { kind: 'voicemail' }, rule: 'm', because: mine.body.because }) });
    expect((await ask('GET', `/calls/${call}`, owner)).text).toContain(TITLE);
    const seen = await ask('GET', `/calls/${call}`, admin);
    expect(seen.body.decision.because.map(({ fact }: { fact: string }) => fact)).toEqual(mine.body.because.map(({ fact }: { fact: string }) => fact));
    expect(seen.text).not.toMatch(SECRET);
    expect((await ask('GET', '/calls', admin)).text).not.toMatch(SECRET);
  });

  it('for another instant, by the events of that instant; rules ask whether the calendar was read', async () => {
    await event(120, 180, { title: 'Afternoon' });
    const at = new Date(Date.now() + 150 * 60_000).toISOString();
    await ask('PUT', `/users/${owner.id}/profile`, owner, { rules: [{ id: 's', when: { calendar: 'stale' }, method: { kind: 'voicemail' } }, { id: 'm', when: { status: ['meeting'], calendar: 'read' }, method: { kind: 'voicemail' } }], otherwise: { kind: 'reject' } });
    expect((await ask('POST', '/decisions', owner, { from: '+4930999', to: CALLED })).body).toMatchObject({ rule: 'otherwise', status: 'available' });
    expect((await ask('POST', '/decisions', owner, { from: '+4930999', to: CALLED, at })).body).toMatchObject({ rule: 'm', status: 'meeting' });
    await sql`update calendar set last_success = now() - interval '2 hours'`.execute(world.db);
    expect((await ask('POST', '/decisions', owner, { from: '+4930999', to: CALLED, at })).body).toMatchObject({ rule: 's', because: expect.arrayContaining([expect.objectContaining({ fact: 'status.calendar' })]) });
  });
});
