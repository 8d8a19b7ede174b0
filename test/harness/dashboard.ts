import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Emulator } from '../../src/emulator/emulator.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Opened {
  readonly page: Page;
  /** What the browser complained of, and what was asked of other origins. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** The dashboard as on a first visit, with its time in the test's hands. */
export async function openDashboard(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(request.url());
  });
  await page.clock.install();
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

export const rows = (page: Page): Locator => page.locator('.row[data-index]');

export const row = (page: Page, id: string): Locator => rows(page).filter({ hasText: id });

/** The ids of the rows on screen or near it, from the top. */
export async function renderedIds(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('.row[data-index]')]
    .sort((a, b) => a.dataset.index - b.dataset.index)
    .map((row) => row.querySelector('.id').textContent)`);
}

/** How far a row is from the top of the window. */
export async function topOf(page: Page, id: string): Promise<number> {
  const box = await row(page, id).boundingBox();
  if (!box) throw new Error(`the row of ${id} is not on screen`);
  return Math.round(box.y);
}

/** Jobs as the connection orders them: by submission, then by ARN. */
export function newestIds(emulator: Emulator): string[] {
  return [...emulator.jobs()]
    .sort((a, b) => b.submitTime - a.submitTime || (a.invocationArn < b.invocationArn ? 1 : -1))
    .map(({ invocationArn }) => invocationArn.slice(-12));
}

/** What axe-core finds against WCAG 2.2 at the levels A and AA, each with where. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(`axe
    .run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`);
}
