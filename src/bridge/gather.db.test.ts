import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { CalendarRule, Rule } from '@ringbook/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Books, openBooks, vcard } from '../../test/lab/books.js';
import { json } from '../store/schema.js';
import { decide } from '../handling/decide.js';
import { gather } from './gather.store.js';

const CALLED = '+498912345', FROM = '+4930123456', AT = '2026-11-20T10:00:00.000Z';
let all: Books, personId: string, calendar: string;
beforeAll(async () => {
  all = await openBooks();
  ({ personId } = all);
  await all.db.updateTable('person').set({ name: 'Alice', zone: 'Europe/Berlin' }).where('id', '=', personId).execute();
  await all.db.insertInto('number').values({ person_id: personId, number: CALLED }).execute();
  const book = await all.books.create({ kind: 'practice', url: '/x', username: '', password: '', name: 'Friends', personId });
  await all.contacts.save(book.id, [{ href: 'g', etag: '1', bytes: Buffer.from(vcard('Grace Hopper', [`TEL:${FROM}`, 'EMAIL;TYPE=work:Grace@Example.org', 'EMAIL:second@example.org'])) }], 'infinity');
});
afterAll(() => all?.drop());
beforeEach(async () => {
  await all.db.deleteFrom('calendar').execute();
  calendar = (await all.db.insertInto('calendar').values({ person_id: personId, name: 'Work', url: 'https://dav.example.org', username: 'u', secret: randomBytes(40), last_success: new Date() }).returning('id').executeTakeFirstOrThrow()).id;
  await all.db.deleteFrom('calendar_rules').execute();
});
const event = (title: string, from: string, to: string, over: { busy?: string; attendees?: string[]; calendar?: string } = {}) => all.db.insertInto('calendar_window').values({
  calendar_id: over.calendar ?? calendar, href: title, uid: title, title, starts_at: `2026-11-20T${from}:00Z`, ends_at: `2026-11-20T${to}:00Z`, all_day: false, busy: over.busy ?? 'busy', attendees: json(over.attendees ?? []),
}).execute();
const ask = async (at = AT) => (await gather(all.db, 'DE', { cli: { number: FROM, withheld: false }, called: CALLED, at, file: 'x' })).situation!;
const rules = (list: CalendarRule[], addresses: string[] = []) => all.db.insertInto('calendar_rules').values({ person_id: personId, rules: json(list), addresses: json(addresses) }).execute();

describe('what is gathered of calendars', () => {
  it('the event of now makes the status; the one after it is known', async () => {
    await event('Planning', '09:30', '10:30', { attendees: ['Grace <grace@example.org>'] });
    await event('Review', '12:00', '13:00');
    await event('Over', '08:00', '10:00');
    const s = await ask();
    expect(s.status).toMatchObject({ status: 'meeting', until: '2026-11-20T10:30:00.000Z', because: [{ fact: 'event', text: 'In a meeting until 11:30: "Planning" (10:30 to 11:30)', source: 'Work', at: expect.any(String) }] });
    expect([s.calendar!.current, s.calendar!.next].map((events) => events.map(({ title }) => title))).toEqual([['Planning'], ['Review']]);
    expect(s.callerMails).toEqual(['Grace@Example.org', 'second@example.org']);
    const rule: Rule = { id: 'colleague', when: { status: ['meeting'], attending: 'now' }, method: { kind: 'voicemail' } };
    expect(decide({ ...s, profile: { ...s.profile, rules: [rule] } })).toMatchObject({ rule: 'colleague', because: expect.arrayContaining([expect.objectContaining({ fact: 'attending', text: 'Grace Hopper takes part in "Planning", which is going on (10:30 to 11:30)' })]) });
  });

  it('rules decide what follows, and for the instant that is asked about', async () => {
    await event('Planning', '09:30', '10:30');
    await event('Dentist', '11:00', '12:00', { busy: 'tentative' });
    await rules([{ when: { word: 'dentist' }, status: 'away' }, { when: { word: 'plan', calendar }, status: 'dnd' }]);
    expect((await ask()).status.status).toBe('dnd');
    expect((await ask('2026-11-20T11:30:00Z')).status).toMatchObject({ status: 'away', until: '2026-11-20T12:00:00.000Z' });
    expect((await ask('2026-11-20T10:45:00Z')).status.status).toBe('available');
  });

  it('what nobody of the event may know is not asked for: no addresses without attendees', async () => {
    await event('Alone', '09:30', '10:30');
    expect((await ask()).callerMails).toEqual([]);
  });

  it('a calendar that was not read for an hour makes it stale; a new one has its first hour', async () => {
    await event('Planning', '09:30', '10:30');
    const read = (expression: string, created = 'now()') => sql`update calendar set last_success = ${sql.raw(expression)}, created_at = ${sql.raw(created)} where id = ${calendar}`.execute(all.db);
    await read(`now() - interval '59 minutes'`);
    expect((await ask(new Date().toISOString())).calendar!.stale).toEqual([]);
    await read(`now() - interval '61 minutes'`);
    expect((await ask(new Date().toISOString())).status).toMatchObject({ stale: true, because: expect.arrayContaining([expect.objectContaining({ fact: 'calendar', source: 'Work' })]) });
    // what a call of last year rested on was fresh then; and nobody can have read tomorrow's
    expect((await ask('2025-01-01T00:00:00Z')).calendar!.stale).toEqual([]);
    await read('now()');
    expect((await ask('2099-01-01T00:00:00Z')).calendar!.stale).toEqual([]);
    await read('null');
    expect((await ask(new Date().toISOString())).calendar!.stale).toEqual([]);
    await read('null', `now() - interval '2 hours'`);
    expect((await ask(new Date().toISOString())).calendar!.stale).toEqual([{ calendar: 'Work', readAt: null }]);
  });

  it('nobody else\'s events, and nothing at all without a calendar', async () => {
    const other = (await all.db.insertInto('person').values({ email: 'o@example.org', name: 'Other', password_hash: null }).returning('id').executeTakeFirstOrThrow()).id;
    const theirs = (await all.db.insertInto('calendar').values({ person_id: other, name: 'Theirs', url: 'https://dav.example.org', username: 'u', secret: randomBytes(40) }).returning('id').executeTakeFirstOrThrow()).id;
    await event('Secret', '09:30', '10:30', { calendar: theirs });
    expect((await ask()).status.status).toBe('available');
    await all.db.deleteFrom('calendar').where('id', '=', calendar).execute();
    expect((await ask()).calendar).toBeUndefined();
  });

  it('is found by indexes alone, among many', async () => {
    await sql`insert into calendar_window (calendar_id, href, uid, title, starts_at, ends_at, all_day, busy)
      select ${calendar}, i::text, i::text, 'x', ${AT}::timestamptz + make_interval(mins => i), ${AT}::timestamptz + make_interval(mins => i + 30), false, 'busy' from generate_series(1, 20000) i`.execute(all.db);
    await sql`analyze calendar_window`.execute(all.db);
    await event('Planning', '09:30', '10:30');
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (analyze, buffers off) select o.title from calendar k join calendar_window o on o.calendar_id = k.id where k.person_id = ${personId}
      and o.starts_at < ${AT}::timestamptz + interval '24 hours' and o.ends_at > ${AT}::timestamptz order by o.starts_at, o.ends_at limit 100`.execute(all.db);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/Seq Scan on calendar_window/);
    const times: number[] = [];
    for (let i = 0; i < 60; i += 1) { const from = performance.now(); await ask(); times.push(performance.now() - from); }
    times.sort((a, b) => a - b);
    process.stderr.write(`gather with 20,000 windows: p50 ${times[30]!.toFixed(2)} ms\n`);
    expect((await ask()).calendar!.current.map(({ title }) => title)).toEqual(['Planning']);
  });
});
