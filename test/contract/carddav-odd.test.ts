/** What CardDAV servers do on their bad days, all of it seen on real ones; answered by a server of our own. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import type { Batch, ContactSource, Listed } from '../../src/sync/port.js';
import { type Books, openBooks, vcard } from '../lab/books.js';
import { type DavReply, type DavRequest, type FakeDav, fakeDav, found, multistatus, status } from '../lab/dav.js';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => { while (cleanUp.length > 0) await cleanUp.pop()!(); });
const serve = async (answer: (request: DavRequest) => DavReply): Promise<FakeDav> => { const server = await fakeDav(answer); cleanUp.push(server.stop); return server; };
const at = (url: string, location: string | null = '/book/', timeout?: number): ContactSource => openCardDav({ url, username: 'anna', password: 'secret', location, timeout, trusted: true });
const opened = async (url: string, timeout?: number): Promise<ContactSource> => { const source = at(url, '/book/', timeout); await source.open(); return source; };
const fetchAll = async (source: ContactSource, items: Listed[]): Promise<Batch> => {
  const all: Batch = { cards: [], skipped: [], missing: [] };
  for await (const batch of source.fetch(items)) { all.cards.push(...batch.cards); all.skipped.push(...batch.skipped); all.missing.push(...batch.missing); }
  return all;
};
const items = (...hrefs: string[]): Listed[] => hrefs.map((href) => ({ href, etag: '"1"' }));
const isSync = (request: DavRequest): boolean => request.body.includes('sync-collection');
const tokenIn = (request: DavRequest): string => /<sync-token>(.*?)<\/sync-token>/.exec(request.body)?.[1] ?? '';
const card = (href: string, etag: string, data: string): string => found(href, `<D:getetag>${etag}</D:getetag><C:address-data>${data}</C:address-data>`);
const text = (batch: Batch, n = 0): string => new TextDecoder().decode(batch.cards[n]!.bytes);

describe('listing', () => {
  it('keeps etags and tokens as they are written', async () => {
    const server = await serve(() => ({ body: multistatus([found('/book/a.vcf', '<D:getetag>1e3</D:getetag>'), found('/book/b.vcf', '<D:getetag>&quot;007&quot;</D:getetag>'), found('/book/', '<D:resourcetype><D:collection/></D:resourcetype>')], '20261120.10') }));
    expect(await (await opened(server.url)).list(null)).toEqual({ kind: 'full', items: [{ href: '/book/a.vcf', etag: '1e3' }, { href: '/book/b.vcf', etag: '"007"' }], removed: [], skipped: [], token: '20261120.10' });
    expect(server.requests[0]!.headers).toMatchObject({ 'accept-encoding': 'identity', depth: '0' });
  });

  it('takes hrefs in every spelling: absolute, inner host, encoded, without .vcf; leaves collections out; takes an item once', async () => {
    const etag = '<D:getetag>"1"</D:getetag>';
    const server = await serve(() => ({ body: multistatus([found('http://inner:5232/book/a%20b.vcf', etag), found('/book/no-suffix', etag), found('/book/ü.vcf', etag), found('/book/no-suffix', etag), found('/book/sub/', `${etag}<D:resourcetype><D:collection/></D:resourcetype>`)]) }));
    expect((await (await opened(server.url)).list(null)).items.map((item) => item.href)).toEqual(['/book/a%20b.vcf', '/book/no-suffix', '/book/%C3%BC.vcf']);
  });

  it('asks on when the server cuts the list short (507)', async () => {
    const pages: Record<string, string> = {
      '': multistatus([found('/book/a', '<D:getetag>"1"</D:getetag>'), status('/book/', 507)], 't1'),
      t1: multistatus([found('/book/b', '<D:getetag>"1"</D:getetag>'), status('/book/', 507)], 't2'),
      t2: multistatus([found('/book/c', '<D:getetag>"1"</D:getetag>'), status('/book/a', 404)], 't3'),
    };
    const server = await serve((request) => ({ body: pages[tokenIn(request)]! }));
    expect(await (await opened(server.url)).list(null)).toMatchObject({ kind: 'full', items: [{ href: '/book/b' }, { href: '/book/c' }], token: 't3' });
  });

  it.each([[400], [403], [409], [412], [500], [501]])('asks for everything when the token is answered with %i', async (code) => {
    const server = await serve((request) => (tokenIn(request) ? { status: code } : { body: multistatus([found('/book/a', '<D:getetag>"1"</D:getetag>')], 'new') }));
    expect(await (await opened(server.url)).list('old')).toMatchObject({ kind: 'full', token: 'new' });
  });

  it('lists by PROPFIND where there is no sync-collection', async () => {
    const server = await serve((request) => (isSync(request) ? { status: 415 } : { body: multistatus([found('/book/', '<D:resourcetype><D:collection/></D:resourcetype>'), found('/book/a.vcf', '<D:getetag>"1"</D:getetag>')]) }));
    expect(await (await opened(server.url)).list('old')).toEqual({ kind: 'full', items: [{ href: '/book/a.vcf', etag: '"1"' }], removed: [], skipped: [], token: null });
  });

  it('never takes a cut-off or strange answer for a short list', async () => {
    const whole = multistatus([found('/book/a.vcf', '<D:getetag>"1"</D:getetag>'), found('/book/b.vcf', '<D:getetag>"1"</D:getetag>')], 't');
    for (const body of [whole.slice(0, whole.indexOf('/book/b')), '', '<html><body>Welcome</body></html>', 'ok', `<!DOCTYPE x [<!ENTITY a "b">]>${whole}`]) {
      const server = await serve(() => ({ body }));
      await expect((await opened(server.url)).list(null), body).rejects.toMatchObject({ code: 'carddav.not-understood' });
    }
    const server = await serve(() => ({ body: '<?xml version="1.0"?><multistatus xmlns="DAV:"/>' }));
    expect((await (await opened(server.url)).list(null)).items).toEqual([]);
  });

  it('has a name for every refusal', async () => {
    const codes: [number, string, Record<string, string>?][] = [[401, 'carddav.unauthorised'], [401, 'carddav.unauthorised', { 'www-authenticate': 'Digest realm="x"' }], [403, 'carddav.forbidden'], [404, 'carddav.not-an-address-book'], [429, 'carddav.limited', { 'retry-after': '90' }], [503, 'carddav.server-failed'], [500, 'carddav.server-failed']];
    for (const [code, name, headers] of codes) {
      const server = await serve(() => ({ status: code, headers }));
      await expect((await opened(server.url)).list('t')).rejects.toMatchObject({ code: name });
    }
  });

  it('gives up on a server that does not answer, or answers without end', async () => {
    const silent = await serve(() => () => {});
    await expect((await opened(silent.url, 300)).list(null)).rejects.toMatchObject({ code: 'carddav.unreachable' });
    const dripping = await serve(() => (response) => { response.writeHead(207, { 'content-type': 'text/xml' }); const timer = setInterval(() => response.write(' '), 20); response.on('close', () => clearInterval(timer)); });
    await expect((await opened(dripping.url, 500)).list(null)).rejects.toMatchObject({ code: 'carddav.unreachable' });
    const endless = await serve(() => (response) => { response.writeHead(207); const chunk = Buffer.alloc(1 << 20, 32); const more = (): void => { while (!response.destroyed && response.write(chunk)); if (!response.destroyed) response.once('drain', more); }; more(); });
    await expect((await opened(endless.url)).list(null)).rejects.toMatchObject({ code: 'carddav.too-large' });
  });
});

describe('reading cards', () => {
  const data = vcard('Anna', ['NOTE:a]]>b & c <d>', 'TEL:+49301234567']).replaceAll('\r\n', '\n');
  const escaped = data.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  it('reads text, CDATA, split CDATA and character references alike, to the last byte', async () => {
    const forms = [escaped, `<![CDATA[${data.replace(']]>', ']]]]><![CDATA[>')}]]>`, escaped.replaceAll('\n', '\r\n'), escaped.replaceAll('A', '&#65;')];
    const server = await serve(() => ({ body: multistatus(forms.map((form, i) => card(`/book/${i}.vcf`, '1e3', form))) }));
    const batch = await fetchAll(await opened(server.url), items(...forms.map((_, i) => `/book/${i}.vcf`)));
    expect(forms.map((_, i) => text(batch, i))).toEqual(forms.map(() => data));
    expect(batch.cards[0]!.etag).toBe('1e3');
    const crs = await serve(() => ({ body: multistatus([card('/book/a.vcf', '"1"', escaped.replaceAll('\n', '&#13;\n'))]) }));
    expect(text(await fetchAll(await opened(crs.url), items('/book/a.vcf')))).toBe(data.replaceAll('\n', '\r\n'));
  });

  it('does not lose the batch by one card that is gone, empty, or not delivered', async () => {
    const server = await serve(() => ({ body: multistatus([card('/book/a%40b.vcf', '"1"', escaped), status('/book/gone.vcf', 404), card('/book/empty.vcf', '"1"', '')]) }));
    const batch = await fetchAll(await opened(server.url), items('/book/a@b.vcf', '/book/gone.vcf', '/book/empty.vcf', '/book/lost.vcf'));
    expect(batch).toMatchObject({ cards: [{ href: '/book/a@b.vcf' }], missing: ['/book/gone.vcf'], skipped: [{ href: '/book/empty.vcf' }, { href: '/book/lost.vcf', etag: '' }] });
  });

  it('finds the one card on which the server fails, and reads the others', async () => {
    const server = await serve((request) => {
      if (request.method === 'GET') return { status: 500 };
      const hrefs = [...request.body.matchAll(/<href>(.*?)<\/href>/g)].map((m) => m[1]!);
      return hrefs.includes('/book/17.vcf') ? { status: 500 } : { body: multistatus(hrefs.map((href) => card(href, '"1"', escaped))) };
    });
    const batch = await fetchAll(await opened(server.url), items(...Array.from({ length: 450 }, (_, i) => `/book/${i}.vcf`)));
    expect(batch.cards).toHaveLength(449);
    expect(batch.skipped).toEqual([{ href: '/book/17.vcf', etag: '"1"', reason: 'the server cannot deliver it' }]);
  });

  it('leaves a server alone soon that fails on everything', async () => {
    const server = await serve(() => ({ status: 500 }));
    await expect(fetchAll(await opened(server.url), items(...Array.from({ length: 1000 }, (_, i) => `/book/${i}.vcf`)))).rejects.toMatchObject({ code: 'carddav.server-failed' });
    expect(server.requests.length).toBeLessThan(120);
  });

  it('asks for 200 cards at a time, two at a time', async () => {
    let now = 0, most = 0;
    const server = await serve((request) => (response) => {
      most = Math.max(most, now += 1);
      const hrefs = [...request.body.matchAll(/<href>(.*?)<\/href>/g)].map((m) => m[1]!);
      setTimeout(() => { now -= 1; response.writeHead(207); response.end(multistatus(hrefs.map((href) => card(href, '"1"', escaped)))); }, 30);
    });
    expect((await fetchAll(await opened(server.url), items(...Array.from({ length: 1001 }, (_, i) => `/book/${i}`)))).cards).toHaveLength(1001);
    expect([server.requests.length, most]).toEqual([6, 2]);
  });

  it('asks for fewer cards at a time where they are large', async () => {
    const server = await serve((request) => ({ body: multistatus([...request.body.matchAll(/<href>(.*?)<\/href>/g)].map((m) => card(m[1]!, '"1"', escaped))) }));
    const large = items('/book/a', '/book/b', '/book/c', '/book/d').map((item) => ({ ...item, size: 300_000 }));
    expect((await fetchAll(await opened(server.url), [...large, ...items('/book/e', '/book/f')])).cards).toHaveLength(6);
    expect(server.requests.map((request) => request.body.split('<href>').length - 1)).toEqual([1, 1, 1, 3]);
  });

  it('reads what is compressed although nobody asked for it', async () => {
    const server = await serve(() => ({ body: gzipSync(multistatus([card('/book/a.vcf', '"1"', escaped)])), headers: { 'content-encoding': 'gzip' } }));
    expect(text(await fetchAll(await opened(server.url), items('/book/a.vcf')))).toBe(data);
  });

  it('asks once more when the server dropped the socket just then', async () => {
    let dropped = false;
    const server = await serve(() => (response) => {
      if (!dropped) { dropped = true; response.destroy(); return; }
      response.writeHead(207); response.end(multistatus([card('/book/a.vcf', '"1"', escaped)]));
    });
    expect((await fetchAll(await opened(server.url), items('/book/a.vcf'))).cards).toHaveLength(1);
  });
});

describe('finding the book, and credentials', () => {
  const principal = '<D:current-user-principal><D:href>/p/anna/</D:href></D:current-user-principal>';
  const home = '<C:addressbook-home-set><D:href>/home/anna/</D:href></C:addressbook-home-set>';
  const book = (name: string): string => `<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype><D:displayname>${name}</D:displayname>`;
  const standard = (request: DavRequest): DavReply => {
    if (request.path === '/p/anna/') return { body: multistatus([found('/p/anna/', home)]) };
    if (request.path === '/home/anna/') return { body: multistatus([found('/home/anna/', '<D:resourcetype><D:collection/></D:resourcetype>'), found('/home/anna/z/', book('1e3')), found('/home/anna/a/', book('Kontakte'))]) };
    return request.path === '/dav/' ? { body: multistatus([found('/dav/', principal)]) } : { status: 404 };
  };

  it('goes by the well-known address, with a redirect on the same server', async () => {
    const server = await serve((request) => (request.path === '/.well-known/carddav' ? { status: 301, headers: { location: '/dav/' } } : standard(request)));
    expect(await at(server.url, null).open()).toEqual({ location: '/home/anna/a/', others: ['1e3'] });
  });

  it('gives the password to nobody else', async () => {
    const other = await serve(() => ({ body: multistatus([]) }));
    for (const code of [301, 302, 303, 307, 308]) {
      const server = await serve(() => ({ status: code, headers: { location: `${other.url}dav/` } }));
      await expect(at(server.url, null).open()).rejects.toMatchObject({ code: 'carddav.redirected', message: expect.stringContaining(other.url) });
      await expect(at(server.url).list(null).catch((thrown: unknown) => { throw thrown; })).rejects.toThrow();
      const source = await opened(server.url);
      await expect(source.put('/book/a.vcf', Buffer.from('x'), '"1"')).rejects.toMatchObject({ code: 'carddav.redirected' });
      await expect(source.read(`${other.url}book/a.vcf`)).rejects.toMatchObject({ code: 'carddav.redirected' });
    }
    const elsewhere = await serve(() => ({ body: multistatus([found('/', `<C:addressbook-home-set><D:href>${other.url}home/</D:href></C:addressbook-home-set>`)]) }));
    await expect(at(elsewhere.url, null).open()).rejects.toMatchObject({ code: 'carddav.redirected' });
    expect(other.requests).toEqual([]);
  });

  it('sends names and passwords as UTF-8, and refuses other protocols', async () => {
    const server = await serve((request) => (request.headers.authorization ? standard(request) : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }));
    await openCardDav({ url: `${server.url}dav/`, username: 'änna', password: 'pä:☎', location: null, trusted: true }).open();
    expect(server.requests[0]!.headers.authorization).toBeUndefined();
    expect(server.requests[1]!.headers.authorization).toBe(`Basic ${Buffer.from('änna:pä:☎').toString('base64')}`);
    for (const url of ['file:///etc/passwd', 'ftp://x/', 'javascript:alert(1)', 'x y', 'http://', '']) expect(() => at(url)).toThrow('http://');
  });

  it('says so when there is no address book, and does not run in circles', async () => {
    const empty = await serve(() => ({ status: 404 }));
    await expect(at(empty.url, null).open()).rejects.toMatchObject({ code: 'carddav.not-an-address-book' });
    const circle = await serve(() => ({ status: 302, headers: { location: '/again' } }));
    await expect(at(circle.url, null).open()).rejects.toMatchObject({ code: 'carddav.unreachable' });
  });
});

describe('writing', () => {
  it.each([[204, 'written'], [201, 'written'], [412, 'changed'], [404, 'gone'], [403, 'read-only'], [405, 'read-only']])('understands %i as %s', async (code, kind) => {
    const server = await serve(() => ({ status: code, headers: { etag: '"2"' } }));
    expect(await (await opened(server.url)).put('/book/a.vcf', Buffer.from('card'), '"1"')).toMatchObject({ kind });
    expect(server.requests[0]).toMatchObject({ method: 'PUT', body: 'card', headers: { 'if-match': '"1"', 'content-type': 'text/vcard; charset=utf-8' } });
  });

  it('is not sent twice, and trusts no weak etag', async () => {
    const weak = await serve(() => ({ status: 204, headers: { etag: 'W/"2"' } }));
    expect(await (await opened(weak.url)).put('/book/a.vcf', Buffer.from('card'), '"1"')).toEqual({ kind: 'written', etag: undefined });
    const dropping = await serve(() => (response) => { response.destroy(); });
    await expect((await opened(dropping.url)).put('/book/a.vcf', Buffer.from('card'), '"1"')).rejects.toMatchObject({ code: 'carddav.unreachable' });
    expect(dropping.requests).toHaveLength(1);
    const full = await serve(() => ({ status: 507 }));
    await expect((await opened(full.url)).put('/book/a.vcf', Buffer.from('card'), '"1"')).rejects.toMatchObject({ code: 'carddav.refused' });
  });
});

describe('a card without a strong ETag', () => {
  /** What another client does, when the given request comes. */
  const standing = async (header: () => string | undefined, property: () => string | undefined, meanwhile: (request: DavRequest, there: { now: string | undefined }) => void = () => {}): Promise<{ server: FakeDav; there: { now: string | undefined }; source: ContactSource }> => {
    const there: { now: string | undefined } = { now: 'BEGIN' };
    const server = await serve((request) => {
      meanwhile(request, there);
      const etag = header();
      if (request.method === 'PROPFIND') return property() === undefined ? { status: 501 } : { body: multistatus([found('/book/a.vcf', `<D:getetag>${property()}</D:getetag>`)]) };
      if (request.method === 'GET') return there.now === undefined ? { status: 404 } : { status: 200, body: there.now, headers: { ...(etag === undefined ? undefined : { etag }) } };
      const condition = request.headers['if-match'];
      if (condition === '*' ? there.now === undefined : condition !== undefined && condition !== property()) return { status: 412 }; // W/ never matches
      there.now = request.body;
      return { status: 204 };
    });
    return { server, there, source: await opened(server.url) };
  };
  const write = async (source: ContactSource) => { const { etag } = (await source.read('/book/a.vcf'))!; return source.put('/book/a.vcf', Buffer.from('OURS'), etag); };
  const conditions = ({ requests }: FakeDav) => requests.filter(({ method }) => method === 'PUT').map(({ headers }) => headers['if-match']);

  it.each([['none', undefined], ['a weak one', 'W/"1"']])('is replaced by the ETag of its properties, where GET gives %s', async (_, header) => {
    let version = 1;
    const { server, there, source } = await standing(() => header, () => `"${version}"`);
    expect(await source.read('/book/a.vcf')).toMatchObject({ etag: '"1"' });
    expect(await write(source)).toEqual({ kind: 'written', etag: undefined });
    expect([conditions(server), there.now]).toEqual([['"1"'], 'OURS']);
    const kept = (await source.read('/book/a.vcf'))!;
    version = 2;
    there.now = 'THEIRS';
    expect(await source.put('/book/a.vcf', Buffer.from('OURS'), kept.etag)).toEqual({ kind: 'changed' });
    expect(there.now).toBe('THEIRS');
  });

  it('is not overwritten when it changes between its properties and its bytes', async () => {
    let version = 1, gets = 0;
    const { there, source } = await standing(() => undefined, () => `"${version}"`, ({ method }, held) => { if (method === 'GET' && (gets += 1) === 2) { held.now = 'THEIRS'; } else if (method === 'PUT') version = 2; });
    expect(await write(source)).toEqual({ kind: 'changed' });
    expect(there.now).toBe('THEIRS');
  });

  it.each([['none', undefined, undefined], ['a weak one', 'W/"1"', 'W/"1"']])('is replaced as long as its bytes are the same, where the server has %s at all', async (_, header, property) => {
    const { server, there, source } = await standing(() => header, () => property);
    expect(await write(source)).toEqual({ kind: 'written', etag: undefined });
    expect([conditions(server), there.now]).toEqual([['*'], 'OURS']);
    const kept = (await source.read('/book/a.vcf'))!;
    there.now = 'THEIRS';
    expect(await source.put('/book/a.vcf', Buffer.from('AGAIN'), kept.etag)).toEqual({ kind: 'changed' });
    there.now = undefined;
    expect(await source.put('/book/a.vcf', Buffer.from('AGAIN'), kept.etag)).toEqual({ kind: 'gone' });
    there.now = 'OURS';
    expect(await source.put('/book/other.vcf', Buffer.from('AGAIN'), kept.etag)).toEqual({ kind: 'changed' }); // that one was not read
    expect([there.now, conditions(server)]).toEqual(['OURS', ['*']]);
  });

  it('is not made anew when it is deleted at the last moment', async () => {
    const { there, source } = await standing(() => undefined, () => undefined, ({ method }, held) => { if (method === 'PUT') held.now = undefined; });
    expect(await write(source)).toEqual({ kind: 'changed' });
    expect(there.now).toBeUndefined();
    expect(await source.read('/book/a.vcf')).toBeUndefined();
  });
});

describe('syncing with such servers', () => {
  let all: Books;
  const cards = new Map<string, string>();
  const listed = (): string[] => [...cards].map(([name, content]) => found(`/book/${name}`, `<D:getetag>"${content.length}"</D:getetag>`));
  const standing = async (sync: (request: DavRequest) => DavReply | undefined, put: (request: DavRequest) => DavReply = () => ({ status: 403 })): Promise<() => ReturnType<Books['sync']['syncBook']>> => {
    cards.clear();
    for (let i = 0; i < 10; i += 1) cards.set(`c${i}`, vcard(`C${i}`, [`TEL:030 888000${i}`]));
    const server = await serve((request) => {
      const name = request.path.split('/').at(-1)!;
      if (request.method === 'PUT') return put(request);
      if (request.method === 'GET') return cards.has(name) ? { status: 200, body: cards.get(name)!, headers: { etag: `"${cards.get(name)!.length}"` } } : { status: 404 };
      if (isSync(request)) return sync(request) ?? { body: multistatus(listed(), 'token') };
      if (request.body.includes('multiget')) return { body: multistatus([...request.body.matchAll(/<href>\/book\/(.*?)<\/href>/g)].map((m) => (cards.has(m[1]!) ? card(`/book/${m[1]}`, `"${cards.get(m[1]!)!.length}"`, cards.get(m[1]!)!) : status(`/book/${m[1]}`, 404)))) };
      return { body: multistatus([found('/book/', '<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>')]) };
    });
    all = await openBooks();
    cleanUp.push(all.drop);
    const { id } = await all.books.create({ kind: 'carddav', url: server.url, username: 'a', password: 'b', name: 'Odd', personId: all.personId });
    return () => all.sync.syncBook(id);
  };
  const names = async (): Promise<string[]> => (await all.contacts.search({ personId: all.personId })).items.map((contact) => contact.name);

  it('notices deletions that a full list in answer to a token does not name', async () => {
    const sync = await standing(() => undefined);
    await sync();
    cards.delete('c3');
    cards.delete('c4');
    expect(await sync()).toMatchObject({ kind: 'done', removed: 2 });
    expect(await names()).toEqual(['C0', 'C1', 'C2', 'C5', 'C6', 'C7', 'C8', 'C9']);
  });

  it('reads a changed card even when nothing but its etag tells, and skips what is no card', async () => {
    const sync = await standing(() => undefined);
    cards.set('c2', 'this is no card');
    expect(await sync()).toMatchObject({ kind: 'done', added: 9, skipped: 1 });
    cards.set('c1', vcard('Changed', ['TEL:030 8880001']));
    expect(await sync()).toMatchObject({ kind: 'done', updated: 1, skipped: 1 });
    cards.set('c1', 'broken now too');
    expect(await sync()).toMatchObject({ kind: 'done', skipped: 2 });
    expect(await names()).toContain('Changed'); // what was known of it stays
    cards.set('c1', vcard('Mended', ['TEL:030 8880001']));
    cards.set('c2', vcard('Mended too', []));
    expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 1, skipped: 0 });
  });

  it('keeps the old token when the sync does not come to its end', async () => {
    const asked: string[] = [];
    let broken = true;
    const sync = await standing((request) => { asked.push(tokenIn(request)); return tokenIn(request) === 'token' && broken ? { status: 503 } : undefined; });
    await sync();
    expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.server-failed' });
    broken = false;
    expect(await sync()).toMatchObject({ kind: 'done' });
    expect(asked.slice(0, 3)).toEqual(['', 'token', 'token']);
  });

  it('writes again onto the newer card when it was changed in between, and comes back later with a reason', async () => {
    let refusals = 1;
    const sync = await standing(() => undefined, (request) => {
      if (refusals > 0) { refusals -= 1; cards.set('c5', vcard('C5 from elsewhere', ['TEL:030 8880005'])); return { status: 412 }; }
      cards.set('c5', request.body);
      return { status: 204 };
    });
    await sync();
    const { contact } = await all.directory.lookup('030 8880005', all.personId);
    expect(await all.sync.setCode(contact!.id, 'VIP', all.personId)).toMatchObject({ name: 'C5 from elsewhere', code: 'VIP' });
    refusals = 99;
    expect(await all.sync.setCode(contact!.id, 'VM', all.personId)).toMatchObject({ code: 'VM', pending: { code: 'VM', refused: false, error: expect.stringContaining('changed elsewhere') } });
  });

  it('says so when the server takes the change and drops the field, or lets nobody write', async () => {
    let put: DavReply = { status: 204 };
    const sync = await standing(() => undefined, () => put);
    await sync();
    const { contact } = await all.directory.lookup('030 8880005', all.personId);
    await expect(all.sync.setCode(contact!.id, 'VIP', all.personId)).rejects.toMatchObject({ code: 'contact.not-kept' });
    put = { status: 403 };
    await expect(all.sync.setCode(contact!.id, 'VIP', all.personId)).rejects.toMatchObject({ code: 'contact.read-only' });
    expect((await all.directory.lookup('030 8880005', all.personId)).contact?.code).toBeNull();
  });
});
