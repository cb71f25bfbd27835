/** Where directories may be: what is looked up and checked is what is connected to. */
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inspectLdap } from '../../src/adapter/ldap/inspect.adapter.js';
import { type LdapSettings, openLdap } from '../../src/adapter/ldap/ldap.adapter.js';

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

let server: Server, visits: number, port: number;
beforeEach(async () => {
  visits = 0;
  server = createServer((socket) => { visits += 1; socket.destroy(); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  port = (server.address() as { port: number }).port;
});
afterEach(() => new Promise<void>((resolve) => { server.close(() => resolve()); }));
const settings = (host: string, trusted = false): LdapSettings => ({ kind: 'ldap', url: `ldap://${host}:${port}`, username: 'u', password: 'p', location: null, trusted, ldap: { preset: 'openldap', base: 'dc=x' } });
const refused = { code: 'ldap.address-refused', kind: 'invalid' };

it('a name that changes its address after it was checked gains nothing', async () => {
  answers['rebind.example'] = ['93.184.216.34', '127.0.0.1'];
  const source = openLdap(settings('rebind.example'));
  await source.check();
  await expect(source.open()).rejects.toMatchObject(refused);
  answers['rebind.example'] = ['93.184.216.34', '127.0.0.1'];
  expect((await inspectLdap(settings('rebind.example'))).steps[0]).toMatchObject({ step: 'address', ok: false });
  expect(visits).toBe(0);
});

it('one address of a name that is not allowed is enough, and none is for link-local and the like', async () => {
  answers['several.example'] = ['93.184.216.34 127.0.0.1'];
  await expect(openLdap(settings('several.example')).open()).rejects.toMatchObject(refused);
  for (const address of ['169.254.169.254', 'fe80::1', '::', '239.1.1.1']) {
    answers['metadata.example'] = [address];
    await expect(openLdap(settings('metadata.example', true)).open(), address).rejects.toMatchObject(refused);
  }
  expect(visits).toBe(0);
  await expect(openLdap(settings('localhost', true)).open()).rejects.toMatchObject({ code: 'ldap.unreachable' });
  expect(visits).toBeGreaterThan(0);
});
