import type { Job } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { waitForAsync } from '../harness/wait-for.ts';
import { arns, MINUTE, newestFirst, PAGE, PATIENCE, PATIENT } from './kit-suite.ts';
import { buildKit, type KitName, type KitPage, openKit } from './kit.ts';
import { startLine, type Line } from './line.ts';

const FAST = { ...PATIENT, POLL_INTERVAL_MIN_MS: '100', POLL_INTERVAL_MAX_MS: '300' };

const listsIn = (requests: readonly string[]) =>
  requests.filter((query) => query.includes('asyncInvokes('));

/** What every kit promises where the gateway tells of changes over a WebSocket. */
export function itFollowsJobs(name: KitName): void {
  let script: string;
  let gateway: Gateway;
  let line: Line;
  let page: KitPage;
  let now: number;

  beforeAll(async () => {
    script = await buildKit(name);
  }, PATIENCE);
  beforeEach(async () => {
    now = Date.now();
    gateway = await startGateway({ emulator: { clock: () => now }, variables: FAST });
    line = await startLine(gateway.url);
  });
  afterEach(async () => {
    page.close();
    await line.close();
    await gateway.stop();
    expect(page.complaints).toEqual([]);
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

  /** A page that has been told where the jobs in progress stand, and has nothing left to ask for. */
  async function open(): Promise<void> {
    page = openKit(script, line.url);
    await page.until(() => page.count() > 0);
    await untilTold();
  }

  async function untilTold(): Promise<void> {
    await waitForAsync(async () => {
      const metrics = await (await fetch(`${line.url}/metrics`)).text();
      return /^graphql_subscription_events_total\{.*\} [1-9]/m.test(metrics);
    });
    await page.untilQuiet();
  }

  it(
    'shows in their rows, on whatever page, that jobs have ended, and asks for nothing',
    async () => {
      const below = addRunning();
      addEnded(1.5 * PAGE);
      const above = addRunning();
      addEnded(PAGE / 2);
      await open();
      await page.older();
      await page.older();
      expect([statusOf(below), statusOf(above)]).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
      const asked = [...page.requests];
      end(below, above);
      await page.until(() => hasEnded(below, above));
      expect(page.requests).toEqual(asked);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    PATIENCE,
  );

  it.each(['DESC', 'ASC'])(
    'shows new jobs as they come, by reading on once for many, and keeps the pages that it has read (%s)',
    async (order) => {
      const shown = () => (order === 'ASC' ? arns(page).reverse() : arns(page));
      addRunning();
      addEnded(3 * PAGE);
      await open();
      await page.choose('Order', order);
      await page.until(() => shown()[0] === newestFirst(gateway.emulator)[0]);
      await page.older();
      await page.untilQuiet();
      const asked = listsIn(page.requests).length;
      const first = addRunning();
      addEnded(1.5 * PAGE);
      await page.until(() => page.count() === 3.5 * PAGE + 1);
      expect(shown()).toEqual(newestFirst(gateway.emulator).slice(0, page.count()));
      expect(listsIn(page.requests).length - asked).toBeLessThan(10);
      await page.untilQuiet();
      const askedForAll = [...page.requests];
      end(first);
      await page.until(() => hasEnded(first));
      expect(page.requests).toEqual(askedForAll);
    },
    PATIENCE,
  );

  it(
    'goes on by itself when the gateway was away, with what it has missed',
    async () => {
      const ends = addRunning();
      addEnded(1.5 * PAGE);
      await open();
      await page.older();
      await gateway.restart(() => {
        end(ends);
        addEnded(1);
      });
      const stays = addRunning();
      await page.until(() => hasEnded(ends) && statusOf(stays) === 'IN_PROGRESS');
      await untilTold();
      const asked = [...page.requests];
      end(stays);
      await page.until(() => hasEnded(stays));
      expect(page.requests).toEqual(asked);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    PATIENCE,
  );

  it(
    'leaves a connection that is dead without a word for another',
    async () => {
      const ends = addRunning();
      await open();
      line.silence();
      end(ends);
      await page.until(() => hasEnded(ends));
      const next = addRunning();
      await page.until(() => statusOf(next) === 'IN_PROGRESS');
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    PATIENCE,
  );
}
