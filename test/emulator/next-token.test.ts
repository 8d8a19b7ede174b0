import type { Emulator } from '../../src/emulator/emulator.ts';
import {
  arns,
  call,
  destroyEmulators,
  list,
  listPages,
  MINUTE,
  NOON,
  search,
  startEmulator,
  TestClock,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

async function listError(emulator: Emulator, query: Record<string, string>) {
  const { status, type, message } = await call(emulator, `/async-invoke?${search(query)}`);
  return { status, type, message };
}

async function firstToken(emulator: Emulator, query: Record<string, string> = {}): Promise<string> {
  const { nextToken } = await list(emulator, { maxResults: '2', ...query });
  if (nextToken === undefined) throw new Error('there is no second page');
  return nextToken;
}

describe('nextToken', () => {
  it.each(['Ascending', 'Descending'])(
    'returns every job exactly once across pages, %s',
    async (sortOrder) => {
      const emulator = await startEmulator({ jobs: 203, knobs: { ties: 'independent' } });
      const whole = await list(emulator, { sortOrder, maxResults: '1000' });
      const pages = await listPages(emulator, { sortOrder, maxResults: '10' });
      expect(pages).toHaveLength(21);
      expect(arns(...pages)).toEqual(arns(whole));
      expect(new Set(arns(whole)).size).toBe(203);
    },
  );

  it('keeps the position of a nextToken when newer and older jobs arrive', async () => {
    const emulator = await startEmulator({ jobs: 9 });
    const expected = arns(await list(emulator)).slice(2);
    const nextToken = await firstToken(emulator);
    emulator.addJob({ submitTime: NOON + 1 });
    const older = emulator.addJob({ submitTime: NOON - 30 * 24 * 60 * MINUTE }).invocationArn;
    expect(arns(await list(emulator, { nextToken }))).toEqual([...expected, older]);
  });

  it('keeps the position of a nextToken among jobs of equal submit time', async () => {
    const emulator = await startEmulator();
    for (let count = 0; count < 30; count++) emulator.addJob({ submitTime: NOON });
    const pages = await listPages(emulator, { maxResults: '7' });
    expect(new Set(arns(...pages)).size).toBe(30);
    expect(arns(...pages)).toHaveLength(30);
  });

  it('accepts a nextToken with another maxResults', async () => {
    const emulator = await startEmulator({ jobs: 9 });
    const nextToken = await firstToken(emulator);
    expect(arns(await list(emulator, { nextToken, maxResults: '5' }))).toHaveLength(5);
  });

  it.each([
    { sortOrder: 'Ascending' },
    { statusEquals: 'Completed' },
    { submitTimeAfter: '2026-01-01T00:00:00Z' },
    { submitTimeBefore: '2027-01-01T00:00:00Z' },
  ])('rejects the nextToken of another listing: %j', async (change) => {
    const emulator = await startEmulator({ jobs: 9 });
    const nextToken = await firstToken(emulator);
    expect(await listError(emulator, { nextToken, ...change })).toEqual({
      status: 400,
      type: 'ValidationException',
      message: 'The provided nextToken is not valid for this request.',
    });
  });

  it('accepts a nextToken when defaults are written out', async () => {
    const emulator = await startEmulator({ jobs: 9 });
    const nextToken = await firstToken(emulator);
    const query = { nextToken, sortOrder: 'Descending', sortBy: 'SubmissionTime' };
    expect(arns(await list(emulator, query))).toHaveLength(7);
  });

  it.each([
    [
      'one character is changed',
      (token: string) => token.slice(0, 40) + flip(token.charAt(40)) + token.slice(41),
    ],
    ['it is truncated', (token: string) => token.slice(0, -4)],
    ['it is extended', (token: string) => `${token}AAAA`],
    ['it is padded', (token: string) => `${token}=`],
    ['it is fabricated', () => 'bm90LWEtdG9rZW4'],
    ['it is not base64url', () => '***'],
  ])('rejects a nextToken when %s', async (_how, damage) => {
    const emulator = await startEmulator({ jobs: 9 });
    const nextToken = damage(await firstToken(emulator));
    expect(await listError(emulator, { nextToken })).toMatchObject({ type: 'ValidationException' });
  });

  it('rejects the nextToken of another account', async () => {
    const emulator = await startEmulator({ jobs: 9 });
    const other = await startEmulator({ jobs: 9, accountId: '999988887777' });
    const nextToken = await firstToken(emulator);
    expect(await listError(other, { nextToken })).toMatchObject({ type: 'ValidationException' });
  });

  it('rejects a nextToken older than tokenLifetimeMs', async () => {
    const clock = new TestClock();
    const emulator = await startEmulator({
      jobs: 9,
      clock: clock.read,
      knobs: { tokenLifetimeMs: MINUTE },
    });
    const nextToken = await firstToken(emulator);
    clock.advance(MINUTE);
    expect(arns(await list(emulator, { nextToken }))).toHaveLength(7);
    clock.advance(1);
    expect(await listError(emulator, { nextToken })).toMatchObject({
      status: 400,
      message: 'The provided nextToken has expired.',
    });
  });
});

function flip(character: string): string {
  return character === 'A' ? 'B' : 'A';
}

describe('pages', () => {
  it.each([
    ['pageFill', { pageFill: 0.3 }, [3, 3, 3, 3, 3, 3, 2]],
    ['pageFill 0', { pageFill: 0 }, Array.from({ length: 20 }, () => 1)],
    ['maxPageRows', { maxPageRows: 8 }, [8, 8, 4]],
    ['emptyPages', { emptyPages: 2 }, [0, 0, 10, 0, 0, 10]],
    ['trailingEmptyPage', { trailingEmptyPage: true }, [10, 10, 0]],
    [
      'all page knobs',
      { emptyPages: 1, trailingEmptyPage: true, maxPageRows: 10 },
      [0, 10, 0, 10, 0],
    ],
  ])('returns every job with %s', async (_name, knobs, lengths) => {
    const emulator = await startEmulator({ jobs: 20, knobs });
    const whole = emulator.jobs().map((job) => job.invocationArn);
    const pages = await listPages(emulator, { maxResults: '10', sortOrder: 'Ascending' });
    expect(pages.map((page) => page.asyncInvokeSummaries.length)).toEqual(lengths);
    expect(arns(...pages)).toEqual(whole);
  });

  it('ends a listing of no jobs after its empty pages', async () => {
    const emulator = await startEmulator({ knobs: { emptyPages: 2, trailingEmptyPage: true } });
    expect(await listPages(emulator)).toHaveLength(3);
  });
});
