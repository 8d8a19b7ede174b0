import { setTimeout } from 'node:timers/promises';
import type { Gateway } from '../../harness/gateway.ts';
import {
  addJob,
  codesOf,
  countOpen,
  postForEvents,
  QUERY,
  useSubscriptions,
} from '../../harness/subscriptions.ts';
import { waitFor, waitForAsync } from '../../harness/wait-for.ts';

const { start, subscribe } = useSubscriptions();

const NEVER_ENDS = { outcome: 'InProgress' } as const;

describe('an event stream', () => {
  it('sends each change as an event, and ends with `complete`', async () => {
    const served = await start();
    const job = addJob(served);
    const response = await postForEvents(served, { query: QUERY, variables: { arns: [job.arn] } });
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

  it('does not count as a concurrent request', async () => {
    const served = await start({ variables: { MAX_CONCURRENT_REQUESTS: '1' } });
    addJob(served);
    const reader = (await postForEvents(served, { query: QUERY })).body?.getReader();
    expect((await served.query('{ __typename }')).status).toBe(200);
    await reader?.read();
    await reader?.cancel();
    await waitForAsync(async () => (await countOpen(served)) === 0);
  });

  it('may last longer than the timeout of a request', async () => {
    const served = await start({
      variables: {
        REQUEST_TIMEOUT_MS: '50',
        HEADERS_TIMEOUT_MS: '50',
        UPSTREAM_ATTEMPT_TIMEOUT_MS: '50',
      },
    });
    const job = addJob(served);
    const response = await postForEvents(served, { query: QUERY, variables: { arns: [job.arn] } });
    await setTimeout(600);
    job.end();
    expect(await response.text()).toContain('event: complete');
  });

  it('is refused with a delay for the retry if there are too many subscriptions', async () => {
    const served = await start({ variables: { MAX_SUBSCRIPTIONS: '0' } });
    const text = await (await postForEvents(served, { query: QUERY })).text();
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

  it('sends the errors of an invalid document as its only event', async () => {
    const served = await start();
    const response = await postForEvents(served, { query: 'subscription { nope }' });
    const [, next, complete] = (await response.text()).split('\n\n');
    const { errors } = JSON.parse(next?.replace('event: next\ndata: ', '') ?? '') as {
      errors: unknown;
    };
    expect(codesOf(errors)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(complete).toBe('event: complete\ndata:');
  });

  describe('by GET', () => {
    const get = (
      { url }: Gateway,
      search: Record<string, string>,
      headers: Record<string, string> = {},
    ) =>
      fetch(`${url}/graphql?${new URLSearchParams(search).toString()}`, {
        headers: { accept: 'text/event-stream', ...headers },
      });
    const ENDED = { query: QUERY, variables: '{"arns":[]}' };

    it('sends the same events as by POST', async () => {
      const served = await start();
      const job = served.emulator.addJob({ submitTime: 1, endTime: 2 });
      const variables = JSON.stringify({ arns: [job.invocationArn] });
      const text = await (await get(served, { query: QUERY, variables })).text();
      expect(text).toContain(job.invocationArn);
      expect(text).toContain('event: complete');
    });

    it.each([
      ['a client that is no browser', {}, 200],
      ['a page of the gateway', { 'sec-fetch-site': 'same-origin' }, 200],
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
      ['a page without an origin', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a page of another host of the same site', { 'sec-fetch-site': 'same-site' }, 403],
    ])('is opened or refused by origin: %s', async (_title, headers, status) => {
      const served = await start({ variables: { CORS_ORIGINS: 'https://app.example.com' } });
      expect((await get(served, ENDED, headers)).status).toBe(status);
    });

    it('is refused if the variables are not JSON', async () => {
      const served = await start();
      expect((await get(served, { query: QUERY, variables: '{' })).status).toBe(400);
    });

    it('is refused for a query', async () => {
      const served = await start();
      const text = await (await get(served, { query: '{ __typename }' })).text();
      expect(text).toContain('"code":"BAD_REQUEST"');
    });
  });

  it('is opened only if the client accepts nothing else', async () => {
    const served = await start();
    const response = await postForEvents(
      served,
      { query: '{ __typename }' },
      { accept: 'application/json, text/event-stream' },
    );
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    const json = await postForEvents(served, { query: QUERY }, { accept: 'application/json' });
    expect(json.status).toBe(400);
    expect(codesOf(((await json.json()) as { errors: unknown }).errors)).toEqual(['BAD_REQUEST']);
  });

  it('sends the latest state of each job to a client that paused reading', async () => {
    const served = await start({ variables: { POLL_INTERVAL_MAX_MS: '100' } });
    const response = await postForEvents(served, { query: QUERY });
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
