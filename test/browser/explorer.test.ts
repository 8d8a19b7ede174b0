import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium, noChromium } from '../harness/chromium.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { untilAsync } from '../harness/until.ts';
import { describeWhen } from '../harness/when.ts';

const RUN = { name: 'Execute query (Ctrl-Enter)' };

// A machine that has much else to do takes its time to start the editor.
import.meta.jest.setTimeout(90_000);

describeWhen(noChromium, 'the explorer', () => {
  let browser: Browser;
  let context: BrowserContext;
  let local: Gateway;
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
    // One context, so that the files of the editor are loaded once.
    context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
    local = await startGateway({ mode: 'local', emulator: { jobs: 25 } });
    local.emulator.addJob({ failureMessage: 'No.', endTime: Date.now() });
    // The first visit has the browser read and compile all of the editor.
    const { page } = await open(local.url);
    await page.close();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await local.stop();
  });

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  /** As on a first visit. What the browser complains of, and what it asks elsewhere, is collected. */
  async function open(url: string, colorScheme: 'light' | 'dark' = 'light') {
    const page = await context.newPage();
    opened.push(page);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== url) complaints.push(request.url());
    });
    await page.addInitScript('localStorage.clear()');
    await page.emulateMedia({ colorScheme });
    await page.goto(`${url}/explorer`);
    await page.getByRole('button', RUN).waitFor();
    // Who is faster than the editor finds the operation of one tab under another.
    await editing(page, 'Jobs');
    return { page, complaints };
  }

  it.each(['light', 'dark'] as const)(
    'shows jobs, in %s colours, without a complaint and without asking elsewhere',
    async (scheme) => {
      const { page, complaints } = await open(local.url, scheme);
      await run(page, newestArn(local));
      expect(await isDark(page)).toBe(scheme === 'dark');
      expect(complaints).toEqual([]);
    },
  );

  it.each(['NextPage', 'Job', 'FailedJobs'])('runs %s as it is', async (title) => {
    const { page, complaints } = await open(local.url);
    await openTab(page, title);
    await run(page, '"invocationArn":"arn:aws:');
    expect(complaints).toEqual([]);
  });

  it('shows changes as they happen', async () => {
    const { page, complaints } = await open(local.url);
    await openTab(page, 'Changes');
    await run(page, '{"data":{"asyncInvokeChanged":{');
    const job = local.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    await answered(page, job.invocationArn);
    await page.getByRole('button', { name: 'Stop query (Ctrl-Enter)' }).click();
    expect(complaints).toEqual([]);
  });

  it('shows the documentation of the graph', async () => {
    const { page } = await open(local.url);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).click();
    await page.getByRole('link', { name: 'durationSeconds' }).waitFor();
  });

  it('is worked with by keyboard: a tab, an operation with completion, its answer', async () => {
    const { page } = await open(local.url);
    await tab(page, 'Job').press('Enter');
    const editor = page.getByRole('region', { name: 'Operation Editor' }).getByRole('textbox');
    await editor.press('Control+a');
    await editor.pressSequentially('query Written {asyncInvo');
    await editor.press('Control+Space');
    await page.getByRole('option', { name: /^asyncInvokes/ }).waitFor();
    await editor.press('Escape');
    await editor.pressSequentially('kes(first: 1) { nodes { status } } }');
    await editor.press('Control+Enter');
    await answered(page, '{"data":{"asyncInvokes":{"nodes":[{"status":');
  });

  it('marks what the graph does not have', async () => {
    const { page } = await open(local.url);
    const editor = page.getByRole('region', { name: 'Operation Editor' }).getByRole('textbox');
    await editor.press('Control+a');
    await editor.pressSequentially('{ nothingOfTheKind }');
    await page.locator('.squiggly-error').waitFor();
  });
});

function tab(page: Page, title: string) {
  return page.getByRole('tablist').getByRole('button', { name: title, exact: true });
}

/** And waits until its operation is the one that would be run. */
async function openTab(page: Page, title: string): Promise<void> {
  await tab(page, title).click();
  await editing(page, title);
}

/** Waits until this operation is in the editor. */
async function editing(page: Page, title: string): Promise<void> {
  const editor = page.getByRole('region', { name: 'Operation Editor' });
  const operation = new RegExp(`(?:query|subscription)${title}[({]`);
  await untilAsync(async () =>
    operation.test(((await editor.textContent()) ?? '').replaceAll(/\s/g, '')),
  );
}

const PATIENCE_MS = 8000;

/** As a person does: who sees no answer after a while presses again, because GraphiQL takes a moment to know its tab. */
async function run(page: Page, text: string): Promise<void> {
  const stop = page.getByRole('button', { name: 'Stop query (Ctrl-Enter)' });
  await page.getByRole('button', RUN).click();
  while (!(await shows(page, text))) {
    if (await stop.isVisible()) await stop.click();
    await page.getByRole('button', RUN).click();
  }
}

/** Whether there is such an answer after a while. */
async function shows(page: Page, text: string): Promise<boolean> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  await untilAsync(
    async () => performance.now() > giveUpAt || (await resultOf(page)).includes(text),
  );
  return (await resultOf(page)).includes(text);
}

/** White space aside: the editor breaks long lines. */
async function resultOf(page: Page): Promise<string> {
  const result = page.getByRole('region', { name: 'Result Window' });
  return ((await result.textContent()) ?? '').replaceAll(/\s/g, '');
}

/** Waits for an answer with this in it. */
async function answered(page: Page, text: string): Promise<void> {
  await untilAsync(async () => (await resultOf(page)).includes(text));
}

async function isDark(page: Page): Promise<boolean> {
  const colour: unknown = await page.evaluate(
    "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
  );
  const [red = 0] = String(colour).match(/\d+/g)?.map(Number) ?? [];
  return red < 128;
}

function newestArn({ emulator }: Gateway): string {
  const [newest] = [...emulator.jobs()].sort((a, b) => b.submitTime - a.submitTime);
  return newest?.invocationArn ?? '';
}
