import type { ServerResponse } from 'node:http';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { postJson } from '../harness/http.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { metricValue, requestsInFlight } from '../harness/metrics.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

const LIST = '{ asyncInvokes(first: 1) { edges { cursor } } }';
const SUBSCRIBE = 'subscription { asyncInvokeChanged { id } }';

let issuer: Issuer;
let gateway: Gateway;
/** JWKS requests that the issuer has not responded to. */
let pendingKeyRequests: ServerResponse[];
let respondWithKeys: Issuer['respond'];
beforeEach(async () => {
  issuer = await startIssuer();
  pendingKeyRequests = [];
  respondWithKeys = issuer.respond;
  issuer.respond = (response) => void pendingKeyRequests.push(response);
  gateway = await startGateway({ variables: issuer.variables });
});
afterEach(async () => {
  await gateway.stop();
  await issuer.stop();
});

async function ask(query: string, accept: string, signal?: AbortSignal): Promise<Response> {
  const headers = { accept, authorization: `Bearer ${await issuer.sign()}` };
  return postJson(`${gateway.url}/graphql`, { query }, { headers, signal });
}

const inFlight = () => requestsInFlight(gateway.url);

describe('disconnects during authentication', () => {
  it.each([
    ['a query', LIST, 'application/json'],
    ['a stream', SUBSCRIBE, 'text/event-stream'],
  ])(
    'a client that disconnects during authentication causes no upstream call for %s',
    async (_what, query, accept) => {
      const client = new AbortController();
      const request = ask(query, accept, client.signal);
      await waitForAsync(async () => (await inFlight()) === 1);
      await waitFor(() => pendingKeyRequests.length > 0);
      client.abort();
      await expect(request).rejects.toThrow();
      await waitForAsync(async () => (await inFlight()) === 0);
      pendingKeyRequests.forEach(respondWithKeys);
      issuer.respond = respondWithKeys;
      expect((await ask('{ __typename }', 'application/json')).status).toBe(200);
      expect(gateway.emulator.counts.received).toBe(0);
      expect(await metricValue(gateway.url, 'graphql_subscriptions_active')).toBe(0);
    },
  );
});

describe('streams during a stop', () => {
  it('a stream that is requested during a stop is closed, so that its client reconnects', async () => {
    const request = ask(SUBSCRIBE, 'text/event-stream');
    await waitForAsync(async () => (await inFlight()) === 1);
    await waitFor(() => pendingKeyRequests.length > 0);
    const stopped = gateway.server.stop();
    pendingKeyRequests.forEach(respondWithKeys);
    await expect(request.then((response) => response.text())).rejects.toThrow();
    await stopped;
    expect(gateway.logLines.join('')).not.toContain('internal error');
  });
});
