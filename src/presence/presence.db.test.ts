/** Statuses of many, from the events that bear on the instant only. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPerson } from '../../test/lab/books.js';
import { freshDatabase, type TestDatabase } from '../../test/lab/database.js';
import { factsOf } from '../calendar/facts.js';
import { calendarColumn } from '../calendar/facts.store.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { resolveStatus } from './resolve.js';

let test: TestDatabase, presence: PresenceService;
const at = '2026-11-20T10:00:00.000Z';
const PEOPLE = 240;
beforeAll(async () => {
  test = await freshDatabase();
  const { db } = test;
  presence = new PresenceService(new PresenceStore(db), { publish: () => {}, subscribe: () => () => {} });
  for (let i = 0; i < PEOPLE; i += 1) await newPerson(db);
  await sql`select setseed(0.5)`.execute(db);
  await sql`insert into calendar (person_id, name, url, username, secret, last_success) select id, 'Work', 'http://x/', '', '', ${at}::timestamptz - interval '1 minute' from person`.execute(db);
  // a dozen events in 30 hours each, on half hours: many meet or touch
  await sql`insert into calendar_window (calendar_id, href, uid, title, starts_at, ends_at, all_day, busy, attendees)
    select c.id, n::text, n::text, 'Event ' || n, s.start, s.start + (floor(random() * 4) * interval '30 minutes'), false, (array['busy','busy','tentative','free','away'])[1 + floor(random() * 5)], '["me <boss@example.org>", "other <other@example.org>"]'
    from calendar c, generate_series(1, 12) n, lateral (select ${at}::timestamptz - interval '3 hours' + floor(random() * 54) * interval '30 minutes' as start where c.id is not null) s`.execute(db);
  await sql`insert into calendar_rules (person_id, rules) select id, case when random() < 0.3 then '[{"when":{"attendees":true,"busy":"busy"},"status":"dnd"}]'::jsonb else '[{"when":{"word":"event 1"},"status":"away"}]'::jsonb end from person`.execute(db);
}, 120_000);
afterAll(() => test?.drop());

it('are the same as from everything that is known of the day', async () => {
  const rows = await test.db.selectFrom('person').select(['person.id', 'person.name', 'person.zone', calendarColumn('person', at).as('calendar')]).orderBy('person.id').execute();
  const whole = rows.map(({ id, name, zone, calendar }) => {
    const known = { phones: [], calendar: factsOf(calendar, at), zone, at };
    return { own: { userId: id, name, ...resolveStatus(known) }, others: { userId: id, name, ...resolveStatus(known, 'others') } };
  });
  const seen = await presence.all(at);
  expect(seen).toEqual(whole);
  expect(new Set(seen.map(({ own }) => own.status)).size).toBeGreaterThanOrEqual(4);
  expect(seen.some(({ own }) => own.because[0]!.text.includes(', then '))).toBe(true);
}, 60_000);

it('of some people only, in the order of everybody', async () => {
  const ids = (await test.db.selectFrom('person').select('id').orderBy('id').limit(3).execute()).map(({ id }) => id);
  expect((await presence.all(at, [ids[2]!, ids[0]!])).map(({ own }) => own.userId)).toEqual([ids[0], ids[2]]);
  expect(await presence.all(at, [])).toEqual([]);
});

it('other work has its turn in between', async () => {
  let turns = 0, over = false;
  const turn = () => { if (!over) { turns += 1; setImmediate(turn); } };
  turn();
  await presence.all(at);
  over = true;
  expect(turns).toBeGreaterThan(PEOPLE / 50);
});
