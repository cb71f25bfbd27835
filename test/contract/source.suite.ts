/** What every ContactSource must do, run on each of them; `Place` is the other side of it: what a contact manager would do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BookView, NewBook } from '../../src/sync/book.store.js';
import { Fault } from '../../src/shared/fault.js';
import { type Books, openBooks, openSource, vcard } from '../lab/books.js';

/** `code`: what stands where codes do, whether it is one or not. */
export interface Person { name: string; uid?: string; cell?: string; work?: string; phone?: string; note?: string; code?: string }
/** How contacts are written at the source. */
export interface Writing {
  card(person: Person): string;
  /** The line that says this, as the source gives it back. */
  note(text: string): string;
  code(text: string): string;
  /** Whether a line of the card is the one that carries the code. */
  carries(line: string): boolean;
}
export const VCARD: Writing = {
  card: ({ name, uid, cell, work, phone, note, code }) => vcard(name, [...cell ? [`TEL;TYPE=CELL:${cell}`] : [], ...work ? [`TEL;TYPE=WORK:${work}`] : [], ...phone ? [`TEL:${phone}`] : [], ...note ? [`NOTE:${note}`] : [], ...code ? [`X-CUSTOM4:${code}`] : []], uid),
  note: (text) => `NOTE:${text}`, code: (text) => `X-CUSTOM4:${text}`, carries: (line) => line.startsWith('X-CUSTOM4'),
};

export interface Place {
  book: Pick<NewBook, 'kind' | 'url' | 'username' | 'password' | 'options'>;
  /** VCARD when left out. */
  writing?: Writing;
  put(name: string, card: string): Promise<void>;
  get(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
  list(): Promise<string[]>;
  /** Names of cards that the server itself can deal with; hard ones when left out. */
  names?: string[];
  close(): Promise<void>;
  /** Away, and back; for servers that can be stopped. Others are kept from being reached. */
  pause?(): Promise<void>;
  start?(): Promise<void>;
  /** For sources that live in the database of the suite itself. */
  opened?(all: Books, bookId: string): void;
}

/** @param holds whether large losses are held back and asked about */
export const contactSourceSuite = (title: string, open: () => Promise<Place>, holds = true): void => {
  describe(`${title} as a source of contacts`, () => {
    let at: Writing, place: Place, all: Books, book: BookView, away = false;
    beforeAll(async () => {
      [place, all] = await Promise.all([open(), openBooks((settings) => {
        if (away) throw new Fault('unavailable', 'carddav.unreachable', 'The server cannot be reached');
        return openSource(settings);
      })]);
      at = place.writing ?? VCARD;
      book = await all.books.create({ ...place.book, name: 'Office', personId: all.personId });
      place.opened?.(all, book.id);
    });
    afterAll(async () => { await all?.drop(); await place?.close(); });
    const lookup = (number: string) => all.directory.lookup(number, all.personId);
    const sync = () => all.sync.syncBook(book.id);

    it('reads the whole book first', async () => {
      await place.put('anna', at.card({ name: 'Anna', cell: '0171 5550101', code: 'vip' }));
      await place.put('bert', at.card({ name: 'Bert', work: '+49 30 5550102' }));
      await place.put('carla', at.card({ name: 'Carla', phone: '030 5550103', note: 'ein paar Worte' }));
      expect(await sync()).toMatchObject({ kind: 'done', added: 3, updated: 0, removed: 0, skipped: 0 });
      expect(await lookup('+491715550101')).toMatchObject({ tier: 'exact', contact: { name: 'Anna', code: 'VIP', book: 'Office' } });
      const [seen] = await all.books.list(all.personId);
      expect(seen!.health).toMatchObject({ state: 'ok', contacts: 3, numbers: 3, codes: 1, skipped: 0, lastError: null });
    });

    it('has nothing to do when nothing happened, and tells nobody', async () => {
      all.published.length = 0;
      expect(await sync()).toMatchObject({ kind: 'done', added: 0, updated: 0, removed: 0 });
      expect(all.published).toEqual([]);
    });

    it('takes up what is new, changed and deleted', async () => {
      const before = (await lookup('+491715550101')).contact!.id;
      await place.put('dora', at.card({ name: 'Dora', phone: '030 5550104' }));
      await place.put('anna', at.card({ name: 'Anna B.', uid: 'Anna', cell: '0171 5550199', code: 'FAM' }));
      await place.remove('carla');
      expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 1, removed: 1 });
      expect((await lookup('030 5550104')).contact?.name).toBe('Dora');
      expect((await lookup('0171 5550101')).tier).toBe('none');
      expect((await lookup('0171 5550199')).contact).toMatchObject({ id: before, name: 'Anna B.', code: 'FAM' });
      expect((await lookup('030 5550103')).tier).toBe('none');
      expect(all.published.length).toBeGreaterThan(0);
    });

    it('writes a code back, and every other byte of the card stays', async () => {
      const id = (await lookup('030 5550102')).contact!.id;
      const before = (await place.get('bert'))!;
      expect(await all.sync.setCode(id, 'vm', all.personId)).toMatchObject({ id, code: 'VM' });
      const after = (await place.get('bert'))!;
      expect(after.split(/(?<=\n)/).filter((line) => !at.carries(line)).join('')).toBe(before);
      expect(after.split(/\r?\n/)).toContain(at.code('VM'));
      expect((await lookup('030 5550102')).contact?.code).toBe('VM');
      expect(await sync()).toMatchObject({ kind: 'done', added: 0, removed: 0 });
      await all.sync.setCode(id, null, all.personId);
      expect(await place.get('bert')).toBe(before);
      expect((await lookup('030 5550102')).contact?.code).toBeNull();
    });

    it('writes onto what somebody else wrote meanwhile', async () => {
      const id = (await lookup('030 5550102')).contact!.id;
      await place.put('bert', at.card({ name: 'Bert', work: '+49 30 5550102', note: 'neu von Hand' }));
      await all.sync.setCode(id, 'VIP', all.personId);
      expect(await place.get('bert')).toContain(at.note('neu von Hand'));
      expect(await place.get('bert')).toContain(at.code('VIP'));
      await sync();
      expect((await lookup('030 5550102')).contact).toMatchObject({ id, code: 'VIP' });
    });

    it('does not destroy what stands in the field, nor write to what is gone', async () => {
      await place.put('emil', at.card({ name: 'Emil', phone: '030 5550105', code: 'Kunde 4711' }));
      await place.put('frida', at.card({ name: 'Frida', phone: '030 5550106' }));
      await sync();
      const [emil, frida] = [(await lookup('030 5550105')).contact!, (await lookup('030 5550106')).contact!];
      expect(emil.code).toBeNull();
      await expect(all.sync.setCode(emil.id, 'VIP', all.personId)).rejects.toMatchObject({ code: 'contact.field-in-use' });
      expect(await place.get('emil')).toContain(at.code('Kunde 4711'));
      for (const code of ['', 'a b', 'A\r\nTEL:110', 'x'.repeat(25)]) await expect(all.sync.setCode(emil.id, code, all.personId)).rejects.toMatchObject({ code: 'contact.code' });
      await place.remove('frida');
      await expect(all.sync.setCode(frida.id, 'VIP', all.personId)).rejects.toMatchObject({ code: 'contact.gone' });
      await place.remove('emil');
      await sync();
    });

    it('reads names that are hard on paths', async () => {
      const names = place.names ?? ['mit leer zeichen', 'ü&<b>', 'a%20b', '100%', "it's+1"];
      for (const [i, name] of names.entries()) await place.put(name, at.card({ name: `N${i}`, phone: `030 66600${i}0` }));
      expect(await sync()).toMatchObject({ kind: 'done', added: names.length, skipped: 0 });
      const id = (await lookup('030 6660010')).contact!.id;
      await all.sync.setCode(id, 'FAM', all.personId);
      expect(await place.get(names[1]!)).toContain(at.code('FAM'));
      for (const name of names) await place.remove(name);
      expect(await sync()).toMatchObject({ kind: 'done', removed: names.length });
    });

    it('says what a sync would do, and does nothing', async () => {
      await place.put('ida', at.card({ name: 'Ida', phone: '030 5550109' }));
      await place.put('bert', at.card({ name: 'Bert', work: '+49 30 5550102', note: 'noch einmal' }));
      const before = await all.db.selectFrom('contact').select(['id', 'updated_at']).orderBy('id').execute();
      expect(await all.sync.plan(book.id)).toMatchObject({ kind: 'go', add: { count: 1, names: ['Ida'] }, update: { count: 1, names: ['Bert'] }, remove: { count: 0, names: [] }, unchanged: before.length - 1, skipped: 0 });
      expect(await all.db.selectFrom('contact').select(['id', 'updated_at']).orderBy('id').execute()).toEqual(before);
      expect((await lookup('030 5550109')).tier).toBe('none');
      expect(await sync()).toMatchObject({ kind: 'done', added: 1, updated: 1, removed: 0 });
      expect(await all.sync.plan(book.id)).toMatchObject({ kind: 'go', add: { count: 0 }, update: { count: 0 }, remove: { count: 0 }, unchanged: before.length + 1 });
    });

    if (holds) it('holds on to the contacts when most of them are suddenly gone, until they are back or it is told so', async () => {
      const crowd = Array.from({ length: 30 }, (_, i) => [`crowd${i}`, at.card({ name: `Crowd ${i}`, phone: `030 77700${String(i).padStart(2, '0')}` })] as const);
      for (const [name, card] of crowd) await place.put(name, card);
      expect(await sync()).toMatchObject({ kind: 'done', added: 30 });
      const count = async () => (await all.books.get(book.id, all.personId))!.health.contacts;
      const holding = await count();
      for (const [name] of crowd) await place.remove(name);
      expect(await all.sync.plan(book.id)).toMatchObject({ kind: 'held', listing: 'full', remove: { count: 30 }, text: expect.stringContaining(`30 of the ${holding}`) });
      expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-lose', text: expect.stringContaining(`30 of the ${holding}`) });
      expect(await sync()).toMatchObject({ kind: 'held' }); // nor the second time
      expect(await count()).toBe(holding);
      for (const [name, card] of crowd) await place.put(name, card);
      expect(await sync()).toMatchObject({ kind: 'done', removed: 0 });
      expect((await all.books.get(book.id, all.personId))!.health).toMatchObject({ state: 'ok', contacts: holding, lastError: null });
      for (const [name] of crowd) await place.remove(name);
      expect(await sync()).toMatchObject({ kind: 'held' });
      expect(await all.sync.syncBook(book.id, { acceptEmpty: true })).toMatchObject({ kind: 'done', removed: 30 });
      expect(await count()).toBe(holding - 30);
    });

    if (holds) it('holds on to the contacts when the book is suddenly empty, until it is told so', async () => {
      await place.put('gina', at.card({ name: 'Gina', phone: '030 5550107' }));
      await sync();
      const held = await all.db.selectFrom('contact').select('name').execute();
      expect(held.length).toBeGreaterThan(3);
      await all.db.updateTable('address_book').set({ sync_token: null }).execute(); // deletions by name would be believed
      for (const name of await place.list()) await place.remove(name);
      expect(await sync()).toMatchObject({ kind: 'held', code: 'sync.would-empty' });
      expect((await all.books.get(book.id, all.personId))!.health).toMatchObject({ state: 'failing', contacts: held.length, lastError: { code: 'sync.would-empty' } });
      expect((await lookup('030 5550107')).contact?.name).toBe('Gina');
      await all.books.ask(book.id, { acceptEmpty: true });
      expect(await sync()).toMatchObject({ kind: 'done', removed: held.length });
      expect((await all.books.get(book.id, all.personId))!.health).toMatchObject({ state: 'ok', contacts: 0, lastError: null });
    });

    if (holds) it('keeps a code while the source is away, which counts at once, and writes it when it is back', async () => {
      await place.put('ivo', at.card({ name: 'Ivo', phone: '030 5550109', note: 'kept' }));
      await sync();
      const { id } = (await lookup('030 5550109')).contact!;
      const before = (await place.get('ivo'))!;
      if (place.pause) await place.pause(); else away = true;
      expect(await all.sync.setCode(id, 'fam', all.personId)).toMatchObject({ code: 'FAM', pending: { code: 'FAM', refused: false, error: expect.any(String) } });
      expect((await lookup('030 5550109')).contact!.code).toBe('FAM');
      expect((await all.books.get(book.id, all.personId))!.health.pending).toBe(1);
      if (place.start) await place.start();
      away = false;
      await all.sync.codes.hurry(book.id);
      expect(await all.sync.codes.run(book.id)).toEqual({ written: 1, refused: 0, waiting: false });
      expect((await place.get('ivo'))!.split(/\r?\n/)).toContain(at.code('FAM'));
      expect((await place.get('ivo'))!.split(/(?<=\n)/).filter((line) => !at.carries(line)).join('')).toBe(before);
      expect(await all.contacts.get(id, all.personId)).toMatchObject({ code: 'FAM', pending: null });
      await place.remove('ivo');
      await sync();
    });

    it('moves its codes to another field and back: they count at every moment, and the cards become what they were', async () => {
      const to = place.book.kind === 'ldap' ? { attribute: 'pager' } : { field: 'X-CUSTOM2' };
      const move = async (): Promise<void> => { while (await all.sync.migrations.step(book.id)) expect((await lookup('030 5550110')).contact!.code).toBe('VM'); };
      await place.put('jan', at.card({ name: 'Jan', phone: '030 5550110', code: 'vm', note: 'kept' }));
      await place.put('kim', at.card({ name: 'Kim', phone: '030 5550111' }));
      await sync();
      const before = [await place.get('jan'), await place.get('kim')];
      const { id } = await all.sync.migrations.start(book.id, to);
      await move();
      const [done] = await all.sync.migrations.store.list(book.id);
      expect(done).toMatchObject({ id, state: 'done', failed: 0, done: done!.total });
      expect((await place.get('jan'))!.split(/\r?\n/).filter(at.carries)).toEqual([]);
      expect(await place.get('kim')).toBe(before[1]);
      expect(await sync()).toMatchObject({ kind: 'done', added: 0, removed: 0 });
      expect((await lookup('030 5550110')).contact!.code).toBe('VM');
      await all.sync.migrations.undo(book.id, id!);
      await move();
      expect((await all.sync.migrations.store.list(book.id))[0]).toMatchObject({ id, state: 'undone', failed: 0 });
      expect([await place.get('jan'), await place.get('kim')]).toEqual(before);
      await sync();
      expect((await lookup('030 5550110')).contact!.code).toBe('VM');
      for (const name of ['jan', 'kim']) await place.remove(name);
      await sync();
    });

    it('shows other people nothing of a book that is not theirs', async () => {
      await place.put('hanna', at.card({ name: 'Hanna', phone: '030 5550108' }));
      await sync();
      const stranger = '00000000-0000-4000-8000-000000000000';
      const id = (await lookup('030 5550108')).contact!.id;
      expect((await all.directory.lookup('030 5550108', stranger)).tier).toBe('none');
      expect(await all.contacts.get(id, stranger)).toBeUndefined();
      expect((await all.contacts.search({ personId: stranger })).items).toEqual([]);
      await expect(all.sync.setCode(id, 'VIP', stranger)).rejects.toMatchObject({ code: 'contact.missing' });
    });
  });
};
