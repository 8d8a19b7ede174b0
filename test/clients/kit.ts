import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Element, JSDOM } from 'jsdom';
import { waitFor } from '../harness/wait-for.ts';

export type KitName = 'apollo-client' | 'relay' | 'urql';

const SETTINGS = {
  VITE_POLL_MS: '300',
  // What is told as it happens is not to be found by a look now and then.
  VITE_LIVE_POLL_MS: '3600000',
};

export interface Row {
  readonly arn: string;
  readonly status: string;
}

/** A kit's page as it is open in a browser. */
export interface KitPage {
  rows(): Row[];
  /** How many rows there are, and one of them: cheaper than all of them. */
  count(): number;
  rowAt(index: number): Row | undefined;
  hasOlder(): boolean;
  alert(): string | null;
  /** Presses the button for older jobs, and waits until it has done its work. */
  older(): Promise<void>;
  choose(label: 'Status' | 'Order', option: string): Promise<void>;
  /** Waits for a condition for as long as the page is open. */
  until(condition: () => boolean): Promise<void>;
  /** What it has asked for over HTTP, as documents. */
  readonly requests: readonly string[];
  /** Waits until it has asked for nothing for longer than it would if it polled. */
  untilQuiet(): Promise<void>;
  /** What went wrong in it without being shown. */
  readonly complaints: readonly string[];
  close(): void;
}

export function kitFolder(name: KitName): string {
  return new URL(`../../examples/clients/${name}/`, import.meta.url).pathname;
}

const builds = new Map<KitName, Promise<string>>();

/** What its own `npm run build` makes of it, types checked: one script. */
export function buildKit(name: KitName): Promise<string> {
  const script = builds.get(name) ?? build(name);
  builds.set(name, script);
  return script;
}

async function build(name: KitName): Promise<string> {
  const command = spawn('npm', ['run', 'build'], {
    cwd: kitFolder(name),
    env: { ...process.env, NODE_ENV: 'production', ...SETTINGS },
  });
  let output = '';
  command.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  command.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(command, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} cannot be built: ${output}`);
  const assets = `${kitFolder(name)}dist/assets/`;
  const [script, ...others] = readdirSync(assets);
  if (script === undefined || others.length > 0) throw new Error(`${name} is not one script`);
  return readFileSync(assets + script, 'utf8');
}

const QUIET_MS = 1000;

/** jsdom has no layout, so nothing ever scrolls into view there: buttons are pressed. */
class NeverSeen {
  readonly observe = () => undefined;
  readonly disconnect = () => undefined;
}

export function openKit(script: string, gatewayUrl: string): KitPage {
  const complaints: string[] = [];
  const requests: string[] = [];
  let askedAt = -Infinity;
  const { window } = new JSDOM('<main id="root"></main>', {
    url: gatewayUrl,
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    beforeParse: (page) => {
      Object.assign(page, {
        // Requests, and what they are made of, are Node's.
        fetch: ask,
        ...{ AbortController, Headers, Request, Response, TextDecoder, TextEncoder },
        IntersectionObserver: NeverSeen,
        console: { ...console, error: complain, warn: complain },
      });
    },
  });
  function ask(input: string, init: RequestInit): Promise<Response> {
    requests.push((JSON.parse(init.body as string) as { query: string }).query);
    askedAt = performance.now();
    return fetch(new URL(input, gatewayUrl), init);
  }
  function complain(...words: unknown[]): void {
    complaints.push(words.map(String).join(' '));
  }
  const { document } = window;
  let isOpen = true;
  const untilHere = async (condition: () => boolean) => {
    await waitFor(() => !isOpen || condition());
    if (!isOpen) throw new Error('the page was closed');
  };
  const items = () => document.getElementsByTagName('li');
  const count = () => items().length;
  const alert = () => document.querySelector('[role=alert]')?.textContent ?? null;
  const button = () => [...document.getElementsByTagName('button')].find(isOlder);
  window.eval(`{${script}}`);
  return {
    complaints,
    requests,
    untilQuiet: () => untilHere(() => performance.now() - askedAt > QUIET_MS),
    rows: () => [...items()].map(toRow),
    count,
    rowAt: (index) => {
      const item = items()[index < 0 ? count() + index : index];
      return item && toRow(item);
    },
    hasOlder: () => button() !== undefined,
    alert,
    older: async () => {
      await untilHere(() => button()?.disabled === false);
      const before = count();
      button()?.click();
      // React shows what a click changes before the next task.
      await setImmediate();
      await untilHere(
        () => button()?.disabled !== true && (count() !== before || alert() !== null),
      );
    },
    choose: async (label, option) => {
      const select = () => document.querySelector(`select[aria-label=${label}]`);
      await untilHere(() => select() !== null);
      Object.assign(select() ?? {}, { value: option });
      select()?.dispatchEvent(new window.Event('change', { bubbles: true }));
    },
    until: untilHere,
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
