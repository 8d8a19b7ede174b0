import type { ServerResponse } from 'node:http';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

const LIST = '{ asyncInvokes(first: 1) { edges { cursor } } }';
const FOLLOW = 'subscription { asyncInvokeChanged { id } }';

let issuer: Issuer;
let gateway: Gateway;
/** What the issuer owes to those who asked for its keys. */
let pendingKeyRequests: ServerResponse[];
let respondWithKeys: Issuer['answer'];
beforeEach(async () => {
  issuer = await startIssuer();
  pendingKeyRequests = [];
  respondWithKeys = issuer.answer;
  issuer.answer = (response) => void pendingKeyRequests.push(response);
  gateway = await startGateway({ variables: issuer.variables });
});
afterEach(async () => {
  await gateway.stop();
  await issuer.stop();
});

async function ask(query: string, accept: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      authorization: `Bearer ${await issuer.sign()}`,
    },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
}

const metric = async (name: string) => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
};
const inFlight = () => metric('http_requests_in_flight');

describe('a caller who has gone while the gateway found out who they are', () => {
  it.each([
    ['a query', LIST, 'application/json'],
    ['a stream', FOLLOW, 'text/event-stream'],
  ])('gets no call made for %s', async (_what, query, accept) => {
    const leave = new AbortController();
    const left = ask(query, accept, leave.signal);
    await waitForAsync(async () => (await inFlight()) === 1);
    await waitFor(() => pendingKeyRequests.length > 0);
    leave.abort();
    await expect(left).rejects.toThrow();
    await waitForAsync(async () => (await inFlight()) === 0);
    pendingKeyRequests.forEach(respondWithKeys);
    issuer.answer = respondWithKeys;
    expect((await ask('{ __typename }', 'application/json')).status).toBe(200);
    expect(gateway.emulator.counts.received).toBe(0);
    expect(await metric('graphql_subscriptions_active')).toBe(0);
  });
});

describe('a stream that is asked for as the gateway stops', () => {
  it('is cut, so that its client asks another gateway, and holds nothing up', async () => {
    const left = ask(FOLLOW, 'text/event-stream');
    await waitForAsync(async () => (await inFlight()) === 1);
    await waitFor(() => pendingKeyRequests.length > 0);
    const stopped = gateway.server.stop();
    pendingKeyRequests.forEach(respondWithKeys);
    await expect(left.then((response) => response.text())).rejects.toThrow();
    await stopped;
    expect(gateway.logLines.join('')).not.toContain('internal error');
  });
});
