import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { EmulatorOptions } from '../../src/emulator/emulator.ts';
import { launchChromium, noChromium } from '../harness/chromium.ts';
import {
  accessibilityProblems,
  newestIds,
  openDashboard,
  renderedIds,
  row,
  rows,
  topOf,
} from '../harness/dashboard.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { waitForAsync } from '../harness/wait-for.ts';
import { describeWhen } from '../harness/describe-when.ts';

const BEAT_MS = 20_000;
const ROW_HEIGHT = 52;
const WIDTHS = [360, 768, 1280, 1720];

describeWhen(noChromium, 'the dashboard', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  async function open(
    emulator: EmulatorOptions = { jobs: 30 },
    search: string | ((gateway: Gateway) => Promise<string>) = '',
    options: BrowserContextOptions = {},
  ) {
    const gateway = await startGateway({
      mode: 'local',
      emulator,
      variables: { LOG_LEVEL: 'silent' },
    });
    const query = typeof search === 'string' ? search : await search(gateway);
    const dashboard = await openDashboard(browser, `${gateway.url}/${query}`, options);
    opened.push(dashboard, { close: () => gateway.stop() });
    return { gateway, ...dashboard };
  }

  it('shows the newest jobs first, without a complaint and without asking elsewhere', async () => {
    const { gateway, page, complaints } = await open();
    await page.getByText('That is all of them.').waitFor({ state: 'attached' });
    const shown = await renderedIds(page);
    expect(shown).toEqual(newestIds(gateway.emulator).slice(0, shown.length));
    expect(await page.locator('.summary').textContent()).toBe('30 jobs');
    await page.getByRole('img', { name: /^Bars of jobs by submit time. 30 jobs/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('is where a browser is led that opens the endpoint', async () => {
    const { gateway, page } = await open();
    await page.goto(`${gateway.url}/graphql`);
    expect(page.url()).toBe(`${gateway.url}/`);
  });

  it('tells the address of the endpoint, and the way to the explorer', async () => {
    const { gateway, page } = await open();
    await page.getByText('API', { exact: true }).click();
    expect(await page.locator('#endpoint').textContent()).toBe(`${gateway.url}/graphql`);
    expect(await page.getByRole('link', { name: 'Explorer' }).getAttribute('href')).toBe(
      '/explorer',
    );
  });

  it('says so when there are no jobs, and shows the first one that comes', async () => {
    const { gateway, page } = await open({ jobs: 0 });
    await page.getByText('No jobs yet.').waitFor();
    gateway.emulator.addJob({ id: 'veryfirstjob' });
    await page.clock.runFor(BEAT_MS);
    await row(page, 'veryfirstjob').waitFor();
  });

  it('keeps filter, order and job in its address', async () => {
    const { gateway, page } = await open();
    const now = Date.now();
    gateway.emulator.addJob({
      id: 'failedlately',
      failureMessage: 'No.',
      submitTime: now - 9000,
      endTime: now,
    });
    gateway.emulator.addJob({
      id: 'failedbefore',
      failureMessage: 'No.',
      submitTime: 9000,
      endTime: 9001,
    });
    await page.getByRole('radio', { name: 'Failed' }).check({ force: true });
    await row(page, 'failedlately').waitFor();
    await page.getByLabel('Order').selectOption('Oldest first');
    await waitForAsync(async () => (await renderedIds(page))[0] === 'failedbefore');
    await row(page, 'failedbefore').click();
    await page.getByRole('complementary').getByText('Why it failed').waitFor();
    const { search } = new URL(page.url());
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
      status: 'failed',
      order: 'oldest',
      job: expect.stringMatching(/\/failedbefore$/) as string,
    });
    const again = await openDashboard(browser, page.url());
    opened.push(again);
    await again.page.getByRole('complementary').getByText('Why it failed').waitFor();
    await row(again.page, 'failedbefore').waitFor();
    expect((await renderedIds(again.page))[0]).toBe('failedbefore');
    await page.goBack();
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await page.goBack();
    expect(await page.getByLabel('Order').inputValue()).toBe('newest');
  });

  it('filters by when jobs were submitted', async () => {
    const { gateway, page } = await open({ jobs: 0 });
    const HOUR = 3_600_000;
    for (const hours of [1, 3, 5]) {
      gateway.emulator.addJob({ id: `hoursago000${hours}`, submitTime: Date.now() - hours * HOUR });
    }
    const local = (hoursAgo: number) =>
      new Date(Date.now() - hoursAgo * HOUR).toLocaleString('sv', { timeZone: 'Europe/Berlin' });
    await page.getByText('Any time', { exact: true }).first().click();
    await page.getByLabel('After').fill(local(4).replace(' ', 'T').slice(0, 16));
    await page.getByLabel('Before').fill(local(2).replace(' ', 'T').slice(0, 16));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await row(page, 'hoursago0003').waitFor();
    expect(await renderedIds(page)).toEqual(['hoursago0003']);
  });

  it('scrolls from the middle to both ends, over every job once and in order', async () => {
    const { gateway, page, complaints } = await open({ jobs: 450 }, async (own) => {
      const { data } = await own.query('{ asyncInvokes(first: 200) { pageInfo { endCursor } } }');
      const { asyncInvokes } = data as { asyncInvokes: { pageInfo: { endCursor: string } } };
      return `?at=${asyncInvokes.pageInfo.endCursor}`;
    });
    const all = newestIds(gateway.emulator);
    await row(page, all[200] ?? '').waitFor();
    const up = await collect(page, -1, "scrollY === 0 && location.search === ''");
    expect(up.slice(0, 3)).toEqual(all.slice(0, 3));
    const down = await collect(
      page,
      1,
      `document.body.innerText.includes('That is all of them.') && scrollY + innerHeight >= document.documentElement.scrollHeight - 1`,
    );
    expect([...down]).toEqual(all);
    expect(complaints).toEqual([]);
  });

  it('comes back to the place where it was reloaded', async () => {
    const { page } = await open({ jobs: 450 });
    await rows(page).first().waitFor();
    await page.evaluate('scrollTo(0, 4000)');
    await page.clock.runFor(1000);
    await page.waitForURL(/at=/);
    const [, id = ''] = await idsInSight(page);
    await page.reload();
    await row(page, id).waitFor();
    expect(await idsInSight(page)).toContain(id);
  });

  it('begins at the beginning when its place is one of another list', async () => {
    const { page } = await open({ jobs: 30 }, '?at=bm9uc2Vuc2U');
    await page.getByText('The place that this address names belongs to another list.').waitFor();
    expect(await rows(page).count()).toBeGreaterThan(10);
  });

  it('shows a new job by itself at the top', async () => {
    const { gateway, page } = await open();
    await rows(page).first().waitFor();
    gateway.emulator.addJob({ id: 'brandnewjob1' });
    await page.clock.runFor(BEAT_MS);
    await row(page, 'brandnewjob1').waitFor();
    expect((await renderedIds(page))[0]).toBe('brandnewjob1');
  });

  it('does not move what is read when jobs arrive, and says how many', async () => {
    const { gateway, page } = await open({ jobs: 200 });
    await rows(page).first().waitFor();
    await page.evaluate('scrollTo(0, 2000)');
    const [, , id = ''] = await idsInSight(page);
    const before = await topOf(page, id);
    for (const number of [1, 2, 3]) gateway.emulator.addJob({ id: `brandnewjob${number}` });
    await page.clock.runFor(BEAT_MS);
    await page.getByRole('button', { name: '3 new jobs' }).waitFor();
    expect(await topOf(page, id)).toBe(before);
    await page.getByRole('button', { name: '3 new jobs' }).click();
    await row(page, 'brandnewjob3').waitFor();
    await page.getByRole('button', { name: '3 new jobs' }).waitFor({ state: 'detached' });
  });

  it('shows a change where it happens', async () => {
    let now = Date.now();
    const { gateway, page } = await open({ jobs: 30, clock: () => now });
    const endTime = now + 60_000;
    gateway.emulator.addJob({ id: 'runningjob01', submitTime: now - 5000, endTime });
    await page.clock.runFor(BEAT_MS);
    await row(page, 'runningjob01').getByText('In progress').waitFor();
    await row(page, 'runningjob01').click();
    const panel = page.getByRole('complementary');
    await panel.getByText('so far').waitFor();
    now = endTime;
    await page.clock.runFor(BEAT_MS);
    await row(page, 'runningjob01').getByText('Completed').waitFor();
    await panel.getByText('1 min 05 s').waitFor();
  });

  it('says all there is to say of a job, and where its result is', async () => {
    const { gateway, page } = await open({ jobs: 0 });
    const submitTime = Date.UTC(2026, 0, 15, 12);
    const { invocationArn } = gateway.emulator.addJob({
      id: 'knownjob0001',
      submitTime,
      endTime: submitTime + 83_000,
      outcome: 'Completed',
      s3Uri: 's3://studio-renders/films/a b/knownjob0001',
      clientRequestToken: 'token-1',
    });
    await page.clock.runFor(BEAT_MS);
    await row(page, 'knownjob0001').click();
    const panel = page.getByRole('complementary');
    await panel.getByText('1 min 23 s').waitFor();
    await panel.getByText('2026-01-15 12:00:00 UTC').first().waitFor();
    await panel.getByText('15 Jan 2026, 13:00:00').first().waitFor();
    for (const text of [invocationArn, 'token-1', 's3://studio-renders/films/a b/knownjob0001']) {
      await panel.getByText(text, { exact: true }).waitFor();
    }
    expect(await panel.getByRole('link', { name: /Folder/ }).getAttribute('href')).toBe(
      'https://us-east-1.console.aws.amazon.com/s3/buckets/studio-renders?region=us-east-1&prefix=films%2Fa+b%2Fknownjob0001%2F',
    );
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await panel.getByRole('button', { name: 'Copy ARN', exact: true }).click();
    await waitForAsync(
      async () => (await page.evaluate('navigator.clipboard.readText()')) === invocationArn,
    );
  });

  it('says that a job is not there', async () => {
    const { page } = await open(
      { jobs: 3 },
      '?job=arn:aws:bedrock:us-east-1:111122223333:async-invoke/nosuchjob001',
    );
    await page.getByText('There is no such job.').waitFor();
  });

  it('shows hostile text as text', async () => {
    const { gateway, page, complaints } = await open({ jobs: 0 });
    const failureMessage =
      '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    gateway.emulator.addJob({
      id: 'hostilejob01',
      failureMessage,
      endTime: 0,
      s3Uri: 's3://b/"><script>',
    });
    await page.clock.runFor(BEAT_MS);
    await row(page, 'hostilejob01').click();
    await page.getByRole('complementary').getByText(failureMessage).waitFor();
    expect(await page.locator('.app img, .app script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('can be used with the keyboard alone', async () => {
    const { gateway, page } = await open({ jobs: 200 });
    const all = newestIds(gateway.emulator);
    await rows(page).first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the jobs');
    await page.keyboard.press('Enter');
    for (let press = 0; press < 20 && !(await focusedRow(page)); press += 1)
      await page.keyboard.press('Tab');
    expect(await focusedRow(page)).toBe(all[0]);
    for (const [key, index] of [
      ['ArrowDown', 1],
      ['PageDown', 11],
      ['ArrowUp', 10],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key);
      await waitForAsync(async () => (await focusedRow(page)) === all[index]);
    }
    await page.keyboard.press('PageDown');
    await waitForAsync(async () => (await focusedRow(page)) === all[10]);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: all[10] ?? '' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await waitForAsync(async () => (await focusedRow(page)) === all[10]);
    await page.evaluate('scrollTo(0, 0)');
    expect(await focusedRow(page)).toBe(all[10]);
  });

  it('covers the list with the details where there is no room beside it, and gives the focus back', async () => {
    const { gateway, page } = await open({ jobs: 30 }, '', {
      viewport: { width: 390, height: 800 },
    });
    const [first = ''] = newestIds(gateway.emulator);
    await row(page, first).click();
    const dialog = page.getByRole('dialog', { name: first });
    await dialog.waitFor();
    expect(await page.locator('.app-main').getAttribute('inert')).toBe('');
    expect(await page.evaluate('document.activeElement.className')).toBe('panel');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await waitForAsync(async () => (await focusedRow(page)) === first);
  });

  it.each(
    WIDTHS.flatMap((width) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        [false, true].map((isPanelOpen) => ({ width, colorScheme, isPanelOpen })),
      ),
    ),
  )(
    'has nothing against WCAG AA, and does not scroll sideways, at $width px in $colorScheme, details open: $isPanelOpen',
    async ({ width, colorScheme, isPanelOpen }) => {
      const { gateway, page } = await open({ jobs: 40 }, '', {
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      const word = 'x'.repeat(900);
      gateway.emulator.addJob({
        id: 'verylongjob1',
        s3Uri: `s3://bucket/${word}`,
        failureMessage: word,
        endTime: Date.now(),
      });
      await page.clock.runFor(BEAT_MS);
      await row(page, 'verylongjob1').waitFor();
      if (isPanelOpen) {
        await row(page, 'verylongjob1').click();
        await page.getByText('Why it failed').waitFor();
      }
      await page.locator('.durations').waitFor({ state: 'attached' });
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    },
  );
});

/** The ids that scrolling in one direction passes by, in the list's order, until a condition holds in the page. */
async function collect(page: Page, direction: 1 | -1, isDone: string): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const fresh = (await idsInSight(page)).filter((id) => !found.includes(id));
    if (direction > 0) found.push(...fresh);
    else found.unshift(...fresh);
    if (await page.evaluate(isDone)) return found;
    await page.evaluate(`new Promise((resolve) => {
      scrollBy(0, ${direction * 6 * ROW_HEIGHT});
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    })`);
  }
}

async function idsInSight(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const cover = document.querySelector('.list-head').getBoundingClientRect().bottom;
    return [...document.querySelectorAll('.row[data-index]')]
      .map((row) => ({ top: row.getBoundingClientRect().top, id: row.querySelector('.id').textContent }))
      .filter(({ top }) => top >= cover && top < innerHeight)
      .sort((a, b) => a.top - b.top)
      .map(({ id }) => id);
  })()`);
}

async function focusedRow(page: Page): Promise<string | undefined> {
  return page.evaluate(`document.activeElement.closest('.row')?.querySelector('.id').textContent`);
}
