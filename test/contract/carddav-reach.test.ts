/** Where address books may be: what is asked of a server that the owner of a book may not reach is nothing at all. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { parseHosts } from '../../src/shared/network.js';
import { newPerson, openBooks } from '../lab/books.js';
import { type FakeDav, fakeDav, found, multistatus } from '../lab/dav.js';

const answers: Record<string, string[]> = {};
vi.mock('node:dns', async (original) => {
  const real = await original<typeof import('node:dns')>();
  const lookup = (host: string, options: object, done: (error: Error | null, found?: unknown) => void): void => {
    const next = answers[host]?.shift();
    if (next === undefined) { (real.lookup as unknown as (...all: unknown[]) => void)(host, options, done); return; }
    done(null, next.split(' ').map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  return { ...real, lookup, default: { ...real, lookup } };
});

let server: FakeDav;
beforeEach(async () => { server = await fakeDav(() => ({ body: multistatus([found('/book/', '<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>')], '1') })); });
afterEach(() => server.stop());
const source = (url: string, trusted: boolean, hosts?: string) => openCardDav({ url, username: 'u', password: 'p', location: '/book/', trusted }, hosts === undefined ? undefined : parseHosts(hosts).hosts);
const refused = { code: 'carddav.address-refused', kind: 'invalid' };
const on = (host: string): string => server.url.replace('127.0.0.1', host);

it('a private address, by number or by name, is for the trusted, or for hosts that are named', async () => {
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]']) {
    await expect(source(on(host), false).list(null), host).rejects.toMatchObject(refused);
    await expect(source(on(host), true, '10.0.0.0/8').list(null), host).rejects.toMatchObject(refused);
  }
  expect(server.requests).toEqual([]);
  for (const allowed of [source(server.url, true), source(on('localhost'), true), source(server.url, false, '127.0.0.0/8'), source(on('localhost'), false, 'LOCALHOST')]) expect((await allowed.list(null)).kind).toBe('full');
});

it('a connection that somebody trusted left open is not used by others', async () => {
  expect((await source(on('localhost'), true).list(null)).kind).toBe('full');
  const before = server.requests.length;
  await expect(source(on('localhost'), false).list(null)).rejects.toMatchObject(refused);
  expect(server.requests).toHaveLength(before);
});

it('one address of a name that is not allowed is enough, and none is for link-local and the like', async () => {
  answers['several.example'] = ['93.184.216.34 127.0.0.1'];
  await expect(source(on('several.example'), false).list(null)).rejects.toMatchObject(refused);
  for (const address of ['169.254.169.254', 'fe80::1', '::', '239.1.1.1']) {
    answers['metadata.example'] = [address];
    await expect(source('http://metadata.example/', true).list(null)).rejects.toMatchObject(refused);
    await expect(source(`http://${address.includes(':') ? `[${address}]` : address}/`, true, '0.0.0.0/0 ::/0').check()).rejects.toMatchObject(refused);
  }
});

it('a name that changes its address after it was checked gains nothing', async () => {
  answers['rebind.example'] = ['93.184.216.34', '127.0.0.1'];
  await source(on('rebind.example'), false).check();
  await expect(source(on('rebind.example'), false).list(null)).rejects.toMatchObject(refused);
  expect(server.requests).toEqual([]);
});

it('the health of a book says it, and an administrator can help', async () => {
  const all = await openBooks();
  const book = async (personId: string | null, path = '') => (await all.books.create({ kind: 'carddav', name: 'Office', url: server.url + path, username: 'u', password: 'p', personId })).id;
  const mine = await book(await newPerson(all.db, 'user'));
  expect(await all.sync.syncBook(mine)).toMatchObject({ kind: 'failed', code: 'carddav.address-refused', text: expect.stringContaining('administrator') });
  expect(server.requests).toEqual([]);
  await book(null, 'book/');
  expect(await all.sync.syncBook(mine)).toMatchObject({ kind: 'done' });
  await all.drop();
});
