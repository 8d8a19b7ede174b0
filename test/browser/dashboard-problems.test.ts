import type { Browser } from 'playwright-core';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { LOCAL_DEFAULTS, SERVE_DEFAULTS } from '../../src/config/mode-defaults.ts';
import { readConfig, type Variables } from '../../src/config/read-config.ts';
import { type Server, startServer } from '../../src/server/server.ts';
import { launchChromium, missingChromium, type Tab } from '../harness/chromium.ts';
import {
  accessibilityViolations,
  advanceToRefresh,
  openDashboardTab,
  row,
  rows,
  visitDashboard,
} from '../harness/dashboard.ts';
import { startIssuer } from '../harness/issuer.ts';
import { describeWhen } from '../harness/describe-when.ts';

/** Shorter than the notice of a recovery, so that no step skips it. */
const STEP_MS = 5000;

describeWhen(missingChromium, 'the dashboard in case of problems', () => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await launchChromium();
    tab = await openDashboardTab(browser);
  });
  afterAll(() => browser.close());

  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await tab.leave();
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

  async function start(variables: Variables = {}) {
    const emulator = await startEmulator();
    const server = await startGatewayAt(emulator, variables);
    await visitDashboard(tab, server.url);
    await rows(tab.page).first().waitFor();
    return { emulator, server, page: tab.page };
  }

  it.each([
    ['cached jobs', { STALE_IF_ERROR_MS: '600000' }],
    ['no cached jobs', { STALE_IF_ERROR_MS: '0' }],
  ])(
    'reports since when Amazon Bedrock is unavailable, and recovers: the gateway has %s',
    async (_, variables) => {
      const { emulator, page } = await start(variables);
      const port = Number(new URL(emulator.url).port);
      await emulator.destroy();
      await advanceUntilBanner(
        /Amazon Bedrock has been unavailable since \d\d:\d\d.*may be out of date/,
      );
      expect(await rows(page).count()).toBeGreaterThan(10);
      expect(await accessibilityViolations(page)).toEqual([]);
      const restarted = await startEmulator(port);
      restarted.addJob({ id: 'aftertheend1' });
      await advanceUntilBanner(/Amazon Bedrock became available again at \d\d:\d\d/);
      await row(page, 'aftertheend1').waitFor();
    },
  );

  it('reports that the gateway is unreachable, and continues after its restart', async () => {
    const { emulator, server, page } = await start();
    const port = Number(new URL(server.url).port);
    await server.stop();
    await advanceUntilBanner(/The gateway has been unreachable since/);
    expect(await rows(page).count()).toBeGreaterThan(10);
    emulator.addJob({ id: 'aftertheend2' });
    await startGatewayAt(emulator, {}, port);
    await advanceUntilBanner(/The gateway became available again at/);
    await row(page, 'aftertheend2').waitFor();
  });

  it('reports at once that the device is offline, and continues at once', async () => {
    const { emulator, page } = await start();
    const context = page.context();
    opened.push(() => context.setOffline(false));
    await context.setOffline(true);
    await banner(/You have been offline since/).waitFor();
    emulator.addJob({ id: 'whileoffline' });
    await context.setOffline(false);
    await banner(/You came back online at/).waitFor();
    await row(page, 'whileoffline').waitFor();
    expect(await rows(page).count()).toBeGreaterThan(10);
  });

  it('waits as long as the rate limit requires', async () => {
    const { page } = await start({ RATE_LIMIT: '150' });
    await page.getByRole('radio', { name: 'Completed' }).check({ force: true });
    await banner(/Rate limit exceeded. Retrying automatically/).waitFor();
    await page.getByText(/retrying in \d+ s/).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('reports that Amazon Bedrock throttles requests, until it stops', async () => {
    const { emulator, page } = await start({ STALE_IF_ERROR_MS: '0' });
    const fault = emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    await advanceUntilBanner(/Amazon Bedrock has been throttling requests since/);
    fault.clear();
    await advanceToRefresh(page);
    await page.locator('.banner').waitFor({ state: 'hidden' });
    expect(await rows(page).count()).toBeGreaterThan(10);
  });

  it('reports that access is denied', async () => {
    const { emulator } = await start({ STALE_IF_ERROR_MS: '0' });
    emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    await advanceUntilBanner(/Access denied: Amazon Bedrock/);
    expect(
      await banner(/Access denied/)
        .getByRole('button', { name: 'Try now' })
        .count(),
    ).toBe(1);
  });

  it('asks for a token, and stores it only if the user wants that', async () => {
    const emulator = await startEmulator();
    const issuer = await startIssuer();
    opened.push(() => issuer.stop());
    const server = await startGatewayAt(emulator, issuer.variables);
    const { page } = tab;
    const signIn = async (token: string) => {
      await page.getByLabel('Bearer token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await visitDashboard(tab, server.url);
    await page.getByLabel('Bearer token').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await signIn('not-a-token');
    await page.getByText('The gateway rejected this token.').waitFor();
    await signIn(await issuer.sign());
    await rows(page).first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
    await page.reload();
    await page.getByLabel('Remember until this tab is closed').check();
    await signIn(await issuer.sign());
    await rows(page).first().waitFor();
    await page.reload();
    await rows(page).first().waitFor();
  });

  it('does not exist where it is not enabled', async () => {
    const emulator = await startEmulator();
    const server = await startGatewayAt(emulator, { DASHBOARD: 'false' });
    expect((await fetch(`${server.url}/`)).status).toBe(404);
  });

  function banner(text: RegExp) {
    return tab.page.locator('.banner').filter({ hasText: text });
  }

  /** Advances the page's time until the banner shows the text. */
  async function advanceUntilBanner(text: RegExp): Promise<void> {
    while (!(await banner(text).isVisible())) {
      await tab.page.clock.fastForward(STEP_MS);
      // Lets pending requests end.
      await tab.page.evaluate('fetch("/livez").catch(() => undefined)');
    }
  }
});
