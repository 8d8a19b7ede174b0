import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import type { EmulatorOptions } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { describeWhen } from '../harness/when.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const reasonToSkip = existsSync(CHROMIUM) ? undefined : `there is no Chromium at ${CHROMIUM}`;

/** As many as a page holds, and some. */
const JOBS = 25;
const PAGE_SIZE = 10;
const REFRESH_MS = 5000;
const DAY = 86_400_000;
const QUIET = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];

describeWhen(reasonToSkip, 'the page for people', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', ...QUIET.map((name) => `--disable-${name}`)],
    });
  });
  afterAll(() => browser.close());

  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  /** The page on a gateway of its own. What a browser complains of, and what it asks elsewhere, is collected. */
  async function open(emulator: EmulatorOptions = { jobs: JOBS }, width = 1280) {
    const gateway = await startGateway({
      mode: 'local',
      emulator,
      variables: { LOG_LEVEL: 'silent' },
    });
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    opened.push(context, { close: () => gateway.stop() });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== gateway.url) complaints.push(request.url());
    });
    await page.clock.install();
    await page.goto(gateway.url);
    await page.locator('table[aria-busy=false]').waitFor();
    return { gateway, page, complaints };
  }

  it('shows the newest jobs of the graph, without a complaint and without asking elsewhere', async () => {
    const { gateway, page, complaints } = await open();
    expect(await ids(page)).toEqual(newestIds(gateway).slice(0, PAGE_SIZE));
    expect(await page.locator('#endpoint').textContent()).toBe(`${gateway.url}/graphql`);
    expect(complaints).toEqual([]);
  });

  it('links to Apollo Sandbox with its endpoint', async () => {
    const { gateway, page } = await open();
    const href = await page
      .getByRole('link', { name: 'Open in Apollo Sandbox' })
      .getAttribute('href');
    expect(new URL(href ?? '').searchParams.get('endpoint')).toBe(`${gateway.url}/graphql`);
  });

  it('says so when there are no jobs', async () => {
    const { page } = await open({ jobs: 0 });
    await page.getByText('No jobs yet.').waitFor();
  });

  it('shows a new job by itself, and keeps the focus', async () => {
    const { gateway, page } = await open();
    const [newest = ''] = newestIds(gateway);
    await row(page, newest).getByRole('button').focus();
    gateway.emulator.addJob({ id: 'brandnewjob1' });
    await page.clock.runFor(REFRESH_MS);
    await row(page, 'brandnewjob1').waitFor();
    expect(await ids(page)).toHaveLength(PAGE_SIZE);
    const focused = page.locator(':focus');
    expect(await focused.getAttribute('aria-label')).toBe(`Copy ARN of ${newest}`);
  });

  it('filters by status', async () => {
    const { gateway, page } = await open();
    const failed = gateway.emulator.addJob({
      id: 'failedjob001',
      failureMessage: 'No.',
      endTime: 0,
    });
    expect(failed.outcome).toBe('Failed');
    await page.locator('#filter').getByText('Failed').click();
    await row(page, 'failedjob001').waitFor();
    expect(new Set(await rows(page).locator('.status').allTextContents())).toEqual(
      new Set(['Failed']),
    );
  });

  it('pages to older jobs and back to the same rows', async () => {
    const { gateway, page } = await open();
    const all = newestIds(gateway);
    await press(page, 'Older');
    await row(page, all[PAGE_SIZE]).waitFor();
    expect(await ids(page)).toEqual(all.slice(PAGE_SIZE, 2 * PAGE_SIZE));
    await press(page, 'Newer');
    await row(page, all[0]).waitFor();
    expect(await ids(page)).toEqual(all.slice(0, PAGE_SIZE));
    expect(await page.getByRole('button', { name: 'Newer' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
  });

  it('stays on its page when it refreshes, and shows there what changed', async () => {
    let now = Date.now();
    const { gateway, page } = await open({ jobs: JOBS, clock: () => now });
    gateway.emulator.addJob({
      id: 'runningjob01',
      submitTime: now - 30 * DAY,
      endTime: now + 60_000,
    });
    const all = newestIds(gateway);
    for (const next of [PAGE_SIZE, 2 * PAGE_SIZE]) {
      await press(page, 'Older');
      await row(page, all[next]).waitFor();
    }
    await row(page, 'runningjob01').getByText('In progress').waitFor();
    await row(page, 'runningjob01').getByText('so far').waitFor();
    now += 60_000;
    gateway.emulator.addJob();
    await page.clock.runFor(REFRESH_MS);
    await row(page, 'runningjob01').getByText('Completed').waitFor();
    await row(page, 'runningjob01').getByText('30 d 00 h').waitFor();
    expect(await ids(page)).toEqual(all.slice(2 * PAGE_SIZE));
  });

  it('reads nothing while it is paused', async () => {
    const { gateway, page } = await open();
    await press(page, 'Pause');
    const posted = collectPosts(page);
    await page.clock.runFor(60_000);
    expect(posted).toEqual([]);
    gateway.emulator.addJob({ id: 'afterpause01' });
    await press(page, 'Resume');
    await row(page, 'afterpause01').waitFor();
  });

  it('reads nothing while its tab is hidden', async () => {
    const { gateway, page } = await open();
    await setHidden(page, true);
    const posted = collectPosts(page);
    await page.clock.runFor(60_000);
    expect(posted).toEqual([]);
    gateway.emulator.addJob({ id: 'whilehidden1' });
    await setHidden(page, false);
    await row(page, 'whilehidden1').waitFor();
  });

  it('waits for one refresh before the next', async () => {
    const { gateway, page } = await open();
    gateway.emulator.inject({ kind: 'hang' });
    const posted = collectPosts(page);
    await page.clock.runFor(4 * REFRESH_MS);
    expect(posted).toHaveLength(1);
  });

  it('keeps the rows when the upstream fails, says so, and recovers', async () => {
    const { gateway, page } = await open();
    const before = await ids(page);
    const fault = gateway.emulator.inject({
      kind: 'error',
      type: 'AccessDeniedException',
      status: 403,
    });
    const alert = page.getByRole('alert');
    await page.clock.runFor(REFRESH_MS);
    await alert.filter({ hasText: 'FORBIDDEN' }).waitFor();
    expect(await ids(page)).toEqual(before);
    fault.clear();
    await page.clock.runFor(REFRESH_MS);
    await alert.waitFor({ state: 'hidden' });
  });

  it('says that the gateway is gone', async () => {
    const { gateway, page } = await open();
    await gateway.stop();
    await press(page, 'Refresh');
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    expect(await ids(page)).toHaveLength(PAGE_SIZE);
  });

  it('shows hostile text as text', async () => {
    const { gateway, page, complaints } = await open();
    const failureMessage =
      '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    gateway.emulator.addJob({ id: 'hostilejob01', failureMessage, endTime: 0 });
    await press(page, 'Refresh');
    await row(page, 'hostilejob01').waitFor();
    expect(await row(page, 'hostilejob01').locator('.failure').textContent()).toBe(failureMessage);
    expect(await page.locator('table img, table script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it.each(['First page', 'Failed jobs', 'In progress', 'One job by ARN', 'Next page', 'Last page'])(
    'runs the ready-made query "%s"',
    async (title) => {
      const { page } = await open();
      await page.locator('#presets').getByText(title).click();
      await page.locator('#presets:not([aria-busy=true])').waitFor();
      await press(page, 'Run');
      await page
        .locator('#timing')
        .filter({ hasText: / in \d+ ms$/ })
        .waitFor();
      const answer: unknown = JSON.parse((await page.locator('#answer').textContent()) ?? '');
      expect(answer).toEqual({ data: expect.anything() as unknown });
      expect(Object.values((answer as { data: object }).data)).not.toContain(null);
    },
  );

  it.each([360, 390, 768, 1040])('never scrolls sideways at %i px', async (width) => {
    const { gateway, page } = await open({ jobs: JOBS }, width);
    const word = 'x'.repeat(900);
    gateway.emulator.addJob({
      id: 'verylongjob1',
      s3Uri: `s3://bucket/${word}`,
      failureMessage: word,
      endTime: 0,
    });
    await press(page, 'Refresh');
    await row(page, 'verylongjob1').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});

function rows(page: Page): Locator {
  return page.locator('#job-rows tr');
}

function row(page: Page, id = ''): Locator {
  return rows(page).filter({ hasText: id });
}

async function ids(page: Page): Promise<string[]> {
  return rows(page).locator('.id').allTextContents();
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

/** What the page asks of the graph from now on. */
function collectPosts(page: Page): string[] {
  const posted: string[] = [];
  page.on('request', (request) => posted.push(request.postData() ?? ''));
  return posted;
}

/** What a browser does to a tab that goes behind another one. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${String(isHidden)}, configurable: true })`,
  );
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
}

/** Jobs as the connection orders them: by submission, then by ARN. */
function newestIds({ emulator }: Gateway): string[] {
  return [...emulator.jobs()]
    .sort((a, b) => b.submitTime - a.submitTime || (a.invocationArn < b.invocationArn ? 1 : -1))
    .map(({ invocationArn }) => invocationArn.slice(-12));
}
