/** What networks, servers and settings do to a directory, on a real OpenLDAP: each has its own code, and nothing hangs. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LdapOptions } from '@ringbook/contracts';
import { inspectLdap } from '../../src/adapter/ldap/inspect.adapter.js';
import { type LdapSettings, openLdap } from '../../src/adapter/ldap/ldap.adapter.js';
import { parseHosts } from '../../src/shared/network.js';
import { type Books, openBooks } from '../lab/books.js';
import { startProxy } from '../lab/proxy.js';
import { dnOf, person, type Slapd, startSlapd } from '../lab/slapd.js';

type More = Partial<Omit<LdapSettings, 'ldap'>> & { ldap?: Partial<LdapOptions> };
const settingsAt = (server: Slapd, { ldap, ...more }: More = {}): LdapSettings =>
  ({ kind: 'ldap', url: server.url, username: server.user, password: server.password, location: null, trusted: true, attributes: ['employeeType'], ...more, ldap: { ...server.options, ...ldap } });
const list = async (settings: LdapSettings) => { const source = openLdap(settings); await source.open(); return source.list(null); };
const failure = async (work: () => Promise<unknown>): Promise<string> => { try { await work(); return 'it went well'; } catch (thrown) { return (thrown as { code: string }).code; } };
const steps = async (settings: LdapSettings) => Object.fromEntries((await inspectLdap(settings)).steps.map(({ step, ok, text }) => [step, `${ok === null ? '-' : ok ? 'yes' : 'no'}: ${text}`]));

describe('a directory with certificates of its own authority', () => {
  let server: Slapd;
  beforeAll(async () => { server = await startSlapd({ count: 3 }); });
  afterAll(() => server?.stop());
  const by = (url: string, ldap: Partial<LdapOptions>) => failure(() => list(settingsAt(server, { url, ldap })));
  const onNumber = (url: string): string => url.replace('localhost', '127.0.0.1');

  it('is read over ldaps and StartTLS by the authority that was given, and by no other', async () => {
    const { certificate, otherCertificate } = server;
    expect(await by(server.tlsUrl, { certificate })).toBe('it went well');
    expect(await by(server.namedUrl, { certificate, startTls: true })).toBe('it went well');
    for (const ldap of [{}, { certificate: otherCertificate }]) {
      expect(await by(server.tlsUrl, ldap)).toBe('ldap.certificate');
      expect(await by(server.namedUrl, { ...ldap, startTls: true })).toBe('ldap.certificate');
    }
  });

  it('is refused when the certificate is made out for another name', async () => {
    for (const [url, startTls] of [[onNumber(server.tlsUrl), false], [onNumber(server.namedUrl), true]] as const) expect(await by(url, { certificate: server.certificate, startTls })).toBe('ldap.certificate');
    expect((await steps(settingsAt(server, { url: onNumber(server.tlsUrl), ldap: { certificate: server.certificate } })))['certificate']).toMatch(/^no: .*another name/);
    expect((await steps(settingsAt(server, { url: server.tlsUrl })))['certificate']).toMatch(/^no: .*authority that Ringbook does not know/);
  });

  it('is told apart from something that speaks otherwise', async () => {
    expect(await by(`ldaps://localhost:${server.port}`, { certificate: server.certificate })).toMatch(/^ldap\.(?:not-understood|unreachable)$/);
    expect(await failure(() => list(settingsAt(server, { url: `ldap://localhost:${server.tlsPort}`, timeout: 1000 })))).toMatch(/^ldap\.(?:not-understood|unreachable)$/);
    const bare = await startSlapd({ count: 1, tls: false });
    try {
      expect(await failure(() => list(settingsAt(bare, { ldap: { startTls: true } })))).toBe('ldap.start-tls');
      expect((await steps(settingsAt(bare, { ldap: { startTls: true } })))['certificate']).toMatch(/^no: .*does not offer StartTLS/);
    } finally { await bare.stop(); }
  });

  it('sends no password before the connection is encrypted', async () => {
    const strict = await startSlapd({ count: 1, global: 'security simple_bind=64' });
    try {
      expect(await failure(() => list(settingsAt(strict)))).toBe('ldap.insecure');
      expect(await failure(() => list(settingsAt(strict, { url: strict.namedUrl, ldap: { startTls: true, certificate: strict.certificate } })))).toBe('it went well');
    } finally { await strict.stop(); }
  });
});

describe('settings that are wrong', () => {
  let server: Slapd;
  beforeAll(async () => { server = await startSlapd({ count: 3, entryOf: (n) => person(n, n === 0 ? ['jpegPhoto:: /9j/4AAQ', 'description: Büro'] : []).replace(/^description: (.*)$/m, (_, text: string) => `description:: ${Buffer.from(text).toString('base64')}`) }); });
  afterAll(() => server?.stop());

  it('each have their own code', async () => {
    const code = (more: More) => failure(() => list(settingsAt(server, more)));
    expect(await code({})).toBe('it went well');
    expect(await code({ password: 'wrong' })).toBe('ldap.unauthorised');
    expect(await code({ username: 'nobody' })).toBe('ldap.unauthorised');
    expect(await code({ username: 'cn=nobody,dc=example,dc=org' })).toBe('ldap.unauthorised');
    expect(await code({ password: '' })).toBe('ldap.unauthorised');
    expect(await code({ ldap: { base: 'ou=nothing,dc=example,dc=org' } })).toBe('ldap.no-base');
    expect(await code({ ldap: { base: 'no dn' } })).toBe('ldap.no-base');
    for (const filter of ['(cn=', '(&)', 'cn', '((', '(cn=a)(cn=b)', '(cn=\\zz)']) expect(await code({ ldap: { filter } }), filter).toBe('ldap.filter');
    expect(await code({ ldap: { map: { name: ['cn'], organisation: [], uid: [], numbers: [{ attribute: 'jpegPhoto' }] } } })).toBe('ldap.map');
    for (const url of ['ldap://', 'http://localhost', 'ldap', 'ldapi:///run/x']) expect(await code({ url }), url).toBe('ldap.url');
    expect(await code({ url: 'ldap://127.0.0.1:9' })).toBe('ldap.unreachable');
    expect(await code({ url: 'ldap://no-such-host.invalid' })).toBe('ldap.unreachable');
  });

  it('are explained step by step before anything is kept', async () => {
    const wrong = { password: 'wrong' };
    expect(await steps(settingsAt(server, wrong))).toMatchObject({ address: expect.stringMatching(/^yes/), connection: expect.stringMatching(/^yes/), certificate: expect.stringMatching(/^-: The connection is not encrypted/), signIn: expect.stringMatching(/^no: .*password/), find: expect.stringMatching(/^-: Not tried/) });
    expect((await steps(settingsAt(server, { ldap: { base: 'ou=x,dc=example,dc=org' } })))['find']).toMatch(/^no: There is no ou=x.*as far as dc=example,dc=org/);
    expect((await steps(settingsAt(server, { ldap: { filter: '(cn=nobody)' } })))['read']).toMatch(/^no: .*nothing matches/);
    expect((await steps(settingsAt(server, { ldap: { filter: '(cn=' } })))['read']).toMatch(/^no: .*no LDAP filter/);
    expect((await steps(settingsAt(server, { url: 'ldap://127.0.0.1:9' })))['connection']).toMatch(/^no: .*nothing listens/);
    expect((await steps(settingsAt(server, { username: server.reader })))['write']).toMatch(/^no: cn=reader.* may not write employeeType/);
    expect((await steps(settingsAt(server, { attributes: ['noSuchThing'] })))['write']).toMatch(/^no: The directory knows no attribute noSuchThing/);
    expect((await steps(settingsAt(server, { attributes: ['dc'] })))['write']).toMatch(/^no: .*inetOrgPerson.*does not have dc/);
    expect((await steps(settingsAt(server, { ldap: { map: { name: ['cn'], organisation: [], uid: [], numbers: [{ attribute: 'pager' }] } } })))['read']).toMatch(/^yes: 3 entries.*None of the first 3 has a number in pager/);
    const good = await inspectLdap(settingsAt(server));
    expect(good.contacts).toBe(3);
    expect(good.steps.map(({ ok }) => ok)).toEqual([true, true, null, true, true, true, true]);
    const before = await server.get('u1');
    await steps(settingsAt(server));
    expect(await server.get('u1')).toBe(before); // the test changes nothing
  });

  it('a directory that answers nobody says so', async () => {
    expect(await failure(() => list(settingsAt(server, { username: '', password: '' })))).toMatch(/^ldap\.(?:anonymous|no-base)$/);
    const closed = await startSlapd({ count: 1, global: 'require authc' });
    try {
      expect(await failure(() => list(settingsAt(closed, { username: '', password: '' })))).toBe('ldap.anonymous');
      expect((await steps(settingsAt(closed, { username: '', password: '' })))['signIn']).toMatch(/^no: .*without signing in/);
    } finally { await closed.stop(); }
    const open = await startSlapd({ count: 2, anonymous: true });
    try {
      expect((await list(settingsAt(open, { username: '', password: '' }))).items).toHaveLength(2);
      expect((await steps(settingsAt(open, { username: '', password: '' })))['write']).toMatch(/^no: Nobody/);
    } finally { await open.stop(); }
  });

  it('a private address is for the trusted, or for hosts that are named', async () => {
    for (const url of [server.url, server.namedUrl, `ldap://2130706433:${server.port}`, `ldap://[::ffff:127.0.0.1]:${server.port}`]) {
      expect(await failure(() => list(settingsAt(server, { url, trusted: false }))), url).toMatch(/^ldap\.(?:address-refused|url|unreachable)$/);
      expect(await failure(() => openLdap(settingsAt(server, { url }), parseHosts('10.0.0.0/8').hosts).open()), url).not.toBe('it went well');
    }
    expect(await failure(() => openLdap(settingsAt(server, { trusted: false })).check())).toBe('ldap.address-refused');
    expect(await failure(() => openLdap(settingsAt(server, { trusted: false }), parseHosts('127.0.0.0/8').hosts).open())).toBe('it went well');
    for (const url of ['ldap://169.254.169.254', 'ldap://[fe80::1]']) expect(await failure(() => list(settingsAt(server, { url })))).toBe('ldap.address-refused');
    expect((await steps(settingsAt(server, { trusted: false })))['address']).toMatch(/^no: .*private network/);
  });

  it('pictures are never asked for, text comes as it is', async () => {
    const source = openLdap(settingsAt(server));
    const cards = [];
    for await (const batch of source.fetch((await source.list(null)).items)) cards.push(...batch.cards);
    const first = Buffer.from(cards.find((card) => card.reading!.uid === 'u0')!.bytes).toString();
    expect(first).toMatch(/^dn: uid=u0,/);
    expect(first).not.toContain('jpegPhoto');
    expect(first).toContain(`description:: ${Buffer.from('Büro').toString('base64')}`);
    expect(cards.map((card) => card.reading!.name).sort()).toEqual(['Person 0 Ünï', 'Person 1 Ünï', 'Person 2 Ünï']);
  });
});

describe('a server on its bad days', () => {
  let server: Slapd;
  beforeEach(async () => { server = await startSlapd({ count: 1100 }); return () => server.stop(); });

  it('that is killed in the middle loses nothing, and is read to the end when it is back', async () => {
    const books = await openBooks();
    const { id } = await books.books.create({ kind: 'ldap', url: server.url, username: server.user, password: server.password, options: { ldap: server.options }, name: 'Office', personId: books.personId });
    await books.sync.syncBook(id);
    for (let n = 0; n < 1100; n += 1) if (n % 400 === 0) await server.put(`u${n}`, `cn: Neu ${n}\nsn: x\n`);
    server.kill();
    expect(await books.sync.syncBook(id)).toMatchObject({ kind: 'failed', code: 'ldap.unreachable' });
    expect((await books.books.get(id, books.personId))!.health).toMatchObject({ contacts: 1100, state: 'failing' });
    await server.pause();
    await server.start();
    expect(await books.sync.syncBook(id)).toMatchObject({ kind: 'done', updated: 3, removed: 0 });
    await books.drop();
  });

  it.each([['plain', false], ['StartTLS', true]] as const)('or cut off in the middle of a list ends in a failure, never in a short list (%s)', async (_, startTls) => {
    const proxy = await startProxy('127.0.0.1', server.port);
    try {
      const source = openLdap(settingsAt(server, { url: `ldap://localhost:${proxy.port}`, timeout: 2000, ldap: { startTls, certificate: server.certificate } }));
      await source.open();
      const { items } = await source.list(null);
      const read: string[] = [];
      const reading = async (): Promise<void> => { for await (const batch of source.fetch(items)) { read.push(...batch.cards.map((card) => card.href)); proxy.cut(); } };
      expect(await failure(reading)).toBe('ldap.unreachable');
      expect(read.length).toBeLessThan(1100);
      expect(await failure(() => source.list(null))).toBe('ldap.unreachable');
      proxy.mend();
      expect((await source.list(null)).items).toHaveLength(1100); // the same source connects again
      proxy.hold();
      expect(await failure(() => source.list(null))).toBe('ldap.unreachable'); // silence has an end
    } finally { await proxy.stop(); }
  });
});

describe('codes in a directory', () => {
  let server: Slapd, books: Books, id: string;
  beforeAll(async () => { server = await startSlapd({ count: 5 }); books = await openBooks(); });
  afterAll(async () => { await books?.drop(); await server?.stop(); });
  const fresh = async (user = server.user, carrier?: Parameters<Books['books']['setCarrier']>[1]): Promise<void> => {
    if (id) await books.books.remove(id);
    ({ id } = await books.books.create({ kind: 'ldap', url: server.url, username: user, password: server.password, options: { ldap: server.options }, name: 'Office', personId: books.personId, ...(carrier ? { carrier } : {}) }));
    await books.sync.syncBook(id);
  };
  const contactOf = async (n: number) => (await books.directory.lookup(`+49171${1_000_000 + n}`, books.personId)).contact!;
  const set = async (n: number, code: string | null) => failure(async () => { await books.sync.setCode((await contactOf(n)).id, code, books.personId); });

  it('stand in employeeType unless said otherwise; carriers fit the kind of book', async () => {
    await fresh();
    expect((await books.books.get(id, books.personId))!.carrier).toEqual({ attribute: 'employeeType' });
    for (const carrier of [{ field: 'X-CUSTOM4' }, { attribute: 'cn' }, { attribute: 'telephoneNumber' }, { attribute: 'description' }]) expect(await failure(() => books.books.setCarrier(id, carrier)), JSON.stringify(carrier)).toBe('book.carrier');
    expect(await failure(() => books.books.create({ kind: 'carddav', url: 'http://x', username: '', password: '', name: 'x', personId: books.personId, carrier: { attribute: 'info' } }))).toBe('book.carrier');
  });

  it('are written in a part of an attribute of several values, each of which stays', async () => {
    await server.put('u0', `cn: Null\nsn: x\nmobile: +491711000000\ndescription: first\ndescription:: ${Buffer.from('zweiter ☎').toString('base64')}\n`);
    await fresh(server.user, { attribute: 'description', pattern: '[call:{code}]' });
    const before = await server.get('u0');
    expect(await set(0, 'vip')).toBe('it went well');
    const after = (await server.get('u0'))!;
    expect(after).toContain('description: first [call:VIP]\n');
    expect(after).toContain(`description:: ${Buffer.from('zweiter ☎').toString('base64')}\n`);
    expect(await set(0, null)).toBe('it went well');
    expect((await server.get('u0'))!.split('\n').sort()).toEqual(before!.split('\n').sort());
  });

  it('can be read in an attribute that was not asked for before', async () => {
    await fresh();
    await server.put('u1', 'cn: Eins\nsn: x\nmobile: +491711000001\npager: VM\n');
    await server.change(`dn: ${dnOf('u1')}\nchangetype: modify\nreplace: x121Address\nx121Address: 4711\n`);
    await books.books.setCarrier(id, { attribute: 'x121Address' });
    await books.sync.syncBook(id);
    expect((await contactOf(1)).code).toBe('4711');
    await books.books.setCarrier(id, { attribute: 'pager' });
    expect((await contactOf(1)).code).toBe('VM');
  });

  it('do not overwrite what somebody else wrote at the same moment', async () => {
    const source = openLdap(settingsAt(server));
    const { items } = await source.list(null);
    const card = (await source.read(items[2]!.href))!;
    const bytes = new TextEncoder().encode(`${new TextDecoder().decode(card.bytes)}employeeType: VIP\n`);
    const uid = card.reading!.uid!;
    await server.change(`dn: ${dnOf(uid)}\nchangetype: modify\nreplace: employeeType\nemployeeType: theirs\n`);
    expect(await source.put(card.href, bytes, card.etag)).toEqual({ kind: 'changed' });
    expect(await server.get(uid)).toContain('employeeType: theirs');
    const again = (await source.read(card.href))!;
    const put = await source.put(card.href, new TextEncoder().encode(new TextDecoder().decode(again.bytes).replace('theirs', 'ours')), again.etag);
    expect(put).toMatchObject({ kind: 'written', etag: expect.any(String) });
    expect((await source.read(card.href))!.etag).toBe((put as { etag: string }).etag);
    await server.remove(uid);
    expect(await source.put(card.href, bytes, again.etag)).toEqual({ kind: 'gone' });
  });

  it.each([['shows no stamp', 'entryCSN,modifyTimestamp'], ['shows one that counts seconds', 'entryCSN']])('leave what somebody changed between the reading and the writing, where the directory %s', async (_, hidden) => {
    const its = await startSlapd({ count: 1, limits: `access to attrs=${hidden} by * none` });
    const old = '+4930111', theirs = '+4930222';
    const change = (attribute: string, value: string) => its.change(`dn: ${dnOf('u0')}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`);
    /** Somebody changes an attribute to `now` in the second in which it was read. */
    const meanwhile = async (attribute: string, before: string, now: string, make: (text: string) => string) => {
      for (;;) {
        await change(attribute, before);
        const source = openLdap(settingsAt(its, { attributes: ['employeeType', 'description'] }));
        const { href } = (await source.list(null)).items[0]!;
        const card = (await source.read(href))!;
        await change(attribute, now);
        if ((await openLdap(settingsAt(its, { attributes: ['employeeType', 'description'] })).read(href))!.etag !== card.etag) continue; // the next second has begun
        return source.put(href, new TextEncoder().encode(make(new TextDecoder().decode(card.bytes))), card.etag);
      }
    };
    try {
      // Another attribute than the one of codes: both changes are there.
      const put = await meanwhile('telephoneNumber', old, theirs, (text) => `${text}employeeType: VIP\n`);
      expect(await its.get('u0')).toContain(`telephoneNumber: ${theirs}`);
      expect(await its.get('u0')).not.toContain(old);
      expect(put.kind).toBe('written');
      expect(await its.get('u0')).toContain('employeeType: VIP');
      // The one of codes: theirs stays, and the code has to be put anew.
      expect(await meanwhile('description', 'first', 'second', (text) => text.replace('first', 'first [call:VIP]'))).toEqual({ kind: 'changed' });
      expect(await its.get('u0')).toContain('description: second\n');
      expect(await meanwhile('description', 'first', 'second', (text) => text.replace('description: first\n', ''))).toEqual({ kind: 'changed' });
      expect(await its.get('u0')).toContain('description: second\n');
    } finally { await its.stop(); }
  });

  it('are not written to an entry that was not read before', async () => {
    const reader = openLdap(settingsAt(server)), writer = openLdap(settingsAt(server));
    const card = (await reader.read((await reader.list(null)).items[0]!.href))!;
    expect(await writer.put(card.href, card.bytes, card.etag)).toEqual({ kind: 'changed' });
    expect(await reader.put(card.href, card.bytes, card.etag)).toEqual({ kind: 'written', etag: card.etag });
  });

  it('say why they cannot be written', async () => {
    await fresh(server.reader);
    expect(await set(3, 'VIP')).toBe('contact.read-only');
    for (const attribute of ['buildingName', 'noSuchThing']) {
      await fresh(server.user, { attribute });
      expect(await set(3, 'VIP'), attribute).toBe('ldap.attribute-refused');
    }
  });
});

describe('a directory of which a part is elsewhere', () => {
  it('is read without that part, which is named; another server gets no password', async () => {
    const server = await startSlapd({ count: 4 });
    const other = await startSlapd({ count: 2 });
    try {
      await server.change(`dn: ou=branch,${server.base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: branch\nref: ${other.url}/${other.base}\n`);
      const listing = await list(settingsAt(server));
      expect(listing.items.filter(({ href }) => !href.startsWith('referral:'))).toHaveLength(4);
      expect(listing.skipped).toMatchObject([{ reason: expect.stringContaining(other.url) }]);
      const polled = await list(settingsAt(server, { username: server.reader, ldap: { base: `ou=branch,${server.base}` } })).catch((thrown: unknown) => thrown);
      expect(polled).toMatchObject({ code: 'ldap.referral', message: expect.stringContaining(new URL(other.url).host) });
      const books = await openBooks();
      const { id } = await books.books.create({ kind: 'ldap', url: server.url, username: server.user, password: server.password, options: { ldap: server.options }, name: 'Office', personId: books.personId });
      for (const added of [4, 0]) expect(await books.sync.syncBook(id)).toMatchObject({ kind: 'done', added, removed: 0, skipped: 1 });
      await books.drop();
    } finally { await server.stop(); await other.stop(); }
  });
});

describe('a directory of ten thousand', () => {
  it('is read, and read again, in little time', async () => {
    const server = await startSlapd({ count: 10_000 });
    try {
      const source = openLdap(settingsAt(server));
      const from = performance.now();
      await source.open();
      const listing = await source.list(null);
      const listed = performance.now();
      let cards = 0;
      for await (const batch of source.fetch(listing.items)) cards += batch.cards.length;
      const read = performance.now();
      expect(await source.list(listing.token)).toMatchObject({ kind: 'changes', items: [] });
      process.stderr.write(`10,000 entries: listed in ${Math.round(listed - from)} ms, read in ${Math.round(read - listed)} ms, asked for changes in ${Math.round(performance.now() - read)} ms\n`);
      expect(cards).toBe(10_000);
    } finally { await server.stop(); }
  });
});
