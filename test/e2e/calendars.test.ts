/** A real call, while the called person has an event in a calendar on a real server: the event decides, and the trace says which. */
import type { Calendar, CallDetail, LiveMessage, Rule } from '@ringbook/contracts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventsAt, vevent } from '../lab/calendars.js';
import { card, Desk, dialled, PEOPLE, VIP } from './desk.js';

const MINUTE = 60_000;
const MAIL = 'olga@example.org';
const voicemail = { kind: 'voicemail', prompt: 'short' } as const;
const ring = { kind: 'ring', devices: 'all', seconds: 15, otherwise: { kind: 'reject' } } as const;
const RULES: Rule[] = [
  { id: 'colleague', label: 'Who is in it may interrupt', when: { status: ['meeting'], attending: 'now' }, method: ring },
  { id: 'meeting', label: 'Not in meetings', when: { status: ['meeting'], calendar: 'read' }, method: voicemail },
  { id: 'unsure', label: 'When nobody knows', when: { calendar: 'stale' }, method: voicemail },
];

let desk: Desk, events: ReturnType<typeof eventsAt>, calendar: Calendar;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.radicale.put(VIP.uid, card(VIP).replace('END:VCARD', `EMAIL;TYPE=WORK:${MAIL}\r\nEND:VCARD`));
  await desk.sync(PEOPLE.length);
  const url = await desk.radicale.addCalendar('calendar', 'Work');
  events = eventsAt(url, desk.radicale);
  calendar = await desk.world.admin.send<Calendar>('POST', '/calendars', { name: 'Work', url, username: desk.radicale.user, password: desk.radicale.password });
  await desk.world.rules(desk.world.alice.id, RULES, ring);
});
afterAll(() => desk?.close());
afterEach(async () => {
  await desk.clear();
  for (const name of ['planning', 'soon']) await events.remove(name).catch(() => {});
  await read(0);
});

const health = async () => (await desk.world.admin.get<{ items: Calendar[] }>('/calendars')).items[0]!.health;
/** Has the calendar read, until it holds so many events. */
const read = async (count: number): Promise<void> => {
  await desk.world.until(async () => {
    await desk.world.admin.send('POST', `/calendars/${calendar.id}/sync`);
    const { state, events: held } = await health();
    return state === 'ok' && held === count;
  }, 15_000, `a calendar of ${count} events`);
};
const ended = (from: string): Promise<CallDetail> => desk.world.callWhere((c) => c.from.number === from && c.endedAt !== null);
const planning = (lines: string[] = []) => events.put('planning', vevent('planning', Date.now() - 10 * MINUTE, Date.now() + 50 * MINUTE, ['SUMMARY:Weekly planning', ...lines]));
const status = () => desk.world.admin.get<{ status: string; stale?: boolean; until: string | null }>(`/users/${desk.world.alice.id}/status`);

describe('a call during an event', () => {
  it('is handled by the rule for meetings, and says which event was behind it', async () => {
    await planning();
    await read(1);
    const phone = await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    const call = await desk.call({ from: '+4940999001', talkMs: 1500 });
    await call.result;
    const detail = await ended('+4940999001');
    expect(phone.calls).toHaveLength(0);
    expect(detail).toMatchObject({ decision: { rule: 'meeting', method: { kind: 'voicemail' } } });
    expect(detail.decision!.because).toEqual(expect.arrayContaining([expect.objectContaining({ fact: 'status.event', text: expect.stringMatching(/^In a meeting until .*: "Weekly planning" \(\d\d:\d\d to \d\d:\d\d\)$/), source: 'Work', at: expect.any(String) })]));
    expect(detail.decision!.because.find(({ fact }) => fact === 'passed')?.text).toBe('Rule 1 "Who is in it may interrupt" does not apply: the caller takes no part in what Alice has now');
  });

  it('rings when the caller takes part in it', async () => {
    await planning(['ORGANIZER:mailto:alice@example.org', `ATTENDEE;CN=Olga;PARTSTAT=ACCEPTED:mailto:${MAIL.toUpperCase()}`]);
    await read(1);
    const phone = await desk.alice({ behaviour: { kind: 'answer', afterMs: 100 } });
    await (await desk.call({ from: dialled(VIP), talkMs: 500 })).result;
    const detail = await ended(dialled(VIP));
    expect(phone.calls).toHaveLength(1);
    expect(detail).toMatchObject({ outcome: 'answered', decision: { rule: 'colleague' } });
    expect(detail.decision!.because).toEqual(expect.arrayContaining([expect.objectContaining({ fact: 'attending', text: expect.stringContaining(`${VIP.name} takes part in "Weekly planning", which is going on`), source: 'Work' })]));
  });

  it('with a calendar that nobody could read for an hour, the profile says what then', async () => {
    await planning();
    await read(1);
    await desk.radicale.pause();
    try {
      await desk.world.admin.send('POST', `/calendars/${calendar.id}/sync`);
      await desk.world.until(async () => (await health()).state === 'failing', 15_000, 'a calendar that cannot be read');
      expect((await health()).lastError).toMatchObject({ code: 'caldav.unreachable' });
      expect(await status()).toMatchObject({ status: 'meeting' });
      await sql`update calendar set last_success = last_success - interval '61 minutes'`.execute(desk.world.db);
      expect(await status()).toMatchObject({ status: 'meeting', stale: true });
      await (await desk.call({ from: '+4940999002', talkMs: 1500 })).result;
      const detail = await ended('+4940999002');
      expect(detail.decision).toMatchObject({ rule: 'unsure', because: expect.arrayContaining([expect.objectContaining({ fact: 'status.calendar', text: expect.stringMatching(/^The calendar "Work" could not be read since .*: the status may be wrong$/) })]) });
    } finally { await desk.radicale.start(); }
    await read(1);
    expect((await status()).stale).toBeUndefined();
  });
});

it('an event that begins and ends by itself is told to whoever watches, while its server is away', async () => {
  const at = Math.ceil(Date.now() / 1000) * 1000 + 4000;
  await events.put('soon', vevent('soon', at, at + 4000, ['SUMMARY:Soon']));
  await read(1);
  await desk.radicale.pause();
  try {
    const live = await desk.world.live();
    const changes = () => live.messages.flatMap((m: LiveMessage) => (m.type === 'presence.changed' && m.presence.userId === desk.world.alice.id ? [m.presence] : []));
    await desk.world.until(async () => changes().find((presence) => presence.status === 'meeting'), 15_000, 'the beginning');
    expect(changes().find((presence) => presence.status === 'meeting')).toMatchObject({ until: new Date(at + 4000).toISOString(), because: [{ text: expect.stringContaining('"Soon"') }] });
    await desk.world.until(async () => changes().at(-1)?.status === 'available', 15_000, 'the end');
  } finally { await desk.radicale.start(); }
});
