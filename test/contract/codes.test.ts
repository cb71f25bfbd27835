/**
 * Handling codes on their way to a real Radicale: waiting while it is away, refused, moved from field to field and back, dropped
 * by others. Radicale writes cards anew, with their lines in the order of their names.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Carrier } from '@ringbook/contracts';
import { Fault, type FaultKind } from '../../src/shared/fault.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue } from '../../src/queue/queue.adapter.js';
import { codeJobs } from '../../src/sync/code-write.worker.js';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { type Books, openBooks, vcard } from '../lab/books.js';
import { type Radicale, startRadicale } from '../lab/radicale.js';

const NUMBER = '030 7770001';
const NOTE: Carrier = { field: 'NOTE', pattern: '[call:{code}]' };
let server: Radicale, all: Books, id: string;
type Told = (href: string) => void | Promise<void>;
/** Told before each write to the server, after it, and before each reading; may throw. */
let onPut: Told = () => {}, onDone: Told = () => {}, onRead: Told = () => {};
beforeAll(async () => { server = await startRadicale(); await server.pause(); });
afterAll(() => server?.stop());
beforeEach(async () => {
  await server.start();
  for (const name of await server.list()) await server.remove(name);
  onPut = onDone = onRead = () => {};
  all = await openBooks((settings) => {
    const source = openCardDav(settings), put = source.put.bind(source), read = source.read.bind(source);
    return Object.assign(source, {
      put: async (href: string, bytes: Uint8Array, etag: string) => { await onPut(href); const outcome = await put(href, bytes, etag); await onDone(href); return outcome; },
      read: async (href: string) => { await onRead(href); return read(href); },
    });
  });
  id = (await all.books.create({ kind: 'carddav', url: server.url, username: server.user, password: server.password, name: 'Office', personId: all.personId })).id;
  return async () => { await server.pause(); await all.drop(); };
});

const sync = () => all.sync.syncBook(id);
const contact = async (number = NUMBER) => (await all.contacts.get((await all.directory.lookup(number, all.personId)).contact!.id, all.personId))!;
const health = async () => (await all.books.get(id, all.personId))!.health;
/** What a worker does when its time has come. */
const work = () => codeJobs(all.sync.codes, all.sync.migrations, { requestCodes: async () => {} }).codes({ bookId: id });
/** Lets what was begun in the background go on, until it has told that it is at its end. */
const ends = async (go: () => void) => { const before = all.published.length; go(); while (all.published.length === before) await sleep(10); };
const soon = () => all.db.updateTable('code_write').set({ next_try: new Date(0) }).where('next_try', 'is not', null).execute();
const ask = async (code: string | null, number = NUMBER) => all.sync.setCode((await contact(number)).id, code, all.personId);

describe('a code for a source that is away', () => {
  beforeEach(async () => {
    await server.put('a', vcard('A', [`TEL:${NUMBER}`, 'X-CUSTOM4:OLD']));
    await sync();
    await server.pause();
  });

  it('counts at once, waits, says why, and is written when the source is back', async () => {
    expect(await ask('vip')).toMatchObject({ code: 'VIP', pending: { code: 'VIP', refused: false, error: expect.stringContaining('cannot be reached') } });
    expect(await contact()).toMatchObject({ code: 'VIP', pending: { code: 'VIP' } });
    expect(await health()).toMatchObject({ pending: 1, refused: 0 });
    await work();
    const tries = async () => (await all.db.selectFrom('code_write').select(['attempts', 'next_try']).executeTakeFirstOrThrow());
    expect((await tries()).attempts).toBe(1); // its time has not come
    await soon();
    await work();
    expect((await tries()).attempts).toBe(2);
    expect((await tries()).next_try!.getTime()).toBeGreaterThan(Date.now());
    await server.start();
    all.published.length = 0;
    await all.sync.codes.hurry(id);
    const asked: string[] = [];
    await codeJobs(all.sync.codes, all.sync.migrations, { requestCodes: async (bookId) => { asked.push(bookId); } }).wakeDue();
    expect(asked).toEqual([id]);
    await work();
    expect(all.published).toContainEqual({ bookId: id });
    expect(await contact()).toMatchObject({ code: 'VIP', pending: null });
    expect(await server.get('a')).toBe((vcard('A', [`TEL:${NUMBER}`, 'X-CUSTOM4:VIP'])));
    expect(await sync()).toMatchObject({ kind: 'done', updated: 0 });
  });

  it('is written by the workers of the queue, woken by the sweep', async () => {
    await ask('VIP');
    await server.start();
    const queue = await openQueue({ databaseUrl: all.url });
    const nothing = async () => {};
    const jobs = codeJobs(all.sync.codes, all.sync.migrations, queue.queues);
    const working = await queue.work({ drain: nothing, sync: nothing, calendar: nothing, sweep: jobs.wakeDue, codes: jobs.codes });
    try {
      await all.sync.codes.hurry(id);
      while ((await contact()).pending) await sleep(50);
      expect(await server.get('a')).toContain('X-CUSTOM4:VIP');
      await all.sync.migrations.start(id, NOTE);
      while ((await all.sync.migrations.store.list(id))[0]!.state === 'running') await sleep(50);
      expect(await server.get('a')).toContain('NOTE:[call:VIP]');
    } finally { await working.stop(); await queue.close(); }
  });

  it('is replaced by a later wish, and taken away by one', async () => {
    await ask('VIP');
    await ask('FAM');
    expect(await contact()).toMatchObject({ code: 'FAM', pending: { code: 'FAM' } });
    await ask(null);
    expect(await contact()).toMatchObject({ code: null, pending: { code: null } });
    await server.start();
    await soon();
    await work();
    expect(await contact()).toMatchObject({ code: null, pending: null });
    expect(await server.get('a')).toBe(vcard('A', [`TEL:${NUMBER}`]));
  });

  it('is not undone by a sync that brings the card meanwhile, nor by a new reading of all codes', async () => {
    await ask('VIP');
    await server.start();
    await server.put('a', vcard('A renamed', ['NOTE:new', `TEL:${NUMBER}`, 'X-CUSTOM4:OLD'], 'A'));
    expect(await sync()).toMatchObject({ kind: 'done', updated: 1 });
    expect(await contact()).toMatchObject({ name: 'A renamed', code: 'VIP', pending: { code: 'VIP' } });
    await all.sync.reread(id);
    expect((await contact()).code).toBe('VIP');
    await soon();
    await work();
    expect(await server.get('a')).toBe(vcard('A renamed', ['NOTE:new', `TEL:${NUMBER}`, 'X-CUSTOM4:VIP'], 'A'));
  });

  it('gives way to another code that somebody set at the source while it waited, and says so', async () => {
    await ask('VIP');
    await server.start();
    await server.put('a', vcard('A', [`TEL:${NUMBER}`, 'X-CUSTOM4:FAM']));
    await soon();
    await work();
    expect(await server.get('a')).toContain('X-CUSTOM4:FAM');
    await sync();
    expect(await contact()).toMatchObject({ code: 'FAM', pending: { code: 'VIP', refused: true, error: expect.stringContaining('FAM stays') } });
    expect(await health()).toMatchObject({ pending: 0, refused: 1 });
    expect(await ask('VIP')).toMatchObject({ code: 'VIP', pending: null }); // who says so again means it
    expect(await server.get('a')).toContain('X-CUSTOM4:VIP');
    expect(await health()).toMatchObject({ refused: 0 });
  });

  it.each<[string, () => Promise<unknown>, string, string | null]>([
    ['the field is in use by now', () => server.put('a', vcard('A', [`TEL:${NUMBER}`, 'X-CUSTOM4:Kunde 4711'])), 'Kunde 4711', null],
    ['the contact is gone', () => server.remove('a'), 'has been deleted', 'OLD'],
  ])('is taken back when %s', async (_, change, why, now) => {
    await ask('VIP');
    await server.start();
    await change();
    await soon();
    await work();
    expect((await contact()).pending).toMatchObject({ code: 'VIP', refused: true, error: expect.stringContaining(why) });
    if (now === null) await sync();
    expect((await contact()).code).toBe(now);
    expect(await health()).toMatchObject({ pending: 0, refused: 1 });
    expect(await all.sync.codes.dueBooks()).toEqual([]);
  });

  it('is written once only when the answer was lost', async () => {
    await ask('VIP');
    await server.start();
    await server.put('a', vcard('A', [`TEL:${NUMBER}`, 'X-CUSTOM4:VIP'])); // it did arrive
    let puts = 0;
    onPut = () => { puts += 1; };
    await soon();
    await work();
    expect(puts).toBe(0);
    expect(await contact()).toMatchObject({ code: 'VIP', pending: null });
  });
});

describe('codes that move to another field', () => {
  const CARDS = Array.from({ length: 30 }, (_, i) => [`c${i}`, vcard(`C${i}`, [`TEL:030 777${1000 + i}`, ...(i % 3 === 0 ? ['NOTE:seen twice'] : []), `x-custom4;VALUE=TEXT:code${i}`, 'X-OTHER:kept'])] as const);
  const books = async () => Object.fromEntries(await Promise.all((await server.list()).map(async (name) => [name, await server.get(name)] as const)));
  const codes = async () => (await all.contacts.search({ personId: all.personId, limit: 200 })).items.map((c) => [c.name, c.code]).sort();
  let before: Record<string, string | undefined>, coded: unknown;
  beforeEach(async () => {
    for (const [name, card] of CARDS) await server.put(name, card);
    await sync();
    [before, coded] = [await books(), await codes()];
  });

  it('moves in one change of each card, counts all the time, and comes back byte for byte', async () => {
    expect(await all.sync.migrations.dryRun(id, NOTE)).toMatchObject({ id: null, state: 'planned', total: 30, failed: 0, from: { field: 'X-CUSTOM4' }, to: NOTE, text: 'All 30 codes can be moved.' });
    expect(await books()).toEqual(before);
    const started = await all.sync.migrations.start(id, NOTE);
    expect(started).toMatchObject({ state: 'running', total: 30, done: 0 });
    expect(await all.sync.migrations.store.dueBooks()).toEqual([id]);
    expect(await codes()).toEqual(coded);
    let puts = 0;
    onPut = () => { puts += 1; };
    expect(await all.sync.migrations.step(id)).toBe(true);
    expect(await codes()).toEqual(coded);
    await sync();
    expect(await codes()).toEqual(coded);
    await work();
    expect(puts).toBe(30);
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ id: started.id, state: 'done', total: 30, done: 30, failed: 0, endedAt: expect.any(String) }]);
    expect(await server.get('c3')).toBe(vcard('C3', ['NOTE:seen twice [call:CODE3]', 'TEL:030 7771003', 'X-OTHER:kept']));
    expect(await server.get('c4')).toBe(vcard('C4', ['NOTE:[call:CODE4]', 'TEL:030 7771004', 'X-OTHER:kept']));
    expect((await all.books.get(id, all.personId))!.carrier).toEqual(NOTE);
    expect(await codes()).toEqual(coded);
    expect(await sync()).toMatchObject({ kind: 'done', updated: 0 });

    await server.put('c5', (await server.get('c5'))!.replace('X-OTHER:kept', 'X-OTHER:changed since'));
    await sync();
    expect(await all.sync.migrations.undo(id, started.id!)).toMatchObject({ state: 'undoing', total: 30, done: 0 });
    expect(await codes()).toEqual(coded);
    await work();
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ state: 'undone', done: 30, failed: 0 }]);
    const after = await books();
    expect({ ...after, c5: '' }).toEqual({ ...before, c5: '' });
    expect(after['c5']).toBe(before['c5']!.replace('X-OTHER:kept', 'X-OTHER:changed since'));
    expect((await all.books.get(id, all.personId))!.carrier).toEqual({ field: 'X-CUSTOM4' });
    expect(await codes()).toEqual(coded);
  });

  it('is undone without touching what stood in the other field before', async () => {
    await server.put('own', vcard('Own', ['TEL:030 7779999', 'NOTE:mine [call:VIP]']));
    await sync();
    const own = (await server.get('own'))!;
    const { id: move } = await all.sync.migrations.start(id, NOTE);
    expect(await codes()).toEqual([...coded as string[][], ['Own', 'VIP']]);
    await work();
    await all.sync.migrations.undo(id, move!);
    await work();
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ state: 'undone', total: 30, done: 30 }]);
    expect(await books()).toEqual({ ...before, own });
    expect(await codes()).toEqual([...coded as string[][], ['Own', null]]);
  });

  it('goes on after a kill between the writing and its noting, and is still undone byte for byte', async () => {
    const { id: moving } = await all.sync.migrations.start(id, NOTE);
    let killed = 0;
    const settle = all.sync.migrations.store.settle.bind(all.sync.migrations.store);
    all.sync.migrations.store.settle = async (...args) => { if (killed < 5) { killed += 1; throw new Error('killed'); } return settle(...args); };
    await expect(work()).rejects.toThrow('killed');
    expect(await codes()).toEqual(coded);
    await all.db.updateTable('carrier_migration').set({ next_try: new Date(0) }).execute();
    killed = 5;
    await work();
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ state: 'done', done: 30 }]);
    await all.sync.migrations.undo(id, moving!);
    await work();
    expect(await books()).toEqual(before);
  });

  it('leaves what cannot move where it is, and it counts from there', async () => {
    await server.put('c1', vcard('C1', ['TEL:030 7771001', 'X-CUSTOM4:code1', 'X-CUSTOM1:Kunde 4711']));
    await server.put('c2', vcard('C2', ['TEL:030 7771002', 'X-CUSTOM4:code2', 'X-CUSTOM1:other']));
    await sync();
    const X1: Carrier = { field: 'X-CUSTOM1' };
    const plan = await all.sync.migrations.dryRun(id, X1);
    expect(plan).toMatchObject({ total: 30, failed: 2, text: expect.stringContaining('2 of 30'), items: [{ problem: expect.stringMatching(/Kunde 4711|OTHER/) }, { problem: expect.any(String) }, ...Array.from({ length: 28 }, () => ({ problem: null }))] });
    await all.sync.migrations.start(id, X1);
    await work();
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ state: 'done', done: 28, failed: 2, text: expect.stringContaining('2 codes stay in X-CUSTOM4') }]);
    expect((await contact('030 7771001')).code).toBe('CODE1');
    expect((await contact('030 7771002')).code).toBe('OTHER'); // the new place comes first, as the dry run said
    expect(await server.get('c1')).toContain('X-CUSTOM4:code1');
    await all.sync.reread(id);
    expect((await contact('030 7771001')).code).toBe('CODE1');
    expect(await ask(null, '030 7771001')).toMatchObject({ code: null });
    expect(await server.get('c1')).not.toContain('code1');
  });

  it('waits while the server is away, takes in what comes late, and lets nobody choose another field meanwhile', async () => {
    await all.sync.migrations.start(id, NOTE);
    await expect(all.sync.migrations.start(id, { field: 'X-CUSTOM2' })).rejects.toMatchObject({ code: 'book.migrating' });
    await expect(all.books.setCarrier(id, { field: 'X-CUSTOM2' })).rejects.toMatchObject({ code: 'book.migrating' });
    await expect(all.sync.migrations.start(id, NOTE)).rejects.toMatchObject({ code: 'migration.same' });
    await server.pause();
    await work();
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ state: 'running', done: 0, text: expect.stringContaining('cannot be reached') }]);
    expect(await all.sync.migrations.store.dueBooks()).toEqual([]);
    await server.start();
    await server.put('late', vcard('Late', [`TEL:${NUMBER}`, 'X-CUSTOM4:LATE']));
    await sync();
    expect((await contact()).code).toBe('LATE');
    await all.db.updateTable('carrier_migration').set({ next_try: new Date(0) }).execute();
    await work();
    expect(await all.sync.migrations.store.list(id)).toMatchObject([{ state: 'done', total: 31, done: 31, text: null }]);
    expect(await server.get('late')).toBe(vcard('Late', ['NOTE:[call:LATE]', `TEL:${NUMBER}`]));
  });
});

describe('a code that is corrected while the server is slow', () => {
  beforeEach(async () => { await server.put('a', vcard('A', [`TEL:${NUMBER}`, 'X-CUSTOM4:OLD'])); await sync(); });
  const setSlowly = async (code: string) => all.sync.codes.set((await contact()).id, code, all.personId, 1);
  /** Holds the next operation on the server until it is let go. */
  const held = () => {
    let go = () => {}, came = () => {};
    const [gate, there] = [new Promise<void>((resolve) => { go = resolve; }), new Promise<void>((resolve) => { came = resolve; })];
    return { there, go, pass: async () => { came(); await gate; } };
  };

  it('is written by the later wish, whenever the first one arrives', async () => {
    const slow = held();
    let puts = 0;
    onPut = async () => { puts += 1; if (puts === 1) await slow.pass(); };
    expect(await setSlowly('VIP')).toMatchObject({ code: 'VIP', pending: { code: 'VIP' } });
    await slow.there;
    expect(await ask('FAM')).toMatchObject({ code: 'FAM', pending: null });
    await ends(slow.go); // its PUT gets 412 now
    expect(await server.get('a')).toContain('X-CUSTOM4:FAM');
    expect(await contact()).toMatchObject({ code: 'FAM', pending: null });
    expect(puts).toBe(2);
  });

  it('is written by the later wish when the first one was written after all and is noted late', async () => {
    const noted = held();
    onDone = noted.pass;
    await setSlowly('VIP');
    await noted.there;
    expect(await server.get('a')).toContain('X-CUSTOM4:VIP');
    onDone = async () => {};
    await server.pause();
    expect(await ask('FAM')).toMatchObject({ code: 'FAM', pending: { code: 'FAM' } });
    await ends(noted.go);
    expect(await contact()).toMatchObject({ code: 'FAM', pending: { code: 'FAM' } });
    await server.start();
    await soon();
    await work();
    expect(await server.get('a')).toContain('X-CUSTOM4:FAM'); // what it found there is our own, not somebody's
    expect(await contact()).toMatchObject({ code: 'FAM', pending: null });
  });

  it('waits on when the field was changed while it was being written, and is written there', async () => {
    const noted = held();
    onDone = noted.pass;
    await setSlowly('VIP');
    await noted.there;
    onDone = async () => {};
    await all.books.setCarrier(id, { field: 'X-CUSTOM1' });
    await ends(noted.go);
    expect(await contact()).toMatchObject({ code: 'VIP', pending: { code: 'VIP' } });
    await work();
    expect(await server.get('a')).toContain('X-CUSTOM1:VIP');
    expect(await contact()).toMatchObject({ code: 'VIP', pending: null });
    await sync();
    expect((await contact()).code).toBe('VIP');
  });
});

describe('one card that the server has trouble with', () => {
  const BAD = 'c0';
  const trouble = (code: string, kind: FaultKind = 'unavailable') => (href: string): void => { if (href.includes(`${BAD}.vcf`)) throw new Fault(kind, `carddav.${code}`, 'The server answered with an error. Ringbook tries again by itself.'); };
  const move = () => all.db.updateTable('carrier_migration').set({ next_try: new Date(0) }).execute();
  const again = async () => { await all.db.updateTable('carrier_migration_item').set({ next_try: new Date(0) }).execute(); await move(); await work(); };
  const last = async () => (await all.sync.migrations.store.list(id))[0]!;
  beforeEach(async () => {
    for (let i = 0; i < 10; i += 1) await server.put(`c${i}`, vcard(`C${i}`, [`TEL:030 777${1000 + i}`, `X-CUSTOM4:code${i}`]));
    await sync();
  });

  it.each<[string, string, FaultKind, 'put' | 'read', number]>([
    ['is not taken', 'refused', 'unavailable', 'put', 4], ['breaks the server', 'server-failed', 'unavailable', 'put', 12], ['may not be read', 'forbidden', 'invalid', 'read', 4], ['is never answered', 'unreachable', 'unavailable', 'read', 12],
  ])('does not keep a move from its end when it %s', async (_, code, kind, where, tries) => {
    if (where === 'put') onPut = trouble(code, kind); else onRead = trouble(code, kind);
    const { id: moving } = await all.sync.migrations.start(id, NOTE);
    await work();
    expect(await last()).toMatchObject({ state: 'running', done: 9, failed: 0, items: [{ name: 'C0', problem: expect.stringContaining('error') }, ...Array.from({ length: 9 }, () => ({ problem: null }))] });
    expect(await all.sync.migrations.store.dueBooks()).toEqual([]);
    for (let n = 2; n < tries; n += 1) await again();
    expect(await last()).toMatchObject({ state: 'running', done: 9 });
    await again();
    expect(await last()).toMatchObject({ state: 'done', done: 9, failed: 1, items: [{ name: 'C0', problem: `The server answered with an error. After ${tries} tries the code was left in X-CUSTOM4.` }, ...Array.from({ length: 9 }, () => ({}))] });
    expect((await contact('030 7771000')).code).toBe('CODE0');

    const refusal = { code: 'book.codes-behind', message: expect.stringMatching(/^1 code still stands in X-CUSTOM4 \(C0\), because .*NOTE.* could not take it along/) as string };
    await expect(all.sync.migrations.start(id, { field: 'X-CUSTOM1' })).rejects.toMatchObject(refusal);
    await expect(all.sync.migrations.dryRun(id, { field: 'X-CUSTOM1' })).rejects.toMatchObject(refusal);
    await expect(all.books.setCarrier(id, { field: 'X-CUSTOM1' })).rejects.toMatchObject(refusal);
    onPut = onRead = () => {};
    await all.sync.migrations.undo(id, moving!);
    await work();
    expect(await last()).toMatchObject({ state: 'undone', total: 10, done: 10, failed: 0, text: null });
    expect((await all.db.selectFrom('address_book').select('fallback_carrier').where('id', '=', id).executeTakeFirstOrThrow()).fallback_carrier).toBeNull();
    expect(await server.get('c0')).toContain('X-CUSTOM4:code0');
    await all.sync.migrations.start(id, { field: 'X-CUSTOM1' });
    await work();
    expect(await last()).toMatchObject({ state: 'done', failed: 0 });
  });

  it('lets codes be chosen another place when what was left behind has been set again', async () => {
    onPut = trouble('refused');
    await all.sync.migrations.start(id, NOTE);
    await work();
    for (let n = 0; n < 3; n += 1) await again();
    expect(await last()).toMatchObject({ state: 'done', failed: 1 });
    onPut = () => {};
    expect(await ask('CODE0', '030 7771000')).toMatchObject({ pending: null });
    await all.sync.migrations.start(id, { field: 'X-CUSTOM1' });
    await work();
    expect(await last()).toMatchObject({ state: 'done', total: 10, failed: 0 });
    expect(await server.get('c0')).toContain('X-CUSTOM1:CODE0');
  });

  it('does not keep a move from being undone while it is under way', async () => {
    const before = await Promise.all((await server.list()).map(async (name) => [name, await server.get(name)]));
    const { id: moving } = await all.sync.migrations.start(id, NOTE);
    let puts = 0;
    onPut = async () => { puts += 1; if (puts === 3) await all.sync.migrations.undo(id, moving!); };
    expect(await all.sync.migrations.step(id)).toBe(true);
    expect(await last()).toMatchObject({ state: 'undoing', total: 10 });
    expect(puts).toBeLessThan(9);
    onPut = trouble('refused');
    await work();
    onPut = () => {};
    await again();
    expect(await last()).toMatchObject({ state: 'undone', done: 10, failed: 0 });
    expect(await Promise.all((await server.list()).map(async (name) => [name, await server.get(name)]))).toEqual(before);
    expect((await all.books.get(id, all.personId))!.carrier).toEqual({ field: 'X-CUSTOM4' });
    expect((await contact('030 7771003')).code).toBe('CODE3');
  });

  it('says so in right words when others keep changing it', async () => {
    let n = 0;
    onPut = async (href) => { if (href.includes(`${BAD}.vcf`)) await server.put('c0', vcard('C0', ['TEL:030 7771000', 'X-CUSTOM4:code0', `NOTE:${n += 1}`])); };
    await all.sync.migrations.start(id, { field: 'X-CUSTOM1' });
    await work();
    for (let tries = 1; tries < 12; tries += 1) await again();
    expect((await last()).items[0]).toMatchObject({ name: 'C0', problem: 'The contact keeps being changed elsewhere at the same moment. After 12 tries the code was left in X-CUSTOM4.' });
  });

  it('keeps no other wish waiting, is not hurried by a sync, and is given up with its reason', async () => {
    onPut = trouble('refused');
    const ids = (await all.contacts.search({ personId: all.personId, limit: 200 })).items.map((c) => c.id);
    await all.sync.codes.setMany({ contacts: ids }, 'VIP', all.personId);
    await work();
    expect(await health()).toMatchObject({ pending: 1, refused: 0 });
    await all.sync.codes.hurry(id);
    expect(await all.sync.codes.dueBooks()).toEqual([]);
    for (let tries = 2; tries < 4; tries += 1) { await soon(); await work(); }
    expect(await health()).toMatchObject({ pending: 1, refused: 0 });
    await soon();
    await work();
    expect(await health()).toMatchObject({ pending: 0, refused: 1 });
    expect(await contact('030 7771000')).toMatchObject({ code: 'CODE0', pending: { code: 'VIP', refused: true, error: 'The code was not written: 4 tries failed. The server answered with an error.' } });
  });
});

describe('a code that vanished', () => {
  const CARD = vcard('A', [`TEL:${NUMBER}`, 'X-OTHER:x', 'REV:2026-01-01T00:00:00Z', 'PHOTO;ENCODING=b:AAAA', 'X-CUSTOM4:VIP']);
  beforeEach(async () => { await server.put('a', CARD); await sync(); });
  const becomes = async (change: (card: string) => string) => { await server.put('a', change(CARD)); await sync(); return contact(); };
  const without = (card: string) => card.replace('X-CUSTOM4:VIP\r\n', '');

  it('was removed on purpose when nothing else changed', async () => {
    expect(await becomes((card) => without(card).replace('2026-01-01', '2026-02-02'))).toMatchObject({ code: null, lostCode: null });
  });
  it('was lost when something else changed in the same edit, and is lost no more when it comes back', async () => {
    expect(await becomes((card) => without(card).replace('FN:A', 'FN:A B'))).toMatchObject({ name: 'A B', code: null, lostCode: 'VIP' });
    expect(await health()).toMatchObject({ lost: 1 });
    expect(await becomes((card) => card)).toMatchObject({ code: 'VIP', lostCode: null });
    expect(await health()).toMatchObject({ lost: 0 });
  });
  it('is not lost when we took it away ourselves', async () => {
    await server.put('a', CARD.replace('FN:A', 'FN:A B'));
    await ask(null);
    expect(await contact()).toMatchObject({ name: 'A B', code: null, lostCode: null });
    expect(await server.get('a')).toContain('PHOTO');
  });
});
