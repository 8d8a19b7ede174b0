import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { openTab, type Tab } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWPORT = { width: 1280, height: 900 };

/** Longer than the dashboard ever waits between two refreshes. */
export const REFRESH_MS = 20_000;

/** Opens a tab whose clock the tests can advance. */
export async function openDashboardTab(browser: Browser): Promise<Tab> {
  const tab = await openTab(browser, {
    viewport: VIEWPORT,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  await tab.page.clock.install();
  return tab;
}

/** Opens a dashboard with the default window size and the real time. */
export async function visitDashboard(tab: Tab, url: string): Promise<void> {
  await tab.page.clock.setSystemTime(new Date());
  await tab.page.setViewportSize(VIEWPORT);
  await tab.visit(url);
}

/** Runs the timers that are due within the time between two refreshes, each once. */
export async function advanceToRefresh(page: Page): Promise<void> {
  await page.clock.fastForward(REFRESH_MS);
}

export const rows = (page: Page): Locator => page.locator('.row[data-index]');

export const row = (page: Page, id: string): Locator => rows(page).filter({ hasText: id });

/** Returns the ids of the rendered rows, from the top. */
export async function renderedIds(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('.row[data-index]')]
    .sort((a, b) => a.dataset.index - b.dataset.index)
    .map((row) => row.querySelector('.id').textContent)`);
}

/** Returns the ids of the rows that the user can see, from the top. */
export async function visibleIds(page: Page): Promise<string[]> {
  return page.evaluate(VISIBLE_IDS);
}

export const VISIBLE_IDS = `(() => {
  const headerBottom = document.querySelector('.list-header').getBoundingClientRect().bottom;
  return [...document.querySelectorAll('.row[data-index]')]
    .map((row) => ({
      top: row.getBoundingClientRect().top,
      id: row.querySelector('.id').textContent,
    }))
    .filter(({ top }) => top >= headerBottom && top < innerHeight)
    .sort((a, b) => a.top - b.top)
    .map(({ id }) => id);
})()`;

/** Returns the id of the focused row. */
export async function focusedId(page: Page): Promise<string | undefined> {
  return page.evaluate(`document.activeElement.closest('.row')?.querySelector('.id').textContent`);
}

/** Returns the distance between a row and the top of the window, in pixels. */
export async function distanceFromTop(page: Page, id: string): Promise<number> {
  const box = await row(page, id).boundingBox();
  if (!box) throw new Error(`The row of ${id} is not on screen.`);
  return Math.round(box.y);
}

/** Returns the job ids in the order of the connection: by submit time, then by ARN. */
export function newestIds(emulator: Emulator): string[] {
  return [...emulator.jobs()]
    .sort((a, b) => b.submitTime - a.submitTime || (a.invocationArn < b.invocationArn ? 1 : -1))
    .map(({ invocationArn }) => invocationArn.slice(-12));
}

/** Returns the violations of WCAG 2.2 A and AA that axe-core finds, each with its element. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(AXE);
  // `resultTypes` leaves out the details of rules that pass, which take most of the time.
  return page.evaluate(`axe
    .run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) =>
        id + ' at ' + target.join(' ') + ': ' + failureSummary)))`);
}
