import { type Gateway, startGateway } from '../harness/gateway.ts';
import { jsonRequest } from '../harness/http.ts';
import { startIssuer } from '../harness/issuer.ts';
import { requestsInFlight } from '../harness/metrics.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

let gateway: Gateway;
afterEach(() => gateway.stop());

const start = async (rateLimit: number, variables = {}) => {
  gateway = await startGateway({ variables: { RATE_LIMIT: String(rateLimit), ...variables } });
};

const post = (body: string | object, headers = {}) =>
  fetch(`${gateway.url}/graphql`, jsonRequest(body, headers));
const get = (query: string) =>
  fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { 'apollo-require-preflight': '1' },
  });

/** Sends a request until it is refused with 429. Returns the statuses before. */
async function statusesUntilRefused(send: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < 100) {
    const { status } = await send();
    if (status === 429) return statuses;
    statuses.push(status);
    // A refusal is charged when its response has been sent.
    await waitForAsync(async () => (await requestsInFlight(gateway.url)) === 0);
  }
  return statuses;
}

const EXPENSIVE =
  '{ asyncInvokes(first: 1000) { nodes { id } } b: asyncInvokes(first: 1000) { nodes { id } } }';
const TYPED = 'query ($n: Int!) { asyncInvokes(first: $n) { nodes { id } } }';

describe('the rate limit', () => {
  it.each<[string, () => Promise<Response>, number]>([
    ['an operation over MAX_COST', () => post({ query: EXPENSIVE }), 400],
    ['an operation over MAX_COST by GET', () => get(EXPENSIVE), 400],
    ['variables that do not fit', () => post({ query: TYPED, variables: { n: 'x' } }), 400],
    ['a missing variable', () => post({ query: TYPED }), 400],
    ['a document that is not valid', () => post({ query: '{ nothing }' }), 400],
    ['a syntax error', () => post({ query: '{' }), 400],
    ['too many aliases', () => post({ query: `{${'a: __typename '.repeat(30)}}` }), 400],
    ['an unknown operation name', () => post({ query: '{ __typename }', operationName: 'x' }), 400],
    [
      'a subscription by POST',
      () => post({ query: 'subscription { asyncInvokeChanged { id } }' }),
      400,
    ],
    ['malformed JSON', () => post('{'), 400],
    ['an empty body', () => post(''), 400],
    ['a batch', () => post([{ query: '{ __typename }' }]), 400],
    ['a body that is too large', () => post({ query: ' '.repeat(2000) }), 413],
    ['another content type', () => post('{}', { 'content-type': 'application/xml' }), 415],
    [
      'another charset',
      () => post('{}', { 'content-type': 'application/json; charset=latin1' }),
      415,
    ],
    ['another encoding', () => post('{}', { 'content-encoding': 'br' }), 415],
    ['a body that is not compressed', () => post('{}', { 'content-encoding': 'gzip' }), 400],
    [
      'a response type that is not served',
      () => post({ query: '{ __typename }' }, { accept: 'text/html' }),
      406,
    ],
    ['a simple request', () => post('{}', { 'content-type': 'text/plain' }), 400],
    ['another method', () => fetch(`${gateway.url}/graphql`, { method: 'PUT' }), 405],
    ['a GET without a document', () => get(''), 400],
    [
      'a GET that a page of another site could send',
      () => fetch(`${gateway.url}/graphql?query={__typename}`),
      400,
    ],
  ])('S2 %s costs 10', async (_what, send, status) => {
    await start(50, { MAX_BODY_BYTES: '1024' });
    const statuses = await statusesUntilRefused(send);
    expect(new Set(statuses)).toEqual(new Set([status]));
    // A new document costs a little more.
    expect([4, 5]).toContain(statuses.length);
  });

  it.each<[string, object]>([
    [
      'a document that skips everything',
      { query: 'query ($s: Boolean = true) { __typename @skip(if: $s) }' },
    ],
    ['a document that asks for nothing', { query: '{ __typename }' }],
    ['a page of an invalid size', { query: '{ asyncInvokes(first: -1) { nodes { id } } }' }],
  ])('S2 %s costs 1', async (_what, body) => {
    await start(20);
    const statuses = await statusesUntilRefused(() => post(body));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect([19, 20]).toContain(statuses.length);
  });

  it.each<[string, () => RequestInit]>([
    ['a chunked body', () => ({ body: new Blob(['{}']).stream(), duplex: 'half' })],
    ['a compressed body', () => ({ body: '{}', headers: { 'content-encoding': 'gzip' } })],
    ['a long body', () => ({ body: ' '.repeat(262_144) })],
  ])('S2 %s pays for its possible length before it is read', async (_what, optionsOf) => {
    // 1, and 16 for 256 KiB. The failure costs 9 more.
    await start(20);
    const send = () => {
      const { headers, ...options } = optionsOf();
      const all = { 'content-type': 'application/json', ...(headers as Record<string, string>) };
      return fetch(`${gateway.url}/graphql`, { method: 'POST', ...options, headers: all });
    };
    expect(await statusesUntilRefused(send)).toHaveLength(1);
  });

  it('S2 refusals of the stream protocol cost 10', async () => {
    await start(50);
    const events = () => post({ query: '{ nothing }' }, { accept: 'text/event-stream' });
    const statuses = await statusesUntilRefused(events);
    expect(statuses.length).toBeLessThanOrEqual(5);
    expect(statuses.length).toBeGreaterThan(0);
  });
});

describe('documents that are new', () => {
  let unique = 0;
  const slowDocument = (selections = 50) => {
    unique += 1;
    const nodes = 'nodes { id status modelArn modelId region accountId } '.repeat(selections);
    return `query Q${unique} { asyncInvokes(first: 1) { ${nodes} } }`;
  };

  it('S2 are charged by their size and comparisons, and known ones are not', async () => {
    // 350 fields with 50 of one name: 450 tokens and 17,000 comparisons.
    await start(100);
    const slow = slowDocument();
    expect((await statusesUntilRefused(() => post({ query: slow }))).length).toBeLessThan(30);
    await gateway.stop();
    await start(100);
    const small = '{ asyncInvokes(first: 1) { nodes { id } } }';
    expect((await statusesUntilRefused(() => post({ query: small }))).length).toBeGreaterThan(45);
  });

  it('S2 of one caller do not delay those of another, by POST and by stream', async () => {
    const issuer = await startIssuer();
    await start(1_000_000, issuer.variables);
    const authorization = async (sub: string) => `Bearer ${await issuer.sign({ sub })}`;
    const slow = await authorization('slow');
    const quick = await authorization('quick');
    await post({ query: slowDocument() }, { authorization: quick });
    let done = 0;
    const attack = Array.from({ length: 40 }, (_, n) => {
      const accept = n % 2 === 0 ? 'application/json' : 'text/event-stream';
      return post({ query: slowDocument() }, { authorization: slow, accept }).then(() => {
        done += 1;
      });
    });
    await waitFor(() => done > 0);
    const before = done;
    const { status } = await post({ query: slowDocument() }, { authorization: quick });
    expect(status).toBe(200);
    expect(done - before).toBeLessThan(10);
    await Promise.all(attack);
    await issuer.stop();
  });
});
