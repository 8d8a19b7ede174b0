import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import type { Page } from 'playwright-core';
import { noChromium } from '../harness/chromium.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { type PublicSites, startPublicSites } from '../harness/public-sites.ts';
import { LIST, type PageJson } from '../harness/queries.ts';
import { describeWhen } from '../harness/describe-when.ts';

const SANDBOX = 'https://studio.apollographql.com';

/** What Apollo's tools send with an operation, and a browser has to ask for beforehand. */
const HEADERS = {
  'content-type': 'application/json',
  'apollo-require-preflight': 'true',
  'apollographql-client-name': 'apollo-sandbox',
  'apollographql-client-version': '1',
  'x-apollo-operation-name': 'List',
};

/** Apollo Sandbox asks for all that it understands. */
const INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

describeWhen(noChromium, 'Apollo Sandbox, in a browser on another origin', () => {
  let sites: PublicSites;
  beforeAll(async () => {
    sites = await startPublicSites();
  });
  afterAll(() => sites.stop());

  const running: { stop(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  async function start(...options: Parameters<typeof startGateway>): Promise<Gateway> {
    const gateway = await startGateway(...options);
    running.push(gateway);
    return gateway;
  }

  const startLocal = () => start({ mode: 'local', emulator: { jobs: 3 } });

  it('loads the schema of a gateway in local mode', async () => {
    const { url } = await startLocal();
    const { body } = await post(await sites.open(SANDBOX), url, { query: INTROSPECTION });
    const schema = buildClientSchema(body?.data as unknown as IntrospectionQuery);
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toContain('asyncInvokes');
  });

  it.each([SANDBOX, 'https://sandbox.embed.apollographql.com'])(
    'runs an operation with variables from %s',
    async (origin) => {
      const { url } = await startLocal();
      const answer = await post(await sites.open(origin), url, {
        query: LIST,
        operationName: 'List',
        variables: { first: 2 },
      });
      expect((answer.body?.data?.asyncInvokes as PageJson).edges).toHaveLength(2);
    },
  );

  it('reads how old the answer is', async () => {
    const { url } = await start({ mode: 'local', variables: { LIST_CACHE_TTL_MS: '1000' } });
    const { headers } = await post(await sites.open(SANDBOX), url, { query: LIST });
    expect(headers?.age).toBe('0');
  });

  it('is refused by the browser until its user lets it reach this machine', async () => {
    const { url } = await startLocal();
    const page = await sites.open(SANDBOX, { mayReachLoopback: false });
    expect((await post(page, url, { query: '{ __typename }' })).refused).toBe(true);
  });

  it('needs an origin that is allowed', async () => {
    const { url, logLines } = await start({ mode: 'local', variables: { LOG_LEVEL: 'info' } });
    const page = await sites.open('https://studio.apollographql.com.evil.example');
    expect((await post(page, url, { query: '{ __typename }' })).refused).toBe(true);
    expect(logLines.filter((line) => line.includes('"POST"'))).toEqual([]);
  });

  it.each([
    { origin: SANDBOX, type: 'connection_ack' },
    { origin: 'https://evil.example', type: 'closed' },
  ])(
    'subscribes over a WebSocket where its origin is allowed: $origin',
    async ({ origin, type }) => {
      const { url } = await startLocal();
      expect(await greet(await sites.open(origin), url)).toBe(type);
    },
  );

  it('is let in by two settings in front of AWS, and by none of the defaults', async () => {
    const closed = await start();
    const open = await start({ variables: { CORS_ORIGINS: SANDBOX, INTROSPECTION: 'true' } });
    const page = await sites.open(SANDBOX);
    expect((await post(page, closed.url, { query: INTROSPECTION })).refused).toBe(true);
    expect((await post(page, open.url, { query: INTROSPECTION })).body?.data).toBeDefined();
  });

  describe('where callers need a token', () => {
    let issuer: Issuer;
    beforeEach(async () => {
      issuer = await startIssuer();
      running.push(issuer);
    });

    it('reads why it is refused without one, and sends one as a header', async () => {
      const variables = { ...issuer.variables, CORS_ORIGINS: SANDBOX };
      const { url } = await start({ variables, emulator: { jobs: 3 } });
      const page = await sites.open(SANDBOX);
      const refusal = await post(page, url, { query: LIST });
      expect(refusal).toMatchObject({
        status: 401,
        body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      });
      const authorization = `Bearer ${await issuer.sign()}`;
      const answer = await post(page, url, { query: LIST }, { authorization });
      expect((answer.body?.data?.asyncInvokes as PageJson).edges).toHaveLength(3);
    });
  });
});

describe('a preflight of Private Network Access', () => {
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await startGateway({ mode: 'local' });
  });
  afterEach(() => gateway.stop());

  it.each([
    { origin: SANDBOX, allowed: 'true' },
    { origin: 'https://evil.example', allowed: null },
  ])('from $origin is answered with $allowed', async ({ origin, allowed }) => {
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

interface Answer {
  /** By the browser: the page sees no answer at all. */
  readonly refused?: boolean;
  readonly status?: number;
  /** Those that the page may read. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly data?: Readonly<Record<string, unknown>> };
}

/** A page opens a connection for subscriptions; the type of the first message that it gets, or `closed`. */
async function greet(page: Page, url: string): Promise<string> {
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

/** A page sends an operation to where its user typed `http://localhost:…/graphql`. */
async function post(
  page: Page,
  url: string,
  operation: Operation,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
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
          body: (await response.json()) as NonNullable<Answer['body']>,
        };
      } catch {
        return { refused: true };
      }
    },
    [endpoint, init] as const,
  );
}
