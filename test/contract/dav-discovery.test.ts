/** From a bare host name or an e-mail address to the address book (RFC 6764): a real DNS server, a real Apache with TLS, a real Radicale. */
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openCalDav } from '../../src/adapter/dav/caldav.adapter.js';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { inspectDav } from '../../src/adapter/dav/inspect.adapter.js';
import { BOOKS } from '../../src/adapter/dav/kind.js';
import { namesAt } from '../../src/adapter/dav/names.adapter.js';
import { type Apache, startApache } from '../lab/apache.js';
import { vcard } from '../lab/books.js';
import { type FakeDav, fakeDav } from '../lab/dav.js';
import { type Dns, type Records, startDns } from '../lab/dns.js';
import { freePort } from '../lab/program.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';

let radicale: Radicale, apache: Apache, calendarUrl: string;
const before = tls.getCACertificates('default');
beforeAll(async () => {
  radicale = await startRadicale();
  [apache, calendarUrl] = [await startApache(radicale), await radicale.addCalendar('termine', 'Termine')];
  await radicale.put('grace', vcard('Grace', ['TEL:030 5550901']));
  tls.setDefaultCACertificates([...before, apache.authority]); // what NODE_EXTRA_CA_CERTS does at the start
});
afterAll(async () => { tls.setDefaultCACertificates(before); await apache?.stop(); await radicale?.stop(); });
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => { while (cleanUp.length > 0) await cleanUp.pop()!(); });

const HOSTS = { 'dav.example.org': '127.0.0.1', 'example.org': '127.0.0.1', 'plain.example.org': '127.0.0.1' };
const dns = async (records: Records): Promise<Dns> => { const server = await startDns({ hosts: HOSTS, ...records }); cleanUp.push(server.stop); return server; };
const settings = (url: string, { server }: Dns, over: object = {}) => ({ url, username: radicale.user, password: radicale.password, location: null, trusted: true, names: namesAt(server), ...over });
const open = (url: string, at: Dns, over: object = {}) => openCardDav(settings(url, at, over));
const test = (url: string, at: Dns, over: object = {}) => inspectDav(settings(url, at, over), BOOKS);
const say = ({ steps }: Awaited<ReturnType<typeof test>>, name: string) => steps.find(({ step }) => step === name)!;
const secure = (): [string, string, number] => ['_carddavs._tcp.example.org', 'dav.example.org', apache.tls.good];

describe('the DNS of a domain', () => {
  it('names the server: from the domain, and from an e-mail address', async () => {
    const server = await dns({ srv: [secure()] });
    for (const url of ['example.org', 'EXAMPLE.org', 'anna@example.org']) {
      const source = open(url, server);
      expect(await source.open()).toEqual({ location: `https://dav.example.org:${apache.tls.good}/anna/contacts/`, others: [] });
      expect((await source.list(null)).items).toHaveLength(1);
    }
  });

  it('is asked for calendars by names of their own, and for the path', async () => {
    const server = await dns({ srv: [secure(), ['_caldavs._tcp.example.org', 'dav.example.org', apache.tls.good]], txt: [['_caldavs._tcp.example.org', 'path=/anna/'], ['_carddavs._tcp.example.org', 'path=/nothing/here/']] });
    expect(await openCalDav(settings('example.org', server)).open()).toEqual({ location: `https://dav.example.org:${apache.tls.good}${new URL(calendarUrl).pathname}`, others: [] });
    expect((await open('example.org', server).open()).location).toMatch(/contacts\/$/); // a wrong path is no dead end
  });

  it('is followed in the order of its priorities, past what is not there', async () => {
    const server = await dns({ srv: [['_carddavs._tcp.example.org', 'nowhere.example.org', 443, 1], ['_carddavs._tcp.example.org', 'dav.example.org', await freePort(), 5], [...secure(), 10]] });
    expect((await open('example.org', server).open()).location).toContain(`:${apache.tls.good}/`);
  });

  it('a known place is gone to straight, while DNS names it; the password goes nowhere else, and that is said', async () => {
    const location = `https://dav.example.org:${apache.tls.good}/anna/contacts/`;
    const source = open('example.org', await dns({ srv: [secure()] }), { location });
    expect(await source.open()).toEqual({ location, others: [] });
    expect((await source.list(null)).items).toHaveLength(1);
    const seen: string[] = [];
    const thief = await fakeDav(({ headers }) => { seen.push(headers.authorization ?? 'none'); return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }; });
    cleanUp.push(thief.stop);
    const port = Number(new URL(thief.url).port);
    for (const srv of [['_carddavs._tcp.example.org', 'plain.example.org', port], ['_carddav._tcp.example.org', 'plain.example.org', port]] as [string, string, number][]) {
      const moved = await dns({ srv: [srv] });
      const words = new RegExp(`dav\\.example\\.org:${apache.tls.good} so far.*DNS of example\\.org sends us to https?://plain\\.example\\.org:${port}.*not given to another server.*enter that address`);
      for (const known of [location, new URL(location).origin]) await expect(open('example.org', moved, { location: known }).open()).rejects.toMatchObject({ kind: 'invalid', code: 'carddav.redirected', message: expect.stringMatching(words) });
      expect(say(await test('example.org', moved, { location }), 'address')).toMatchObject({ ok: false, text: expect.stringMatching(words) });
    }
    expect(seen).toEqual([]);
  });

  it('a book that is gone from its place is looked for on its own server only, whatever else DNS names', async () => {
    const origin = `https://dav.example.org:${apache.tls.good}`;
    const server = await dns({ srv: [['_carddavs._tcp.example.org', 'dav.example.org', apache.tls.expired, 0], [...secure(), 10]] });
    await expect(open('example.org', server).open()).rejects.toMatchObject({ code: 'carddav.certificate' }); // which says that it was gone to
    expect(await open('example.org', server, { location: origin }).open()).toEqual({ location: `${origin}/anna/contacts/`, others: [] });
  });

  it('a known place stays one when DNS says nothing any more', async () => {
    const location = `https://dav.example.org:${apache.tls.good}/anna/contacts/`;
    expect(await open('example.org', await dns({}), { location }).open()).toEqual({ location, others: [] });
    expect(await open('example.org', await dns({}), { location: new URL(location).origin }).open()).toEqual({ location, others: [] });
  });

  it('the user name is the e-mail address where none was given', async () => {
    const users: (string | undefined)[] = [];
    const site = await fakeDav(({ headers }) => { users.push(/username="([^"]*)"/.exec(headers.authorization ?? '')?.[1]); return { status: 401, headers: { 'www-authenticate': 'Digest realm="x", nonce="n"' } }; });
    cleanUp.push(site.stop);
    const server = await dns({ srv: [['_carddav._tcp.example.org', 'plain.example.org', Number(new URL(site.url).port)]] });
    await expect(open('anna@example.org', server, { username: '' }).open()).rejects.toMatchObject({ code: 'carddav.unauthorised' });
    expect(users).toEqual([undefined, 'anna@example.org']);
  });
});

describe('without encryption', () => {
  it('only where the DNS record says so, and then the report does too', async () => {
    const port = Number(new URL(apache.digest).port);
    const server = await dns({ srv: [['_carddav._tcp.example.org', 'plain.example.org', port]] });
    const report = await test('example.org', server, { username: apache.user, password: apache.password });
    expect(report.steps.filter(({ ok }) => ok === false)).toEqual([]);
    expect(say(report, 'address').text).toContain(`_carddav._tcp.example.org names plain.example.org:${port}`);
    expect(say(report, 'certificate')).toMatchObject({ ok: null, text: expect.stringMatching(/not encrypted, because the DNS record.*password is not sent as it is/) });
    expect(say(report, 'signIn').text).toContain('Digest');
    expect(report.found.map(({ url }) => url)).toContain(`http://plain.example.org:${port}/anna/contacts/`);
  });

  it('no password and no token as it is, unless somebody entered http://: DNS may have been forged on the way', async () => {
    for (const [scheme, auth, what] of [['Basic', 'auto', 'password'], ['Basic', 'basic', 'password'], ['Bearer', 'auto', 'token'], ['Bearer', 'bearer', 'token']] as const) {
      const seen: (string | undefined)[] = [];
      const site = await fakeDav(({ headers }) => { seen.push(headers.authorization); return { status: 401, headers: { 'www-authenticate': `${scheme} realm="x"` } }; });
      cleanUp.push(site.stop);
      const { port } = new URL(site.url);
      const server = await dns({ srv: [['_carddav._tcp.example.org', 'plain.example.org', Number(port)]] });
      const words = new RegExp(`^plain\\.example\\.org:${port}, which only a DNS record names, wants your ${what} without encryption.*not sent.*enter http://plain\\.example\\.org:${port}`);
      for (const location of [null, `http://plain.example.org:${port}/anna/contacts/`]) { // kept from earlier, when it was done
        const source = open('example.org', server, { auth, location });
        await expect(source.open().then(() => source.list(null))).rejects.toMatchObject({ kind: 'invalid', code: 'carddav.insecure', message: expect.stringMatching(words) });
      }
      const report = await test('example.org', server, { auth });
      expect(report.steps.filter(({ ok }) => ok === false)).toMatchObject([{ step: 'signIn', text: expect.stringMatching(words) }]);
      expect(seen.every((sent) => sent === undefined)).toBe(true);
      await expect(open(`http://plain.example.org:${port}/`, server, { auth }).open()).rejects.toMatchObject({ code: 'carddav.unauthorised' });
      expect(seen.at(-1)).toMatch(new RegExp(`^${scheme} `));
    }
  });

  it('never where there is a record for TLS, nor instead of a certificate that is bad', async () => {
    const plain: [string, string, number] = ['_carddav._tcp.example.org', 'plain.example.org', Number(new URL(radicale.url).port)];
    for (const port of [await freePort(), apache.tls.expired, apache.tls.selfSigned]) {
      const server = await dns({ srv: [['_carddavs._tcp.example.org', 'dav.example.org', port], plain] });
      await expect(open('example.org', server).open()).rejects.toMatchObject({ code: expect.stringMatching(/^carddav\.(unreachable|certificate)$/) });
    }
  });

  it('never for a host that no record names', async () => {
    const seen: string[] = [];
    const site = await fakeDav(({ headers }) => { seen.push(headers.authorization ?? 'none'); return { status: 404 }; });
    cleanUp.push(site.stop);
    await expect(open(`plain.example.org:${new URL(site.url).port}`, await dns({})).open()).rejects.toMatchObject({ code: 'carddav.unreachable', message: expect.stringContaining('does not speak TLS') });
    expect(seen).toEqual([]);
  });
});

describe('what is wrong is said where it is', () => {
  it('certificates: expired, for another name, signed by nobody who is known', async () => {
    for (const [name, words] of [['expired', /has expired/], ['wrongName', /for another name/], ['selfSigned', /authority is not known here|signed it itself/]] as const) {
      const report = await test(`dav.example.org:${apache.tls[name]}`, await dns({}));
      expect(report.steps.filter(({ ok }) => ok === false).map(({ step }) => step), name).toEqual(['certificate']);
      expect(say(report, 'certificate').text).toMatch(words);
      expect(say(report, 'certificate').text).toContain('NODE_EXTRA_CA_CERTS');
      expect(say(report, 'connection').ok).toBe(true);
    }
    const good = await test(`dav.example.org:${apache.tls.good}`, await dns({}));
    expect(say(good, 'certificate')).toMatchObject({ ok: true, text: expect.stringContaining('is trusted') });
    expect(good.contacts).toBe(1);
  });

  it('names that do not exist, and servers that are not allowed', async () => {
    const server = await dns({ srv: [secure()] });
    expect(say(await test('no-such-name.example.com', server), 'address')).toMatchObject({ ok: false, text: expect.stringContaining('no such host') });
    const refused = await test('example.org', server, { trusted: false });
    expect(say(refused, 'address')).toMatchObject({ ok: false, text: expect.stringMatching(/dav\.example\.org.*private network.*administrator/) });
    await expect(open('example.org', server, { trusted: false }).check()).rejects.toMatchObject({ code: 'carddav.address-refused' });
    await open('example.org', server).check();
  });

  it('a redirect to another server, where no password goes', async () => {
    const other: FakeDav = await fakeDav(() => ({ status: 404 }));
    const site = await fakeDav(() => ({ status: 301, headers: { location: `${other.url}dav/` } }));
    cleanUp.push(other.stop, site.stop);
    const report = await test('example.org', await dns({ srv: [['_carddav._tcp.example.org', 'plain.example.org', Number(new URL(site.url).port)]] }));
    expect(say(report, 'find')).toMatchObject({ ok: false, text: expect.stringMatching(/^plain\.example\.org.*sends us to http/) }); // rather than that nothing listens at example.org:443
    const straight = await test(site.url.replace('127.0.0.1', 'plain.example.org'), await dns({}));
    expect(say(straight, 'find')).toMatchObject({ ok: false, text: expect.stringMatching(/sends us to http:\/\/127\.0\.0\.1.*not given to another server.*enter that address/) });
    expect(other.requests).toEqual([]);
  });
});
