import type { Job } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { waitForAsync } from '../harness/wait-for.ts';
import {
  arns,
  MINUTE,
  newestFirst,
  PAGE_SIZE,
  SLOW_MACHINE_SETTINGS,
  TEST_TIMEOUT_MS,
} from './kit-suite.ts';
import { type FlakyProxy, startFlakyProxy } from './flaky-proxy.ts';
import { buildKit, type KitName, type KitPage, openKit } from './kit.ts';

const FAST_POLLING = {
  ...SLOW_MACHINE_SETTINGS,
  POLL_INTERVAL_MIN_MS: '100',
  POLL_INTERVAL_MAX_MS: '300',
};

const listsIn = (requests: readonly string[]) =>
  requests.filter((query) => query.includes('asyncInvokes('));

/** Tests of every kit with a gateway that sends changes over a WebSocket. */
export function itFollowsJobs(name: KitName): void {
  let script: string;
  let gateway: Gateway;
  let proxy: FlakyProxy;
  let page: KitPage;
  let now: number;

  beforeAll(async () => {
    script = await buildKit(name);
  }, TEST_TIMEOUT_MS);
  beforeEach(async () => {
    now = Date.now();
    gateway = await startGateway({ emulator: { clock: () => now }, variables: FAST_POLLING });
    proxy = await startFlakyProxy(gateway.url);
  });
  afterEach(async () => {
    page.close();
    await proxy.close();
    await gateway.stop();
    expect(page.consoleErrors).toEqual([]);
  });

  const { addEnded, addRunning, end } = {
    addEnded: (count: number) => {
      for (let n = 0; n < count; n += 1) {
        now += 1;
        gateway.emulator.addJob({ outcome: 'Completed', endTime: now });
      }
    },
    addRunning: () => {
      now += 1;
      return gateway.emulator.addJob({ endTime: now + 1000 * MINUTE });
    },
    end: (...jobs: Job[]) => {
      now += MINUTE;
      for (const job of jobs) Object.assign(job, { endTime: now });
    },
  };
  const statusOf = ({ invocationArn }: Job) =>
    page.rows().find(({ arn }) => arn === invocationArn)?.status;
  const hasEnded = (...jobs: Job[]) => jobs.every((job) => statusOf(job) === 'COMPLETED');

  /** Opens a page and waits until it has the jobs in progress and sends no more requests. */
  async function open(): Promise<void> {
    page = openKit(script, proxy.url);
    await page.until(() => page.count() > 0);
    await untilSubscribed();
  }

  async function untilSubscribed(): Promise<void> {
    await waitForAsync(async () => {
      const metrics = await (await fetch(`${proxy.url}/metrics`)).text();
      return /^graphql_subscription_events_total\{.*\} [1-9]/m.test(metrics);
    });
    await page.untilQuiet();
  }

  it(
    'updates the rows of jobs that end, on any page, without a request',
    async () => {
      const below = addRunning();
      addEnded(1.5 * PAGE_SIZE);
      const above = addRunning();
      addEnded(PAGE_SIZE / 2);
      await open();
      await page.older();
      await page.older();
      expect([statusOf(below), statusOf(above)]).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
      const requests = [...page.requests];
      end(below, above);
      await page.until(() => hasEnded(below, above));
      expect(page.requests).toEqual(requests);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    TEST_TIMEOUT_MS,
  );

  it.each(['DESC', 'ASC'])(
    'adds a burst of new jobs with few requests and keeps its pages (%s)',
    async (order) => {
      const shown = () => (order === 'ASC' ? arns(page).reverse() : arns(page));
      addRunning();
      addEnded(3 * PAGE_SIZE);
      await open();
      await page.choose('Order', order);
      await page.until(() => shown()[0] === newestFirst(gateway.emulator)[0]);
      await page.older();
      await page.untilQuiet();
      const listCount = listsIn(page.requests).length;
      const first = addRunning();
      addEnded(1.5 * PAGE_SIZE);
      await page.until(() => page.count() === 3.5 * PAGE_SIZE + 1);
      expect(shown()).toEqual(newestFirst(gateway.emulator).slice(0, page.count()));
      expect(listsIn(page.requests).length - listCount).toBeLessThan(10);
      await page.untilQuiet();
      const requests = [...page.requests];
      end(first);
      await page.until(() => hasEnded(first));
      expect(page.requests).toEqual(requests);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'reconnects after a restart of the gateway and shows the missed changes',
    async () => {
      const ends = addRunning();
      addEnded(1.5 * PAGE_SIZE);
      await open();
      await page.older();
      await gateway.restart(() => {
        end(ends);
        addEnded(1);
      });
      const stays = addRunning();
      await page.until(() => hasEnded(ends) && statusOf(stays) === 'IN_PROGRESS');
      await untilSubscribed();
      const requests = [...page.requests];
      end(stays);
      await page.until(() => hasEnded(stays));
      expect(page.requests).toEqual(requests);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'replaces a dead connection that was never closed',
    async () => {
      const ends = addRunning();
      await open();
      proxy.dropTraffic();
      end(ends);
      await page.until(() => hasEnded(ends));
      const next = addRunning();
      await page.until(() => statusOf(next) === 'IN_PROGRESS');
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    TEST_TIMEOUT_MS,
  );
}
