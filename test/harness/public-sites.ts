import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { generate } from 'selfsigned';
import { launchChromium } from './chromium.ts';

/** A browser that gets an empty https page on a public address for every host but this machine. */
export interface PublicSites {
  open(origin: string, visit?: Visit): Promise<Page>;
  stop(): Promise<void>;
}

export interface Visit {
  /** Whether the user permits the page to reach this machine. */
  readonly mayReachLoopback?: boolean;
}

export async function startPublicSites(): Promise<PublicSites> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'public.example' }]);
  const server = createServer({ key, cert }, (_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>A page</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium([
    `--host-resolver-rules=MAP * ${at}, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    `--ip-address-space-overrides=${at}=public`,
  ]);
  return {
    open: async (origin, { mayReachLoopback = true } = {}) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      if (mayReachLoopback) await context.grantPermissions(['local-network-access'], { origin });
      const page = await context.newPage();
      await page.goto(origin);
      return page;
    },
    stop: async () => {
      await browser.close();
      server.close();
    },
  };
}
