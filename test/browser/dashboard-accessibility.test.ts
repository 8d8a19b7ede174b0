import type { Browser, Page } from 'playwright-core';
import { launchChromium, missingChromium, type Tab } from '../harness/chromium.ts';
import {
  accessibilityViolations,
  focusedId,
  newestIds,
  openDashboardTab,
  row,
  rows,
  visitDashboard,
} from '../harness/dashboard.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { waitForAsync } from '../harness/wait-for.ts';
import { describeWhen } from '../harness/describe-when.ts';

const WIDTHS = [360, 768, 1280, 1720];
const CASES = WIDTHS.flatMap((width) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    (['closed', 'open'] as const).map((panel) => ({ width, colorScheme, panel })),
  ),
);

describeWhen(missingChromium, 'the accessibility of the dashboard', () => {
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  let gateway: Gateway;
  beforeAll(async () => {
    const variables = { LOG_LEVEL: 'silent' };
    [browser, gateway] = await Promise.all([
      launchChromium(),
      startGateway({ mode: 'local', emulator: { jobs: 200 }, variables }),
    ]);
    tab = await openDashboardTab(browser);
    page = tab.page;
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  it('supports all actions with the keyboard alone', async () => {
    const all = newestIds(gateway.emulator);
    await visitDashboard(tab, gateway.url);
    await rows(page).first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to jobs');
    await page.keyboard.press('Enter');
    for (let press = 0; press < 20 && !(await focusedId(page)); press += 1)
      await page.keyboard.press('Tab');
    expect(await focusedId(page)).toBe(all[0]);
    for (const [key, index] of [
      ['ArrowDown', 1],
      ['PageDown', 11],
      ['ArrowUp', 10],
      ['Home', 0],
      ['PageDown', 10],
    ] as const) {
      await page.keyboard.press(key);
      await waitForAsync(async () => (await focusedId(page)) === all[index]);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: all[10] ?? '' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await waitForAsync(async () => (await focusedId(page)) === all[10]);
    await page.evaluate('scrollTo(0, 0)');
    expect(await focusedId(page)).toBe(all[10]);
  });

  it('opens the details as a dialog on a narrow screen, and returns the focus', async () => {
    const [first = ''] = newestIds(gateway.emulator);
    await visitDashboard(tab, gateway.url);
    await page.setViewportSize({ width: 390, height: 800 });
    await row(page, first).click();
    const dialog = page.getByRole('dialog', { name: first });
    await dialog.waitFor();
    expect(await page.locator('.app-main').getAttribute('inert')).toBe('');
    expect(await page.evaluate('document.activeElement.className')).toBe('panel');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await waitForAsync(async () => (await focusedId(page)) === first);
  });

  describe('with jobs of every status, and texts without spaces', () => {
    let crowded: Gateway;
    beforeAll(async () => {
      const variables = { LOG_LEVEL: 'silent' };
      crowded = await startGateway({ mode: 'local', emulator: { jobs: 5 }, variables });
      const now = Date.now();
      crowded.emulator.addJob({ id: 'completedjob', endTime: now, outcome: 'Completed' });
      crowded.emulator.addJob({ id: 'runningjob01', endTime: now + 3_600_000 });
      const word = 'x'.repeat(900);
      crowded.emulator.addJob({
        id: 'verylongjob1',
        s3Uri: `s3://bucket/${word}`,
        failureMessage: word,
        endTime: now,
      });
      await visitDashboard(tab, crowded.url);
      await row(page, 'verylongjob1').waitFor();
      await page.locator('.durations').waitFor({ state: 'attached' });
    });
    afterAll(() => crowded.stop());

    it.each(CASES)(
      'meets WCAG AA and does not scroll sideways at $width px, $colorScheme, details $panel',
      async ({ width, colorScheme, panel }) => {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        if (panel === 'open') {
          await row(page, 'verylongjob1').click();
          await page.getByText('Failure reason').waitFor();
        }
        expect(await accessibilityViolations(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await page.keyboard.press('Escape');
        await page.locator('.panel').waitFor({ state: 'detached' });
      },
    );
  });
});
