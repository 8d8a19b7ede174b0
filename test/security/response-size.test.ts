import { connect } from 'node:net';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { waitForAsync } from '../harness/wait-for.ts';

const ROW =
  '__typename id invocationArn modelArn clientRequestToken status rawStatus failureMessage ' +
  'submitTime lastModifiedTime endTime modelId region accountId durationSeconds outputDataConfig ' +
  '{ __typename ... on AsyncInvokeS3OutputDataConfig { s3Uri kmsKeyId bucketOwner bucket keyPrefix } ' +
  '... on AsyncInvokeUnknownOutputDataConfig { memberName } }';

let gateway: Gateway;
afterEach(() => gateway.stop());

const costOf = async (query: string, variables = {}): Promise<unknown> => {
  await gateway.query(query, variables);
  const lines = gateway.logLines.map((line) => JSON.parse(line) as { cost?: number; msg?: string });
  return lines.findLast(({ msg }) => msg === 'request')?.cost;
};

describe('the cost of an operation', () => {
  beforeEach(async () => {
    gateway = await startGateway({ emulator: { jobs: 3 } });
  });

  it('S4 a page of 1000 rows with every scalar is within the default cost', async () => {
    for (const rows of [`nodes { ${ROW} }`, `edges { cursor node { ${ROW} } }`]) {
      const query = `{ asyncInvokes(first: 1000) { ${rows} pageInfo { hasNextPage endCursor } } }`;
      expect((await gateway.query(query)).status).toBe(200);
      expect(await costOf(query)).toBe(1001);
    }
  });

  it('S4 rows with many values cost more, also through fragments and for each kind of list', async () => {
    const many = Array.from({ length: 10 }, (_, n) => `a${n}: failureMessage`).join(' ');
    const row = `${ROW} ${many}`;
    expect(await costOf(`{ asyncInvokes(first: 100) { nodes { ${row} more: rawStatus } } }`)).toBe(
      201,
    );
    expect(
      await costOf(
        `{ asyncInvokes(first: 100) { ...C } } fragment C on AsyncInvokeConnection { edges { node ` +
          `{ ...R } } nodes { ...R } } fragment R on AsyncInvokeSummary { ${row} }`,
      ),
    ).toBe(201);
    const ids = gateway.emulator.jobs().map(({ invocationArn }) => btoa(invocationArn));
    expect(
      await costOf(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on AsyncInvokeSummary { ${row} more: rawStatus } } }`,
        { ids },
      ),
    ).toBe(7);
  });

  it('S4 a field that was skipped in an earlier request costs the same when it is included', async () => {
    const query = `query q($x: Boolean!) { asyncInvokes(first: 10) { nodes { id } }
      ... @include(if: $x) { asyncInvokes(first: 10) { edges { node { ${ROW} } } nodes { ${ROW} } } } }`;
    expect(await costOf(query, { x: false })).toBe(11);
    expect(await costOf(query, { x: true })).toBe(21);
    expect(await costOf(query, { x: false })).toBe(11);
  });
});

describe('the size of a response', () => {
  it.each(['true', 'false'])(
    'S4 a response above MAX_RESPONSE_BYTES is a typed error (COMPILE_QUERIES=%s)',
    async (compile) => {
      gateway = await startGateway({
        variables: { MAX_RESPONSE_BYTES: '20000', COMPILE_QUERIES: compile },
        emulator: { jobs: 500 },
      });
      const page = (first: number) => `asyncInvokes(first: ${first}) { nodes { ${ROW} } }`;
      for (const query of [
        `{ ${page(500)} }`,
        `{ a: ${page(15)} b: ${page(15)} c: ${page(15)} }`,
      ]) {
        const { status, data, errors } = await gateway.query(query);
        expect([status, data]).toEqual([200, null]);
        expect(errors).toHaveLength(1);
        expect(errors[0]?.extensions).toEqual({
          code: 'RESPONSE_TOO_LARGE',
          retryable: false,
          limit: 'MAX_RESPONSE_BYTES',
          max: 20_000,
        });
      }
      expect((await gateway.query(`{ ${page(15)} }`)).errors).toEqual([]);
    },
  );
});

describe('unread responses', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());

  it('S4 a caller that does not read its responses gets no further ones, and others do', async () => {
    gateway = await startGateway({
      variables: {
        ...issuer.variables,
        RATE_LIMIT: 'off',
        MAX_UNSENT_BYTES_PER_CALLER: '8000000',
      },
      emulator: { jobs: 1000 },
    });
    const authorization = `Bearer ${await issuer.sign({ sub: 'slow' })}`;
    const query = `{ asyncInvokes(first: 1000) { nodes { ${ROW} } } }`;
    const body = JSON.stringify({ query });
    const { hostname, port } = new URL(gateway.url);
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.pause();
      const request =
        `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${authorization}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      socket.write(request.repeat(20));
      return socket;
    });
    try {
      const slow = () => gateway.query('{ __typename }', {}, { authorization });
      await waitForAsync(async () => {
        const { errors } = await gateway.query(query, {}, { authorization });
        return errors[0]?.extensions.limit === 'MAX_UNSENT_BYTES_PER_CALLER';
      });
      const other = `Bearer ${await issuer.sign({ sub: 'quick' })}`;
      const { status, errors } = await gateway.query(query, {}, { authorization: other });
      expect([status, errors]).toEqual([200, []]);
      for (const socket of sockets) socket.destroy();
      await waitForAsync(async () => (await slow()).status === 200);
      expect((await gateway.query(query, {}, { authorization })).errors).toEqual([]);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
