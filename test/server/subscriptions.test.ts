import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { socketUrl, Subscriber, type SubscriberOptions } from '../harness/subscriber.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

const FAST = { POLL_INTERVAL_MIN_MS: '100', POLL_INTERVAL_MAX_MS: '200' };
const NEVER_ENDS = { outcome: 'InProgress' } as const;
const QUERY = `subscription Jobs($arns: [AwsArn!], $filter: AsyncInvokeFilter) {
  asyncInvokeChanged(invocationArns: $arns, filter: $filter) { invocationArn status }
}`;

let gateway: Gateway | undefined;
const subscribers: Subscriber[] = [];
afterEach(async () => {
  await Promise.all(subscribers.splice(0).map((subscriber) => subscriber.close()));
  await gateway?.stop();
});

async function start(options: GatewayOptions = {}): Promise<Gateway> {
  return (gateway = await startGateway({
    ...options,
    variables: { ...FAST, ...options.variables },
  }));
}

function subscribe(
  { url }: Gateway,
  variables: Record<string, unknown> = {},
  options: SubscriberOptions & { readonly query?: string } = {},
): Subscriber {
  const subscriber = new Subscriber(url, options.query ?? QUERY, variables, options);
  subscribers.push(subscriber);
  return subscriber;
}

/** A job that ends when it is told to. */
function addJob({ emulator }: Gateway, more: object = {}) {
  let now = Date.now();
  const job = emulator.addJob({ endTime: now + 3_600_000, ...more });
  return { arn: job.invocationArn, end: () => Object.assign(job, { endTime: (now = Date.now()) }) };
}

const metric = async ({ url }: Gateway, name: string) => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};
const open = (served: Gateway) => metric(served, 'graphql_subscriptions_active');
const codesOf = (errors: unknown) =>
  (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);

describe('a subscription', () => {
  it('is told where jobs in progress stand, then of every change once, and of new jobs', async () => {
    const served = await start();
    served.emulator.addJob({ submitTime: 1, endTime: 2 });
    const [first, second] = [addJob(served), addJob(served)];
    const subscriber = subscribe(served);
    await subscriber.waitForResults(2);
    expect(new Set(subscriber.changes.map(({ invocationArn }) => invocationArn))).toEqual(
      new Set([first.arn, second.arn]),
    );
    first.end();
    await waitFor(() => subscriber.statusesOf(first.arn).length === 2);
    const third = addJob(served);
    await waitFor(() => subscriber.statusesOf(third.arn).length === 1);
    expect(subscriber.statusesOf(first.arn)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(subscriber.statusesOf(second.arn)).toEqual(['IN_PROGRESS']);
    expect(subscriber.results).toHaveLength(4);
  });

  it.each([
    ['whole answers', '{ asyncInvokes(first: 3) { edges { node { status } } } }'],
    ['pages', '{ asyncInvokes(first: 3) { edges { cursor node { status } } } }'],
  ])('is told of nothing that shared %s do not show', async (_what, asksAgain) => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    const statuses = async (query: string) =>
      JSON.stringify((await served.query(query)).data).match(/IN_PROGRESS|COMPLETED/g);
    const job = addJob(served);
    const subscriber = subscribe(served);
    await subscriber.waitForResults(1);
    const list = '{ asyncInvokes(first: 3) { edges { node { status } } } }';
    expect(await statuses(list)).toEqual(['IN_PROGRESS']);
    job.end();
    await waitFor(() => subscriber.statusesOf(job.arn).includes('COMPLETED'));
    expect(await statuses(asksAgain)).toEqual(['COMPLETED']);
  });

  it('is answered as a query would be, in every field', async () => {
    const fields = `id invocationArn modelArn modelId clientRequestToken status rawStatus failureMessage submitTime
      lastModifiedTime endTime durationSeconds region accountId
      outputDataConfig { __typename ... on AsyncInvokeS3OutputDataConfig { s3Uri bucket keyPrefix } }`;
    const served = await start();
    const { arn } = addJob(served);
    const query = `subscription ($arn: AwsArn!) { job: asyncInvokeChanged(invocationArns: [$arn]) { ${fields} } }`;
    const subscriber = subscribe(served, { arn }, { query });
    await subscriber.waitForResults(1);
    const asked = await served.query(
      `query ($arn: AwsArn!) { job: asyncInvoke(invocationArn: $arn) { ${fields} } }`,
      { arn },
    );
    expect(subscriber.results[0]?.data).toEqual(asked.data);
  });

  it('of named jobs tells of each wherever it stands, and ends when all are over', async () => {
    const served = await start();
    const over = served.emulator.addJob({ endTime: Date.now() - 1000, outcome: 'Failed' });
    const running = addJob(served);
    addJob(served);
    const subscriber = subscribe(served, { arns: [over.invocationArn, running.arn] });
    await subscriber.waitForResults(2);
    running.end();
    await waitFor(() => subscriber.ended);
    expect(subscriber.statusesOf(over.invocationArn)).toEqual(['FAILED']);
    expect(subscriber.statusesOf(running.arn)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(subscriber.error).toBeUndefined();
    expect(await open(served)).toBe(0);
  });

  it.each([
    ['no job', []],
    [
      'a job of another Region',
      ['arn:aws:bedrock:eu-west-1:111122223333:async-invoke/abcdefghijkl'],
    ],
    [
      'a job of another account',
      ['arn:aws:bedrock:us-east-1:999999999999:async-invoke/abcdefghijkl'],
    ],
  ])('of %s ends at once, without a call', async (_of, arns) => {
    const served = await start();
    const subscriber = subscribe(served, { arns });
    await waitFor(() => subscriber.ended);
    expect(subscriber.results).toEqual([]);
    expect(served.emulator.counts.received).toBe(0);
  });

  it('tells only of what matches the filter as it is then', async () => {
    const served = await start();
    const before = addJob(served, { submitTime: Date.now() - 120_000 });
    const after = addJob(served);
    const submitTimeAfter = new Date(Date.now() - 60_000).toISOString();
    const recent = subscribe(served, { filter: { submitTimeAfter } });
    const completed = subscribe(served, { filter: { statusEquals: 'COMPLETED' } });
    await recent.waitForResults(1);
    before.end();
    await completed.waitForResults(1);
    after.end();
    await completed.waitForResults(2);
    await recent.waitForResults(2);
    expect(completed.changes).toEqual(
      [before, after].map(({ arn }) => ({ invocationArn: arn, status: 'COMPLETED' })),
    );
    expect(recent.changes.map(({ invocationArn }) => invocationArn)).toEqual([
      after.arn,
      after.arn,
    ]);
  });

  it('goes on in silence while the upstream is out of order, and then tells what was missed', async () => {
    const served = await start({ variables: { UPSTREAM_MAX_ATTEMPTS: '1' } });
    const job = addJob(served);
    const subscriber = subscribe(served);
    await subscriber.waitForResults(1);
    const fault = served.emulator.inject({
      kind: 'error',
      type: 'ThrottlingException',
      status: 429,
    });
    const faults = () => served.logLines.filter((line) => line.includes('polling for changes failed'));
    await waitFor(() => faults().length >= 3);
    job.end();
    const added = addJob(served);
    fault.clear();
    await subscriber.waitForResults(3);
    expect(subscriber.statusesOf(job.arn)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(subscriber.statusesOf(added.arn)).toEqual(['IN_PROGRESS']);
    expect(subscriber.error).toBeUndefined();
    await waitFor(() => served.logLines.some((line) => line.includes('polling for changes recovered')));
  });

  it('survives an upstream that is gone and comes back', async () => {
    const served = await start({ variables: { UPSTREAM_MAX_ATTEMPTS: '1' } });
    addJob(served);
    const subscriber = subscribe(served);
    await subscriber.waitForResults(1);
    const fault = served.emulator.inject({ kind: 'reset' });
    await waitFor(() => served.logLines.some((line) => line.includes('polling for changes failed')));
    fault.clear();
    const added = addJob(served);
    await waitFor(() => subscriber.statusesOf(added.arn).length === 1);
    expect(subscriber.connections).toBe(1);
  });

  it('costs the upstream for 200 clients what it costs for one, and tells each the same', async () => {
    const served = await start();
    const jobs = Array.from({ length: 20 }, () => addJob(served));
    const all = Array.from({ length: 200 }, () => subscribe(served));
    await Promise.all(all.map((subscriber) => subscriber.waitForResults(20)));
    const { received } = served.emulator.counts;
    for (const job of jobs) {
      job.end();
      await waitFor(() => all.every((subscriber) => subscriber.statusesOf(job.arn).length === 2));
    }
    for (const subscriber of all) expect(subscriber.results).toHaveLength(40);
    // Two lists and at most one get for each reading, of which a change takes two at the most.
    expect(served.emulator.counts.received - received).toBeLessThanOrEqual(20 * 2 * 3);
    await Promise.all(all.map((subscriber) => subscriber.close()));
    await waitForAsync(async () => (await open(served)) === 0);
  });

  it('is let go of when its client leaves, and then nothing more is read', async () => {
    const served = await start();
    addJob(served);
    const [one, other] = [subscribe(served), subscribe(served)];
    await Promise.all([one.waitForResults(1), other.waitForResults(1)]);
    one.unsubscribe();
    await waitForAsync(async () => (await open(served)) === 1);
    await other.close();
    await waitForAsync(async () => (await open(served)) === 0);
    const { received } = served.emulator.counts;
    // Five times as long as until the next reading would have been.
    await setTimeout(1000);
    expect(served.emulator.counts.received).toBe(received);
  });

  it('is a line in the log, with what it came to and without what it said', async () => {
    const served = await start();
    const { arn } = addJob(served);
    const subscriber = subscribe(served, { arns: [arn] });
    await subscriber.waitForResults(1);
    await subscriber.close();
    const find = () => served.logLines.find((line) => line.includes('"msg":"subscription"'));
    await waitFor(() => find() !== undefined);
    const line = JSON.parse(find() ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({
      transport: 'websocket',
      operationName: 'Jobs',
      identity: 'anonymous:127.0.0.1',
      cost: 2,
      events: 1,
    });
    expect(served.logLines.join('')).not.toContain(arn);
  });
});

describe('server-sent events', () => {
  const post = ({ url }: Gateway, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify(body),
    });

  it('tell the same, and end with a word', async () => {
    const served = await start();
    const job = addJob(served);
    const response = await post(served, { query: QUERY, variables: { arns: [job.arn] } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('IN_PROGRESS')) job.end();
    }
    const event = (status: string) =>
      `event: next\ndata: {"data":{"asyncInvokeChanged":{"invocationArn":"${job.arn}","status":"${status}"}}}\n\n`;
    expect(text).toBe(
      `:\n\n${event('IN_PROGRESS')}${event('COMPLETED')}event: complete\ndata:\n\n`,
    );
  });

  it('are not among the requests under way that make others wait or fail', async () => {
    const served = await start({ variables: { MAX_CONCURRENT_REQUESTS: '1' } });
    addJob(served);
    const reader = (await post(served, { query: QUERY })).body?.getReader();
    expect((await served.query('{ __typename }')).status).toBe(200);
    await reader?.read();
    await reader?.cancel();
    await waitForAsync(async () => (await open(served)) === 0);
  });

  it('outlast the time that requests have', async () => {
    const served = await start({
      variables: {
        REQUEST_TIMEOUT_MS: '50',
        HEADERS_TIMEOUT_MS: '50',
        UPSTREAM_ATTEMPT_TIMEOUT_MS: '50',
      },
    });
    const job = addJob(served);
    const response = await post(served, { query: QUERY, variables: { arns: [job.arn] } });
    await setTimeout(600);
    job.end();
    expect(await response.text()).toContain('event: complete');
  });

  it('are a refusal that says when to come again, where there are too many', async () => {
    const served = await start({ variables: { MAX_SUBSCRIPTIONS: '0' } });
    const text = await (await post(served, { query: QUERY })).text();
    const { errors } = JSON.parse(/^data: (\{.+)$/m.exec(text)?.[1] ?? '{}') as {
      errors?: unknown;
    };
    expect(errors).toMatchObject([
      {
        message: 'The server has too many open subscriptions. Retry later.',
        extensions: {
          code: 'SERVICE_UNAVAILABLE',
          limit: 'MAX_SUBSCRIPTIONS',
          max: 0,
          retryAfterMs: 5000,
        },
      },
    ]);
    expect(served.logLines.join('')).not.toContain('internal error');
  });

  it('are a refusal in one event for a document that cannot be followed', async () => {
    const served = await start();
    const response = await post(served, { query: 'subscription { nope }' });
    const [, next, complete] = (await response.text()).split('\n\n');
    const { errors } = JSON.parse(next?.replace('event: next\ndata: ', '') ?? '') as {
      errors: unknown;
    };
    expect(codesOf(errors)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(complete).toBe('event: complete\ndata:');
  });

  describe('asked for with GET', () => {
    const get = (
      { url }: Gateway,
      search: Record<string, string>,
      headers: Record<string, string> = {},
    ) =>
      fetch(`${url}/graphql?${new URLSearchParams(search).toString()}`, {
        headers: { accept: 'text/event-stream', ...headers },
      });
    const ENDED = { query: QUERY, variables: '{"arns":[]}' };

    it('are the same', async () => {
      const served = await start();
      const job = served.emulator.addJob({ submitTime: 1, endTime: 2 });
      const variables = JSON.stringify({ arns: [job.invocationArn] });
      const text = await (await get(served, { query: QUERY, variables })).text();
      expect(text).toContain(job.invocationArn);
      expect(text).toContain('event: complete');
    });

    it.each([
      ['nobody in particular', {}, 200],
      ['the page itself', { 'sec-fetch-site': 'same-origin' }, 200],
      [
        'an allowed page',
        { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' },
        200,
      ],
      [
        'a page of another site',
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        403,
      ],
      ['a page that does not say which', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a page of another host of the site', { 'sec-fetch-site': 'same-site' }, 403],
    ])('by %s', async (_who, headers, status) => {
      const served = await start({ variables: { CORS_ORIGINS: 'https://app.example.com' } });
      expect((await get(served, ENDED, headers)).status).toBe(status);
    });

    it('must have variables that are JSON', async () => {
      const served = await start();
      expect((await get(served, { query: QUERY, variables: '{' })).status).toBe(400);
    });

    it('do not let a query or mutation in', async () => {
      const served = await start();
      const text = await (await get(served, { query: '{ __typename }' })).text();
      expect(text).toContain('"code":"BAD_REQUEST"');
    });
  });

  it('and answers are told apart by what is accepted', async () => {
    const served = await start();
    const both = await post(
      served,
      { query: '{ __typename }' },
      { accept: 'application/json, text/event-stream' },
    );
    expect(await both.json()).toEqual({ data: { __typename: 'Query' } });
    const json = await post(served, { query: QUERY }, { accept: 'application/json' });
    expect(json.status).toBe(400);
    expect(codesOf(((await json.json()) as { errors: unknown }).errors)).toEqual(['BAD_REQUEST']);
  });

  it('stay with a client that reads nothing for a while, who then gets the latest of each job', async () => {
    const served = await start({ variables: { POLL_INTERVAL_MAX_MS: '100' } });
    const response = await post(served, { query: QUERY });
    const jobs = Array.from({ length: 50 }, () => addJob(served, NEVER_ENDS));
    const other = subscribe(served);
    await waitFor(() => jobs.every(({ arn }) => other.statusesOf(arn).length === 1));
    const reader = response.body?.getReader();
    let text = '';
    while (!jobs.every(({ arn }) => text.includes(arn))) {
      const read = await reader?.read();
      text += Buffer.from(read?.value as Uint8Array).toString();
    }
    await reader?.cancel();
  });
});

describe('what is refused', () => {
  it.each([
    ['a document that is none', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', { query: 'subscription { nope }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two fields at once',
      { query: 'subscription { a: asyncInvokeChanged { id } b: asyncInvokeChanged { id } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a field that is left out',
      { query: 'subscription { asyncInvokeChanged @skip(if: true) { id } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a query', { query: '{ __typename }' }, 'BAD_REQUEST'],
    [
      'two operations without a name',
      {
        query:
          'subscription A { asyncInvokeChanged { id } } subscription B { asyncInvokeChanged { id } }',
      },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a document that is too deep',
      {
        query: 'subscription { asyncInvokeChanged { outputDataConfig { __typename } } }',
        variables: { MAX_DEPTH: '2' },
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'more aliases than allowed',
      {
        query: `subscription { asyncInvokeChanged { ${Array.from({ length: 21 }, (_, n) => `a${n}: id`).join(' ')} } }`,
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'an ARN of something else',
      {
        query:
          'subscription { asyncInvokeChanged(invocationArns: ["arn:aws:s3:::bucket"]) { id } }',
      },
      'BAD_USER_INPUT',
    ],
    [
      'a status that cannot be filtered by',
      { query: 'subscription { asyncInvokeChanged(filter: { statusEquals: UNKNOWN }) { id } }' },
      'BAD_USER_INPUT',
    ],
    ['a variable of another type', { query: QUERY, values: { arns: 7 } }, 'BAD_USER_INPUT'],
    [
      'a cost that is too high',
      {
        query: QUERY,
        values: {
          arns: Array.from(
            { length: 5 },
            (_, n) => `arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijk${n}`,
          ),
        },
        variables: { MAX_COST: '5' },
      },
      'COST_ESTIMATED_TOO_EXPENSIVE',
    ],
    [
      'more jobs by name than allowed',
      {
        query: QUERY,
        values: {
          arns: Array.from(
            { length: 5 },
            (_, n) => `arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijk${n}`,
          ),
        },
        variables: { MAX_IDS_PER_OPERATION: '4' },
      },
      'BAD_USER_INPUT',
    ],
    [
      'what a minute has no room for',
      {
        query: QUERY,
        values: { arns: [`arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl`] },
        variables: { RATE_LIMIT: '1' },
      },
      'RATE_LIMITED',
    ],
    [
      'one more than there may be',
      { query: QUERY, variables: { MAX_SUBSCRIPTIONS_PER_CALLER: '0' } },
      'RATE_LIMITED',
    ],
  ])('%s', async (_what, { query, values = {}, variables = {} }: Refused, code) => {
    const served = await start({ variables });
    const subscriber = subscribe(served, values, { query });
    expect(codesOf(await subscriber.waitForError())).toContain(code);
    expect(served.emulator.counts.received).toBe(0);
    expect(await open(served)).toBe(0);
  });

  interface Refused {
    readonly query: string;
    readonly values?: Record<string, unknown>;
    readonly variables?: Record<string, string>;
  }

  it('is not told what else the schema has, where introspection is off', async () => {
    const told = async (introspection: string) => {
      const served = await start({ variables: { INTROSPECTION: introspection } });
      const subscriber = subscribe(
        served,
        {},
        { query: 'subscription { asyncInvokeChange { id } }' },
      );
      const [error] = (await subscriber.waitForError()) as { message: string }[];
      await subscriber.close();
      await served.stop();
      return error?.message;
    };
    expect(await told('true')).toContain('asyncInvokeChanged');
    expect(await told('false')).toBe(
      'Cannot query field "asyncInvokeChange" on type "Subscription".',
    );
  });

  it('is what is nested too deeply to be written', async () => {
    const served = await start();
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const response = await fetch(`${served.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: `{"query":${JSON.stringify(QUERY)},"variables":{"arns":${deep}}}`,
    });
    expect(await response.text()).toContain('"code":"BAD_USER_INPUT"');
  });

  it('does not count as open, also when many come at one time', async () => {
    const served = await start({ variables: { MAX_SUBSCRIPTIONS_PER_CALLER: '3' } });
    addJob(served);
    const all = Array.from({ length: 10 }, () => subscribe(served));
    await Promise.all(all.map((subscriber) => subscriber.waitForResults(1)));
    const refused = all.filter(({ error }) => error !== undefined);
    expect(refused.flatMap(({ error }) => codesOf(error))).toEqual(Array(7).fill('RATE_LIMITED'));
    expect(await open(served)).toBe(3);
  });

  it('by Amazon Bedrock is told as such, and ends', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    const subscriber = subscribe(served);
    await waitFor(() => subscriber.ended);
    const errors = subscriber.results[0]?.errors;
    expect(codesOf(errors)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(errors)).not.toContain('arn:');
  });
});

describe('who may subscribe', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());
  const guarded = () => start({ variables: issuer.variables });
  const bearer = async (...args: Parameters<Issuer['sign']>) =>
    `Bearer ${await issuer.sign(...args)}`;

  it.each(['connection parameters', 'a header'])('is known by %s', async (by) => {
    const served = await guarded();
    addJob(served);
    const authorization = await bearer();
    const options =
      by === 'a header'
        ? { headers: { authorization } }
        : { connectionParams: { Authorization: authorization } };
    const subscriber = subscribe(served, {}, options);
    await subscriber.waitForResults(1);
    expect(subscriber.changes).toHaveLength(1);
  });

  it.each([
    ['nobody', {}],
    ['somebody with a token that is not valid', { authorization: 'Bearer abc' }],
  ])('is not %s, for good', async (_who, connectionParams) => {
    const served = await guarded();
    const subscriber = subscribe(served, {}, { connectionParams, retryAttempts: 5 });
    expect(await subscriber.waitForError()).toMatchObject({ code: 4401, reason: 'Unauthorized' });
    expect(subscriber.connections).toBe(0);
  });

  it('is not somebody whose scopes do not say so', async () => {
    const served = await guarded();
    const connectionParams = { authorization: await bearer({ scope: 'other' }) };
    const subscriber = subscribe(served, {}, { connectionParams });
    expect(codesOf(await subscriber.waitForError())).toEqual(['FORBIDDEN']);
  });

  it('is asked again when a token has ended, and goes on with the next', async () => {
    const served = await guarded();
    const job = addJob(served);
    // Tokens hold for half a minute longer than they say.
    const exp = Math.floor(Date.now() / 1000) - 28;
    const connectionParams = async () => ({
      authorization: await bearer(subscriber.connections < 1 ? { exp } : {}),
    });
    const subscriber: Subscriber = subscribe(served, {}, { connectionParams, retryAttempts: 5 });
    await waitFor(() => subscriber.connections === 2);
    await waitFor(() => subscriber.changes.length >= 2);
    job.end();
    await waitFor(() => subscriber.statusesOf(job.arn).includes('COMPLETED'));
  });

  it('is not a stream longer than its token holds', async () => {
    const served = await guarded();
    addJob(served);
    const exp = Math.floor(Date.now() / 1000) - 28;
    const response = await fetch(`${served.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: await bearer({ exp }),
      },
      body: JSON.stringify({ query: QUERY }),
    });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await waitForAsync(async () => (await open(served)) === 0);
  });

  it('with events is refused like every other request', async () => {
    const served = await guarded();
    const response = await fetch(`${served.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: QUERY }),
    });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});

describe('a socket', () => {
  const answerTo = (address: string, options: object = {}, protocol = 'graphql-transport-ws') =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(address, protocol, options);
      socket.on('open', () => {
        socket.close();
        resolve('open');
      });
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(String(response.statusCode));
      });
      socket.on('error', () => undefined);
    });

  it.each([
    ['another path', '/elsewhere', {}, '404'],
    ['a page of another site', '/graphql', { origin: 'https://evil.example' }, '403'],
    ['a page without an origin', '/graphql', { origin: 'null' }, '403'],
    ['another name of this machine', '/graphql', { headers: { host: 'evil.example' } }, '403'],
    ['an allowed page', '/graphql', { origin: 'https://app.example.com' }, 'open'],
    ['nobody in particular', '/graphql', {}, 'open'],
  ])('asked for by or for %s', async (_what, path, options, outcome) => {
    const served = await start({ variables: { CORS_ORIGINS: 'https://app.example.com' } });
    const address = socketUrl(served.url).replace('/graphql', path);
    expect(await answerTo(address, options)).toBe(outcome);
  });

  it('of the page itself may be opened', async () => {
    const served = await start();
    expect(await answerTo(socketUrl(served.url), { origin: served.url })).toBe('open');
  });

  it('is refused when there are too many', async () => {
    const served = await start({ variables: { MAX_SUBSCRIPTIONS: '1' } });
    addJob(served);
    await subscribe(served).waitForResults(1);
    expect(await answerTo(socketUrl(served.url))).toBe('503');
  });

  /** Says one after the other, the second as soon as the first was heard. */
  const closeAfter = async (
    served: Gateway,
    [first, ...rest]: readonly string[],
    protocol = 'graphql-transport-ws',
    heard: string[] = [],
  ) => {
    const socket = new WebSocket(socketUrl(served.url), protocol);
    socket.on('message', (data) => heard.push((data as Buffer).toString()));
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.once('open', () => {
      if (first !== undefined) socket.send(first);
    });
    socket.once('message', () => {
      for (const message of rest) socket.send(message);
    });
    return closed;
  };
  const INIT = '{"type":"connection_init"}';
  const SUBSCRIBE = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } });

  it.each([
    ['speaks another protocol', [], 1006, 'graphql-ws'],
    ['says what is no message', ['hello'], 4400, undefined],
    ['subscribes before it says who it is', [SUBSCRIBE], 4401, undefined],
    ['says twice who it is', [INIT, INIT], 4429, undefined],
    ['uses a name twice', [INIT, SUBSCRIBE, SUBSCRIBE], 4409, undefined],
    ['sends more than a body may hold', ['x'.repeat(300_000)], 1009, undefined],
  ])('is closed when a client %s', async (_what, messages, code, protocol) => {
    const served = await start();
    addJob(served);
    expect(await closeAfter(served, messages, protocol)).toBe(code);
    expect((await served.query('{ __typename }')).status).toBe(200);
  });

  it.each(['//', '///', '//:', 'http://[', '*'])(
    'asked for by %j is refused, and nothing else comes of it',
    async (target) => {
      const served = await start();
      const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
      socket.write(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      const [head] = (await once(socket, 'data')) as [Buffer];
      expect(head.toString()).toMatch(/^HTTP\/1\.1 4/);
      socket.destroy();
      expect((await served.query('{ __typename }')).status).toBe(200);
    },
  );

  it('that was refused is closed, also for a client that keeps its own half open', async () => {
    const served = await start({ variables: { REQUEST_TIMEOUT_MS: '60000' } });
    const port = Number(new URL(served.url).port);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      'GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    socket.resume();
    await once(socket, 'end');
    await served.stop();
    gateway = undefined;
    socket.destroy();
  });

  it('lets go of all that was opened on it, also under a name that was used twice', async () => {
    const served = await start();
    addJob(served);
    const socket = new WebSocket(socketUrl(served.url), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(INIT);
    await once(socket, 'message');
    for (const message of [SUBSCRIBE, '{"id":"1","type":"complete"}', SUBSCRIBE])
      socket.send(message);
    await once(socket, 'message');
    socket.close();
    await waitForAsync(async () => (await open(served)) === 0);
  });

  it('and streams are told to come again when the server stops, and do not hold it up', async () => {
    const served = await start();
    addJob(served);
    const heard: string[] = [];
    const closed = closeAfter(served, [INIT, SUBSCRIBE], undefined, heard);
    const stream = await fetch(`${served.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: QUERY }),
    });
    await waitForAsync(async () => (await open(served)) === 2);
    const stopped = served.server.stop();
    expect(await closed).toBe(1001);
    // Whoever is told that a stream is complete does not come again for the rest of it.
    expect(heard.join()).not.toContain('complete');
    await expect(stream.text()).rejects.toThrow();
    await stopped;
  });
});
