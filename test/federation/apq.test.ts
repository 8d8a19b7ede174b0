import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { killAll, printed, runScript } from '../harness/cli-process.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type GraphqlClient, graphqlClient } from '../harness/graphql-client.ts';
import { exampleQuery } from './supergraph.ts';

const EXAMPLE = new URL('../../examples/federation/', import.meta.url);
const ROUTER_SECRET = 'a-secret-of-the-router-and-its-subgraph';

interface SubgraphRequest {
  readonly query?: string;
  readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash: string } };
}

/** Records the requests that the router sends to the subgraph. */
async function startRecorder(gateway: Gateway, requests: SubgraphRequest[]): Promise<Server> {
  const server = createServer((request, response) => {
    const forward = async () => {
      const body = await text(request);
      requests.push(JSON.parse(body) as SubgraphRequest);
      const headers = {
        'content-type': String(request.headers['content-type']),
        'router-authorization': String(request.headers['router-authorization']),
      };
      const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? '',
      });
      response.end(await answer.text());
    };
    forward().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/** Starts the router of the example with APQ, in front of the gateway and the render queue. */
async function startRouter(bedrockUrl: string, { emulator }: Gateway): Promise<GraphqlClient> {
  const queue = runScript(new URL('render-queue/server.mjs', EXAMPLE).pathname, [], {
    PORT: '0',
    AWS_REGION: emulator.region,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
    AWS_ACCESS_KEY_ID: 'queue',
    AWS_SECRET_ACCESS_KEY: 'queue',
  });
  const router = runScript(new URL('router.mjs', EXAMPLE).pathname, [], {
    PORT: '0',
    BEDROCK_URL: bedrockUrl,
    RENDER_QUEUE_URL: await printed(queue, /render queue on (\S+)/),
    APQ: 'true',
    ROUTER_SECRET,
  });
  return graphqlClient(await printed(router, /router on (\S+)/));
}

describe('Apollo Gateway with automatic persisted queries', () => {
  let gateway: Gateway;
  let recorder: Server;
  let router: GraphqlClient;
  let requests: SubgraphRequest[];

  async function start(apq: 'true' | 'false'): Promise<void> {
    gateway = await startGateway({
      emulator: { jobs: 50 },
      variables: { GRAPH_ROLE: 'subgraph', ROUTER_SECRET, APQ: apq },
    });
    requests = [];
    recorder = await startRecorder(gateway, requests);
    router = await startRouter(urlOf(recorder), gateway);
  }

  afterEach(async () => {
    killAll();
    recorder.close();
    await gateway.stop();
  });

  it('sends the text of an entity query once, and then its hash', async () => {
    await start('true');
    const first = await router.query(exampleQuery('renders'));
    expect(first.errors).toEqual([]);
    expect(requests).toMatchObject([{}, { query: expect.stringContaining('_entities') as string }]);
    const second = await router.query(exampleQuery('renders'));
    expect([second.errors, second.data]).toEqual([[], first.data]);
    expect(requests.map(({ query }) => query !== undefined)).toEqual([false, true, false]);
    const hashes = requests.map(({ extensions }) => extensions?.persistedQuery?.sha256Hash);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(1);
  });

  it('gets an error that says why from a subgraph with APQ=false', async () => {
    await start('false');
    const { data, errors } = await router.query(exampleQuery('renders'));
    expect(data?.renders).toHaveLength(20);
    expect(errors[0]).toMatchObject({
      message: 'PersistedQueryNotSupported',
      extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
    });
    // This router sends the text only after `PersistedQueryNotFound`.
    expect(requests.map(({ query }) => query)).toEqual([undefined]);
  });
});
