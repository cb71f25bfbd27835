/** Servers that speak badly, or not LDAP at all: an answer to a directory's question is bounded in size and time, and never taken for more than it is. */
import { expect, it } from 'vitest';
import { element, integer } from '../../src/adapter/ldap/ber.js';
import { openLdap } from '../../src/adapter/ldap/ldap.adapter.js';
import { BIND, codeOf, entry, message, polite, result, type Say, withServer } from '../lab/fake-ldap.js';

const failure = async (say: Say, work: (source: ReturnType<typeof openLdap>) => Promise<unknown> = (source) => source.open()): Promise<string> =>
  (await withServer(say, (settings) => codeOf(() => work(openLdap(settings))))).done;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

it('no LDAP, nonsense, and messages of any claimed size are refused', async () => {
  expect(await failure(() => text('HTTP/1.1 400 Bad Request\r\n\r\n'))).toBe('ldap.not-understood');
  expect(await failure(() => Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 1))).toBe('ldap.not-understood');
  expect(await failure(() => Uint8Array.of(0x30, 0x80, 0, 0))).toBe('ldap.not-understood');
  expect(await failure((id) => message(id, element(0x61, element(0x0a, ''))))).toBe('ldap.not-understood');
  expect(await failure(polite((id) => message(id, element(0x64, Uint8Array.of(4, 0x7f)))))).toBe('ldap.not-understood');
});

it('silence, a drip, and an end of the connection come to an end', async () => {
  expect(await failure(() => undefined)).toBe('ldap.unreachable');
  expect(await failure((_, __, socket) => { const drip = setInterval(() => { if (socket.destroyed) clearInterval(drip); else socket.write(Uint8Array.of(4)); }, 50); return Uint8Array.of(0x30, 0x83, 0x01, 0, 0); })).toBe('ldap.unreachable');
  expect(await failure((_, __, socket) => { socket.end(); return undefined; })).toBe('ldap.unreachable');
  expect(await failure((id, tag) => (tag === BIND ? message(id, result(0x61)) : message(0, element(0x78, integer(52, 0x0a), element(4, ''), element(4, 'bye')))))).toBe('ldap.unreachable');
});

it('an intermediate response, and answers to questions that nobody asked, are passed over', async () => {
  expect(await failure(polite((id) => Buffer.concat([message(id, element(0x79, element(0x80, '1.2.3'))), message(id + 40, result(0x65)), message(id, entry('dc=x', {})), message(id, result(0x65))])))).toBe('it went well');
});

it('results have their codes', async () => {
  const ends = (code: number) => failure(polite((id, nth) => message(id, result(0x65, nth === 0 ? 0 : code))));
  for (const [code, fault] of [[32, 'no-base'], [34, 'no-base'], [50, 'forbidden'], [51, 'busy'], [52, 'busy'], [4, 'size-limit'], [11, 'size-limit'], [3, 'size-limit'], [10, 'referral'], [1, 'server-failed'], [80, 'server-failed'], [8, 'insecure'], [13, 'insecure'], [49, 'unauthorised']] as const) expect(await ends(code), String(code)).toBe(`ldap.${fault}`);
});

it('entries that nothing finds again are not taken in', async () => {
  expect(await failure(polite((id) => Buffer.concat([message(id, entry('cn=a,dc=x', { cn: ['a'] })), message(id, result(0x65))])), (source) => source.list(null))).toBe('ldap.no-id');
});

it('a server that names entries otherwise in its synchronisation is polled', async () => {
  const sync = element(0x30, element(4, '1.3.6.1.4.1.4203.1.9.1.2'), element(4, element(0x30, integer(1, 0x0a), element(4, new Uint8Array(16)))));
  let token: string | null = '';
  expect(await failure(polite((id, nth) => {
    const one = entry('cn=a,dc=x', { nsUniqueId: ['1-2'], modifyTimestamp: ['20260101000000Z'] });
    return Buffer.concat([nth === 0 ? message(id, entry('', { supportedControl: ['1.3.6.1.4.1.4203.1.9.1.1'] })) : message(id, one, ...(nth === 1 ? [sync] : [])), message(id, result(0x65))]);
  }), async (source) => {
    const listing = await source.list(null);
    expect(listing.items).toMatchObject([{ href: 'ns:1-2' }]);
    ({ token } = listing);
  })).toBe('it went well');
  expect(JSON.parse(token!)).toMatchObject({ how: 'poll' });
});
