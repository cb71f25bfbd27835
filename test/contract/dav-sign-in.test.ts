/** Signing in by Digest, Basic and token at a real Apache in front of a real Radicale, and at servers that only Digest's finer points come from. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DavAuth } from '@ringbook/contracts';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { inspectDav } from '../../src/adapter/dav/inspect.adapter.js';
import { BOOKS } from '../../src/adapter/dav/kind.js';
import { type Apache, startApache } from '../lab/apache.js';
import { openBooks, vcard } from '../lab/books.js';
import { type DavReply, type DavRequest, type FakeDav, fakeDav, found, multistatus } from '../lab/dav.js';
import { type FaultProxy, startFaultProxy } from '../lab/fault-proxy.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';

const BOOK = multistatus([found('/book/', '<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>')], '1');

describe('at a real Apache', () => {
  let radicale: Radicale, apache: Apache;
  const proxies: FaultProxy[] = [];
  beforeAll(async () => {
    radicale = await startRadicale();
    apache = await startApache(radicale);
    await radicale.put('grace', vcard('Grace', ['TEL:030 5550901']));
  });
  afterAll(async () => { await apache?.stop(); await radicale?.stop(); });
  afterEach(async () => { for (const proxy of proxies.splice(0)) await proxy.stop(); });
  const through = async (url: string): Promise<FaultProxy> => { const proxy = await startFaultProxy(url); proxies.push(proxy); return proxy; };
  const settings = (url: string, auth: DavAuth, over: object = {}) => ({ kind: 'carddav' as const, url, username: apache.user, password: apache.password, auth, location: null, trusted: true, ...over });
  const ways = (proxy: FaultProxy): string[] => [...new Set(proxy.seen.map(({ headers }) => headers.authorization?.split(' ')[0] ?? 'none'))];

  it.each(['auto', 'digest'] as const)('Digest, when "%s" is chosen: a whole sync, a code written back, one nonce for all of it', async (auth) => {
    const proxy = await through(apache.digest);
    const all = await openBooks();
    try {
      const { id } = await all.books.create({ kind: 'carddav', url: proxy.url, username: apache.user, password: apache.password, name: 'Office', personId: all.personId, options: { auth } });
      expect(await all.sync.syncBook(id)).toMatchObject({ kind: 'done', added: 1 });
      const { contact } = await all.directory.lookup('030 5550901', all.personId);
      const sync = [...proxy.seen];
      await all.sync.setCode(contact!.id, 'VIP', all.personId);
      expect(await radicale.get('grace')).toContain('X-CUSTOM4:VIP');
      expect(ways(proxy)).toEqual(['none', 'Digest']);
      expect(sync.filter(({ status }) => status === 401)).toHaveLength(1);
      const counts = sync.slice(1).map(({ headers }) => /nc=(\w+)/.exec(headers.authorization!)![1]);
      expect(counts).toEqual(counts.map((_, i) => (i + 1).toString(16).padStart(8, '0')));
      expect(new Set(sync.slice(1).map(({ headers }) => /[^c]nonce="([^"]*)"/.exec(headers.authorization!)![1])).size).toBe(1);
    } finally { await all.drop(); }
  });

  it('Digest rather than Basic where both are offered: the password is never sent', async () => {
    const proxy = await through(apache.both);
    const source = openCardDav(settings(proxy.url, 'auto'));
    expect((await source.open()).location).toBe('/anna/contacts/');
    expect(proxy.seen[0]!.status).toBe(401);
    expect(ways(proxy)).toEqual(['none', 'Digest']);
    const wire = proxy.seen.map(({ headers }) => JSON.stringify(headers)).join('\n');
    for (const secret of [apache.password, Buffer.from(`${apache.user}:${apache.password}`).toString('base64')]) expect(wire).not.toContain(secret);
  });

  it('a wrong password is refused once, and not tried again and again', async () => {
    const proxy = await through(apache.digest);
    await expect(openCardDav(settings(proxy.url, 'auto', { password: 'wrong' })).open()).rejects.toMatchObject({ code: 'carddav.unauthorised', message: expect.stringContaining('user name and password') });
    expect(proxy.seen.map(({ status }) => status)).toEqual([401, 401]);
    const basic = await through(apache.digest);
    await expect(openCardDav(settings(basic.url, 'basic')).open()).rejects.toMatchObject({ code: 'carddav.unauthorised', message: expect.stringMatching(/offers digest.*"basic" is chosen.*Choose "auto"/) });
  });

  it('a token, chosen or asked for', async () => {
    for (const auth of ['bearer', 'auto'] as const) {
      const proxy = await through(apache.bearer);
      expect((await openCardDav(settings(proxy.url, auth, { password: apache.token })).open()).location).toBe('/anna/contacts/');
      expect(ways(proxy)).toEqual(auth === 'bearer' ? ['Bearer'] : ['none', 'Bearer']);
    }
    await expect(openCardDav(settings(apache.bearer, 'bearer', { password: 'an old one' })).open()).rejects.toMatchObject({ code: 'carddav.unauthorised', message: expect.stringContaining('token') });
  });

  it('the test of a connection says how it signed in', async () => {
    const text = async (url: string, over = {}) => (await inspectDav(settings(url, 'auto', over), BOOKS)).steps.find(({ step }) => step === 'signIn');
    expect(await text(apache.both)).toMatchObject({ ok: true, text: expect.stringContaining('by Digest (MD5)') });
    expect(await text(apache.bearer, { password: apache.token })).toMatchObject({ ok: true, text: expect.stringContaining('by token') });
    expect(await text(apache.digest, { password: 'wrong' })).toMatchObject({ ok: false, text: expect.stringContaining('Enter them again') });
  });
});

describe('the finer points of Digest', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => { while (cleanUp.length > 0) await cleanUp.pop()!(); });
  const serve = async (answer: (request: DavRequest) => DavReply): Promise<FakeDav> => { const server = await fakeDav(answer); cleanUp.push(server.stop); return server; };
  const param = (request: DavRequest, name: string): string => new RegExp(`(?:^Digest |, )${name}="?([^",]*)"?`).exec(request.headers.authorization ?? '')?.[1] ?? '';
  /** Reckoned here by the formulas of RFC 7616, 3.4, from what was sent. */
  const isRight = (request: DavRequest, algorithm: string, nonce: string): boolean => {
    const h = (text: string) => createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256').update(text).digest('hex');
    const cnonce = param(request, 'cnonce');
    const secret = h('anna:r:pä☎');
    const a1 = algorithm.endsWith('-sess') ? h(`${secret}:${nonce}:${cnonce}`) : secret;
    return param(request, 'nonce') === nonce && param(request, 'uri') === request.path && param(request, 'response') === h(`${a1}:${nonce}:${param(request, 'nc')}:${cnonce}:auth:${h(`${request.method}:${request.path}`)}`);
  };
  const asked = (algorithm: string, nonce: string, more = ''): DavReply => ({ status: 401, headers: { 'www-authenticate': `Digest realm="r", nonce="${nonce}", qop="auth,auth-int", algorithm=${algorithm}${more}` } });
  const at = (url: string) => openCardDav({ url, username: 'anna', password: 'pä☎', location: '/book/', trusted: true });

  it.each(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'])('%s', async (algorithm) => {
    const server = await serve((request) => (isRight(request, algorithm, 'n1') ? { body: BOOK } : asked(algorithm, 'n1')));
    const source = at(server.url);
    await source.list(null);
    await source.list('1');
    expect(server.requests.map((request) => param(request, 'nc'))).toEqual(['', '00000001', '00000002']);
  });

  it('a nonce that has grown old is replaced, whether the server says stale or not; the password is not blamed', async () => {
    for (const more of [', stale=true', '']) {
      let nonce = 'n1';
      const server = await serve((request) => (isRight(request, 'SHA-256', nonce) ? { body: BOOK } : asked('SHA-256', nonce, more)));
      const source = at(server.url);
      await source.list(null);
      await source.list(null);
      nonce = 'n2';
      await source.list(null);
      expect(server.requests.map((request) => param(request, 'nonce'))).toEqual(['', 'n1', 'n1', 'n1', 'n2']);
    }
  });

  it('a server that never has enough is left alone', async () => {
    let n = 0;
    const server = await serve(() => asked('SHA-256', `n${n += 1}`, ', stale=true'));
    await expect(at(server.url).list(null)).rejects.toMatchObject({ code: 'carddav.unauthorised' });
    expect(server.requests.length).toBeLessThan(6);
  });

  it('what Digest cannot be answered is no reason for Basic', async () => {
    const server = await serve(() => ({ status: 401, headers: { 'www-authenticate': 'Digest realm="r", nonce="n", algorithm=SHA3-512, Basic realm="r"' } }));
    await expect(at(server.url).list(null)).rejects.toMatchObject({ code: 'carddav.unauthorised', message: expect.stringContaining('does not speak') });
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([undefined]);
  });

  it('two at once share a nonce and each count once', async () => {
    const seen = new Set<string>();
    const server = await serve((request) => {
      const count = param(request, 'nc');
      if (!isRight(request, 'SHA-256', 'n1') || seen.has(count)) return asked('SHA-256', 'n1');
      seen.add(count);
      return { body: request.body.includes('multiget') ? multistatus([...request.body.matchAll(/<href>(.*?)<\/href>/g)].map((m) => found(m[1]!, '<D:getetag>"1"</D:getetag><C:address-data>x</C:address-data>'))) : BOOK };
    });
    const source = at(server.url);
    await source.list(null);
    let cards = 0;
    for await (const batch of source.fetch(Array.from({ length: 900 }, (_, i) => ({ href: `/book/${i}`, etag: '"1"' })))) cards += batch.cards.length;
    expect([cards, server.requests.filter((request) => request.headers.authorization === undefined).length]).toEqual([900, 1]);
  });
});
