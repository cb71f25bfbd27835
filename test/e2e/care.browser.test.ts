/**
 * Sources that are slow, refuse, forget or fail, in a real Chromium with real servers: what is typed, chosen or answered meanwhile
 * is not lost, and every such state can be looked at in light and dark, wide and narrow. RINGBOOK_SHOTS=folder keeps the pictures.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressBook, BookHealth, Calendar, Contact } from '@ringbook/contracts';
import type { Locator, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, gone, openBrowser, overflow, shows, truth, type Browsing, type Person } from '../lab/browser.js';
import { eventsAt, vevent } from '../lab/calendars.js';
import { startFaultProxy, type FaultProxy } from '../lab/fault-proxy.js';
import { startRadicale, type Radicale } from '../lab/radicale.js';
import { ADMIN } from '../world.js';
import { card, Desk, VIP } from './desk.js';

const SHOTS = process.env['RINGBOOK_SHOTS'];
const LARGE = 1500;
const TWINS = '+4930777002';
let desk: Desk, slow: FaultProxy, strict: Radicale, browser: Browsing, alice: Person, page: Page;
const troubles: string[] = [];

beforeAll(async () => {
  desk = await Desk.open();
  slow = await startFaultProxy(desk.radicale.url);
  strict = await startRadicale({ readOnly: true });
  browser = await openBrowser();
  alice = await browser.person();
  alice.expects(/401 \(Unauthorized\) .*\/api\/v1\/(me|session)\)/);
  alice.troubles.push = (...found: string[]) => troubles.push(...found);
  page = await alice.window();
  await page.goto(at('/signin'));
  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
});
afterAll(async () => { await browser?.close(); await slow?.stop(); await strict?.stop(); await desk?.close(); });
afterEach(async ({ task }) => { if (SHOTS && task.result?.state === 'fail') await page.screenshot({ path: join(SHOTS, `failed-${task.name.slice(0, 40).replaceAll(/[^a-z]+/gi, '-')}.png`) }); });

const at = (path: string): string => `${desk.world.url}${path}`;
const panel = (name: string): Locator => page.getByRole('region', { name, exact: true });
const choose = async (box: Locator, option: string): Promise<void> => { await box.click(); await page.getByRole('option', { name: option, exact: true }).click(); };
const addBook = (body: object): Promise<AddressBook> => desk.world.admin.send<AddressBook>('POST', '/address-books', body);
const health = (id: string): Promise<BookHealth> => desk.world.admin.get<BookHealth>(`/address-books/${id}/health`);
const holds = (id: string, count: number): Promise<unknown> => desk.world.until(async () => { const now = await health(id); return now.contacts === count && now.state === 'ok'; }, 60_000, `${count} contacts`);
const contacts = async (query: string): Promise<Contact[]> => (await desk.world.admin.get<{ items: Contact[] }>(`/contacts?limit=200&${query}`)).items;
const radicale = (): { username: string; password: string } => ({ username: desk.radicale.user, password: desk.radicale.password });
const focused = (label: string): Promise<boolean> => truth(page, `document.activeElement?.getAttribute('aria-label') === ${JSON.stringify(label)}`);

/** The next answer of this kind waits until it is let go. */
const held = async (method: string, path: RegExp): Promise<{ asked: Promise<void>; letGo: () => Promise<void> }> => {
  const [asked, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = Promise.withResolvers<void>();
  const route = async (each: Route): Promise<void> => {
    if (each.request().method() !== method) return each.fallback();
    asked.resolve();
    await free.promise;
    await each.continue();
    done.resolve();
  };
  await page.route(path, route);
  return { asked: asked.promise, letGo: async () => { free.resolve(); await done.promise; await page.unroute(path, route); } };
};
/** The next answer of this kind is that of a server in trouble. */
const failing = async (method: string, path: RegExp): Promise<() => Promise<void>> => {
  alice.expects(/503 \(Service Unavailable\)/);
  const route = (each: Route): Promise<void> => (each.request().method() === method ? each.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Away', status: 503, code: 'test.away' }) }) : each.fallback());
  await page.route(path, route);
  return () => page.unroute(path, route);
};

/** Colours and places are those of now, not on their way there. */
const settled = async (): Promise<void> => {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))');
  await truth(page, 'document.getAnimations().every((each) => !(each instanceof CSSTransition))');
};

/** As it stands, in both schemes and widths: axe finds nothing, nothing reaches beyond the edge. */
const looked = async (name: string): Promise<void> => {
  const findings: string[] = [];
  for (const [colorScheme, width] of [['dark', 360], ['light', 360], ['dark', 1280], ['light', 1280]] as const) {
    const label = `${name}-${colorScheme}-${width}`;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    await truth(page, `document.documentElement.dataset.mantineColorScheme === '${colorScheme}'`);
    await settled();
    for (const found of await axeFindings(page)) findings.push(`${label}: ${found}`);
    const { pixels, by } = await overflow(page);
    if (pixels > 0) findings.push(`${label}: ${pixels} px beyond the edge: ${by.join(' ')}`);
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `${label}.png`)});
  }
  expect(findings).toEqual([]);
};

describe('what is typed while it is being saved', () => {
  it('stays among the codes, and is saved next', async () => {
    await page.goto(at('/codes'));
    const name = page.getByRole('group', { name: 'Code VIP' }).getByLabel('Name');
    await name.fill('Important');
    const answer = await held('PUT', /\/api\/v1\/codes$/);
    await page.getByRole('button', { name: 'Save codes' }).click();
    await answer.asked;
    await name.fill('Important people');
    await answer.letGo();
    await page.getByRole('button', { name: 'Save codes' }).and(page.locator(':enabled')).waitFor();
    expect(await name.inputValue()).toBe('Important people');
    await page.getByRole('button', { name: 'Save codes' }).click();
    await shows(page.locator('main'), 'Codes saved.');
    expect(await desk.world.admin.get('/codes')).toMatchObject({ codes: expect.arrayContaining([expect.objectContaining({ code: 'VIP', name: 'Important people' })]) });
  });

  it('stays among the rules for calls, and no conflict with oneself comes of it', async () => {
    await page.goto(at('/rules'));
    await page.getByRole('button', { name: 'Add rule' }).click();
    const label = page.getByRole('list', { name: 'Rules in order' }).getByRole('textbox', { name: /^Name/ }).last();
    await label.fill('Mine');
    const answer = await held('PUT', /\/profile$/);
    await page.getByRole('button', { name: 'Save rules' }).click();
    await answer.asked;
    await label.fill('Mine alone');
    await answer.letGo();
    await page.getByRole('button', { name: 'Save rules' }).and(page.locator(':enabled')).click();
    await shows(page.locator('main'), 'Rules saved.');
    expect(await label.inputValue()).toBe('Mine alone');
    await desk.world.rules(desk.world.alice.id, []);
  });
});

describe('a file', () => {
  const file = ['Vorname;Nachname;Mobil', 'Ida;Ilse;+49 171 5550123'].join('\r\n');
  const drop = async (target: string): Promise<void> => {
    const data = await page.evaluateHandle(`(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(file)}], 'dropped.csv', { type: 'text/csv' })); return data; })()`);
    await page.dispatchEvent(target, 'dragover', { dataTransfer: data });
    if (SHOTS) await page.screenshot({ path: join(SHOTS, 'file-over.png') });
    await page.dispatchEvent(target, 'drop', { dataTransfer: data });
  };
  const place = '[data-over]';

  it('is dropped; choosing its columns keeps the table and the focus, also when the server is away in between', async () => {
    const { id } = await addBook({ kind: 'import', name: 'Old telephone' });
    await page.goto(at(`/books/${id}`));
    await panel('Import and export').waitFor();
    await drop(place);
    const table = page.getByRole('table', { name: 'Which column holds what?' });
    await shows(table, '+49 171 5550123');
    // Held by the page itself: it is gone when the table is built anew.
    await table.evaluate((element) => { (element as unknown as { same: boolean }).same = true; });
    const answer = await held('POST', /\/import$/);
    await choose(page.getByRole('combobox', { name: 'What Vorname holds' }), 'Full name');
    await answer.asked;
    await focused('What Vorname holds');
    await answer.letGo();
    const back = await failing('POST', /\/import$/);
    await choose(page.getByRole('combobox', { name: 'What Nachname holds' }), 'Note');
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    expect(await page.getByRole('button', { name: /^Import 1/ }).isDisabled()).toBe(true);
    await looked('file-failed');
    await back();
    const [request] = await Promise.all([page.waitForRequest(/\/import$/), page.getByRole('button', { name: 'Try again' }).click()]);
    expect(request.postDataJSON()).toMatchObject({ dryRun: true, columns: { Vorname: 'name', Nachname: 'note', Mobil: 'phone' } });
    await page.getByRole('button', { name: /^Import 1/ }).and(page.locator(':enabled')).waitFor();
    expect(await table.evaluate((element) => (element as unknown as { same?: boolean }).same)).toBe(true);
    await page.getByRole('button', { name: /^Import 1/ }).click();
    await shows(panel('Import and export'), 'Imported: 1 added');
  });

  it('that is dropped beside its place does not take the page away', async () => {
    expect(await page.evaluate(`(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.csv')); return ['dragover', 'drop'].map((name) => document.querySelector('h1').dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }))); })()`)).toEqual([false, false]);
  });
});

describe('a slow server', () => {
  let large: AddressBook;
  it('shows how far a sync is, and all is there at its end', async () => {
    await desk.radicale.addBook('large', 'Large');
    await desk.radicale.putMany(Array.from({ length: LARGE }, (_, i) => [`p${i}`, card({ uid: `p${i}`, name: `Person ${i}`, number: `+49 30 88${10_000 + i}` }).replace('END:', `NOTE:${'x'.repeat(4000)}\r\nEND:`)] as const), 'large');
    // Reads in parts, as from other servers: the whole book at once is refused.
    slow.spoil = { before: ({ body }, response) => { if (!body.includes('addressbook-query')) return; response.writeHead(501).end(); return 'taken'; } };
    const free = Promise.withResolvers<void>();
    let reports = 0;
    slow.wait = async (method) => { if (method !== 'REPORT') return; if (++reports > 5) await free.promise; else await sleep(1200); };
    await page.goto(at('/books'));
    large = await addBook({ kind: 'carddav', name: 'Large', url: `${slow.url}${desk.radicale.user}/large/`, ...radicale() });
    await page.reload();
    const bar = panel('Large').getByRole('progressbar', { name: 'Sync of Large' });
    await truth(page, `/^[1-9][\\d,]* of 1,500 contacts$/.test(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuetext') ?? '')`, 30_000);
    await looked('mid-sync-books');
    await page.goto(at(`/books/${large.id}`));
    await bar.waitFor();
    await looked('mid-sync-book');
    free.resolve();
    slow.wait = undefined;
    slow.spoil = {};
    await gone(bar, 60_000);
    await holds(large.id, LARGE);
    await shows(panel('Large'), 'Up to date.');
  });

  it('what a sync would do stays in sight while it is asked again, and when that fails', async () => {
    await page.getByRole('button', { name: 'What would a sync do?' }).click();
    const plan = panel('What a sync would do now');
    const answer = await held('GET', /\/plan$/);
    await plan.getByRole('button', { name: 'Look again' }).focus();
    await page.keyboard.press('Enter');
    await answer.asked;
    expect(await plan.isVisible()).toBe(true);
    await answer.letGo();
    await truth(page, `document.activeElement?.textContent === 'Look again' && !document.activeElement.disabled`);
    const back = await failing('GET', /\/plan$/);
    await plan.getByRole('button', { name: 'Look again' }).click();
    await page.getByRole('alert').waitFor();
    expect(await plan.isVisible()).toBe(true);
    await back();
  });

  it('many codes being set cannot be hidden, and are stopped after the lot that is under way', async () => {
    await page.goto(at(`/contacts?book=${large.id}`));
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByRole('button', { name: 'Select all found' }).click();
    await shows(page.getByRole('group', { name: 'Selected contacts' }), '1,500 selected');
    await page.getByRole('button', { name: 'Set code' }).click();
    const dialog = page.getByRole('dialog', { name: 'Code of 1,500 contacts' });
    await dialog.getByRole('checkbox', { name: 'Remove their code' }).check();
    const answer = await held('POST', /\/contacts\/codes$/);
    await dialog.getByRole('button', { name: /^Remove the code of 1,500/ }).click();
    await answer.asked;
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await dialog.getByRole('button', { name: 'Stopping' }).waitFor();
    await looked('many-stopping');
    await answer.letGo();
    await shows(dialog, '1,000 had none. 500 were left as they were, because you stopped.');
    await looked('many-stopped');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await gone(dialog);
  });
});

describe('codes in trouble', () => {
  it('that a server refuses are told on its book and at each contact, with the reason', async () => {
    // Put straight into its storage: this server lets nobody write.
    await strict.putMany([['one', card({ uid: 'one', name: 'Rita Rest', number: '+49 30 7711' })], ['two', card({ uid: 'two', name: 'Rolf Rest', number: '+49 30 7712' })]]);
    const { id } = await addBook({ kind: 'carddav', name: 'Strict', url: strict.bookUrl, username: strict.user, password: strict.password });
    await holds(id, 2);
    const all = await contacts(`book=${id}`);
    await desk.world.admin.send('POST', '/contacts/codes', { handlingCode: 'VIP', contacts: all.map((each) => each.id) });
    await desk.world.until(async () => (await health(id)).refused === 2, 40_000, 'two refused codes');
    await page.goto(at(`/books/${id}`));
    await shows(page.getByRole('group', { name: 'Codes that were refused' }), 'The source will not take 2 codes.');
    await looked('refused-book');
    await page.goto(at(`/contacts?book=${id}`));
    await shows(page.getByRole('list', { name: 'Contacts' }), 'refused by the address book');
    await page.goto(at(`/contacts/${all[0]!.id}?book=${id}`));
    await shows(page.getByRole('article', { name: all[0]!.name }), 'The address book did not take the code VIP. It does not count.');
    await looked('refused-contact');
  });

  it('that were lost can be forgotten: the card stays as the other program left it', async () => {
    const without = (await desk.radicale.get(VIP.uid))!.replace('X-CUSTOM4:VIP\r\n', '').replace('END:VCARD', 'NOTE:met again\r\nEND:VCARD');
    await desk.radicale.put(VIP.uid, without);
    const left = await desk.radicale.get(VIP.uid);
    await desk.world.admin.send('POST', `/address-books/${desk.book.id}/sync`);
    await desk.world.until(async () => (await health(desk.book.id)).lost === 1, 20_000, 'a lost code');
    await page.goto(at(`/books/${desk.book.id}`));
    const lost = panel('Codes that another program dropped');
    await shows(lost, VIP.name);
    await looked('lost');
    await lost.getByRole('button', { name: /^Forget/ }).click();
    await gone(lost.getByRole('listitem'));
    await shows(lost, 'Done');
    await looked('forgotten');
    await desk.world.until(async () => (await health(desk.book.id)).lost === 0, 10_000, 'no lost code');
    expect(await desk.radicale.get(VIP.uid)).toBe(left);
  });
});

describe('calendars in trouble', () => {
  let calendar: Calendar;
  it('how to sign in is changed with the password left empty', async () => {
    const url = await desk.radicale.addCalendar('agenda', 'Agenda');
    const events = eventsAt(url, desk.radicale);
    for (let i = 0; i < 24; i++) await events.put(`e${i}`, vevent(`e${i}`, Date.now() + (i + 1) * 3_600_000, Date.now() + (i + 1.5) * 3_600_000));
    calendar = await desk.world.admin.send<Calendar>('POST', '/calendars', { name: 'Agenda', url, ...radicale() });
    const kept = async (): Promise<Calendar | undefined> => (await desk.world.admin.get<{ items: Calendar[] }>('/calendars')).items.find(({ id }) => id === calendar.id);
    await desk.world.until(async () => (await kept())?.health.events === 24, 20_000, 'the events');
    await page.goto(at('/calendars'));
    await page.getByRole('button', { name: /^Settings/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Settings of “Agenda”' });
    await dialog.getByText('More settings').click();
    await choose(dialog.getByRole('combobox', { name: 'How to sign in' }), 'User name and password (Basic)');
    await looked('calendar-settings');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await gone(dialog);
    expect(await kept()).toMatchObject({ auth: 'basic', url: calendar.url, username: calendar.username });
    await page.getByRole('button', { name: /^Read now/ }).click();
    await shows(panel('Agenda'), 'Up to date.');
  });

  it('a rule with something wrong is opened where it is', async () => {
    alice.expects(/40[0-9] .*\/calendar-rules|422 .*calendar/, /400 \(Bad Request\)/, /422/);
    await page.getByRole('button', { name: 'Add rule' }).click();
    const rule = page.getByRole('list', { name: 'Calendar rules' }).getByRole('listitem').last();
    await rule.getByLabel('Category', { exact: true }).fill('Tra\u0001vel');
    await rule.getByRole('button', { name: /^Done/ }).click();
    await gone(rule.getByLabel('Category', { exact: true }));
    await page.getByRole('button', { name: 'Save calendar rules' }).click();
    await shows(rule, 'must not contain control characters');
    await shows(page.getByRole('alert'), 'One field needs your attention.');
    await looked('calendar-rule-wrong');
    await rule.getByLabel('Category', { exact: true }).fill('Travel');
    await page.getByRole('button', { name: 'Save calendar rules' }).click();
    await shows(page.locator('main'), 'Calendar rules saved.');
  });

  it('one that suddenly shows nothing holds its events, and asks', async () => {
    const events = eventsAt(calendar.url, desk.radicale);
    for (let i = 0; i < 24; i++) await events.remove(`e${i}`);
    await page.getByRole('button', { name: /^Read now/ }).click();
    const asks = page.getByRole('group', { name: 'Ringbook has not deleted anything' });
    await asks.waitFor();
    await looked('calendar-held');
    await asks.getByRole('button', { name: /^Let them go/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let them go', exact: true }).click();
    await gone(asks);
    await shows(panel('Agenda'), 'Up to date.');
  });
});

describe('an answer to "Who is it?"', () => {
  it('that cannot be taken back still stands', async () => {
    for (const [uid, name] of [['twin1', 'Paula Paar'], ['twin2', 'Peter Paar']] as const) await desk.radicale.put(uid, card({ uid, name, number: TWINS }));
    await desk.sync(6);
    await desk.alice({ behaviour: { kind: 'ring' } });
    const call = await desk.call({ from: TWINS });
    const { id } = await desk.world.callWhere((each) => each.from.number === TWINS);
    call.hangUp();
    await call.result;
    await page.goto(at(`/calls/${encodeURIComponent(id)}`));
    const who = page.getByRole('group', { name: 'Who is it?' });
    await who.getByRole('button', { name: /Paula Paar/ }).click();
    await shows(who, 'You said: Paula Paar.');
    const back = await failing('PUT', /\/choices$/);
    await who.getByRole('button', { name: 'Forget this answer' }).click();
    await who.getByRole('alert').waitFor();
    await shows(who, 'You said: Paula Paar.');
    await looked('who-failed');
    await back();
    await who.getByRole('button', { name: 'Forget this answer' }).click();
    await who.getByRole('button', { name: /Peter Paar/ }).waitFor();
  });
});

it('and all the while no error in the window, and nothing the Content-Security-Policy had to stop', () => { expect(troubles).toEqual([]); });
