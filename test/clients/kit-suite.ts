import type { Emulator, Job } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { typeErrorsWhere } from './kit-types.ts';
import { buildKit, type KitName, type KitPage, openKit } from './kit.ts';

const JOBS = 2500;
export const PAGE = 200;
export const MINUTE = 60_000;
/** On a machine that has much else to do; a quiet one takes a tenth. */
export const PATIENCE = 2 * MINUTE;

/** The page renders in this process too, which holds up whoever else does. */
export const PATIENT = {
  RATE_LIMIT: 'off',
  MAX_EVENT_LOOP_DELAY_MS: '0',
  REQUEST_TIMEOUT_MS: '60000',
  UPSTREAM_ATTEMPT_TIMEOUT_MS: '20000',
};

/** In the total order of the graph, turned round: by submit time, then by ARN. */
export function newestFirst(
  emulator: Emulator,
  matches: (job: Job) => boolean = () => true,
): string[] {
  return emulator
    .jobs()
    .filter(matches)
    .sort((a, b) => b.submitTime - a.submitTime || (a.invocationArn < b.invocationArn ? 1 : -1))
    .map(({ invocationArn }) => invocationArn);
}

export const arns = (page: KitPage) => page.rows().map(({ arn }) => arn);

async function readAll(page: KitPage): Promise<void> {
  await page.until(() => page.count() > 0);
  while (page.hasOlder()) {
    await page.older();
    expect(page.alert()).toBeNull();
  }
}

/** What every kit promises, read off its page, over HTTP from the real gateway and the emulator, where nobody may subscribe. */
export function itKeepsTheList(name: KitName): void {
  let script: string;
  let gateway: Gateway;
  let now = Date.now();
  let page: KitPage;
  const hasFailed = ({ outcome, endTime = Infinity }: Job) =>
    outcome === 'Failed' && endTime <= now;

  beforeAll(async () => {
    script = await buildKit(name);
    gateway = await startGateway({
      emulator: { jobs: JOBS, clock: () => now },
      variables: { ...PATIENT, MAX_SUBSCRIPTIONS: '0' },
    });
  }, PATIENCE);
  beforeEach(() => {
    page = openKit(script, gateway.url);
  });
  afterEach(() => {
    page.close();
    gateway.emulator.clearFaults();
    expect(page.complaints).toEqual([]);
  });
  afterAll(async () => {
    await gateway.stop();
  }, PATIENCE);

  it(
    'reads forward to the end of the list, each job once, in order',
    async () => {
      await readAll(page);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    PATIENCE,
  );

  it(
    'reads backward to the start of the list, each job once, in order',
    async () => {
      const [newest] = newestFirst(gateway.emulator);
      await page.choose('Order', 'ASC');
      await page.until(() => page.rowAt(-1)?.arn === newest);
      await readAll(page);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).reverse());
    },
    PATIENCE,
  );

  it.each([
    ['FAILED', 'forward', 'DESC'],
    ['FAILED', 'backward', 'ASC'],
  ])(
    'reads the jobs that are %s alone, %s, beside the list of all',
    async (status, _way, order) => {
      await page.until(() => page.count() === PAGE);
      await page.older();
      const newest = page.rowAt(0)?.arn;
      await page.choose('Status', status);
      await page.choose('Order', order);
      await page.until(() => page.count() > 0 && page.rowAt(0)?.arn !== newest);
      await readAll(page);
      const failed = newestFirst(gateway.emulator, hasFailed);
      expect(arns(page)).toEqual(order === 'ASC' ? failed.reverse() : failed);
      expect(failed.length).toBeGreaterThan(PAGE / 2);
      await page.choose('Status', '');
      await page.choose('Order', 'DESC');
      await page.until(() => page.rowAt(0)?.arn === newest);
      expect(page.count()).toBeGreaterThanOrEqual(PAGE);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, page.count()));
    },
    PATIENCE,
  );

  it.each(['DESC', 'ASC'])(
    'shows a new job when it comes, and keeps the pages that it has read (%s)',
    async (order) => {
      await page.choose('Order', order);
      const [newest] = newestFirst(gateway.emulator);
      await page.until(() => page.rowAt(order === 'ASC' ? -1 : 0)?.arn === newest);
      await page.older();
      await page.older();
      now += MINUTE;
      gateway.emulator.addJob({ outcome: 'Completed', endTime: now });
      await page.until(() => page.count() > 3 * PAGE);
      const expected = newestFirst(gateway.emulator).slice(0, 3 * PAGE + 1);
      expect(arns(page)).toEqual(order === 'ASC' ? expected.reverse() : expected);
      await page.older();
      expect(page.rows()).toHaveLength(4 * PAGE + 1);
    },
    PATIENCE,
  );

  it(
    'shows every one of more new jobs than a page holds',
    async () => {
      await page.until(() => page.count() === PAGE);
      now += MINUTE;
      for (let n = 0; n < 2.5 * PAGE; n += 1) {
        gateway.emulator.addJob({ submitTime: now + n, outcome: 'Completed', endTime: now + n });
      }
      now += MINUTE;
      await page.until(() => page.count() === 3.5 * PAGE);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, 3.5 * PAGE));
    },
    PATIENCE,
  );

  it(
    'shows in its row that a job has ended, also far down the list',
    async () => {
      now += MINUTE;
      const { invocationArn } = gateway.emulator.addJob({ endTime: now + MINUTE });
      for (let n = 1; n <= 1.5 * PAGE; n += 1) {
        gateway.emulator.addJob({ submitTime: now + n, outcome: 'Completed', endTime: now + n });
      }
      now += MINUTE / 2;
      const status = () => page.rows().find(({ arn }) => arn === invocationArn)?.status;
      await page.until(() => page.count() >= PAGE && page.hasOlder());
      await page.older();
      expect(status()).toBe('IN_PROGRESS');
      now += MINUTE;
      await page.until(() => status() === 'COMPLETED');
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, page.count()));
    },
    PATIENCE,
  );

  it(
    'keeps its list when a page cannot be read, says so, and goes on when it is asked again',
    async () => {
      await page.until(() => page.count() === PAGE);
      gateway.emulator.inject({
        kind: 'error',
        type: 'AccessDeniedException',
        status: 403,
      });
      await page.older();
      await page.until(() => page.alert() !== null);
      expect(page.rows()).toHaveLength(PAGE);
      gateway.emulator.clearFaults();
      await page.older();
      await page.until(() => page.alert() === null);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, 2 * PAGE));
    },
    PATIENCE,
  );

  it(
    'masks its fragments: the list cannot read what a row asks for',
    () => {
      expect(typeErrorsWhere(name, 'node?.status ===', 'node?.status ===')).toEqual([]);
      expect(typeErrorsWhere(name, 'node?.status ===', 'node?.failureMessage ===')).toEqual([
        expect.stringMatching(/^Property 'failureMessage' does not exist on type/),
      ]);
    },
    PATIENCE,
  );
}
