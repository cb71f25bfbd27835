/**
 * A real Radicale behind a proxy that spoils what it says, in every way that servers and networks are known to. Each time: nothing
 * is lost here, nothing is wiped or overwritten there, the health of the book says what happened and what to do, and the next good
 * sync brings everything in order.
 */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { type Books, openBooks, vcard } from '../lab/books.js';
import { type FakeDav, fakeDav, multistatus } from '../lab/dav.js';
import { type Answer, type FaultProxy, type Seen, type Spoil, startFaultProxy } from '../lab/fault-proxy.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';

const COUNT = 24;
/** Milliseconds for one answer. */
const USUAL = 20_000, SHORT = 700;
let patience = USUAL;
let server: Radicale, proxy: FaultProxy, other: FakeDav;
beforeAll(async () => {
  server = await startRadicale();
  other = await fakeDav(() => ({ body: multistatus([]) }));
  proxy = await startFaultProxy(server.url);
});
afterAll(async () => { await proxy?.stop(); await other?.stop(); await server?.stop(); });

let all: Books, id: string;
beforeEach(async () => {
  proxy.spoil = {};
  patience = USUAL;
  await server.clear();
  await server.putMany(Array.from({ length: COUNT }, (_, n) => [`c${n}`, vcard(`C${n}`, [`TEL:030 88800${String(n).padStart(2, '0')}`, 'X-CUSTOM4:VIP'])] as const));
  all = await openBooks((settings) => openCardDav({ ...settings, timeout: patience }));
  id = (await all.books.create({ kind: 'carddav', url: proxy.url, username: server.user, password: server.password, name: 'Office', personId: all.personId })).id;
  return () => all.drop();
});
const sync = () => all.sync.syncBook(id);
const health = async () => (await all.books.get(id, all.personId))!.health;
const names = async () => (await all.db.selectFrom('contact').select('name').orderBy('name').execute()).map(({ name }) => name);
/** What there is to do when the fault comes: one is new, one is changed, one is gone. */
const change = async (): Promise<void> => {
  await server.put('new', vcard('New', ['TEL:030 8880099']));
  await server.put('c1', vcard('C1 changed', ['TEL:030 8880001', 'X-CUSTOM4:FAM'], 'C1'));
  await server.remove('c2');
};
const AFTER = (): string[] => ['C1 changed', 'New', ...Array.from({ length: COUNT }, (_, n) => `C${n}`).filter((name) => name !== 'C1' && name !== 'C2')].sort();

const isList = ({ body }: Pick<Seen, 'body'>): boolean => body.includes('sync-collection');
const isCards = ({ body }: Pick<Seen, 'body'>): boolean => /multiget|addressbook-query/.test(body.toString());
const everything = (): boolean => true;
const isReport = ({ method }: Pick<Seen, 'method'>): boolean => method === 'REPORT';
const answers = (which: (asked: Seen) => boolean, make: (answer: Answer, asked: Seen) => Partial<Answer>): Spoil => ({ after: (asked, answer) => (answer.status < 300 && which(asked) ? { ...answer, ...make(answer, asked) } : answer) });
const on = (which: (asked: Seen) => boolean, write: (answer: Answer, response: ServerResponse) => void): Spoil => ({ after: (asked, answer, response) => { if (answer.status >= 300 || !which(asked)) return answer; write(answer, response); return 'taken'; } });
const edit = (make: (text: string) => string) => (answer: Answer): Partial<Answer> => ({ body: Buffer.from(make(answer.body.toString())) });
const head = (response: ServerResponse, { status, headers, body }: Answer): void => { response.writeHead(status, { 'content-type': headers['content-type'] as string, 'content-length': String(body.length) }); };

const cut = (which: (asked: Seen) => boolean): Spoil => on(which, (answer, response) => { head(response, answer); response.write(answer.body.subarray(0, answer.body.length >> 1), () => { response.destroy(); }); });
const drip = (which: (asked: Seen) => boolean): Spoil => on(which, (answer, response) => {
  head(response, answer);
  let at = 0;
  const timer = setInterval(() => { response.write(answer.body.subarray(at, at += 1)); }, 50);
  response.on('close', () => { clearInterval(timer); });
});
const redirect = (which: (asked: Seen) => boolean): Spoil => answers(which, () => ({ status: 307, headers: { location: `${other.url}anna/contacts/` }, body: Buffer.alloc(0) }));

/** What is spoilt, the code, and what the words must say: what happened, and what to do. */
const FAULTS: [title: string, spoil: () => Spoil, code: string, says: RegExp][] = [
  ['a list that is cut off in the middle', () => cut(isList), 'carddav.unreachable', /connection was cut.*tries again by itself/],
  ['cards that are cut off in the middle', () => cut(isCards), 'carddav.unreachable', /connection was cut.*tries again by itself/],
  ['a list that drips', () => { patience = SHORT; return drip(isList); }, 'carddav.unreachable', /did not answer in time.*server is running/],
  ['cards that drip', () => { patience = SHORT; return drip(isCards); }, 'carddav.unreachable', /did not answer in time.*server is running/],
  ['error 500 for everything', () => answers(everything, () => ({ status: 500, body: Buffer.from('Internal Server Error') })), 'carddav.server-failed', /answered with error 500.*server's log.*tries again by itself/],
  ['503 with Retry-After', () => answers(isReport, () => ({ status: 503, headers: { 'retry-after': '600' }, body: Buffer.alloc(0) })), 'carddav.limited', /asks us to come less often.*waits/],
  ['429 until a date', () => answers(isReport, () => ({ status: 429, headers: { 'retry-after': new Date(Date.now() + 900_000).toUTCString() }, body: Buffer.alloc(0) })), 'carddav.limited', /asks us to come less often/],
  ['a list that is no XML', () => answers(isList, edit((text) => text.replaceAll('</', '<'))), 'carddav.not-understood', /no complete CardDAV answer.*address right.*proxy/],
  ['a list whose end is missing', () => answers(isList, edit((text) => text.slice(0, text.lastIndexOf('<response>')))), 'carddav.not-understood', /no complete CardDAV answer/],
  ['the page of a proxy instead of a list', () => answers(everything, () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html><body>Please sign in to the network</body></html>') })), 'carddav.not-understood', /no complete CardDAV answer \(answer 200\).*address right.*proxy/],
  ['a list that is cut short (507) without a way to the rest', () => answers(isList, edit((text) => text.replace(/<response>(?:(?!<response>)[^])*?<\/response>/, '<response><href>/anna/contacts/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>').replace(/<sync-token>[^<]*<\/sync-token>/, ''))), 'carddav.not-understood', /cut short/],
  ['a redirect to another host', () => redirect(isReport), 'carddav.redirected', /sends us to http.*password is not given to another server.*enter that address/],
];

describe.each(FAULTS)('%s', (_, spoil, code, says) => {
  it('loses nothing, says so, and heals', async () => {
    expect(await sync()).toMatchObject({ kind: 'done', added: COUNT });
    await change();
    const there = await server.stored();
    const before = await health();
    await all.db.updateTable('address_book').set({ sync_token: null }).execute(); // the whole list, not the increment
    proxy.spoil = spoil();
    proxy.seen.length = 0;
    const outcome = await sync();
    expect(outcome).toMatchObject({ kind: 'failed', code: expect.stringContaining(code), text: expect.stringMatching(says) });
    expect(await names()).toHaveLength(COUNT); // what we held is held
    expect(await health()).toMatchObject({ state: 'failing', contacts: COUNT, lastSuccess: before.lastSuccess, lastError: { text: expect.stringMatching(says) } });
    expect(Date.parse((await health()).nextRun!)).toBeGreaterThan(Date.now() + 30_000);
    expect((await all.directory.lookup('030 8880007', all.personId)).contact).toMatchObject({ name: 'C7', code: 'VIP' });
    [proxy.spoil, patience] = [{}, USUAL];
    expect(proxy.seen.some(({ method }) => method === 'PUT' || method === 'DELETE')).toBe(false);
    expect(await server.stored()).toEqual(there);
    expect(other.requests).toEqual([]);

    expect(await sync()).toMatchObject({ kind: 'done' });
    expect(await names()).toEqual(AFTER());
    expect(await health()).toMatchObject({ state: 'ok', lastError: null, contacts: COUNT });
  });

  it('on the very first sync too', async () => {
    proxy.spoil = spoil();
    const outcome = await sync();
    if (outcome.kind === 'done') expect(await names()).toHaveLength(COUNT); // a first reading may go another way, past the fault
    else expect(outcome).toMatchObject({ kind: 'failed', text: expect.stringMatching(/./) });
    [proxy.spoil, patience] = [{}, USUAL];
    expect(await sync()).toMatchObject({ kind: 'done' });
    expect(await names()).toHaveLength(COUNT);
    expect((await health()).state).toBe('ok');
  });
});

it('waits as long as a server asks for, in seconds or until a date', async () => {
  for (const [after, least] of [['1200', 1190], [new Date(Date.now() + 1_500_000).toUTCString(), 1400]] as const) {
    proxy.spoil = answers(isReport, () => ({ status: 503, headers: { 'retry-after': after }, body: Buffer.alloc(0) }));
    expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.limited' });
    expect(Date.parse((await health()).nextRun!) - Date.now()).toBeGreaterThan(least * 1000);
    await all.db.deleteFrom('book_source').execute();
  }
});

it('a server that suddenly lists nothing is asked about; what was held stays, here and there', async () => {
  await sync();
  const there = await server.stored();
  await all.db.updateTable('address_book').set({ sync_token: null }).execute();
  proxy.spoil = answers(isList, edit((text) => text.replace(/<response>[^]*<\/response>/, '')));
  expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-empty', text: expect.stringMatching(/suddenly empty.*24 contacts are kept here until/) });
  expect(await names()).toHaveLength(COUNT);
  proxy.spoil = {};
  expect(await server.stored()).toEqual(there);
  expect(await sync()).toMatchObject({ kind: 'done', removed: 0 });
});

it('a list in several parts (507) is asked for to its end', async () => {
  let part = 0;
  proxy.spoil = {
    after: (asked, answer) => {
      if (!isList(asked) || answer.status !== 207) return answer;
      const text = answer.body.toString();
      const responses = text.match(/<response>(?:(?!<response>)[^])*<\/response>/g) ?? [];
      part += 1;
      const slice = responses.slice((part - 1) * 10, part * 10);
      const more = part * 10 < responses.length;
      return { ...answer, body: Buffer.from(multistatus([...slice, ...more ? ['<response><href>/anna/contacts/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>'] : []].map((one) => one.replaceAll('<', '<D:').replaceAll('<D:/', '</D:')), more ? `http://radicale.org/ns/sync/part${part}` : 'http://radicale.org/ns/sync/0')) };
    },
    // The parts are asked for by tokens that only the proxy knows.
    before: (asked) => { asked.body.set(Buffer.from(asked.body.toString().replace(/<sync-token>[^<]*part\d<\/sync-token>/, (token) => '<sync-token/>'.padEnd(token.length)))); return undefined; },
  };
  await all.db.insertInto('book_source').values({ book_id: id, location: '/anna/contacts/', last_full: new Date(0) }).execute();
  expect(await sync()).toMatchObject({ kind: 'done', added: COUNT });
  expect(part).toBeGreaterThanOrEqual(3);
});

it('a token that lies costs a day at most', async () => {
  await sync();
  const source = openCardDav({ url: proxy.url, username: server.user, password: server.password, location: null, trusted: true });
  await source.open();
  await all.db.updateTable('address_book').set({ sync_token: (await source.list(null)).token }).execute(); // a first reading may leave none
  await change();
  proxy.spoil = answers((asked) => isList(asked) && /<sync-token>[^<]/.test(asked.body.toString()), () => ({ body: Buffer.from(multistatus([], 'http://radicale.org/ns/sync/lie')) }));
  expect(await sync()).toMatchObject({ kind: 'done', added: 0, removed: 0 });
  expect(await names()).toHaveLength(COUNT);
  await all.db.updateTable('book_source').set({ last_full: new Date(Date.now() - 25 * 3600_000) }).execute();
  expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 1, removed: 1 });
  expect(await names()).toEqual(AFTER());
});

it('wrong ETags: everything is read again, nothing is lost; a code is never written over what may have changed', async () => {
  await sync();
  await change();
  let n = 0;
  const wrong = edit((text) => text.replace(/<getetag>[^<]*<\/getetag>/g, () => `<getetag>"wrong-${n += 1}"</getetag>`));
  proxy.spoil = { after: (asked, answer) => (answer.status >= 300 ? answer : asked.method === 'GET' ? { ...answer, headers: { ...answer.headers, etag: `"wrong-${n += 1}"` } } : isReport(asked) ? { ...answer, ...wrong(answer) } : answer) };
  expect(await sync()).toMatchObject({ kind: 'done', added: 1, removed: 1 });
  expect(await names()).toEqual(AFTER());
  const there = await server.stored();
  const { contact } = await all.directory.lookup('030 8880007', all.personId);
  const said = await all.sync.setCode(contact!.id, 'VM', all.personId).then((written) => (written as { pending?: unknown }).pending, (thrown: Error & { code: string }) => thrown.code);
  expect(said, 'it is on its way, or refused: not written').toBeTruthy();
  expect(await server.stored()).toEqual(there);
  proxy.spoil = {};
  expect(await sync()).toMatchObject({ kind: 'done' });
  expect(await names()).toEqual(AFTER());
});

it('what is compressed, asked for or not, is read', async () => {
  proxy.spoil = answers(isReport, ({ body, headers }) => ({ body: gzipSync(body), headers: { ...headers, 'content-encoding': 'gzip' } }));
  expect(await sync()).toMatchObject({ kind: 'done', added: COUNT });
  await change();
  expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 1, removed: 1 });
  proxy.spoil = answers(isReport, ({ body, headers }) => ({ body: gzipSync(body).subarray(0, 200), headers: { ...headers, 'content-encoding': 'gzip' } }));
  await all.db.updateTable('address_book').set({ sync_token: null }).execute();
  expect(await sync()).toMatchObject({ kind: 'failed', code: expect.stringMatching(/^carddav\.(unreachable|not-understood)$/) });
  expect(await names()).toEqual(AFTER());
});

it('a card of 10 MB is left out and named; all others are read, and it too when it has become small', async () => {
  await sync();
  await server.putMany([['big', vcard('Big', ['TEL:030 8880098', `PHOTO;ENCODING=b;TYPE=JPEG:${'QUJD'.repeat(2_600_000)}`])]]);
  await change();
  expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 1, removed: 1, skipped: 1 });
  expect(await all.books.skipped(id)).toMatchObject([{ href: '/anna/contacts/big.vcf', reason: expect.stringMatching(/MB large; contacts above 4 MB are left out|too large; contacts above 4 MB/) }]);
  await server.put('big', vcard('Big', ['TEL:030 8880098']));
  expect(await sync()).toMatchObject({ kind: 'done', added: 1, skipped: 0 });
});

it('a password that was changed on the server stops the sync in words, and a new one heals it', async () => {
  await sync();
  proxy.spoil = { after: (asked, answer) => (asked.headers.authorization === undefined ? answer : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: Buffer.alloc(0) }) };
  expect(await sync()).toMatchObject({ kind: 'failed', code: 'carddav.unauthorised', text: expect.stringMatching(/user name and password. Enter them again/) });
  expect(Date.parse((await health()).nextRun!) - Date.now()).toBeGreaterThan(1_700_000); // many tries may lock the account
  proxy.spoil = {};
  expect(await sync()).toMatchObject({ kind: 'done' });
});
