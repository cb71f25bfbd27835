/** Pages that need no telephone, in a real browser on a narrow screen and by keyboard; the built console in plugins/console/dist. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeFindings, openBrowser, overflow, type Browsing, type Person as Browser } from '../lab/browser.js';
import { openWorld, PASSWORD, type Person, type World } from './world.js';

let world: World, user: Person, url: string, browsing: Browsing, browser: Browser, page: Page;
beforeAll(async () => {
  world = await openWorld({}, join(import.meta.dirname, '../../plugins/console/dist'));
  user = await world.person();
  url = await world.listen();
  browsing = await openBrowser();
  browser = await browsing.person({ width: 360, height: 740 });
  await browser.context.addCookies([{ name: 'ringbook_session', value: user.cookie, url }]);
  page = await browser.window(url);
});
afterAll(async () => { await browsing?.close(); await world?.end(); });
const wellMade = async (): Promise<void> => { expect(await axeFindings(page)).toEqual([]); expect(await overflow(page)).toMatchObject({ pixels: 0 }); };

it('your account: name, and a password that is changed by whoever knows the old one', async () => {
  browser.expects(/status of 400/);
  await page.getByRole('button', { name: /Account of/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Your account' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await wellMade();
  await page.getByLabel('Name', { exact: true }).fill('Nora Neu');
  await page.keyboard.press('Enter');
  await page.getByText('Saved').waitFor();
  await page.getByRole('button', { name: 'Account of Nora Neu' }).waitFor();
  const [current, next] = [page.getByLabel('Current password'), page.getByLabel('New password')];
  await current.fill('not the one');
  await next.fill('short');
  await page.keyboard.press('Enter');
  await page.getByText('must be at least 10 characters').waitFor();
  await next.fill('a much longer one');
  await page.keyboard.press('Enter');
  await page.getByText('is not your password').waitFor();
  await wellMade();
  await current.fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('Password changed').waitFor();
  expect(browser.troubles).toEqual([]);
  expect((await world.ask('POST', '/api/v1/session', { body: { email: user.email, password: 'a much longer one' } })).body.name).toBe('Nora Neu');
});

it('a recording is chosen from those that there are, or typed where nobody knows them', async () => {
  browser.expects(/status of 404/);
  const edit = async (): Promise<void> => {
    await page.goto(`${url}/rules`);
    await page.getByRole('button', { name: /Edit/ }).first().click();
    await page.getByText('Recorded', { exact: true }).click();
  };
  await edit();
  await page.getByLabel('Name of the recording').fill('typed');
  const folder = join(world.config.spoolDir, 'prompts');
  mkdirSync(folder);
  for (const name of ['closed-today', 'lunch']) writeFileSync(join(folder, `${name}.wav`), '');
  await edit();
  await page.getByLabel('Recording', { exact: true }).first().click();
  await page.getByRole('option', { name: 'lunch' }).click();
  await wellMade();
  await page.getByRole('button', { name: 'Save rules' }).click();
  await page.getByText('Rules saved').first().waitFor();
  expect((await world.ask('GET', `/api/v1/users/${user.id}/profile`, { as: user })).body.otherwise).toMatchObject({ otherwise: { kind: 'voicemail', prompt: 'lunch' } });
  expect(browser.troubles).toEqual([]);
});
