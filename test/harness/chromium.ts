import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** A reason to skip for `describeWhen`, if this machine has no Chromium. */
export const missingChromium = existsSync(CHROMIUM)
  ? undefined
  : `there is no Chromium at ${CHROMIUM}`;

const DISABLED = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];

/** Launches a browser without the background requests to the internet. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', ...DISABLED.map((name) => `--disable-${name}`), ...args],
  });
}

/**
 * A browser tab that reports what must not happen on a page. The tests of a file share one tab,
 * because a new tab compiles a page's scripts again, which takes longer than most tests.
 */
export class Tab {
  readonly page: Page;
  #origin = '';
  readonly #errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error') this.#errors.push(message.text());
    });
    page.on('pageerror', ({ message }) => this.#errors.push(message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== this.#origin) this.#errors.push(request.url());
    });
  }

  /** Console errors, uncaught errors, and requests to other origins, since the last visit. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** Prepares for a page of an origin without opening it. */
  async leave(origin = 'null'): Promise<void> {
    if (this.page.url() !== 'about:blank') await this.page.goto('about:blank');
    this.#origin = origin;
    this.#errors.length = 0;
  }

  /** Opens a page. */
  async visit(url: string): Promise<void> {
    await this.leave(new URL(url).origin);
    await this.page.goto(url);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Opens a tab in a new context, without storage or cache. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  // Without a GPU, animations keep a processor core busy.
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  return new Tab(await context.newPage());
}
