/** Calendars on a real Radicale, into a real PostgreSQL, by the engine that reads address books too. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Calendars, eventsAt, openCalendars, stamp, vevent } from '../lab/calendars.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
let server: Radicale, all: Calendars, calendar: ReturnType<typeof eventsAt>, id: string, path: string, counter = 0;
beforeAll(async () => { server = await startRadicale(); all = await openCalendars(); });
afterAll(async () => { await all?.drop(); await server?.stop(); });
beforeEach(async () => {
  path = `calendar${++counter}`;
  const url = await server.addCalendar(path, 'Work');
  calendar = eventsAt(url, server);
  ({ id } = await all.calendars.create({ personId: all.personId, name: 'Work', url, username: server.user, password: server.password, options: { auth: 'auto' } }));
});

/** On the minute, so that what a calendar can say is what we say. */
const now = () => Math.floor(Date.now() / MINUTE) * MINUTE;
const items = async (from = now() - 2 * DAY, to = now() + 40 * DAY) => all.agenda.items(all.personId, new Date(from).toISOString(), new Date(to).toISOString());
const mine = async () => (await items()).filter((item) => item.calendarId === id);
const titles = async () => (await mine()).map(({ title }) => title);
const view = () => all.calendars.get(id, all.personId);
const events = async (count: number) => { for (let i = 0; i < count; i += 1) await calendar.put(`e${i}`, vevent(`e${i}`, now() + i * HOUR, now() + (i + 1) * HOUR)); };

describe('reading', () => {
  it('the first time, then only what is new; what goes there goes here', async () => {
    await events(3);
    await calendar.put('weekly', vevent('weekly', now() - 100 * DAY, now() - 100 * DAY + HOUR, ['SUMMARY:Every five days', 'RRULE:FREQ=DAILY;INTERVAL=5', 'CATEGORIES:Team', 'ATTENDEE;CN=Bob:mailto:bob@example.org']));
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'done', added: 4, updated: 0, removed: 0, skipped: 0 });
    expect((await mine()).filter(({ title }) => title === 'Every five days').map(({ start }) => Date.parse(start))).toEqual([0, 5, 10, 15, 20, 25, 30].map((days) => now() + days * DAY));
    expect((await mine()).find(({ title }) => title === 'Every five days')).toMatchObject({ uid: 'weekly', categories: ['Team'], attendees: ['Bob <bob@example.org>'], allDay: false, busy: 'busy', status: 'meeting', why: 'It is shown as busy' });
    expect((await view()).health).toMatchObject({ state: 'ok', events: 4, skipped: 0, stale: false, lastError: null });
    expect((await view()).health.busy).toBeGreaterThanOrEqual(8);
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'done', added: 0, updated: 0, removed: 0 });
    await calendar.put('e0', vevent('e0', now(), now() + HOUR, ['SUMMARY:renamed', 'TRANSP:TRANSPARENT']));
    await calendar.remove('e1');
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'done', added: 0, updated: 1, removed: 1 });
    expect((await mine()).filter(({ uid }) => uid.startsWith('e')).map(({ title, busy, status }) => [title, busy, status])).toEqual([['renamed', 'free', null], ['e2', 'busy', 'meeting']]);
  });

  it('tells whoever watches the person, but only when something changed', async () => {
    await events(1);
    all.told.length = 0;
    await all.agenda.sync(id);
    expect(all.told).toEqual([all.personId]);
    await all.agenda.sync(id);
    expect(all.told).toEqual([all.personId]);
  });

  it('an object of which something cannot be understood is counted and told, and spoils nothing', async () => {
    await events(1);
    await calendar.put('odd', vevent('odd', now(), now() + HOUR, ['SUMMARY:odd', 'RRULE:FREQ=SECONDLY']));
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'done', added: 2, skipped: 1 });
    expect((await titles()).sort()).toEqual(['e0', 'odd']);
    const { problem } = await all.db.selectFrom('calendar_object').select('problem').where('calendar_id', '=', id).where('problem', 'is not', null).executeTakeFirstOrThrow();
    expect(problem).toMatch(/more than 6000 times/);
  });

  it('a server that suddenly shows nothing does not make people free; the owner may say that it is so', async () => {
    await events(6);
    await all.agenda.sync(id);
    for (let i = 0; i < 6; i += 1) await calendar.remove(`e${i}`);
    await sql`update calendar set sync_token = null where id = ${id}`.execute(all.db);
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'held', text: expect.stringContaining('6 events') });
    expect(await titles()).toHaveLength(6);
    expect((await view()).health).toMatchObject({ state: 'failing', lastError: { code: 'sync.would-empty' } });
    await all.calendars.ask(id, { acceptEmpty: true });
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'done', removed: 6 });
    expect(await titles()).toEqual([]);
  });

  it('a server that is away: what we know stays, and says after an hour that it is old', async () => {
    await events(1);
    await all.agenda.sync(id);
    await server.pause();
    try {
      expect(await all.agenda.sync(id)).toMatchObject({ kind: 'failed', code: 'caldav.unreachable' });
      expect((await view()).health).toMatchObject({ state: 'failing', stale: false, lastError: { text: expect.stringContaining('cannot be reached') } });
      await sql`update calendar set last_success = now() - interval '61 minutes' where id = ${id}`.execute(all.db);
      expect((await view()).health.stale).toBe(true);
      expect(await titles()).toEqual(['e0']);
    } finally { await server.start(); }
    expect(await all.agenda.sync(id)).toMatchObject({ kind: 'done' });
    expect((await view()).health.stale).toBe(false);
  });

  it('is found from the address of the server', async () => {
    const one = await all.calendars.create({ personId: all.personId, name: 'From the root', url: server.url, username: server.user, password: server.password, options: {} });
    expect(await all.agenda.sync(one.id)).toMatchObject({ kind: 'done' });
    await all.calendars.remove(one.id, all.personId);
  });
});

describe('working it out again', () => {
  const age = () => sql`update calendar set expanded_at = now() - interval '61 minutes', next_run = now() + interval '1 day' where id = ${id}`.execute(all.db);

  it('after an hour, without asking the server', async () => {
    await calendar.put('daily', vevent('daily', now() + MINUTE, now() + HOUR, ['SUMMARY:daily', 'RRULE:FREQ=DAILY']));
    await all.agenda.sync(id);
    const before = await mine();
    await sql`delete from calendar_window where calendar_id = ${id}`.execute(all.db);
    await sql`update calendar set next_run = now() + interval '1 day'`.execute(all.db);
    expect(await all.agenda.due()).not.toContain(id);
    expect(await mine()).toEqual([]);
    await age();
    await server.pause();
    try {
      expect(await all.agenda.due()).toContain(id);
      expect(await all.agenda.run(id)).toBeUndefined();
    } finally { await server.start(); }
    expect(await mine()).toEqual(before);
    expect(before.length).toBe(31);
    expect(await all.agenda.due()).not.toContain(id);
  });

  it('when the person is somewhere else, or has other addresses', async () => {
    await calendar.put('floating', vevent('floating', now(), now() + HOUR, ['SUMMARY:floating']).replace(/DTSTART:(\d{8})T\d{6}Z/, 'DTSTART:$1T120000').replace(/DTEND:(\d{8})T\d{6}Z/, 'DTEND:$1T130000'));
    await calendar.put('invited', vevent('invited', now() + DAY, now() + DAY + HOUR, ['SUMMARY:invited', 'ORGANIZER:mailto:boss@example.org', 'ATTENDEE;PARTSTAT=DECLINED:mailto:second@example.org']));
    await all.agenda.sync(id);
    const noon = async () => (await mine()).find(({ title }) => title === 'floating')!.start.slice(11, 16);
    await all.db.updateTable('person').set({ zone: 'Asia/Kolkata' }).where('id', '=', all.personId).execute();
    expect(await all.agenda.due()).toContain(id);
    await all.agenda.run(id);
    expect(await noon()).toBe('06:30');
    expect(await titles()).toContain('invited');
    await all.calendars.setRules(all.personId, { rules: [{ when: { word: 'float' }, status: 'away' }], addresses: ['Second@example.org'] });
    await all.agenda.run(id);
    expect(await titles()).toEqual(['floating']);
    expect((await mine())[0]).toMatchObject({ status: 'away', why: 'Rule 1 ("float" in the title): away' });
    await all.db.updateTable('person').set({ zone: 'UTC' }).where('id', '=', all.personId).execute();
    await all.calendars.setRules(all.personId, { rules: [], addresses: [] });
  });
});

describe('what does harm', () => {
  const age = () => sql`update calendar set expanded_at = now() - interval '61 minutes', next_run = now() + interval '1 day' where id = ${id}`.execute(all.db);
  const object = (href: string, text: string) => ({ href, etag: '1', bytes: new TextEncoder().encode(text) });
  const keep = async (cards: ReturnType<typeof object>[]) => all.agenda.shelf.keep(await all.calendars.entry(id), { cards, skipped: [] });

  it('whatever stands in an event, the database takes what is made of it', async () => {
    const texts: string[] = [];
    const odd = fc.string({ unit: fc.oneof({ arbitrary: fc.constantFrom('\u0000', '\ud800', '\u202e', '\u0007', '"', '\\', '\ufffe', '{', ','), weight: 1 }, { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), weight: 1 }), maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, ''));
    fc.assert(fc.property(odd, odd, odd, odd, odd, odd, (uid, title, category, name, mail, domain) => {
      texts.push(vevent(`u${uid}`, now(), now() + HOUR, [`SUMMARY:${title}`, `CATEGORIES:${category},x`, `ATTENDEE;CN="${name}":mailto:a${mail}@example.org`, `ATTENDEE;EMAIL=a@b${domain}:urn:x`, `ATTENDEE;PARTSTAT=${name}:mailto:a@${domain}`, `ORGANIZER:mailto:${mail}@${domain}x`, `STATUS:${title}`]));
    }), { numRuns: 600 });
    const cards = texts.map((text, i) => object(`/odd/${i}.ics`, text));
    expect(await keep(cards)).toHaveLength(600);
    const { rows: [kept] } = await sql<{ n: number }>`select count(distinct href)::int as n from calendar_window where calendar_id = ${id}`.execute(all.db);
    expect(kept!.n).toBeGreaterThan(500);
    await all.agenda.shelf.expandAll(id);
    expect((await mine()).length).toBeGreaterThan(500);
  });

  it('more events than a calendar can hold: the first are kept, and the others say that they are not', async () => {
    const people = Array.from({ length: 100 }, (_, i) => `ATTENDEE;CN=P${i}:mailto:p${i}@example.org`);
    await keep(Array.from({ length: 20 }, (_, i) => object(`/many/${String(i).padStart(2, '0')}.ics`, vevent(`m${i}`, now() - 2 * DAY, now() - 2 * DAY + 15 * MINUTE, [`SUMMARY:m${i}`, 'RRULE:FREQ=MINUTELY;INTERVAL=15', ...people]))));
    const state = async () => (await sql<{ windows: number; told: number; most: number }>`select (select count(*)::int from calendar_window where calendar_id = ${id}) as windows, (select max(jsonb_array_length(attendees)) from calendar_window where calendar_id = ${id}) as most,
      (select count(*)::int from calendar_object where calendar_id = ${id} and problem like '%left out%') as told`.execute(all.db)).rows[0]!;
    const first = await state();
    expect(first.windows).toBeGreaterThan(40_000);
    expect(first.windows).toBeLessThanOrEqual(50_000);
    expect(first).toMatchObject({ told: expect.toSatisfy((told: number) => told > 0 && told < 10), most: 50 });
    await all.agenda.shelf.expandAll(id);
    expect(await state()).toEqual(first);
    expect((await view()).health.skipped).toBe(first.told);
    await all.calendars.remove(id, all.personId); // an agenda of thousands is cut
  });

  it('what cannot be worked out is not tried again every second', async () => {
    await events(1);
    await all.agenda.sync(id);
    await age();
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$`.execute(all.db);
    await sql`create trigger refuse before insert on calendar_window for each row execute function refuse()`.execute(all.db);
    try {
      await expect(all.agenda.run(id)).rejects.toThrow('no room');
      expect(await all.agenda.due()).not.toContain(id);
      await sql`update calendar set expanded_at = expanded_at - interval '10 minutes' where id = ${id}`.execute(all.db);
      expect(await all.agenda.due()).toContain(id);
    } finally { await sql`drop trigger refuse on calendar_window`.execute(all.db); }
    expect(await titles()).toEqual(['e0']); // as before
    await all.agenda.run(id);
    expect(await all.agenda.due()).not.toContain(id);
  });

  it('whoever watches hears of events that became others without being read', async () => {
    await calendar.put('floating', vevent('floating', now(), now() + HOUR, ['SUMMARY:floating']).replace(/DTSTART:(\d{8}T\d{6})Z/, 'DTSTART:$1').replace(/DTEND:(\d{8}T\d{6})Z/, 'DTEND:$1'));
    await all.agenda.sync(id);
    await sql`update calendar set next_run = now() + interval '1 day'`.execute(all.db);
    all.told.length = 0;
    await all.db.updateTable('person').set({ zone: 'Asia/Tokyo' }).where('id', '=', all.personId).execute();
    await all.agenda.run(id);
    expect(all.told).toEqual([all.personId]);
    await age();
    await all.agenda.run(id); // the same once more
    expect(all.told).toEqual([all.personId]);
    await all.db.updateTable('person').set({ zone: 'UTC' }).where('id', '=', all.personId).execute();
  });
});

describe('beginnings and ends', () => {
  it('are told once each, without anybody asking the server', async () => {
    await all.db.deleteFrom('calendar_window').execute(); // events of other tests begin on the minute, perhaps just now
    await all.agenda.tellBoundaries();
    all.told.length = 0;
    const insert = (uid: string, start: string, end: string) => sql`insert into calendar_window (calendar_id, href, uid, title, starts_at, ends_at, all_day, busy) values (${id}, ${uid}, ${uid}, ${uid}, now() + ${start}::interval, now() + ${end}::interval, false, 'busy')`.execute(all.db);
    await insert('goes on', '-1 hour', '1 hour');
    await all.agenda.tellBoundaries();
    expect(all.told).toEqual([]);
    await insert('has begun', '0 seconds', '1 hour');
    await insert('has ended', '-1 hour', '0 seconds');
    await all.agenda.tellBoundaries();
    expect(all.told).toEqual([all.personId]);
    await all.agenda.tellBoundaries();
    expect(all.told).toEqual([all.personId]);
  });
});

describe('settings', () => {
  it('nobody else knows of it; a password follows to no other server', async () => {
    const url = `${server.url}${server.user}/${path}/`;
    await expect(all.calendars.get(id, '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ code: 'calendar.missing' });
    await expect(all.calendars.change(id, { url: 'https://evil.example/' })).rejects.toMatchObject({ code: 'request.invalid', context: { errors: [{ path: 'password' }] } });
    await expect(all.calendars.change(id, { username: 'other' })).rejects.toMatchObject({ context: { errors: [{ path: 'password' }] } });
    expect(await all.calendars.change(id, { url, auth: 'basic' })).toMatchObject({ moved: false, settings: { auth: 'basic' } });
    const moved = await all.calendars.change(id, { url: server.url });
    expect(moved).toMatchObject({ moved: true, settings: { location: null, password: server.password } });
    expect(Buffer.from((await all.db.selectFrom('calendar').select('secret').where('id', '=', id).executeTakeFirstOrThrow()).secret).toString('latin1')).not.toContain('pässwort');
  });
  it('a password of another SECRET_KEY is said to the owner, and not tried every second', async () => {
    await sql`update calendar set secret = ${Buffer.from([1, ...Array<number>(60).fill(7)])} where id = ${id}`.execute(all.db);
    expect(await all.agenda.run(id)).toMatchObject({ kind: 'failed', code: 'seal.broken' });
    expect((await view()).health).toMatchObject({ state: 'failing', lastError: { code: 'seal.broken', text: expect.stringContaining('Enter the password again') } });
    expect(await all.agenda.due()).not.toContain(id);
  });
  it('one that is removed while it is read is simply gone', async () => {
    await events(2);
    const reading = all.agenda.sync(id);
    await all.calendars.remove(id, all.personId);
    await reading.catch((thrown: unknown) => { expect(thrown).toMatchObject({ code: 'calendar.missing' }); });
    expect((await sql`select 1 from calendar_object where calendar_id = ${id} union all select 1 from calendar_window where calendar_id = ${id}`.execute(all.db)).rows).toEqual([]);
  });
});

it('stamps are what calendars write', () => { expect(stamp(Date.UTC(2026, 10, 20, 9))).toBe('20261120T090000Z'); });
