import type { Browser, Page } from 'playwright-core';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { LOCAL_DEFAULTS, SERVE_DEFAULTS } from '../../src/config/mode-defaults.ts';
import { readConfig, type Variables } from '../../src/config/read-config.ts';
import { type Server, startServer } from '../../src/server/server.ts';
import { launchChromium, noChromium } from '../harness/chromium.ts';
import { accessibilityProblems, openDashboard, row, rows } from '../harness/dashboard.ts';
import { startIssuer } from '../harness/issuer.ts';
import { describeWhen } from '../harness/describe-when.ts';

/** Longer than the page ever waits before it tries again. */
const LONGEST_WAIT_MS = 20_000;

describeWhen(noChromium, 'the dashboard in trouble', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  async function startEmulator(port = 0): Promise<Emulator> {
    const emulator = await createEmulator({ jobs: 30, port }).start();
    opened.push(() => emulator.destroy());
    return emulator;
  }

  async function startGatewayAt(
    { region, accountId, url }: Emulator,
    variables: Variables = {},
    port = 0,
  ): Promise<Server> {
    const all = {
      PORT: String(port),
      LOG_LEVEL: 'silent',
      UPSTREAM_MAX_ATTEMPTS: '1',
      CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '100',
      AWS_REGION: region,
      AWS_ACCOUNT_ID: accountId,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
      DASHBOARD: 'true',
      ...variables,
    };
    const mode = 'AUTH_ISSUER' in variables ? SERVE_DEFAULTS : LOCAL_DEFAULTS;
    const server = await startServer(readConfig(all, mode), {
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    opened.push(() => server.stop());
    return server;
  }

  async function open(url: string): Promise<Page> {
    const dashboard = await openDashboard(browser, url);
    opened.push(() => dashboard.close());
    return dashboard.page;
  }

  async function start(variables: Variables = {}) {
    const emulator = await startEmulator();
    const server = await startGatewayAt(emulator, variables);
    const page = await open(server.url);
    await rows(page).first().waitFor();
    return { emulator, server, page };
  }

  it.each([
    ['with what was known to go by', { STALE_IF_ERROR_MS: '600000' }],
    ['with nothing to go by', { STALE_IF_ERROR_MS: '0' }],
  ])(
    'says since when Amazon Bedrock cannot be read, %s, and recovers by itself',
    async (_, how) => {
      const { emulator, page } = await start(how);
      const port = Number(new URL(emulator.url).port);
      await emulator.destroy();
      await beatUntil(
        page,
        /Amazon Bedrock could not be read since \d\d:\d\d.*Showing what was known/,
      );
      expect(await rows(page).count()).toBeGreaterThan(10);
      expect(await accessibilityProblems(page)).toEqual([]);
      const again = await startEmulator(port);
      again.addJob({ id: 'aftertheend1' });
      await beatUntil(page, /Amazon Bedrock is back since \d\d:\d\d/);
      await row(page, 'aftertheend1').waitFor();
    },
  );

  it('says that the gateway is gone, and goes on when it has been started again', async () => {
    const { emulator, server, page } = await start();
    const port = Number(new URL(server.url).port);
    await server.stop();
    await beatUntil(page, /The gateway cannot be reached since/);
    expect(await rows(page).count()).toBeGreaterThan(10);
    emulator.addJob({ id: 'aftertheend2' });
    await startGatewayAt(emulator, {}, port);
    await beatUntil(page, /The gateway is back since/);
    await row(page, 'aftertheend2').waitFor();
  });

  it('says that this device is offline at once, and goes on at once', async () => {
    const { emulator, page } = await start();
    await page.context().setOffline(true);
    await banner(page, /This device is offline since/).waitFor();
    emulator.addJob({ id: 'whileoffline' });
    await page.context().setOffline(false);
    await banner(page, /Online again since/).waitFor();
    await row(page, 'whileoffline').waitFor();
  });

  it('waits as long as it is asked to when too much was asked for', async () => {
    const emulator = await startEmulator();
    const server = await startGatewayAt(emulator, { RATE_LIMIT: '150' });
    const page = await open(server.url);
    await rows(page).first().waitFor();
    await page.getByRole('radio', { name: 'Completed' }).check({ force: true });
    await banner(page, /Too much was asked for within a minute. Going on by itself/).waitFor();
    await page.getByText(/going on in \d+ s/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('says that Amazon Bedrock asks to slow down', async () => {
    const { emulator, page } = await start({ STALE_IF_ERROR_MS: '0' });
    const fault = emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    await beatUntil(page, /Amazon Bedrock asks to slow down since/);
    fault.clear();
    await page.clock.runFor(LONGEST_WAIT_MS);
    await page.locator('.banner').waitFor({ state: 'hidden' });
  });

  it('says that it is not allowed', async () => {
    const { emulator, page } = await start({ STALE_IF_ERROR_MS: '0' });
    emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    await beatUntil(page, /Not allowed: Amazon Bedrock does not allow this gateway/);
  });

  it('asks for a token where the gateway does, and forgets it when the page is left', async () => {
    const emulator = await startEmulator();
    const issuer = await startIssuer();
    opened.push(() => issuer.stop());
    const server = await startGatewayAt(emulator, issuer.variables);
    const page = await open(server.url);
    await page.getByLabel('Bearer token').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel('Bearer token').fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The gateway does not accept this token.').waitFor();
    await page.getByLabel('Bearer token').fill(await issuer.sign());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await rows(page).first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
    await page.reload();
    await page.getByLabel('Bearer token').fill(await issuer.sign());
    await page.getByLabel('Keep it until this tab is closed').check();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await rows(page).first().waitFor();
    await page.reload();
    await rows(page).first().waitFor();
  });

  it('is not there where it was not asked for', async () => {
    const emulator = await startEmulator();
    const server = await startGatewayAt(emulator, { DASHBOARD: 'false' });
    expect((await fetch(`${server.url}/`)).status).toBe(404);
  });
});

function banner(page: Page, text: RegExp) {
  return page.locator('.banner').filter({ hasText: text });
}

/** Lets the page's time pass until it says so. */
async function beatUntil(page: Page, text: RegExp): Promise<void> {
  while (!(await banner(page, text).isVisible())) {
    await page.clock.runFor(LONGEST_WAIT_MS / 4);
    await page.evaluate('fetch("/livez").catch(() => undefined)');
  }
}
