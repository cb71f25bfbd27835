/**
 * Sources in a real Chromium: address books and calendars of a real Radicale, a real OpenLDAP and files, added, looked after,
 * searched and written to as people do it, by mouse and by keyboard. RINGBOOK_SHOTS=folder keeps a picture of every view.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddressBook, Calendar, Contact, KnownCodes } from '@ringbook/contracts';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, gone, openBrowser, overflow, shows, truth, type Browsing, type Person } from '../lab/browser.js';
import { vevent } from '../lab/calendars.js';
import { person as entry, startSlapd, type Slapd } from '../lab/slapd.js';
import { ADMIN, ALICE } from '../world.js';
import { card, Desk, EMOJI, PEOPLE, VIP } from './desk.js';

const SHOTS = process.env['RINGBOOK_SHOTS'];
const TWINS = '+4930777001';
let desk: Desk, slapd: Slapd, browser: Browsing, alice: Person, page: Page;
const troubles: string[] = [];

beforeAll(async () => {
  desk = await Desk.open();
  slapd = await startSlapd({ count: 2000 });
  browser = await openBrowser();
  alice = await person();
  page = await alice.window();
  await signIn(page);
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
});
afterAll(async () => { await browser?.close(); await slapd?.stop(); await desk?.close(); });
afterEach(async ({ task }) => { if (task.result?.state === 'fail') await picture(page, `failed-${task.name.slice(0, 40).replaceAll(/[^a-z]+/gi, '-')}`); });

const picture = async (there: Page, name: string): Promise<void> => { if (SHOTS) await there.screenshot({ path: join(SHOTS, `${name}.png`) }); };
const at = (path: string): string => `${desk.world.url}${path}`;
const person = async (options?: Parameters<Browsing['person']>[0]): Promise<Person> => {
  const made = await browser.person(options);
  made.expects(/401 \(Unauthorized\) .*\/api\/v1\/(me|session)\)/);
  made.troubles.push = (...found: string[]) => troubles.push(...found);
  return made;
};
const signIn = async (there: Page): Promise<void> => {
  await there.goto(at('/signin'));
  await there.getByLabel('E-mail address').fill(ADMIN.email);
  await there.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await there.getByRole('button', { name: 'Sign in' }).click();
  await there.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
};
const books = async (): Promise<AddressBook[]> => (await desk.world.admin.get<{ items: AddressBook[] }>('/address-books')).items;
const book = async (name: string): Promise<AddressBook> => desk.world.until(async () => (await books()).find((each) => each.name === name), 10_000, `the book ${name}`);
const contacts = async (query: string): Promise<Contact[]> => (await desk.world.admin.get<{ items: Contact[] }>(`/contacts?limit=200&${query}`)).items;
const holds = (name: string, count: number): Promise<AddressBook | false | undefined> => desk.world.until(async () => { const found = await book(name); return found.health.contacts === count && found.health.state !== 'syncing' && found; }, 30_000, `${count} contacts in ${name}`);
/** At the server, as another program would, below the folder of the user. */
const dav = async (method: string, path: string, body?: string): Promise<void> => {
  const { url, user, password } = desk.radicale;
  const answer = await fetch(`${url}${user}/${path}`, { method, headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, ...(body === undefined ? {} : { 'content-type': path.endsWith('.ics') ? 'text/calendar; charset=utf-8' : 'text/vcard; charset=utf-8' }) }, ...(body === undefined ? {} : { body }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
};
const panel = (name: string): Locator => page.getByRole('region', { name, exact: true });
const choose = async (box: Locator, option: string): Promise<void> => { await box.click(); await page.getByRole('option', { name: option, exact: true }).click(); };
const open = async (name: string): Promise<void> => { await page.goto(at(`/books/${(await book(name)).id}`)); await page.getByRole('heading', { level: 1, name }).waitFor(); };
const confirm = (name: string): Promise<void> => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

describe('adding sources', () => {
  const dialog = (): Locator => page.getByRole('dialog', { name: 'Add address book' });
  const step = (name: string): Locator => dialog().getByRole('listitem').filter({ hasText: name });

  it('by keyboard: a wrong password is explained at its step, and nothing typed is lost', async () => {
    await page.goto(at('/books'));
    await page.getByRole('button', { name: 'Add address book' }).focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await truth(page, `document.activeElement?.textContent?.startsWith('On a contacts server')`);
    await page.keyboard.press('Enter');
    await truth(page, `document.activeElement?.inputMode === 'url'`);
    await page.keyboard.type(desk.radicale.url);
    await page.keyboard.press('Tab');
    await page.keyboard.type(desk.radicale.user);
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await shows(dialog(), 'The connection does not work yet.');
    await shows(step('Sign in'), 'failed');
    await shows(step('Read contacts'), 'not tried');
    expect(await dialog().getByRole('button', { name: /^Add/ }).count()).toBe(0);
    await picture(page, 'test-failed');
    await dialog().getByRole('button', { name: 'Back' }).click();
    expect(await dialog().getByLabel('Address', { exact: true }).inputValue()).toBe(desk.radicale.url);
    expect(await dialog().getByLabel('Password or app password').inputValue()).toBe('not the password');
    await page.keyboard.press('Escape');
    await gone(dialog());
    await truth(page, `document.activeElement?.textContent === 'Add address book'`);
  });

  it('what the account holds is found, and ticked books and calendars are added at once', async () => {
    await desk.radicale.addBook('club', 'Club');
    await desk.radicale.addBook('work', 'Work');
    await desk.radicale.addCalendar('agenda', 'Agenda');
    await page.getByRole('button', { name: 'Add address book' }).click();
    await page.getByRole('button', { name: /On a contacts server/ }).click();
    await dialog().getByLabel('Address', { exact: true }).fill(desk.radicale.url);
    await dialog().getByLabel('User name').fill(desk.radicale.user);
    await dialog().getByLabel('Password or app password').fill(desk.radicale.password);
    await dialog().getByRole('button', { name: 'Test the connection' }).click();
    await shows(dialog(), 'The connection works.');
    await dialog().getByRole('checkbox', { name: 'Agenda' }).check();
    await dialog().getByRole('textbox', { name: 'Name: Work' }).fill('Work people');
    await picture(page, 'test-works');
    expect(await dialog().getByRole('checkbox', { name: 'Contacts' }).isDisabled()).toBe(true);
    await dialog().getByRole('button', { name: 'Add 2 address books and 1 calendar' }).click();
    await gone(dialog());
    for (const name of ['Friends', 'Club', 'Work people']) await panel(name).waitFor();
    expect((await books()).map(({ name }) => name).toSorted()).toEqual(['Club', 'Friends', 'Work people']);
    expect((await desk.world.admin.get<{ items: Calendar[] }>('/calendars')).items.map(({ name }) => name)).toEqual(['Agenda']);
  });

  it('a company directory: a certificate nobody knows is explained; with its authority it is read', async () => {
    await page.goto(at('/books'));
    await page.getByRole('button', { name: 'Add address book' }).click();
    await page.getByRole('button', { name: /In a company directory/ }).click();
    await dialog().getByLabel('Address', { exact: true }).fill(slapd.tlsUrl);
    await dialog().getByLabel('Where to search').fill(slapd.base);
    await dialog().getByLabel('Sign in as').fill(slapd.user);
    await dialog().getByLabel('Password or app password').fill(slapd.password);
    await dialog().getByRole('button', { name: 'Test the connection' }).click();
    await shows(step('Check the certificate'), 'failed');
    await dialog().getByRole('button', { name: 'Back' }).click();
    await dialog().getByText('More settings').click();
    await dialog().getByLabel('Certificate of your own authority').fill(slapd.certificate);
    await dialog().getByRole('button', { name: 'Test the connection' }).click();
    await shows(dialog(), 'The connection works.');
    await dialog().getByLabel('Name', { exact: true }).fill('Company');
    await dialog().getByRole('button', { name: 'Add 1 address book' }).click();
    await gone(dialog());
    await holds('Company', 2000);
    await shows(panel('Company'), '2,000');
    await shows(panel('Company'), 'Up to date.');
  });

  it('settings are changed with the password left empty, which keeps it', async () => {
    await open('Work people');
    await page.getByRole('button', { name: 'Settings' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings of “Work people”' });
    await settings.getByLabel('Name', { exact: true }).fill('Work');
    await settings.getByRole('button', { name: 'Test the connection' }).click();
    await shows(settings, 'The connection works.');
    await settings.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Work' }).waitFor();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await shows(panel('Work'), 'Up to date.');
  });

  it('the order of books is changed by keyboard, and the focus goes with the book', async () => {
    await page.goto(at('/books'));
    await panel('Company').waitFor();
    const names = async (): Promise<string[]> => page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents();
    const before = await names();
    const button = page.getByRole('button', { name: `Move ${before[0]} down` });
    await button.focus();
    await page.keyboard.press('Enter');
    const after = [before[1]!, before[0]!, ...before.slice(2)];
    await desk.world.until(async () => (await books()).map(({ name }) => name).join() === after.join(), 10_000, 'the new order');
    expect(await names()).toEqual(after);
    await truth(page, `document.activeElement?.getAttribute('aria-label') === ${JSON.stringify(`Move ${before[0]} down`)}`);
    await page.reload();
    await panel('Company').waitFor();
    expect(await names()).toEqual(after);
  });
});

describe('the page of a book', () => {
  it('says what a sync would do, and then does it', async () => {
    await desk.radicale.put('new', card({ uid: 'new', name: 'Nora Neu', number: '+49 30 1234-5699' }));
    await open('Friends');
    await page.getByRole('button', { name: 'What would a sync do?' }).click();
    const plan = panel('What a sync would do now');
    await shows(plan, '1 contact would be added');
    await shows(plan, 'Nora Neu');
    expect((await book('Friends')).health.contacts).toBe(PEOPLE.length);
    await plan.getByRole('button', { name: 'Do it' }).click();
    await holds('Friends', PEOPLE.length + 1);
    // The page hears of it by itself.
    await shows(panel('Friends').getByText(String(PEOPLE.length + 1), { exact: true }), '5');
    await gone(plan);
  });

  it('a server that suddenly shows nothing: nothing is deleted, and both answers are there', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `m${i}`);
    for (const [i, uid] of many.entries()) await dav('PUT', `club/${uid}.vcf`, card({ uid, name: `Member ${i}`, number: `+49 30 99${100 + i}` }));
    const id = (await book('Club')).id;
    await desk.world.admin.send('POST', `/address-books/${id}/sync`);
    await holds('Club', 40);
    for (const uid of many) await dav('DELETE', `club/${uid}.vcf`);
    await open('Club');
    await page.getByRole('button', { name: 'Sync now' }).click();
    const held = page.getByRole('group', { name: 'Ringbook has not deleted anything' });
    await shows(held, 'kept here');
    expect((await book('Club')).health.contacts).toBe(40);
    await picture(page, 'held');
    await held.getByRole('button', { name: /^Keep them/ }).click();
    await shows(held, 'They are kept.');
    await page.reload();
    await held.getByRole('button', { name: /^Let them go/ }).click();
    await confirm('Let them go');
    await holds('Club', 0);
    await gone(held);
  });

  it('a card that cannot be read is shown with its reason', async () => {
    await dav('PUT', 'work/fine.vcf', card({ uid: 'fine', name: 'Fine', number: '+49 30 44556' }));
    await dav('PUT', 'work/large.vcf', card({ uid: 'large', name: 'Large', number: '+49 30 44557' }).replace('END:', `PHOTO;ENCODING=b;TYPE=JPEG:${'A'.repeat(6_000_000)}\r\nEND:`));
    await open('Work');
    await page.getByRole('button', { name: 'Sync now' }).click();
    await holds('Work', 1);
    const cards = panel('Unreadable cards');
    await shows(cards, 'large.vcf');
    await shows(cards, / MB /);
  });
});

describe('codes', () => {
  it('get a name and a colour, which show wherever the code does', async () => {
    await page.goto(at('/codes'));
    await page.getByRole('group', { name: 'Code VIP' }).getByLabel('Name').fill('Important people');
    await choose(page.getByRole('group', { name: 'Code VIP' }).getByRole('combobox', { name: 'Colour' }), 'Red');
    await page.getByLabel('New code').fill('SALES');
    await page.getByRole('button', { name: 'Add code' }).click();
    await page.getByRole('group', { name: 'Code SALES' }).getByLabel('Name').fill('Wants to sell');
    await page.getByRole('button', { name: 'Save codes' }).click();
    await shows(page.locator('main'), 'Codes saved.');
    expect((await desk.world.admin.get<KnownCodes>('/codes')).codes).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'VIP', name: 'Important people', colour: 'red', contacts: 1 }), expect.objectContaining({ code: 'SALES', name: 'Wants to sell' })]));
    await page.goto(at(`/contacts/${(await contacts(`q=${encodeURIComponent(VIP.name)}`))[0]!.id}`));
    await shows(page.getByRole('article'), 'Important people');
    await page.goto(at('/rules'));
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('combobox', { name: 'Handling codes' }).fill('SA');
    await page.getByRole('option', { name: /SALES/ }).click();
    await shows(page.getByRole('list', { name: 'Rules in order' }), 'Callers with code SALES');
  });

  it('the list is as long as the book, and only the rows in sight are in the page', async () => {
    await page.goto(at(`/contacts?book=${(await book('Company')).id}`));
    const list = page.getByRole('list', { name: 'Contacts' });
    await shows(list.getByRole('link'), 'Person');
    for (let loaded = 0; loaded < 1000;) {
      loaded = await truth<number>(page, `(() => { scrollTo(0, document.body.scrollHeight); const at = [...document.querySelectorAll('main ul[aria-label=Contacts] > li')].map((li) => Number(li.getAttribute('aria-posinset'))); return Math.max(...at) > ${loaded} && Math.max(...at); })()`);
      expect(await list.getByRole('listitem').count()).toBeLessThan(60);
    }
    // By keyboard: the row with the focus stays, and the next one is reached from it.
    const link = list.getByRole('link').nth(20);
    await link.focus();
    const name = await link.innerText();
    await page.evaluate('scrollTo(0, 0)');
    await page.keyboard.press('Tab');
    await truth(page, `document.activeElement?.matches('main ul[aria-label=Contacts] a') && document.activeElement.innerText !== ${JSON.stringify(name)}`);
  });

  it('are given to all whom a search finds, saying how many and where', async () => {
    const found = (await contacts(`q=Person%20199&book=${(await book('Company')).id}`)).length;
    expect(found).toBeGreaterThan(10);
    await page.goto(at('/contacts?q=Person%20199'));
    await choose(page.getByRole('combobox', { name: 'Address book' }), 'Company');
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByRole('button', { name: 'Select all found' }).click();
    await shows(page.getByRole('group', { name: 'Selected contacts' }), `${found} selected`);
    await page.getByRole('button', { name: 'Set code' }).click();
    const dialog = page.getByRole('dialog', { name: `Code of ${found} contacts` });
    await shows(dialog, `Company: ${found} contacts`);
    await dialog.getByRole('combobox', { name: 'Handling code' }).fill('sales');
    await picture(page, 'many');
    await dialog.getByRole('button', { name: `Give SALES to ${found} contacts` }).click();
    await shows(dialog, `${found} codes are being written.`);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await desk.world.until(async () => (await contacts('code=SALES')).length === found, 20_000, 'the codes');
    await desk.world.until(async () => /SALES/.test(await slapd.get('u199') ?? ''), 20_000, 'the code in the directory');
  });

  it('one that cannot be written yet waits in sight, counts already, and is written when the server is back', async () => {
    const contact = (await contacts(`q=${encodeURIComponent(EMOJI.name)}`))[0]!;
    await page.goto(at(`/contacts/${contact.id}`));
    await desk.radicale.pause();
    const pane = page.getByRole('article', { name: EMOJI.name });
    await pane.getByRole('button', { name: /^Change/ }).click();
    // One's own codes are offered, by name too.
    await pane.getByRole('combobox', { name: 'Handling code' }).fill('wants');
    await page.getByRole('option', { name: /SALES/ }).click();
    await pane.getByRole('button', { name: 'Save' }).click();
    await shows(pane, 'Code SALES counts from now on.');
    await shows(pane, 'Code SALES counts for calls already and waits to be written to the server.');
    await picture(page, 'waits');
    await open('Friends');
    await shows(page.getByRole('group', { name: 'Codes that wait for the server' }), '1 code waits to be written.');
    await desk.radicale.start();
    await desk.world.until(async () => /X-CUSTOM4:SALES/.test(await desk.radicale.get(EMOJI.uid) ?? ''), 40_000, 'the code in the card');
    await gone(page.getByRole('group', { name: 'Codes that wait for the server' }), 40_000);
  });

  it('one that another program dropped is told, and written again', async () => {
    const before = (await desk.radicale.get(VIP.uid))!;
    await desk.radicale.put(VIP.uid, before.replace('X-CUSTOM4:VIP\r\n', '').replace('END:VCARD', 'NOTE:met again\r\nEND:VCARD'));
    await open('Friends');
    await page.getByRole('button', { name: 'Sync now' }).click();
    const lost = panel('Codes that another program dropped');
    await shows(lost, VIP.name);
    await picture(page, 'lost');
    await lost.getByRole('button', { name: /^Write again/ }).click();
    await desk.world.until(async () => /X-CUSTOM4:VIP/.test(await desk.radicale.get(VIP.uid) ?? ''), 20_000, 'the code in the card');
    await gone(lost.getByRole('listitem'));
  });
});

describe('where the code is kept', () => {
  it('a free field is found, looked at, moved to, and moved back', async () => {
    const name = VIP.uid;
    const before = (await desk.radicale.get(name))!;
    await open('Friends');
    await page.getByRole('button', { name: 'Choose another place' }).click();
    await shows(page.getByRole('table', { name: 'Which fields are free?' }), 'X-CUSTOM4');
    await page.getByRole('radio', { name: 'Use X-CUSTOM3' }).check();
    await shows(page.getByRole('region', { name: 'What would be read' }), 'A code would be read in 0 of');
    await page.getByRole('button', { name: 'Show what would be moved' }).click();
    await page.getByRole('button', { name: /^Move \d codes$/ }).click();
    const moves = page.getByRole('list', { name: 'Moves of codes' });
    await shows(moves, 'Codes moved');
    expect(await desk.radicale.get(name)).toBe(before.replace('X-CUSTOM4:VIP', 'X-CUSTOM3:VIP'));
    await moves.getByRole('button', { name: 'Move them back' }).click();
    await confirm('Move them back');
    await shows(moves, 'Moved back');
    expect(await desk.radicale.get(name)).toBe(before);
  });
});

describe('files', () => {
  const table = ['Vorname;Nachname;Mobil;Gruppe', 'Ida;Ilse;+49 171 5550123;VIP', 'Jo;Jung;0171 5550124;', ';;;', 'Kai;Kern;no number;'].join('\r\n');
  it('a table is looked through, its columns are named, its bad lines told, and it is imported', async () => {
    await page.goto(at('/books'));
    await page.getByRole('button', { name: 'Add address book' }).click();
    await page.getByRole('button', { name: /In a file/ }).click();
    await page.getByLabel('Name of the address book').fill('Old telephone');
    await page.getByRole('button', { name: 'Create, then choose the file' }).click();
    await page.getByRole('heading', { level: 1, name: 'Old telephone' }).waitFor();
    await page.getByTestId('import-file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
    await shows(page.getByRole('table', { name: 'Which column holds what?' }), '+49 171 5550123');
    await choose(page.getByRole('combobox', { name: 'What Gruppe holds' }), 'Handling code');
    await choose(page.getByRole('combobox', { name: 'What Vorname holds' }), 'First name');
    await choose(page.getByRole('combobox', { name: 'What Nachname holds' }), 'Last name');
    await choose(page.getByRole('combobox', { name: 'What Mobil holds' }), 'Telephone number');
    await shows(page.getByRole('region', { name: 'What an import would do' }), '3 contacts would be added');
    await picture(page, 'import');
    await page.getByRole('button', { name: 'Import 3 contacts' }).click();
    await shows(panel('Import and export'), 'Imported: 3 added');
    await holds('Old telephone', 3);
    expect(await contacts('q=Ilse')).toMatchObject([{ name: 'Ida Ilse', code: 'VIP', numbers: [{ e164: '+491715550123' }] }]);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as .vcf' }).click()]);
    expect(await readFile((await download.path())!, 'utf8')).toMatch(/FN:Ida Ilse/);
  });
});

describe('calendars', () => {
  it('an event gives a status, says why, and a rule changes what it means', async () => {
    const now = Date.now();
    await dav('PUT', 'agenda/budget.ics', vevent('budget', now - 3_600_000, now + 3_600_000, ['SUMMARY:Budget round', 'CATEGORIES:Travel']));
    await page.goto(at('/calendars'));
    await page.getByRole('button', { name: /^Read now/ }).click();
    const event = panel('What your events mean').getByRole('listitem').filter({ hasText: 'Budget round' });
    await shows(event, 'In a meeting');
    await page.getByRole('button', { name: /Your status: In a meeting/ }).waitFor();
    await page.getByRole('button', { name: 'Add rule' }).click();
    const rule = page.getByRole('list', { name: 'Calendar rules' }).getByRole('listitem').last();
    await rule.getByLabel('Category').fill('Travel');
    await choose(rule.getByRole('combobox', { name: /^Events of category/ }), 'Out of office');
    await page.getByRole('button', { name: 'Save calendar rules' }).click();
    await shows(page.locator('main'), 'Calendar rules saved.');
    await shows(event, 'Out of office');
    await page.getByRole('button', { name: /Your status: Out of office/ }).waitFor();
  });

  it('rules for calls may ask who takes part and whether the calendar could be read', async () => {
    await page.goto(at('/rules'));
    await page.getByRole('button', { name: 'Add rule' }).click();
    await choose(page.getByRole('combobox', { name: 'The caller and my calendar' }), 'Takes part in my event now or next');
    await choose(page.getByRole('combobox', { name: 'My calendars' }), 'Could not be read for an hour');
    await shows(page.getByRole('list', { name: 'Rules in order' }), 'taking part in my event now or next, when a calendar could not be read for an hour');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await shows(page.locator('main'), 'Rules saved.');
    await desk.world.rules(desk.world.alice.id, []);
  });
});

describe('a number of two contacts', () => {
  it('the pop asks who it is; the answer counts for the next call, and can be taken back', async () => {
    await desk.radicale.put('twin1', card({ uid: 'twin1', name: 'Paula Paar', number: TWINS, code: 'FAM' }));
    await desk.radicale.put('twin2', card({ uid: 'twin2', name: 'Peter Paar', number: TWINS }));
    await desk.sync(PEOPLE.length + 3);
    await desk.alice({ behaviour: { kind: 'ring' } });
    await page.goto(at('/'));
    const first = await desk.call({ from: TWINS });
    const who = page.locator('article[data-pop]').getByRole('group', { name: 'Who is it?' });
    await shows(who, 'Several contacts have this number.');
    await picture(page, 'who');
    await who.getByRole('button', { name: /Paula Paar/ }).click();
    // The card knows at once.
    const pop = page.locator('article[data-pop]').filter({ has: page.getByRole('heading', { name: 'Paula Paar' }) });
    await shows(pop, 'FAM');
    await truth(page, `document.activeElement?.matches('article[data-pop]')`);
    first.hangUp();
    await first.result;
    const second = await desk.call({ from: TWINS });
    await desk.world.until(async () => await pop.count() === 2, 10_000, 'the second card');
    second.hangUp();
    await second.result;
    await desk.clear();
    await page.goto(at('/account'));
    await panel('Numbers of several people').getByRole('button', { name: /^Forget/ }).click();
    await shows(panel('Numbers of several people'), 'No answers yet.');
    expect(await desk.world.admin.get(`/directory/lookup?number=${encodeURIComponent(TWINS)}`)).toMatchObject({ tier: 'ambiguous', chosen: false, contact: null });
    expect(desk.world.alice.numbers.map(({ number }) => number)).toContain(ALICE);
  });
});

interface View { name: string; path: string; ready: (there: Page) => Locator; open?: (there: Page) => Promise<unknown> }
const views = async (): Promise<View[]> => {
  const region = (name: string) => (there: Page): Locator => there.getByRole('region', { name, exact: true });
  const addBook = (there: Page): Promise<void> => there.getByRole('button', { name: 'Add address book' }).click();
  const [friends, files] = [(await book('Friends')).id, (await book('Old telephone')).id];
  return [
    { name: 'books', path: '/books', ready: region('Company') },
    { name: 'add-kind', path: '/books', ready: region('Company'), open: addBook },
    { name: 'add-server', path: '/books', ready: region('Company'), open: async (there) => { await addBook(there); await there.getByRole('button', { name: /On a contacts server/ }).click(); } },
    { name: 'add-directory', path: '/books', ready: region('Company'), open: async (there) => { await addBook(there); await there.getByRole('button', { name: /In a company directory/ }).click(); await there.getByText('More settings').click(); } },
    { name: 'book', path: `/books/${friends}`, ready: region('Friends'), open: async (there) => { await there.getByRole('button', { name: 'What would a sync do?' }).click(); await region('What a sync would do now')(there).waitFor(); } },
    { name: 'carrier', path: `/books/${friends}`, ready: region('Friends'), open: async (there) => { await there.getByRole('button', { name: 'Choose another place' }).click(); await there.getByRole('radio', { name: 'Use X-CUSTOM4' }).check(); await region('What would be read')(there).waitFor(); } },
    { name: 'file', path: `/books/${files}`, ready: region('Import and export'), open: async (there) => { await there.getByTestId('import-file').setInputFiles({ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('Name,Phone\nLea Lang,+49 30 1\nMax,030 555\n') }); await region('What an import would do')(there).waitFor(); } },
    { name: 'contacts', path: '/contacts?code=SALES', ready: (there) => there.getByRole('list', { name: 'Contacts' }).getByRole('listitem'), open: async (there) => { await there.getByRole('button', { name: 'Select', exact: true }).click(); await there.getByRole('checkbox').first().check(); } },
    { name: 'codes', path: '/codes', ready: (there) => there.getByRole('list', { name: 'Your codes' }) },
    { name: 'calendars', path: '/calendars', ready: (there) => region('What your events mean')(there).getByRole('listitem'), open: (there) => there.getByRole('button', { name: /Edit calendar rule 1/ }).click() },
    { name: 'call', path: `/calls/${encodeURIComponent((await desk.world.callWhere((c) => c.from.number === TWINS && c.from.tier === 'ambiguous')).id)}`, ready: (there) => there.getByRole('group', { name: 'Who is it?' }) },
  ];
};

describe('every view of sources', () => {
  beforeAll(async () => {
    await desk.alice({ behaviour: { kind: 'ring' } });
    const call = await desk.call({ from: TWINS });
    await desk.world.callWhere((c) => c.from.number === TWINS && c.from.tier === 'ambiguous');
    call.hangUp();
    await call.result;
    await desk.clear();
  });

  it.each([['light', 1280], ['dark', 1280], ['light', 360], ['dark', 360]] as const)('%s, %i wide: axe finds nothing, nothing reaches beyond the edge', async (scheme, width) => {
    const looker = await person({ scheme, width, height: width === 360 ? 740 : 900 });
    const findings: string[] = [];
    try {
      const there = await looker.window();
      await signIn(there);
      for (const view of await views()) {
        const label = `${view.name}-${scheme}-${width}`;
        await there.goto(at(view.path));
        try { await view.ready(there).first().waitFor(); await view.open?.(there); } catch (thrown) { findings.push(`${label}: ${String(thrown)}`); await picture(there, `failed-${label}`); continue; }
        for (const found of await axeFindings(there)) findings.push(`${label}: ${found}`);
        const { pixels, by } = await overflow(there);
        if (pixels > 0) findings.push(`${label}: ${pixels} px beyond the edge: ${by.join(' ')}`);
        await picture(there, label);
      }
    } finally { await looker.close(); }
    expect(findings).toEqual([]);
  }, 180_000);
});

it('and all the while no error in any window, and nothing the Content-Security-Policy had to stop', () => {
  expect(troubles).toEqual([]);
  expect(entry(7)).toContain('uid: u7');
});
