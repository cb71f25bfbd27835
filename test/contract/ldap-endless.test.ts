/** Servers that never come to an end, in every way that a list is asked for: memory, rounds and time are bounded, and it is said. */
import { describe, expect, it } from 'vitest';
import { element, integer, OCTETS, SEQUENCE } from '../../src/adapter/ldap/ber.js';
import { type Bounds } from '../../src/adapter/ldap/budget.js';
import { CONTROL, ACTIVE_DIRECTORY, pagedValue, SYNC_INFO } from '../../src/adapter/ldap/control.js';
import { inspectLdap } from '../../src/adapter/ldap/inspect.adapter.js';
import { openLdap } from '../../src/adapter/ldap/ldap.adapter.js';
import { codeOf, control, DONE, entry, forEver, message, offering, polite, result, type Say, type Search, withServer } from '../lab/fake-ldap.js';

const MB = 1024 * 1024;
const list = (say: Say, bounds: Partial<Bounds> = {}) => withServer(say, (settings) => codeOf(() => openLdap({ ...settings, timeout: 10_000, bounds }).list(null)));
const one = (n: number, more: Record<string, string[]> = {}): Uint8Array => entry(`uid=u${n},dc=x`, { entryUUID: [`id-${n}`], modifyTimestamp: ['20260101000000Z'], ...more });
const endless = (make: (n: number) => Uint8Array): Search => (id, _, socket) => forEver(socket, (n) => message(id, make(n)));
/** Pages of so many entries, with a new cookie each time. */
const pages = (size: number): Search => (id, nth) => Buffer.concat([...Array.from({ length: size }, (_, n) => message(id, one(nth * size + n))), message(id, result(DONE), control(CONTROL.paged, pagedValue(0, Uint8Array.of(nth >> 8, nth & 255))))]);

describe('a list without end', () => {
  it('in one page ends after little more than was asked for', async () => {
    const { done, sent } = await list(offering([CONTROL.paged], endless((n) => one(n))));
    expect(done).toBe('ldap.endless');
    expect(sent).toBeLessThan(16 * MB); // a thousand entries, and what the network holds
  });

  it('of large entries ends at a size', async () => {
    const long = 'x'.repeat(100_000);
    for (const offers of [[CONTROL.paged], []]) {
      const { done, sent } = await list(offering(offers, endless((n) => one(n, { cn: [long] }))), { answer: 4 * MB, list: 8 * MB });
      expect(done).toBe('ldap.too-large');
      expect(sent).toBeLessThan(32 * MB);
    }
  });

  it('without pages, or by synchronisation, ends at a number of entries', async () => {
    for (const offers of [[], [CONTROL.sync]]) expect((await list(offering(offers, endless((n) => one(n))), { entries: 3000 })).done).toBe('ldap.too-many');
    expect((await list(offering([], endless(() => one(1))), { entries: 3000 })).done).toBe('ldap.too-many'); // always the same one
  });

  it('of pages ends at a number of entries, of rounds, and after a time', async () => {
    expect((await list(offering([CONTROL.paged], pages(500)), { entries: 3000 })).done).toBe('ldap.too-many');
    let asked = 0;
    const counted: Search = (id, nth, socket) => { asked += 1; return pages(0)(id, nth, socket); };
    expect((await list(offering([CONTROL.paged], counted), { rounds: 40 })).done).toBe('ldap.endless');
    expect(asked).toBe(40);
    const slow: Search = (id, nth, socket) => { setTimeout(() => { socket.write(pages(1)(id, nth, socket)!); }, 30); return undefined; };
    expect((await list(offering([CONTROL.paged], slow), { time: 300 })).done).toBe('ldap.too-slow');
  });

  it('in small drops ends after a time', async () => {
    const drops: Search = (id, _, socket) => {
      let n = 0;
      const drip = setInterval(() => { if (socket.destroyed) clearInterval(drip); else socket.write(message(id, one(n++))); }, 20);
      return undefined;
    };
    for (const offers of [[CONTROL.paged], [], [CONTROL.sync]]) expect((await list(offering(offers, drops), { time: 600 })).done).toBe('ldap.too-slow');
    expect((await list(polite(drops), { longest: 600 })).done).toBe('ldap.unreachable'); // before any list
  });

  it('of things that are no entries ends too', async () => {
    const info = element(0x79, element(0x80, SYNC_INFO), element(0x81, element(0xa3, element(1, Uint8Array.of(255)), element(0x31, element(OCTETS, new Uint8Array(16))))));
    for (const junk of [info, element(0x73, element(OCTETS, 'ldap://elsewhere.example/dc=y'))]) {
      expect((await list(offering([CONTROL.sync], endless(() => junk)))).done).toBe('ldap.endless');
      expect((await list(offering([CONTROL.paged], endless(() => junk)))).done).toBe('ldap.endless');
      expect((await list(polite(endless(() => junk)))).done).toBe('ldap.endless');
    }
    expect((await list(polite((id, _, socket) => forEver(socket, () => message(id + 40, one(1)))))).done).toBe('ldap.endless'); // asked by nobody
  });

  it('of a domain that always has more to tell ends after so many rounds', async () => {
    const more: Search = (id) => message(id, result(DONE), control(CONTROL.dirSync, element(SEQUENCE, integer(1), integer(0), element(OCTETS, 'cookie'))));
    expect((await list(offering([CONTROL.paged, CONTROL.dirSync], more, [ACTIVE_DIRECTORY]), { rounds: 30 })).done).toBe('ldap.endless');
  });

  it('is a sentence in the test of a connection', async () => {
    const read = async (search: Search, bounds: Partial<Bounds> = {}) => {
      const { done, sent } = await withServer(offering([CONTROL.paged], (id, nth, socket) => (nth === 1 ? message(id, result(DONE)) : search(id, nth, socket))), (settings) => inspectLdap({ ...settings, timeout: 10_000, bounds }));
      expect(sent).toBeLessThan(96 * MB);
      return done.steps.find(({ step }) => step === 'read')!;
    };
    expect(await read(endless((n) => one(n)))).toMatchObject({ ok: false, text: expect.stringMatching(/does not come to an end: it sent more than 1000 entries in one page.*log/) });
    expect(await read(endless((n) => one(n, { cn: ['x'.repeat(1_000_000)] })))).toMatchObject({ ok: false, text: expect.stringContaining('more than 64 MB') });
    expect(await read(pages(500))).toMatchObject({ ok: true, text: expect.stringContaining('More than 20,000 entries') });
  });
});

describe('what comes in pieces', () => {
  it.each([1, 1000, 7777, 65_537])('of %d bytes is read as it was sent', async (size) => {
    const long = 'ü'.repeat(size === 1 ? 100 : 300_000);
    const search: Search = (id, _, socket) => {
      const all = Buffer.concat([...[1, 2, 3].map((n) => message(id, one(n, { cn: [`${long}${n}`] }))), message(id, result(DONE))]);
      let at = 0;
      const next = (): void => { if (at < all.length && !socket.destroyed) { socket.write(all.subarray(at, at + size), () => { setImmediate(next); }); at += size; } };
      next();
      return undefined;
    };
    const { done } = await withServer(offering([], search), async (settings) => (await openLdap({ ...settings, timeout: 20_000 }).list(null)).items.map(({ href }) => href));
    expect(done).toEqual(['id-1', 'id-2', 'id-3']);
  });
});
