import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import type { Page } from 'playwright-core';
import { missingChromium } from '../harness/chromium.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { startIssuer } from '../harness/issuer.ts';
import { type PublicSites, startPublicSites } from '../harness/public-sites.ts';
import { LIST, type PageJson } from '../harness/queries.ts';
import { describeWhen } from '../harness/describe-when.ts';

const SANDBOX = 'https://studio.apollographql.com';

/** Headers that Apollo's tools send. They make the browser send a preflight request first. */
const HEADERS = {
  'content-type': 'application/json',
  'apollo-require-preflight': 'true',
  'apollographql-client-name': 'apollo-sandbox',
  'apollographql-client-version': '1',
  'x-apollo-operation-name': 'List',
};

/** Apollo Sandbox requests every option of introspection. */
const INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

describeWhen(missingChromium, 'Apollo Sandbox, in a browser on another origin', () => {
  let sites: PublicSites;
  /** In local mode with three jobs. Tests share it, because they only read. */
  let local: Gateway;
  let sandbox: Page;
  beforeAll(async () => {
    [sites, local] = await Promise.all([
      startPublicSites(),
      startGateway({ mode: 'local', emulator: { jobs: 3 } }),
    ]);
    sandbox = await sites.open(SANDBOX);
  });
  afterAll(async () => {
    await sites.stop();
    await local.stop();
  });

  const running: { stop(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  async function start(...options: Parameters<typeof startGateway>): Promise<Gateway> {
    const gateway = await startGateway(...options);
    running.push(gateway);
    return gateway;
  }

  it('loads the schema of a gateway in local mode', async () => {
    const { body } = await post(sandbox, local.url, { query: INTROSPECTION });
    const schema = buildClientSchema(body?.data as unknown as IntrospectionQuery);
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toContain('asyncInvokes');
  });

  it.each([SANDBOX, 'https://sandbox.embed.apollographql.com'])(
    'runs an operation with variables from %s',
    async (origin) => {
      const page = origin === SANDBOX ? sandbox : await sites.open(origin);
      const response = await post(page, local.url, {
        query: LIST,
        operationName: 'List',
        variables: { first: 2 },
      });
      expect((response.body?.data?.asyncInvokes as PageJson).edges).toHaveLength(2);
    },
  );

  it('can read the Age header of a response', async () => {
    const { url } = await start({ mode: 'local', variables: { LIST_CACHE_TTL_MS: '1000' } });
    const { headers } = await post(sandbox, url, { query: LIST });
    expect(headers?.age).toBe('0');
  });

  it('is blocked by the browser until the user allows access to this machine', async () => {
    const page = await sites.open(SANDBOX, { mayReachLoopback: false });
    expect((await post(page, local.url, { query: '{ __typename }' })).isBlocked).toBe(true);
  });

  it('is blocked when its origin is not allowed', async () => {
    const { url, logLines } = await start({ mode: 'local', variables: { LOG_LEVEL: 'info' } });
    const page = await sites.open('https://studio.apollographql.com.evil.example');
    expect((await post(page, url, { query: '{ __typename }' })).isBlocked).toBe(true);
    expect(logLines.filter((line) => line.includes('"POST"'))).toEqual([]);
  });

  it.each([
    { origin: SANDBOX, type: 'connection_ack' },
    { origin: 'https://evil.example', type: 'closed' },
  ])('opens a WebSocket from $origin and receives $type', async ({ origin, type }) => {
    const page = origin === SANDBOX ? sandbox : await sites.open(origin);
    expect(await openWebSocket(page, local.url)).toBe(type);
  });

  it('works with the serve command only after two settings', async () => {
    const [closed, open] = await Promise.all([
      start(),
      start({ variables: { CORS_ORIGINS: SANDBOX, INTROSPECTION: 'true' } }),
    ]);
    expect((await post(sandbox, closed.url, { query: INTROSPECTION })).isBlocked).toBe(true);
    expect((await post(sandbox, open.url, { query: INTROSPECTION })).body?.data).toBeDefined();
  });

  it('can read why a request without a token fails, and send a token', async () => {
    const issuer = await startIssuer();
    running.push(issuer);
    const variables = { ...issuer.variables, CORS_ORIGINS: SANDBOX };
    const { url } = await start({ variables, emulator: { jobs: 3 } });
    const refusal = await post(sandbox, url, { query: LIST });
    expect(refusal).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    const authorization = `Bearer ${await issuer.sign()}`;
    const response = await post(sandbox, url, { query: LIST }, { authorization });
    expect((response.body?.data?.asyncInvokes as PageJson).edges).toHaveLength(3);
  });
});

describe('a preflight request for Private Network Access', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ mode: 'local' });
  });
  afterAll(() => gateway.stop());

  it.each([
    { origin: SANDBOX, allowed: 'true' },
    { origin: 'https://evil.example', allowed: null },
  ])('from $origin gets the permission $allowed', async ({ origin, allowed }) => {
    const { headers } = await fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-private-network': 'true',
      },
    });
    expect(headers.get('access-control-allow-private-network')).toBe(allowed);
  });
});

interface Operation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface PageResponse {
  /** The browser hides the response from the page. */
  readonly isBlocked?: boolean;
  readonly status?: number;
  /** The headers that the page may read. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly data?: Readonly<Record<string, unknown>> };
}

/** Connects for subscriptions. Returns the type of the first message, or `closed`. */
async function openWebSocket(page: Page, url: string): Promise<string> {
  const endpoint = `${url.replace('http://127.0.0.1', 'ws://localhost')}/graphql`;
  return page.evaluate(
    (to) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(to, 'graphql-transport-ws');
        socket.onopen = () => {
          socket.send(JSON.stringify({ type: 'connection_init', payload: {} }));
        };
        socket.onmessage = ({ data }) => {
          resolve((JSON.parse(String(data)) as { type: string }).type);
        };
        socket.onclose = () => {
          resolve('closed');
        };
      }),
    endpoint,
  );
}

/** Sends an operation from a page whose user entered `http://localhost:…/graphql`. */
async function post(
  page: Page,
  url: string,
  operation: Operation,
  headers: Readonly<Record<string, string>> = {},
): Promise<PageResponse> {
  const endpoint = `${url.replace('127.0.0.1', 'localhost')}/graphql`;
  const init = {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body: JSON.stringify(operation),
  };
  return page.evaluate(
    async ([to, request]) => {
      try {
        const response = await fetch(to, request);
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: (await response.json()) as NonNullable<PageResponse['body']>,
        };
      } catch {
        return { isBlocked: true };
      }
    },
    [endpoint, init] as const,
  );
}
