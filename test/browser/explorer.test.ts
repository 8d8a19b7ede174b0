import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium, noChromium } from '../harness/chromium.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { waitForAsync } from '../harness/wait-for.ts';
import { describeWhen } from '../harness/describe-when.ts';

const RUN = { name: 'Execute query (Ctrl-Enter)' };

// A machine that has much else to do takes its time to start the editor.
import.meta.jest.setTimeout(90_000);

describeWhen(noChromium, 'the explorer', () => {
  let browser: Browser;
  let context: BrowserContext;
  let local: Gateway;
  let issuer: Issuer;
  /** Where nobody is answered without a token. */
  let guarded: Gateway;
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
    // One context, so that the files of the editor are loaded once.
    context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    local = await startGateway({ mode: 'local', emulator: { jobs: 25 } });
    local.emulator.addJob({ failureMessage: 'No.', endTime: Date.now() });
    issuer = await startIssuer();
    guarded = await startGateway({
      variables: { ...issuer.variables, EXPLORER: 'true', INTROSPECTION: 'true' },
      emulator: { jobs: 3 },
    });
    // The first visit has the browser read and compile all of the editor.
    const { page } = await open(local.url);
    await page.close();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([local.stop(), guarded.stop(), issuer.stop()]);
  });

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  /** As on a first visit. What the browser complains of, and what it asks elsewhere, is collected. */
  async function blank(url: string, colorScheme: 'light' | 'dark' = 'light') {
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
    return { page, complaints };
  }

  async function open(url: string, colorScheme?: 'light' | 'dark') {
    const visit = await blank(url, colorScheme);
    await visit.page.goto(`${url}/explorer`);
    // Before there is an editor, there is nothing to run.
    await operationEditor(visit.page).waitFor();
    return visit;
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
    await tab(page, title).click();
    await run(page, '"invocationArn":"arn:aws:');
    expect(complaints).toEqual([]);
  });

  it('shows where each job stands, and changes as they happen', async () => {
    const { page, complaints } = await open(local.url);
    const addJob = () => local.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    const standing = [addJob(), addJob()];
    await tab(page, 'Changes').click();
    await page.getByRole('button', RUN).click();
    for (const { invocationArn } of standing) await answered(page, invocationArn);
    await answered(page, addJob().invocationArn);
    await page.getByRole('button', { name: 'Stop query (Ctrl-Enter)' }).click();
    expect(complaints).toEqual([]);
  });

  it('starts a job once, from variables in which the editor finds no other mistake than there is', async () => {
    const { page, complaints } = await open(local.url);
    await tab(page, 'StartJob').click();
    const variables = page.getByRole('region', { name: 'Variables' });
    const s3OutputDataConfig = { s3Uri: 's3://my-bucket/videos' };
    const modelInput = { prompt: 'A lighthouse in a storm' };
    const input = {
      modelId: 1,
      modelInput,
      outputDataConfig: { s3OutputDataConfig },
      clientRequestToken: '0',
    };
    await paste(page, 'Variables', JSON.stringify({ input }));
    await variables.locator('.squiggly-error').first().waitFor();
    expect(await variables.locator('.squiggly-error').count()).toBe(1);
    await variables.getByRole('textbox').press('Control+z');
    const before = newestArn(local);
    await run(page, '"status":"IN_PROGRESS"');
    const started = newestArn(local);
    expect(started).not.toBe(before);
    await run(page, started);
    expect(newestArn(local)).toBe(started);
    expect(complaints).toEqual([]);
  });

  it('has the operation of a tab that is chosen before there is an editor', async () => {
    const { page } = await blank(local.url);
    const gate = Promise.withResolvers<undefined>();
    await page.route(/\/assets\/monaco-editor-[^/]*\.js$/, async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.goto(`${local.url}/explorer`, { waitUntil: 'commit' });
    await tab(page, 'Job').click();
    expect(await operationEditor(page).count()).toBe(0);
    gate.resolve(undefined);
    await operationEditor(page).waitFor();
    await run(page, '{"data":{"asyncInvoke":{"id":');
    await tab(page, 'Jobs').click();
    await run(page, '{"data":{"asyncInvokes":{"nodes":');
  });

  it('does not show the answer of one tab in another', async () => {
    const { page } = await open(local.url);
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query Jobs')) await route.continue();
    });
    const asked = page.waitForRequest(
      (request) => request.postData()?.includes('query Jobs') === true,
    );
    await page.getByRole('button', RUN).click();
    const request = await asked;
    const ended = page.waitForEvent('requestfailed', (failed) => failed === request);
    await page.getByRole('button', { name: 'New tab' }).click();
    await ended;
    expect(await resultOf(page)).toBe('');
  });

  it('shows the documentation of the graph', async () => {
    const { page } = await open(local.url);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).click();
    await page.getByRole('link', { name: 'durationSeconds' }).waitFor();
  });

  it('has room for all on a phone', async () => {
    const { page } = await open(local.url);
    await page.setViewportSize({ width: 390, height: 844 });
    await run(page, newestArn(local));
    for (const name of ['Operation Editor', 'Result Window'])
      expect((await page.getByRole('region', { name }).boundingBox())?.width).toBeGreaterThan(300);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).click();
  });

  it('is worked with by keyboard: a tab, an operation with completion, its answer', async () => {
    const { page } = await open(local.url);
    await tab(page, 'Job').press('Enter');
    const editor = operationEditor(page);
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
    const editor = operationEditor(page);
    await editor.press('Control+a');
    await editor.pressSequentially('{ nothingOfTheKind }');
    await page.locator('.squiggly-error').waitFor();
  });

  it('sends the token of one tab from every tab', async () => {
    const { page } = await open(guarded.url);
    await answered(page, 'UNAUTHENTICATED');
    await paste(page, 'Headers', withToken(await issuer.sign()));
    // And says no longer that there is none.
    await waitForAsync(async () => (await resultOf(page)) === '');
    await run(page, newestArn(guarded));
    await tab(page, 'Job').click();
    await run(page, '{"data":{"asyncInvoke":null}}');
    await tab(page, 'NextPage').click();
    await run(page, newestArn(guarded));
    const job = guarded.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    await tab(page, 'Changes').click();
    await run(page, job.invocationArn);
    await page.getByRole('button', { name: 'New tab' }).click();
    await paste(page, 'Operation Editor', '{ asyncInvokes(first: 1) { nodes { invocationArn } } }');
    await run(page, job.invocationArn);
  });

  it('takes the right token after a wrong one, from whichever tab', async () => {
    const { page } = await open(guarded.url);
    const wrong = await issuer.sign({}, { foreignKey: true });
    await paste(page, 'Headers', withToken(wrong));
    await run(page, 'UNAUTHENTICATED');
    await tab(page, 'Changes').click();
    await run(page, 'Thegatewaywantsavalidtoken.');
    await paste(page, 'Headers', withToken(await issuer.sign()));
    const job = guarded.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    await run(page, job.invocationArn);
    await tab(page, 'Jobs').click();
    await run(page, job.invocationArn);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).waitFor();
  });

  it('stores no token, and keeps it when an operation is taken from the history', async () => {
    const { page } = await open(guarded.url);
    const token = await issuer.sign();
    await paste(page, 'Headers', withToken(token));
    await run(page, newestArn(guarded));
    await page.getByRole('button', { name: 'Show History' }).click();
    await page.locator('.graphiql-history-item-label').first().click();
    await run(page, newestArn(guarded));
    const stored = () => page.evaluate('JSON.stringify(localStorage)');
    await waitForAsync(async () => String(await stored()).includes('tabState'));
    expect(await stored()).toContain('graphiql:queries');
    expect(await stored()).not.toContain(token);
  });
});

function tab(page: Page, title: string) {
  return page.getByRole('tablist').getByRole('button', { name: title, exact: true });
}

function operationEditor(page: Page) {
  return page.getByRole('region', { name: 'Operation Editor' }).getByRole('textbox');
}

/** Over what is in this editor. What is typed, the editor would add brackets to. */
async function paste(page: Page, region: string, text: string): Promise<void> {
  if (region === 'Headers') await page.getByRole('button', { name: region }).click();
  await page.getByRole('region', { name: region }).getByRole('textbox').press('Control+a');
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('Control+v');
}

function withToken(token: string): string {
  return JSON.stringify({ authorization: `Bearer ${token}` });
}

async function run(page: Page, text: string): Promise<void> {
  await page.getByRole('button', RUN).click();
  await answered(page, text);
}

/** White space aside: the editor breaks long lines. */
async function resultOf(page: Page): Promise<string> {
  const result = page.getByRole('region', { name: 'Result Window' });
  return ((await result.textContent()) ?? '').replaceAll(/\s/g, '');
}

/** Waits for an answer with this in it. */
async function answered(page: Page, text: string): Promise<void> {
  await waitForAsync(async () => (await resultOf(page)).includes(text));
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
