import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Element, JSDOM } from 'jsdom';
import { waitFor } from '../harness/wait-for.ts';

export type KitName = 'apollo-client' | 'relay' | 'urql';

const BUILD_ENV = {
  VITE_POLL_MS: '300',
  // Effectively off, so that only the subscription can deliver a change.
  VITE_LIVE_POLL_MS: '3600000',
};

export interface Row {
  readonly arn: string;
  readonly status: string;
}

/** The page of a kit, open in jsdom. */
export interface KitPage {
  rows(): Row[];
  /** The number of rows. Cheaper than `rows`, like `rowAt`. */
  count(): number;
  rowAt(index: number): Row | undefined;
  hasOlder(): boolean;
  alert(): string | null;
  /** Clicks the button for older jobs and waits until they are shown or an error is. */
  older(): Promise<void>;
  choose(label: 'Status' | 'Order', option: string): Promise<void>;
  /** Waits for a condition. Rejects if the page is closed first. */
  until(condition: () => boolean): Promise<void>;
  /** The documents of all HTTP requests so far. */
  readonly requests: readonly string[];
  /** The bodies of all HTTP requests and the messages of all WebSockets so far. */
  readonly sent: readonly string[];
  /** Waits until the page has sent no request for longer than its polling interval. */
  untilQuiet(): Promise<void>;
  /** The errors and warnings that the page logged. */
  readonly consoleErrors: readonly string[];
  close(): void;
}

export function kitFolder(name: KitName): string {
  return new URL(`../../examples/clients/${name}/`, import.meta.url).pathname;
}

const builds = new Map<KitName, Promise<string>>();

/** Builds a kit as usual, once for all suites. */
export function buildKit(name: KitName): Promise<string> {
  const script = builds.get(name) ?? runBuild(name);
  builds.set(name, script);
  return script;
}

/** Runs `npm run build` of a kit, which checks the types, and returns the bundled script. */
export async function runBuild(
  name: KitName,
  variables: Record<string, string> = {},
): Promise<string> {
  const command = spawn('npm', ['run', 'build'], {
    cwd: kitFolder(name),
    env: { ...process.env, NODE_ENV: 'production', ...BUILD_ENV, ...variables },
  });
  let output = '';
  command.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  command.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(command, 'close')) as [number | null];
  if (code !== 0) throw new Error(`building ${name} failed: ${output}`);
  const assets = `${kitFolder(name)}dist/assets/`;
  const [script, ...others] = readdirSync(assets);
  if (script === undefined || others.length > 0)
    throw new Error(`the build of ${name} is not one script`);
  return readFileSync(assets + script, 'utf8');
}

const QUIET_MS = 1000;

/** jsdom has no layout, so nothing scrolls into view. Tests click the button instead. */
class NeverIntersects {
  readonly observe = () => undefined;
  readonly disconnect = () => undefined;
}

export function openKit(script: string, gatewayUrl: string): KitPage {
  const consoleErrors: string[] = [];
  const requests: string[] = [];
  const sent: string[] = [];
  let lastRequestAt = -Infinity;
  const { window } = new JSDOM('<main id="root"></main>', {
    url: gatewayUrl,
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    beforeParse: (page) => {
      const { WebSocket } = page;
      page.WebSocket = class extends WebSocket {
        override send(message: string): void {
          sent.push(message);
          super.send(message);
        }
      };
      Object.assign(page, {
        // The page uses the fetch API of Node.
        fetch: recordAndFetch,
        ...{ AbortController, Headers, Request, Response, TextDecoder, TextEncoder },
        IntersectionObserver: NeverIntersects,
        console: { ...console, error: recordError, warn: recordError },
      });
    },
  });
  function recordAndFetch(input: string, init: RequestInit): Promise<Response> {
    sent.push(init.body as string);
    requests.push((JSON.parse(init.body as string) as { query: string }).query);
    lastRequestAt = performance.now();
    return fetch(new URL(input, gatewayUrl), init);
  }
  function recordError(...words: unknown[]): void {
    consoleErrors.push(words.map(String).join(' '));
  }
  const { document } = window;
  let isOpen = true;
  const untilInPage = async (condition: () => boolean) => {
    await waitFor(() => !isOpen || condition());
    if (!isOpen) throw new Error('the page was closed');
  };
  const items = () => document.getElementsByTagName('li');
  const count = () => items().length;
  const alert = () => document.querySelector('[role=alert]')?.textContent ?? null;
  const button = () => [...document.getElementsByTagName('button')].find(isOlder);
  window.eval(`{${script}}`);
  return {
    consoleErrors,
    requests,
    sent,
    untilQuiet: () => untilInPage(() => performance.now() - lastRequestAt > QUIET_MS),
    rows: () => [...items()].map(toRow),
    count,
    rowAt: (index) => {
      const item = items()[index < 0 ? count() + index : index];
      return item && toRow(item);
    },
    hasOlder: () => button() !== undefined,
    alert,
    older: async () => {
      await untilInPage(() => button()?.disabled === false);
      const before = count();
      button()?.click();
      // React renders the effect of a click before the next task.
      await setImmediate();
      await untilInPage(
        () => button()?.disabled !== true && (count() !== before || alert() !== null),
      );
    },
    choose: async (label, option) => {
      const select = () => document.querySelector(`select[aria-label=${label}]`);
      await untilInPage(() => select() !== null);
      Object.assign(select() ?? {}, { value: option });
      select()?.dispatchEvent(new window.Event('change', { bubbles: true }));
    },
    until: untilInPage,
    close: () => {
      isOpen = false;
      window.close();
    },
  };
}

function isOlder({ textContent }: Element): boolean {
  return textContent === 'Older';
}

function toRow(item: Element): Row {
  const text = (name: string) => item.getElementsByTagName(name)[0]?.textContent ?? '';
  return { arn: text('code'), status: text('strong') };
}
