import type { Browser, Page } from 'playwright-core';
import { launchChromium, missingChromium, openTab, type Tab } from '../harness/chromium.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { describeWhen } from '../harness/describe-when.ts';

const DESKTOP = { width: 1600, height: 900 };
const WAIT_MS = 60_000;
const RUN = { name: 'Execute query (Ctrl-Enter)' };

describeWhen(missingChromium, 'the explorer', () => {
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  let local: Gateway;
  let issuer: Issuer;
  /** Requires a token. */
  let guarded: Gateway;
  beforeAll(async () => {
    [browser, local, issuer] = await Promise.all([
      launchChromium(),
      startGateway({ mode: 'local', emulator: { jobs: 25 } }),
      startIssuer(),
    ]);
    local.emulator.addJob({ failureMessage: 'No.', endTime: Date.now() });
    guarded = await startGateway({
      variables: { ...issuer.variables, EXPLORER: 'true', INTROSPECTION: 'true' },
      emulator: { jobs: 3 },
    });
    tab = await openTab(browser, { viewport: DESKTOP });
    page = tab.page;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    // Makes every visit a first visit.
    await page.addInitScript('localStorage.clear()');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([local.stop(), guarded.stop(), issuer.stop()]);
  });

  afterEach(() => page.unrouteAll());

  async function visit({ url }: Gateway, colorScheme: 'light' | 'dark' = 'light') {
    await page.emulateMedia({ colorScheme });
    await tab.visit(`${url}/explorer`);
    await operationEditor(page).waitFor();
  }

  it.each(['light', 'dark'] as const)(
    'shows jobs in %s colours, without errors or requests to other origins',
    async (scheme) => {
      await visit(local, scheme);
      await run(page, newestArn(local));
      expect(await isDark(page)).toBe(scheme === 'dark');
      expect(tab.errors).toEqual([]);
    },
  );

  describe('after one visit', () => {
    beforeAll(() => visit(local));

    it.each([
      ['NextPage', '{"data":{"asyncInvokes":{"edges":[{"cursor":'],
      ['Job', '{"data":{"asyncInvoke":{"id":'],
      ['FailedJobs', '{"data":{"asyncInvokes":{"nodes":[{"invocationArn":"arn:aws:'],
    ])('runs the example %s unchanged', async (title, result) => {
      await exampleTab(page, title).click();
      await run(page, result);
      expect(tab.errors).toEqual([]);
    });
  });

  it('shows the state of each running job, and changes as they happen', async () => {
    const addJob = () => local.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    const running = [addJob(), addJob()];
    await visit(local);
    await exampleTab(page, 'Changes').click();
    await page.getByRole('button', RUN).click();
    for (const { invocationArn } of running) await waitForResult(page, invocationArn);
    await waitForResult(page, addJob().invocationArn);
    await page.getByRole('button', { name: 'Stop query (Ctrl-Enter)' }).click();
    expect(tab.errors).toEqual([]);
  });

  it('starts a job once, and marks only the mistake in the variables', async () => {
    await visit(local);
    await exampleTab(page, 'StartJob').click();
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
    expect(tab.errors).toEqual([]);
  });

  it('shows the operation of a tab that was chosen before the editor was loaded', async () => {
    await tab.leave(local.url);
    const gate = Promise.withResolvers<undefined>();
    await page.route(/\/assets\/monaco-editor-[^/]*\.js$/, async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.goto(`${local.url}/explorer`, { waitUntil: 'commit' });
    await exampleTab(page, 'Job').click();
    expect(await operationEditor(page).count()).toBe(0);
    gate.resolve(undefined);
    await operationEditor(page).waitFor();
    await run(page, '{"data":{"asyncInvoke":{"id":');
    await exampleTab(page, 'Jobs').click();
    await run(page, '{"data":{"asyncInvokes":{"nodes":');
  });

  it('does not show the result of one tab in another', async () => {
    await visit(local);
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query Jobs')) await route.continue();
    });
    const sent = page.waitForRequest(
      (request) => request.postData()?.includes('query Jobs') === true,
    );
    await page.getByRole('button', RUN).click();
    const request = await sent;
    const cancelled = page.waitForEvent('requestfailed', (failed) => failed === request);
    await page.getByRole('button', { name: 'New tab' }).click();
    await cancelled;
    expect(await resultOf(page)).toBe('');
  });

  it('shows the documentation of the graph', async () => {
    await visit(local);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).click();
    const field = page.getByRole('link', { name: 'durationSeconds' });
    await field.waitFor();
    expect(await field.count()).toBe(1);
  });

  it('fits on a phone', async () => {
    await visit(local);
    await page.setViewportSize({ width: 390, height: 844 });
    try {
      await run(page, newestArn(local));
      for (const name of ['Operation Editor', 'Result Window']) {
        const box = await page.getByRole('region', { name }).boundingBox();
        expect(box?.width).toBeGreaterThan(300);
      }
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).click();
    } finally {
      await page.setViewportSize(DESKTOP);
    }
  });

  it('supports choosing a tab, completion, and running with the keyboard', async () => {
    await visit(local);
    await exampleTab(page, 'Job').press('Enter');
    const editor = operationEditor(page);
    await editor.press('Control+a');
    await editor.pressSequentially('query Written {asyncInvo');
    await editor.press('Control+Space');
    await page.getByRole('option', { name: /^asyncInvokes/ }).waitFor();
    await editor.press('Escape');
    await editor.pressSequentially('kes(first: 1) { nodes { status } } }');
    await editor.press('Control+Enter');
    await waitForResult(page, '{"data":{"asyncInvokes":{"nodes":[{"status":');
  });

  it('marks a field that the graph does not have', async () => {
    await visit(local);
    const editor = operationEditor(page);
    await editor.press('Control+a');
    await editor.pressSequentially('{ noSuchField }');
    const mark = page.locator('.squiggly-error');
    await mark.waitFor();
    expect(await mark.count()).toBe(1);
  });

  it('sends the token of one tab from every tab', async () => {
    await visit(guarded);
    await waitForResult(page, 'UNAUTHENTICATED');
    await paste(page, 'Headers', withToken(await issuer.sign()));
    // The token removes the error about its absence.
    await waitForResult(page, /^$/);
    await run(page, newestArn(guarded));
    await exampleTab(page, 'Job').click();
    await run(page, '{"data":{"asyncInvoke":null}}');
    await exampleTab(page, 'NextPage').click();
    await run(page, newestArn(guarded));
    const job = guarded.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    await exampleTab(page, 'Changes').click();
    await run(page, job.invocationArn);
    await page.getByRole('button', { name: 'New tab' }).click();
    await paste(page, 'Operation Editor', '{ asyncInvokes(first: 1) { nodes { invocationArn } } }');
    await run(page, job.invocationArn);
  });

  it('accepts a valid token after an invalid one, from any tab', async () => {
    await visit(guarded);
    const invalid = await issuer.sign({}, { foreignKey: true });
    await paste(page, 'Headers', withToken(invalid));
    await run(page, 'UNAUTHENTICATED');
    await exampleTab(page, 'Changes').click();
    await run(page, 'Thegatewayrequiresavalidtoken.');
    await paste(page, 'Headers', withToken(await issuer.sign()));
    const job = guarded.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    await run(page, job.invocationArn);
    await exampleTab(page, 'Jobs').click();
    await run(page, job.invocationArn);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'AsyncInvokeSummary', exact: true }).waitFor();
  });

  it('stores no token, and keeps it when the user opens an operation of the history', async () => {
    await visit(guarded);
    const token = await issuer.sign();
    await paste(page, 'Headers', withToken(token));
    await run(page, newestArn(guarded));
    await page.getByRole('button', { name: 'Show History' }).click();
    await page.locator('.graphiql-history-item-label').first().click();
    await run(page, newestArn(guarded));
    await waitInPage(page, `JSON.stringify(localStorage).includes('tabState')`);
    const stored = await page.evaluate('JSON.stringify(localStorage)');
    expect(stored).toContain('graphiql:queries');
    expect(stored).not.toContain(token);
  });
});

function exampleTab(page: Page, title: string) {
  return page.getByRole('tablist').getByRole('button', { name: title, exact: true });
}

function operationEditor(page: Page) {
  return page.getByRole('region', { name: 'Operation Editor' }).getByRole('textbox');
}

/** Replaces an editor's text. Typing would not do: the editor adds closing brackets. */
async function paste(page: Page, region: string, text: string): Promise<void> {
  if (region === 'Headers') await page.getByRole('button', { name: region }).click();
  await page.getByRole('region', { name: region }).getByRole('textbox').press('Control+a');
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('Control+v');
}

function withToken(token: string): string {
  return JSON.stringify({ authorization: `Bearer ${token}` });
}

async function run(page: Page, result: string): Promise<void> {
  await page.getByRole('button', RUN).click();
  await waitForResult(page, result);
}

/** The result without white space, because the editor breaks long lines. */
const RESULT = `document.querySelector('[aria-label="Result Window"]')
  .textContent.replaceAll(/\\s/g, '')`;

async function resultOf(page: Page): Promise<string> {
  return page.evaluate(RESULT);
}

/** Waits for a result that contains the text, or matches the pattern. */
async function waitForResult(page: Page, expected: string | RegExp): Promise<void> {
  const isShown =
    typeof expected === 'string'
      ? `${RESULT}.includes(${JSON.stringify(expected)})`
      : `${String(expected)}.test(${RESULT})`;
  await waitInPage(page, isShown);
}

/** Waits inside the page. `waitForFunction` needs `eval`, which the page's policy forbids. */
async function waitInPage(page: Page, condition: string): Promise<void> {
  await page.evaluate(`new Promise((resolve, reject) => {
    const deadline = performance.now() + ${WAIT_MS};
    const check = () => {
      if (${condition}) resolve();
      else if (performance.now() > deadline) reject(new Error('Timed out. Result: ' + ${RESULT}));
      else setTimeout(check, 20);
    };
    check();
  })`);
}

async function isDark(page: Page): Promise<boolean> {
  const color: unknown = await page.evaluate(
    "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
  );
  const [red = 0] = String(color).match(/\d+/g)?.map(Number) ?? [];
  return red < 128;
}

function newestArn({ emulator }: Gateway): string {
  const [newest] = [...emulator.jobs()].sort((a, b) => b.submitTime - a.submitTime);
  return newest?.invocationArn ?? '';
}
