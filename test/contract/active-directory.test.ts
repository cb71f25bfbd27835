/** LDAP against a real Active Directory domain controller (Samba's): the common suite, DirSync, and what only it does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectLdap } from '../../src/adapter/ldap/inspect.adapter.js';
import { type LdapSettings, openLdap } from '../../src/adapter/ldap/ldap.adapter.js';
import { type Samba, startSamba } from '../lab/samba.js';
import { contactSourceSuite, type Writing } from './source.suite.js';

const LDIF: Writing = {
  card: ({ name, cell, work, phone, note, code }) => [`displayName: ${name}`, ...cell ? [`mobile: ${cell}`] : [], ...work ?? phone ? [`telephoneNumber: ${work ?? phone}`] : [], ...note ? [`description: ${note}`] : [], ...code ? [`employeeType: ${code}`] : [], ''].join('\n'),
  note: (text) => `description: ${text}`, code: (text) => `employeeType: ${text}`, carries: (line) => line.startsWith('employeeType'),
};

let server: Samba;
beforeAll(async () => { server = await startSamba(); }, 120_000);
afterAll(() => server?.stop());
const options = () => ({ ...server.options, certificate: server.certificate });

contactSourceSuite('Active Directory', () => Promise.resolve({
  book: { kind: 'ldap', url: server.tlsUrl, username: server.user, password: server.password, options: { ldap: options() } },
  writing: LDIF, put: server.put, get: server.get, remove: server.remove, list: server.list, close: () => Promise.resolve(),
}));

const settings = (more: Partial<LdapSettings> = {}): LdapSettings =>
  ({ kind: 'ldap', url: server.tlsUrl, username: server.user, password: server.password, location: null, trusted: true, attributes: ['employeeType'], ldap: options(), ...more });
const failure = async (work: () => Promise<unknown>): Promise<string> => { try { await work(); return 'it went well'; } catch (thrown) { return (thrown as { code: string }).code; } };
const list = (token: string | null, more?: Partial<LdapSettings>) => openLdap(settings(more)).list(token);
const hrefOf = async (name: string): Promise<string> => {
  const source = openLdap(settings());
  for await (const { cards } of source.fetch((await source.list(null)).items)) { const found = cards.find((card) => card.reading!.name === name); if (found) return found.href; }
  throw new Error(`no ${name}`);
};

describe('Active Directory', () => {
  it('lets people in by any of their names, only over an encrypted connection', async () => {
    const open = (more: Partial<LdapSettings>) => failure(() => openLdap(settings(more)).open());
    for (const username of ['writer@example.org', 'EXAMPLE\\writer', 'CN=writer,CN=Users,DC=example,DC=org']) expect(await open({ username }), username).toBe('it went well');
    expect(await open({ password: 'wrong' })).toBe('ldap.unauthorised');
    expect(await open({ username: '', password: '' })).toBe('ldap.anonymous');
    expect(await open({ url: server.url })).toBe('ldap.insecure');
    expect(await open({ url: server.url, ldap: { ...options(), startTls: true } })).toBe('it went well');
    expect(await open({ ldap: { ...options(), certificate: undefined } })).toBe('ldap.certificate');
    expect(await open({ ldap: { ...options(), base: 'OU=nothing,DC=example,DC=org' } })).toBe('ldap.no-base');
  });

  it.each(['writer', 'reader'] as const)('tells its changes to the %s by DirSync: new, changed, renamed, moved away, switched off', async (who) => {
    const more = { username: `${who}@example.org` };
    const of = (name: string): string => `${name} ${who}`;
    for (const name of ['Alva', 'Beat', 'Cleo', 'Dana'].map(of)) await server.put(name, `displayName: ${name}\ntelephoneNumber: +49 30 1\n`);
    const first = await list(null, more);
    expect(JSON.parse(first.token!)).toMatchObject({ how: 'dirSync' });
    expect(await list(first.token, more)).toMatchObject({ kind: 'changes', items: [], removed: [] });
    const [alva, beat, cleo, dana] = [await hrefOf(of('Alva')), await hrefOf(of('Beat')), await hrefOf(of('Cleo')), await hrefOf(of('Dana'))];
    await server.put(of('Alva'), `displayName: ${of('Alva')}\nemployeeType: VIP\n`);
    await server.rename(of('Beat'), of('Beatrix'));
    await server.change(`dn: CN=${of('Cleo')},OU=people,DC=example,DC=org\nchangetype: modrdn\nnewrdn: CN=${of('Cleo')}\ndeleteoldrdn: 1\nnewsuperior: CN=Users,DC=example,DC=org\n`);
    await server.change(`dn: CN=${of('Dana')},OU=people,DC=example,DC=org\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n`);
    await server.put(of('Emma'), `displayName: ${of('Emma')}\n`);
    const changes = await list(first.token, more);
    expect(changes.kind).toBe('changes');
    expect(changes.items.map(({ href }) => href).sort()).toEqual([alva, beat, await hrefOf(of('Emma'))].sort());
    expect(changes.removed).toEqual(expect.arrayContaining([cleo]));
    expect(await openLdap(settings(more)).read(dana)).toBeUndefined();
    await server.change(`dn: CN=${of('Cleo')},CN=Users,DC=example,DC=org\nchangetype: delete\n`);
    for (const name of ['Alva', 'Beatrix', 'Dana', 'Emma'].map(of)) await server.remove(name);
  });

  it('names deletions to who may see them, and shows them to others in the full list of every ten minutes', async () => {
    await server.put('Gert', 'displayName: Gert\n');
    const [token, gert] = [(await list(null)).token, await hrefOf('Gert')];
    let now = Date.now();
    const reader = openLdap({ ...settings({ username: server.reader }), listing: { now: () => now } });
    const before = (await reader.list(null)).token;
    await server.remove('Gert');
    expect((await list(token)).removed).toContain(gert);
    const told = await reader.list(before);
    if (told.kind === 'changes' && !told.removed.includes(gert)) expect(told.items).toEqual([]);
    now += 600_000;
    const full = await reader.list(before);
    expect(full.kind).toBe('full');
    expect(full.items.map(({ href }) => href)).not.toContain(gert);
  });

  it('is listed whole for a token that lies', async () => {
    await server.put('Hugo', 'displayName: Hugo\n');
    const told = JSON.parse((await list(null)).token!) as Record<string, unknown>;
    for (const wrong of [{ cookie: '' }, { cookie: '*' }, { cookie: Buffer.from('nonsense').toString('base64') }, { server: 'another' }, { set: 'x' }, { at: 0 }]) {
      const listing = await list(JSON.stringify({ ...told, ...wrong }));
      expect(listing, JSON.stringify(wrong)).toMatchObject({ kind: 'full' });
      expect(listing.items.length).toBeGreaterThan(0);
    }
    await server.remove('Hugo');
  });

  it('takes codes from who may write, in attributes that its entries have', async () => {
    await server.put('Ines', 'displayName: Ines\n');
    const source = openLdap(settings());
    const card = (await source.read(await hrefOf('Ines')))!;
    const put = async (attribute: string, more?: Partial<LdapSettings>) => {
      const its = openLdap(settings({ attributes: ['employeeType', attribute], ...more }));
      const { href, etag, bytes } = (await its.read(card.href))!;
      return its.put(href, new TextEncoder().encode(`${new TextDecoder().decode(bytes)}${attribute}: VIP\n`), etag);
    };
    expect(await put('employeeType', { username: server.reader })).toEqual({ kind: 'read-only' });
    expect(await failure(() => put('carLicenseOfSomebody'))).toBe('ldap.attribute-refused');
    expect(await put('extensionName')).toMatchObject({ kind: 'written' });
    expect(new TextDecoder().decode((await openLdap(settings({ attributes: ['extensionName'] })).read(card.href))!.bytes)).toContain('extensionName: VIP');
    await server.remove('Ines');
  });

  it('explains itself step by step', async () => {
    await server.put('Jona', 'displayName: Jona\ntelephoneNumber: +49 30 1\n');
    const text = async (more: Partial<LdapSettings>) => Object.fromEntries((await inspectLdap(settings(more))).steps.map((step) => [step.step, `${step.ok}: ${step.text}`]));
    expect(await text({})).toMatchObject({ certificate: expect.stringMatching(/^true/), signIn: expect.stringContaining('Active Directory'), read: expect.stringMatching(/^true.*DirSync/), write: expect.stringMatching(/^true/) });
    expect((await text({ username: server.reader }))['write']).toMatch(/^false: reader@example.org may not write employeeType/);
    expect((await text({ attributes: ['buildingName'] }))['write']).toMatch(/^(?:false|null)/);
    expect((await text({ url: server.url }))['signIn']).toMatch(/^false: .*encrypted/);
    await server.remove('Jona');
  });
});
