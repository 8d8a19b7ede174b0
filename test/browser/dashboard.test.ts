import type { Browser } from 'playwright-core';
import type { EmulatorOptions } from '../../src/emulator/emulator.ts';
import { launchChromium, missingChromium, type Tab } from '../harness/chromium.ts';
import {
  advanceToRefresh,
  distanceFromTop,
  newestIds,
  openDashboardTab,
  renderedIds,
  row,
  rows,
  VISIBLE_IDS,
  visibleIds,
  visitDashboard,
} from '../harness/dashboard.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { waitForAsync } from '../harness/wait-for.ts';
import { describeWhen } from '../harness/describe-when.ts';

const HOUR_MS = 3_600_000;
/** Fewer than the 15 rows that are visible at once. */
const SCROLL_PX = 12 * 52;

describeWhen(missingChromium, 'the dashboard', () => {
  let browser: Browser;
  let tab: Tab;
  /** Tests share these gateways. They may add jobs, but change nothing else. */
  let small: Gateway;
  let large: Gateway;
  beforeAll(async () => {
    [browser, small, large] = await Promise.all([
      launchChromium(),
      start({ jobs: 30 }),
      start({ jobs: 320 }),
    ]);
    tab = await openDashboardTab(browser);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([small.stop(), large.stop()]);
  });

  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await tab.leave();
    for (const close of opened.splice(0)) await close();
  });

  function start(emulator: EmulatorOptions): Promise<Gateway> {
    return startGateway({ mode: 'local', emulator, variables: { LOG_LEVEL: 'silent' } });
  }

  async function startOwn(emulator: EmulatorOptions): Promise<Gateway> {
    const gateway = await start(emulator);
    opened.push(() => gateway.stop());
    return gateway;
  }

  async function visit(gateway: Gateway, query = '') {
    await visitDashboard(tab, `${gateway.url}/${query}`);
    return tab.page;
  }

  it('shows the newest jobs first, without errors or requests to other origins', async () => {
    const gateway = await startOwn({ jobs: 30 });
    const page = await visit(gateway);
    await page.getByText('No more jobs.').waitFor({ state: 'attached' });
    const shown = await renderedIds(page);
    expect(shown).toEqual(newestIds(gateway.emulator).slice(0, shown.length));
    expect(await page.locator('.job-count').textContent()).toBe('30 jobs');
    await page.getByRole('img', { name: /^Bar chart of jobs by submit time. 30 jobs/ }).waitFor();
    expect(tab.errors).toEqual([]);
  });

  it('redirects a browser from the endpoint to the dashboard', async () => {
    await tab.visit(`${small.url}/graphql`);
    expect(tab.page.url()).toBe(`${small.url}/`);
  });

  it('shows the URL of the endpoint and a link to the explorer', async () => {
    const page = await visit(small);
    await page.getByText('API', { exact: true }).click();
    expect(await page.locator('#endpoint').textContent()).toBe(`${small.url}/graphql`);
    const explorer = page.getByRole('link', { name: 'Explorer' });
    expect(await explorer.getAttribute('href')).toBe('/explorer');
  });

  it('shows an empty state, and then the first job', async () => {
    const gateway = await startOwn({ jobs: 0 });
    const page = await visit(gateway);
    await page.getByText('No jobs yet.').waitFor();
    gateway.emulator.addJob({ id: 'veryfirstjob' });
    await advanceToRefresh(page);
    await row(page, 'veryfirstjob').waitFor();
    expect(await renderedIds(page)).toEqual(['veryfirstjob']);
  });

  it('keeps filter, order and job in the URL', async () => {
    const now = Date.now();
    small.emulator.addJob({
      id: 'failedlately',
      failureMessage: 'No.',
      submitTime: now - 9000,
      endTime: now,
    });
    small.emulator.addJob({
      id: 'failedbefore',
      failureMessage: 'No.',
      submitTime: 9000,
      endTime: 9001,
    });
    const page = await visit(small);
    await page.getByRole('radio', { name: 'Failed' }).check({ force: true });
    await row(page, 'failedlately').waitFor();
    await page.getByLabel('Order').selectOption('Oldest first');
    await waitForAsync(async () => (await renderedIds(page))[0] === 'failedbefore');
    await row(page, 'failedbefore').click();
    await page.getByRole('complementary').getByText('Failure reason').waitFor();
    const { search } = new URL(page.url());
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
      status: 'failed',
      order: 'oldest',
      job: expect.stringMatching(/\/failedbefore$/) as string,
    });
    // A context without the first tab's storage shows the same view.
    const other = await openDashboardTab(browser);
    opened.push(() => other.close());
    await visitDashboard(other, page.url());
    await other.page.getByRole('complementary').getByText('Failure reason').waitFor();
    await row(other.page, 'failedbefore').waitFor();
    expect((await renderedIds(other.page))[0]).toBe('failedbefore');
    await page.goBack();
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await page.goBack();
    expect(await page.getByLabel('Order').inputValue()).toBe('newest');
  });

  it('filters by submit time', async () => {
    const gateway = await startOwn({ jobs: 0 });
    for (const hours of [1, 3, 5]) {
      const submitTime = Date.now() - hours * HOUR_MS;
      gateway.emulator.addJob({ id: `hoursago000${hours}`, submitTime });
    }
    const page = await visit(gateway);
    const localTime = (hoursAgo: number) =>
      new Date(Date.now() - hoursAgo * HOUR_MS)
        .toLocaleString('sv', { timeZone: 'Europe/Berlin' })
        .replace(' ', 'T')
        .slice(0, 16);
    await page.getByText('Any time', { exact: true }).first().click();
    await page.getByLabel('After').fill(localTime(4));
    await page.getByLabel('Before').fill(localTime(2));
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await row(page, 'hoursago0003').waitFor();
    expect(await renderedIds(page)).toEqual(['hoursago0003']);
  });

  it('scrolls from the middle to both ends, with every job once and in order', async () => {
    const { data } = await large.query('{ asyncInvokes(first: 150) { pageInfo { endCursor } } }');
    const { asyncInvokes } = data as { asyncInvokes: { pageInfo: { endCursor: string } } };
    const all = newestIds(large.emulator);
    const page = await visit(large, `?at=${asyncInvokes.pageInfo.endCursor}`);
    await row(page, all[150] ?? '').waitFor();
    const up = await scrollAndCollect(-1, "scrollY === 0 && location.search === ''");
    expect(up.slice(0, 3)).toEqual(all.slice(0, 3));
    const down = await scrollAndCollect(
      1,
      `document.querySelector('.list-footer').textContent === 'No more jobs.' &&
       scrollY + innerHeight >= document.documentElement.scrollHeight - 1`,
    );
    expect(down).toEqual(all);
    expect(tab.errors).toEqual([]);
  });

  it('shows the same jobs after a reload', async () => {
    const page = await visit(large);
    await rows(page).first().waitFor();
    await page.evaluate('scrollTo(0, 4000)');
    await page.waitForURL(/at=/);
    const [, id = ''] = await visibleIds(page);
    await page.reload();
    await row(page, id).waitFor();
    expect(await visibleIds(page)).toContain(id);
  });

  it('starts at the beginning when the cursor in the URL belongs to another list', async () => {
    const page = await visit(small, '?at=bm9uc2Vuc2U');
    await page.getByText('The position in the URL belongs to another list.').waitFor();
    expect(await rows(page).count()).toBeGreaterThan(10);
  });

  it('shows a new job at the top', async () => {
    const page = await visit(small);
    await rows(page).first().waitFor();
    small.emulator.addJob({ id: 'brandnewjob0' });
    await advanceToRefresh(page);
    await row(page, 'brandnewjob0').waitFor();
    expect((await renderedIds(page))[0]).toBe('brandnewjob0');
  });

  it('keeps the visible rows in place when jobs arrive, and counts the new jobs', async () => {
    const page = await visit(large);
    await rows(page).first().waitFor();
    await page.evaluate('scrollTo(0, 2000)');
    await waitForAsync(async () => (await visibleIds(page)).length > 2);
    const [, , id = ''] = await visibleIds(page);
    const before = await distanceFromTop(page, id);
    for (const number of [1, 2, 3]) large.emulator.addJob({ id: `brandnewjob${number}` });
    await advanceToRefresh(page);
    const button = page.getByRole('button', { name: '3 new jobs' });
    await button.waitFor();
    expect(await distanceFromTop(page, id)).toBe(before);
    await button.click();
    await row(page, 'brandnewjob3').waitFor();
    await button.waitFor({ state: 'detached' });
  });

  it('shows a change in the row and in the details', async () => {
    let now = Date.now();
    const gateway = await startOwn({ jobs: 30, clock: () => now });
    const endTime = now + 60_000;
    gateway.emulator.addJob({ id: 'runningjob01', submitTime: now - 5000, endTime });
    const page = await visit(gateway);
    await row(page, 'runningjob01').getByText('In progress').waitFor();
    await row(page, 'runningjob01').click();
    const panel = page.getByRole('complementary');
    await panel.getByText('so far').waitFor();
    now = endTime;
    await advanceToRefresh(page);
    await row(page, 'runningjob01').getByText('Completed').waitFor();
    await panel.getByText('1 min 05 s').waitFor();
    expect(await panel.getByText('so far').count()).toBe(0);
  });

  it('shows all details of a job and links to its result', async () => {
    const submitTime = Date.UTC(2026, 0, 15, 12);
    const { invocationArn } = small.emulator.addJob({
      id: 'knownjob0001',
      submitTime,
      endTime: submitTime + 83_000,
      outcome: 'Completed',
      s3Uri: 's3://studio-renders/films/a b/knownjob0001',
      clientRequestToken: 'token-1',
    });
    const page = await visit(small, `?job=${invocationArn}`);
    const panel = page.getByRole('complementary');
    await panel.getByText('1 min 23 s').waitFor();
    await panel.getByText('2026-01-15 12:00:00 UTC').first().waitFor();
    await panel.getByText('15 Jan 2026, 13:00:00').first().waitFor();
    for (const text of [invocationArn, 'token-1', 's3://studio-renders/films/a b/knownjob0001']) {
      await panel.getByText(text, { exact: true }).waitFor();
    }
    expect(await panel.getByRole('link', { name: /folder/ }).getAttribute('href')).toBe(
      'https://us-east-1.console.aws.amazon.com/s3/buckets/studio-renders?region=us-east-1&prefix=films%2Fa+b%2Fknownjob0001%2F',
    );
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await panel.getByRole('button', { name: 'Copy ARN', exact: true }).click();
    await waitForAsync(
      async () => (await page.evaluate('navigator.clipboard.readText()')) === invocationArn,
    );
  });

  it('reports a job that does not exist', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/nosuchjob001';
    const page = await visit(small, `?job=${arn}`);
    const panel = page.getByRole('complementary');
    await panel.getByText('Job not found.').waitFor();
    expect(await panel.locator('dl').count()).toBe(0);
  });

  it('shows HTML in a failure message as text', async () => {
    const failureMessage =
      '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    small.emulator.addJob({
      id: 'hostilejob01',
      failureMessage,
      endTime: Date.now(),
      s3Uri: 's3://b/"><script>',
    });
    const page = await visit(small);
    await row(page, 'hostilejob01').click();
    await page.getByRole('complementary').getByText(failureMessage).waitFor();
    expect(await page.locator('.app img, .app script').count()).toBe(0);
    expect(tab.errors).toEqual([]);
  });

  /** Scrolls until the condition holds in the page. Returns the ids seen, in the list's order. */
  async function scrollAndCollect(direction: 1 | -1, isDone: string): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      const step = `new Promise((resolve) => {
        const result = { ids: ${VISIBLE_IDS}, isDone: ${isDone} };
        scrollBy(0, ${direction * SCROLL_PX});
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(result)));
      })`;
      const { ids, isDone: done } = await tab.page.evaluate<{ ids: string[]; isDone: boolean }>(
        step,
      );
      const unseen = ids.filter((id) => !found.includes(id));
      if (direction > 0) found.push(...unseen);
      else found.unshift(...unseen);
      if (done) return found;
    }
  }
});
