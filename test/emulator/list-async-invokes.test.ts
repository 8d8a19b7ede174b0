import {
  arns,
  call,
  destroyEmulators,
  list,
  MINUTE,
  NOON,
  search,
  SECOND,
  startEmulator,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

const AT = '2026-03-01T12:00:00.000Z';

describe('ListAsyncInvokes input', () => {
  it.each([
    ['maxResults', '0', "'0' at 'maxResults'", 'value greater than or equal to 1'],
    ['maxResults', '-5', "'-5' at 'maxResults'", 'value greater than or equal to 1'],
    ['maxResults', '1001', "'1001' at 'maxResults'", 'value less than or equal to 1000'],
    ['nextToken', '', "'' at 'nextToken'", 'length greater than or equal to 1'],
    ['nextToken', 'x'.repeat(2049), "at 'nextToken'", 'length less than or equal to 2048'],
    ['nextToken', 'a b', "'a b' at 'nextToken'", 'regular expression pattern: \\S*'],
    [
      'statusEquals',
      'COMPLETED',
      "'COMPLETED' at 'statusEquals'",
      '[InProgress, Completed, Failed]',
    ],
    ['statusEquals', '', "'' at 'statusEquals'", '[InProgress, Completed, Failed]'],
    ['sortBy', 'submitTime', "'submitTime' at 'sortBy'", '[SubmissionTime]'],
    ['sortOrder', 'DESC', "'DESC' at 'sortOrder'", '[Ascending, Descending]'],
  ])('rejects %s=%s with ValidationException', async (name, value, subject, constraint) => {
    const emulator = await startEmulator();
    const { status, type, message } = await call(
      emulator,
      `/async-invoke?${search({ [name]: value })}`,
    );
    expect({ status, type }).toEqual({ status: 400, type: 'ValidationException' });
    expect(message).toMatch(/^1 validation error detected: Value /);
    expect(message).toContain(subject);
    expect(message).toContain(`failed to satisfy constraint: Member must`);
    expect(message).toContain(constraint);
  });

  it('counts and joins all violations in one error', async () => {
    const emulator = await startEmulator();
    const { message } = await call(emulator, '/async-invoke?maxResults=0&sortBy=Cost');
    expect(message).toBe(
      "2 validation errors detected: Value '0' at 'maxResults' failed to satisfy constraint: " +
        "Member must have value greater than or equal to 1; Value 'Cost' at 'sortBy' failed to " +
        'satisfy constraint: Member must satisfy enum value set: [SubmissionTime]',
    );
  });

  it.each([
    'maxResults=',
    'maxResults=ten',
    'maxResults=1.5',
    'maxResults=1e2',
    'maxResults=99999999999',
    'maxResults=5&maxResults=6',
    'sortOrder=Ascending&sortOrder=Ascending',
    'submitTimeAfter=',
    'submitTimeAfter=yesterday',
    'submitTimeAfter=1772366400',
    'submitTimeAfter=2026-03-01',
    'submitTimeAfter=2026-03-01T12:00:00',
    'submitTimeAfter=2026-02-30T12:00:00Z',
    'submitTimeBefore=2026-13-01T12:00:00Z',
    'submitTimeBefore=2026-03-01T25:00:00Z',
    'submitTimeBefore=2026-03-01T12:60:00Z',
    'submitTimeBefore=2026-03-01T12:00:00Zulu',
  ])('rejects %s with SerializationException', async (query) => {
    const emulator = await startEmulator();
    const { status, type } = await call(emulator, `/async-invoke?${query}`);
    expect({ status, type }).toEqual({ status: 400, type: 'SerializationException' });
  });
});

describe('ListAsyncInvokes', () => {
  it.each(['maxResults=1', 'maxResults=1000', 'sortBy=SubmissionTime', 'somethingNew=1', ''])(
    'accepts the query %j',
    async (query) => {
      const emulator = await startEmulator();
      expect((await call(emulator, `/async-invoke?${query}`)).json).toEqual({
        asyncInvokeSummaries: [],
      });
    },
  );

  it('sorts by submit time, newest first by default', async () => {
    const emulator = await startEmulator();
    const [oldest, newest, middle] = [3, 1, 2].map(
      (ago) => emulator.addJob({ submitTime: NOON - ago * MINUTE }).invocationArn,
    );
    expect(arns(await list(emulator))).toEqual([newest, middle, oldest]);
    expect(arns(await list(emulator, { sortOrder: 'Ascending' }))).toEqual([
      oldest,
      middle,
      newest,
    ]);
  });

  it('returns at most maxResults rows, and 100 by default', async () => {
    const emulator = await startEmulator({ jobs: 150 });
    const page = await list(emulator, { maxResults: '149' });
    expect(page.asyncInvokeSummaries).toHaveLength(149);
    expect(page.nextToken).toMatch(/^[\w-]{1,2048}$/);
    expect((await list(emulator)).asyncInvokeSummaries).toHaveLength(100);
    expect(await list(emulator, { maxResults: '150' })).not.toHaveProperty('nextToken');
  });

  it('filters jobs by their current status', async () => {
    const emulator = await startEmulator();
    const running = emulator.addJob({ endTime: NOON + 1 }).invocationArn;
    const failed = emulator.addJob({ endTime: NOON, outcome: 'Failed' }).invocationArn;
    const completed = emulator.addJob({ endTime: NOON - 1 }).invocationArn;
    const by = async (statusEquals: string) => arns(await list(emulator, { statusEquals }));
    expect(await by('InProgress')).toEqual([running]);
    expect(await by('Failed')).toEqual([failed]);
    expect(await by('Completed')).toEqual([completed]);
  });

  it.each([
    ['2026-03-01T12:00:00Z'],
    ['2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.000999Z'],
    ['2026-03-01T13:30:00+01:30'],
  ])('parses %s as noon UTC', async (submitTimeAfter) => {
    const emulator = await startEmulator();
    emulator.addJob({ submitTime: NOON - 1 });
    const { invocationArn } = emulator.addJob({ submitTime: NOON });
    expect(arns(await list(emulator, { submitTimeAfter }))).toEqual([invocationArn]);
  });

  it.each([
    ['inclusive', 'millisecond', [0, 1, 999, 1000], [-1000, -1, 0]],
    ['exclusive', 'millisecond', [1, 999, 1000], [-1000, -1]],
    ['inclusive', 'second', [0, 1, 999, 1000], [-1000, -1, 0, 1, 999]],
    ['exclusive', 'second', [1000], [-1000, -1]],
  ] as const)('compares %s bounds with %s precision', async (bound, precision, after, before) => {
    const emulator = await startEmulator({
      knobs: {
        submitTimeAfterBound: bound,
        submitTimeBeforeBound: bound,
        submitTimePrecision: precision,
      },
    });
    for (const offset of [-SECOND, -1, 0, 1, 999, SECOND]) {
      emulator.addJob({ submitTime: NOON + offset });
    }
    const offsets = async (query: Record<string, string>) =>
      (await list(emulator, { ...query, sortOrder: 'Ascending' })).asyncInvokeSummaries.map(
        ({ submitTime }) => Date.parse(String(submitTime)) - NOON,
      );
    expect(await offsets({ submitTimeAfter: AT })).toEqual(after);
    expect(await offsets({ submitTimeBefore: AT })).toEqual(before);
  });

  it('returns no rows when the end is before the start', async () => {
    const emulator = await startEmulator({ jobs: 20 });
    const query = { submitTimeAfter: AT, submitTimeBefore: '2026-02-01T00:00:00Z' };
    expect(await list(emulator, query)).toEqual({ asyncInvokeSummaries: [] });
  });

  it('returns times in ISO 8601 with milliseconds', async () => {
    const emulator = await startEmulator();
    emulator.addJob({ submitTime: NOON - MINUTE, endTime: NOON - SECOND });
    expect((await list(emulator)).asyncInvokeSummaries[0]).toMatchObject({
      submitTime: '2026-03-01T11:59:00.000Z',
      lastModifiedTime: '2026-03-01T11:59:59.000Z',
      endTime: '2026-03-01T11:59:59.000Z',
    });
  });
});

describe('jobs of equal submit time', () => {
  const tied = async (ties: 'mirrored' | 'independent') => {
    const emulator = await startEmulator({ knobs: { ties } });
    const added = Array.from({ length: 20 }, () => emulator.addJob({ submitTime: NOON }));
    return {
      byArn: added.map((job) => job.invocationArn).sort(),
      ascending: arns(await list(emulator, { sortOrder: 'Ascending' })),
      descending: arns(await list(emulator, { sortOrder: 'Descending' })),
    };
  };

  it('does not sort jobs of equal submit time by ARN', async () => {
    const { byArn, ascending } = await tied('mirrored');
    expect(ascending).not.toEqual(byArn);
    expect(ascending).not.toEqual(byArn.toReversed());
    expect(ascending.toSorted()).toEqual(byArn);
  });

  it('reverses equal submit times with the sort order when ties are mirrored', async () => {
    const { ascending, descending } = await tied('mirrored');
    expect(descending).toEqual(ascending.toReversed());
  });

  it('does not reverse equal submit times when ties are independent', async () => {
    const { byArn, ascending, descending } = await tied('independent');
    expect(descending).not.toEqual(ascending.toReversed());
    expect(descending.toSorted()).toEqual(byArn);
  });
});
