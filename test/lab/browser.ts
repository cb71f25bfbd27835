/**
 * A real Chromium for tests. Its windows tell every error of theirs, every breach of the page's Content-Security-Policy and every
 * call card that is there twice; they remember when a card was painted, and let axe look at them.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';

const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** For whatever a busy machine may keep waiting. */
const PATIENCE = 20_000;

/** Runs in every page before its own scripts; text, because the tests are compiled without the words of a browser. */
const WATCH = `(() => {
  const painted = globalThis.painted = {};
  addEventListener('securitypolicyviolation', (event) => console.error('Content-Security-Policy: ' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber));
  const look = () => {
    const ids = [...document.querySelectorAll('article[data-pop]')].map((card) => card.dataset.pop);
    if (new Set(ids).size !== ids.length) console.error('a call has two cards: ' + ids.join(' '));
    for (const id of ids) {
      if (id in painted) continue;
      painted[id] = { seen: Date.now(), painted: 0 };
      // The frame that shows the card has been handed over when a task comes after it.
      requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => { painted[id].painted = Date.now(); }; port2.postMessage(0); });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})()`;

export interface Browsing {
  /** A new person at the machine: windows of one person share cookies and settings. */
  person(options?: { width?: number; height?: number; scheme?: 'light' | 'dark'; touch?: boolean }): Promise<Person>;
  version: string;
  close(): Promise<void>;
}

export const openBrowser = async (): Promise<Browsing> => {
  // Playwright gives it a new folder for its data and removes it.
  const browser: Browser = await chromium.launch({ executablePath: PROGRAM, args: ARGS, headless: true });
  return {
    version: browser.version(),
    person: async ({ width = 1280, height = 900, scheme = 'light', touch = false } = {}) => {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', hasTouch: touch });
      context.setDefaultTimeout(PATIENCE);
      await context.addInitScript({ content: WATCH });
      return new Person(context);
    },
    close: () => browser.close(),
  };
};

export class Person {
  /** What went wrong in any window and was not to be expected. */
  readonly troubles: string[] = [];
  private readonly expected: RegExp[] = [];
  constructor(readonly context: BrowserContext) {}

  async window(url?: string): Promise<Page> {
    const page = await this.context.newPage();
    const trouble = (text: string): void => { if (!this.expected.some((each) => each.test(text))) this.troubles.push(`${page.url()}: ${text}`); };
    page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') trouble(`${message.type()}: ${message.text()} (${message.location().url})`); });
    page.on('pageerror', (error) => trouble(`thrown: ${error.stack ?? error.message}`));
    page.on('crash', () => trouble('the page crashed'));
    if (url) await page.goto(url);
    return page;
  }

  /** From here on a message that fits is no trouble: Chromium itself calls an answer like 401 an error. */
  expects(...patterns: RegExp[]): void { this.expected.push(...patterns); }
  async close(): Promise<void> { await this.context.close(); }
}

/** Asks the page until an expression is true there. (Playwright's own waiting would need `eval`, which the page forbids.) */
export const truth = async <T>(page: Page, expression: string, ms = PATIENCE): Promise<T> => {
  for (const end = Date.now() + ms; ;) {
    const found = await page.evaluate<T>(expression);
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${expression}`);
    await sleep(20);
  }
};

/** When the card of a call was in the page, and when it was on the screen, in milliseconds since the epoch. */
export const paintedAt = (page: Page, popId: string): Promise<{ seen: number; painted: number }> =>
  truth(page, `((card) => card && card.painted && card)(globalThis.painted[${JSON.stringify(popId)}])`);

/** Waits until it is there and says so. */
export const shows = async (there: Locator, text: string | RegExp, ms = PATIENCE): Promise<void> => { await there.filter({ hasText: text }).first().waitFor({ timeout: ms }); };
export const gone = (there: Locator, ms = PATIENCE): Promise<void> => there.first().waitFor({ state: 'detached', timeout: ms });

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let axe: string | undefined;
interface AxeAnswer { violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }
/** What axe-core finds wrong with the page as it is now; one line each. */
export const axeFindings = async (page: Page): Promise<string[]> => {
  axe ??= await readFile(axeFile, 'utf8');
  if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(`${axe}; undefined`);
  const answer = await page.evaluate<AxeAnswer>(`axe.run(document, { resultTypes: ['violations'] })`);
  return answer.violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help}: ${node.html.slice(0, 200)}: ${(node.failureSummary ?? '').replaceAll('\n', ' ')}`));
};

/** How many pixels of the page lie beyond the right edge, and what reaches there. */
export const overflow = (page: Page): Promise<{ pixels: number; by: string[] }> => page.evaluate(`(() => {
  const edge = document.documentElement.clientWidth;
  const pixels = Math.max(0, Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - edge);
  const by = pixels === 0 ? [] : [...document.body.querySelectorAll('*')].filter((each) => each.getBoundingClientRect().right > edge + 0.5).map((each) => each.outerHTML.slice(0, 120)).slice(0, 5);
  return { pixels, by };
})()`);
