import type { Emulator, Job } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { typeErrorsWhere } from './kit-types.ts';
import { buildKit, type KitName, type KitPage, openKit } from './kit.ts';

/** More than two upstream pages, which hold 1,000 rows each. */
const JOBS = 2500;
export const PAGE_SIZE = 200;
export const MINUTE = 60_000;
/** Allows for a busy machine. On a quiet one a test takes a tenth of this. */
export const TEST_TIMEOUT_MS = 2 * MINUTE;

/** The page renders in this process, which delays the gateway and the emulator. */
export const SLOW_MACHINE_SETTINGS = {
  RATE_LIMIT: 'off',
  MAX_EVENT_LOOP_DELAY_MS: '0',
  REQUEST_TIMEOUT_MS: '60000',
  UPSTREAM_ATTEMPT_TIMEOUT_MS: '20000',
};

/** Returns the ARNs in the default order of the graph: newest submit time first, then by ARN. */
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

/** Tests of every kit with the real gateway and the emulator, over HTTP, without subscriptions. */
export function itPagesTheList(name: KitName): void {
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
      variables: { ...SLOW_MACHINE_SETTINGS, MAX_SUBSCRIPTIONS: '0' },
    });
  }, TEST_TIMEOUT_MS);
  beforeEach(() => {
    page = openKit(script, gateway.url);
  });
  afterEach(() => {
    page.close();
    gateway.emulator.clearFaults();
    expect(page.consoleErrors).toEqual([]);
  });
  afterAll(async () => {
    await gateway.stop();
  }, TEST_TIMEOUT_MS);

  it(
    'pages forward to the end of the list, each job once, in order',
    async () => {
      await readAll(page);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'pages backward to the start of the list, each job once, in order',
    async () => {
      const [newest] = newestFirst(gateway.emulator);
      await page.choose('Order', 'ASC');
      await page.until(() => page.rowAt(-1)?.arn === newest);
      await readAll(page);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).reverse());
    },
    TEST_TIMEOUT_MS,
  );

  it.each([
    ['FAILED', 'forward', 'DESC'],
    ['FAILED', 'backward', 'ASC'],
  ])(
    'filters by status %s, paging %s, and keeps the list of all jobs',
    async (status, _direction, order) => {
      await page.until(() => page.count() === PAGE_SIZE);
      await page.older();
      const newest = page.rowAt(0)?.arn;
      await page.choose('Status', status);
      await page.choose('Order', order);
      await page.until(() => page.count() > 0 && page.rowAt(0)?.arn !== newest);
      await readAll(page);
      const failed = newestFirst(gateway.emulator, hasFailed);
      expect(arns(page)).toEqual(order === 'ASC' ? failed.reverse() : failed);
      expect(failed.length).toBeGreaterThan(PAGE_SIZE / 2);
      await page.choose('Status', '');
      await page.choose('Order', 'DESC');
      await page.until(() => page.rowAt(0)?.arn === newest);
      expect(page.count()).toBeGreaterThanOrEqual(PAGE_SIZE);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, page.count()));
    },
    TEST_TIMEOUT_MS,
  );

  it.each(['DESC', 'ASC'])(
    'adds a new job and keeps its pages (%s)',
    async (order) => {
      await page.choose('Order', order);
      const [newest] = newestFirst(gateway.emulator);
      await page.until(() => page.rowAt(order === 'ASC' ? -1 : 0)?.arn === newest);
      await page.older();
      await page.older();
      now += MINUTE;
      gateway.emulator.addJob({ outcome: 'Completed', endTime: now });
      await page.until(() => page.count() > 3 * PAGE_SIZE);
      const expected = newestFirst(gateway.emulator).slice(0, 3 * PAGE_SIZE + 1);
      expect(arns(page)).toEqual(order === 'ASC' ? expected.reverse() : expected);
      await page.older();
      expect(page.rows()).toHaveLength(4 * PAGE_SIZE + 1);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'shows all new jobs when there are more than a page holds',
    async () => {
      await page.until(() => page.count() === PAGE_SIZE);
      now += MINUTE;
      for (let n = 0; n < 2.5 * PAGE_SIZE; n += 1) {
        gateway.emulator.addJob({ submitTime: now + n, outcome: 'Completed', endTime: now + n });
      }
      now += MINUTE;
      await page.until(() => page.count() === 3.5 * PAGE_SIZE);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, 3.5 * PAGE_SIZE));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'updates the row of a job that ends on a later page',
    async () => {
      now += MINUTE;
      const { invocationArn } = gateway.emulator.addJob({ endTime: now + MINUTE });
      for (let n = 1; n <= 1.5 * PAGE_SIZE; n += 1) {
        gateway.emulator.addJob({ submitTime: now + n, outcome: 'Completed', endTime: now + n });
      }
      now += MINUTE / 2;
      const status = () => page.rows().find(({ arn }) => arn === invocationArn)?.status;
      await page.until(() => page.count() >= PAGE_SIZE && page.hasOlder());
      await page.older();
      expect(status()).toBe('IN_PROGRESS');
      now += MINUTE;
      await page.until(() => status() === 'COMPLETED');
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, page.count()));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'keeps its list and shows an error when a page fails, and continues on retry',
    async () => {
      await page.until(() => page.count() === PAGE_SIZE);
      gateway.emulator.inject({
        kind: 'error',
        type: 'AccessDeniedException',
        status: 403,
      });
      await page.older();
      await page.until(() => page.alert() !== null);
      expect(page.rows()).toHaveLength(PAGE_SIZE);
      gateway.emulator.clearFaults();
      await page.older();
      await page.until(() => page.alert() === null);
      expect(arns(page)).toEqual(newestFirst(gateway.emulator).slice(0, 2 * PAGE_SIZE));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'masks its fragments: the list cannot read the fields of a row',
    () => {
      expect(typeErrorsWhere(name, 'node?.status ===', 'node?.status ===')).toEqual([]);
      expect(typeErrorsWhere(name, 'node?.status ===', 'node?.failureMessage ===')).toEqual([
        expect.stringMatching(/^Property 'failureMessage' does not exist on type/),
      ]);
    },
    TEST_TIMEOUT_MS,
  );
}
