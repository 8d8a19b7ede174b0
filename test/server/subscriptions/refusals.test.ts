import {
  addJob,
  codesOf,
  countOpen,
  EVENT_STREAM_HEADERS,
  QUERY,
  useSubscriptions,
} from '../../harness/subscriptions.ts';
import { waitFor } from '../../harness/wait-for.ts';

const { start, subscribe } = useSubscriptions();

describe('a subscription is refused', () => {
  it.each([
    ['for a syntax error', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['for an unknown field', { query: 'subscription { nope }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'for two fields',
      { query: 'subscription { a: asyncInvokeChanged { id } b: asyncInvokeChanged { id } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'for a skipped field',
      { query: 'subscription { asyncInvokeChanged @skip(if: true) { id } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['for a query', { query: '{ __typename }' }, 'BAD_REQUEST'],
    [
      'for two operations without `operationName`',
      {
        query:
          'subscription A { asyncInvokeChanged { id } } subscription B { asyncInvokeChanged { id } }',
      },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'for a document that is nested too deeply',
      {
        query: 'subscription { asyncInvokeChanged { outputDataConfig { __typename } } }',
        variables: { MAX_DEPTH: '2' },
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'for too many aliases',
      {
        query: `subscription { asyncInvokeChanged { ${Array.from({ length: 21 }, (_, n) => `a${n}: id`).join(' ')} } }`,
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'for an ARN of another service',
      {
        query:
          'subscription { asyncInvokeChanged(invocationArns: ["arn:aws:s3:::bucket"]) { id } }',
      },
      'BAD_USER_INPUT',
    ],
    [
      'for a status that cannot be filtered by',
      { query: 'subscription { asyncInvokeChanged(filter: { statusEquals: UNKNOWN }) { id } }' },
      'BAD_USER_INPUT',
    ],
    ['for a variable of another type', { query: QUERY, values: { arns: 7 } }, 'BAD_USER_INPUT'],
    [
      'for too high a cost',
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
      'for too many ARNs',
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
      'for exceeding the rate limit',
      {
        query: QUERY,
        values: { arns: [`arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl`] },
        variables: { RATE_LIMIT: '2' },
      },
      'RATE_LIMITED',
    ],
    [
      'for exceeding the limit per caller',
      { query: QUERY, variables: { MAX_SUBSCRIPTIONS_PER_CALLER: '0' } },
      'RATE_LIMITED',
    ],
  ])('%s', async (_what, { query, values = {}, variables = {} }: Refused, code) => {
    const served = await start({ variables });
    const subscriber = subscribe(served, values, { query });
    expect(codesOf(await subscriber.waitForError())).toContain(code);
    expect(served.emulator.counts.received).toBe(0);
    expect(await countOpen(served)).toBe(0);
  });

  interface Refused {
    readonly query: string;
    readonly values?: Record<string, unknown>;
    readonly variables?: Record<string, string>;
  }

  it('without suggestions from the schema if introspection is off', async () => {
    const messageOf = async (introspection: string) => {
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
    expect(await messageOf('true')).toContain('asyncInvokeChanged');
    expect(await messageOf('false')).toBe(
      'Cannot query field "asyncInvokeChange" on type "Subscription".',
    );
  });

  it('for variables that are nested too deeply', async () => {
    const served = await start();
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const response = await fetch(`${served.url}/graphql`, {
      method: 'POST',
      headers: EVENT_STREAM_HEADERS,
      body: `{"query":${JSON.stringify(QUERY)},"variables":{"arns":${deep}}}`,
    });
    expect(await response.text()).toContain('"code":"BAD_USER_INPUT"');
  });

  it('without counting as open, also if many arrive at once', async () => {
    const served = await start({ variables: { MAX_SUBSCRIPTIONS_PER_CALLER: '3' } });
    addJob(served);
    const all = Array.from({ length: 10 }, () => subscribe(served));
    await Promise.all(all.map((subscriber) => subscriber.waitForResults(1)));
    const refused = all.filter(({ error }) => error !== undefined);
    expect(refused.flatMap(({ error }) => codesOf(error))).toEqual(Array(7).fill('RATE_LIMITED'));
    expect(await countOpen(served)).toBe(3);
  });

  it('and ends if Amazon Bedrock denies access', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    const subscriber = subscribe(served);
    await waitFor(() => subscriber.ended);
    const errors = subscriber.results[0]?.errors;
    expect(codesOf(errors)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(errors)).not.toContain('arn:');
  });
});
