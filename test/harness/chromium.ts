import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** For `describeWhen`: a machine may have no browser. */
export const noChromium = existsSync(CHROMIUM) ? undefined : `there is no Chromium at ${CHROMIUM}`;

const QUIET = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];

/** A browser that asks nothing of the internet by itself. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', ...QUIET.map((name) => `--disable-${name}`), ...args],
  });
}
