import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { propagation, SpanKind, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { killAll, startBuilt } from '../harness/cli-process.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { graphqlClient } from '../harness/graphql-client.ts';
import { postJson } from '../harness/http.ts';
import { metricsOf, metricValue, requestsInFlight } from '../harness/metrics.ts';
import { waitForAsync, waitFor } from '../harness/wait-for.ts';

const NAMED = 'query Jobs($first: Int) { asyncInvokes(first: $first) { nodes { id } } }';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway({ emulator: { jobs: 3 }, variables: { RATE_LIMIT: '100' } });
});
afterEach(() => gateway.stop());

const requestLines = () =>
  gateway.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg, route }) => msg === 'request' && route === '/graphql');

describe('request log', () => {
  it('the log line of a request contains the caller, the operation, its cost and the AWS request ids', async () => {
    await gateway.query(NAMED, { first: 2 });
    await waitFor(() => requestLines().length === 1);
    expect(requestLines()).toMatchObject([
      {
        method: 'POST',
        statusCode: 200,
        identity: 'anonymous:127.0.0.1',
        operationName: 'Jobs',
        cost: 3,
        upstreamCalls: 1,
        awsRequestIds: [gateway.emulator.requests[0]?.requestId],
        durationMs: expect.any(Number) as number,
        reqId: expect.any(String) as string,
      },
    ]);
  });

  it('the log line of a request counts retries as upstream calls and contains the error codes', async () => {
    gateway.emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    await gateway.query(NAMED);
    await waitFor(() => requestLines().length === 1);
    expect(requestLines()).toMatchObject([{ upstreamCalls: 2, codes: ['RATE_LIMITED'] }]);
  });

  it('the log line of a request is written when the client disconnects', async () => {
    gateway.emulator.inject({ kind: 'hang' });
    const client = new AbortController();
    const { signal } = client;
    const request = postJson(`${gateway.url}/graphql`, { query: NAMED }, { signal });
    await waitFor(() => gateway.emulator.counts.inFlight === 1);
    client.abort();
    await expect(request).rejects.toThrow();
    await waitFor(() => requestLines().length === 1);
    expect(requestLines()).toMatchObject([{ statusCode: 499, operationName: 'Jobs' }]);
    expect(await requestsInFlight(gateway.url)).toBe(0);
    const series = 'graphql_operations_total{operation="Jobs",outcome="CLIENT_CLOSED_REQUEST"}';
    expect(await metricValue(gateway.url, series)).toBe(1);
    // A disconnect is not an upstream error.
    expect(gateway.logLines.join('')).not.toMatch(/upstream (?:fault|error)/);
  });

  it('the log line of a request contains no variables, documents, tokens or messages, and no line break', async () => {
    const secret = 'hunter2\n{"level":60}';
    const arn = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/aaaaaaaaaaaa';
    gateway.emulator.addJob({ invocationArn: arn, outcome: 'Failed', failureMessage: secret });
    const selection = 'secretAlias: asyncInvoke(invocationArn: $a) { failureMessage }';
    await gateway.query(
      `query ($a: AwsArn!) { ${selection} } # ${JSON.stringify(secret)}`,
      { a: arn, secret },
      { authorization: `Bearer ${secret.replace('\n', '')}` },
    );
    await waitFor(() => requestLines().length === 1);
    const log = gateway.logLines.join('');
    expect(log).not.toMatch(/hunter2|secretAlias|aaaaaaaaaaaa/);
    for (const line of gateway.logLines) expect(line.trimEnd()).not.toContain('\n');
  });
});

describe('/metrics', () => {
  it('metrics count operations by name and outcome, their cost, and their upstream requests', async () => {
    await gateway.query(NAMED, { first: 2 });
    gateway.emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    await gateway.query(NAMED, { first: 2 });
    gateway.emulator.clearFaults();
    await gateway.query('{ __typename }');
    const value = (name: string, labels: string) => metricValue(gateway.url, `${name}{${labels}}`);
    expect(await value('graphql_operations_total', 'operation="Jobs",outcome="ok"')).toBe(1);
    expect(await value('graphql_operations_total', 'operation="Jobs",outcome="RATE_LIMITED"')).toBe(
      1,
    );
    expect(await value('graphql_operations_total', 'operation="(anonymous)",outcome="ok"')).toBe(1);
    expect(await metricValue(gateway.url, 'graphql_cost_total')).toBe(4);
    const labels = 'operation="ListAsyncInvokes",region="us-east-1"';
    expect(await value('bedrock_requests_total', `${labels},outcome="ok"`)).toBe(1);
    expect(await value('bedrock_requests_total', `${labels},outcome="throttled"`)).toBe(1);
    expect(await value('bedrock_retries_total', labels)).toBe(1);
    expect(await value('bedrock_request_duration_seconds_count', labels)).toBe(2);
    expect(await value('http_requests_total', 'route="/graphql",status="200"')).toBe(3);
  });

  it('metrics keep at most 200 operation names apart, and a fifth of them for one caller', async () => {
    const wide = await startGateway({ variables: { RATE_LIMIT: 'off' } });
    try {
      for (let n = 0; n < 220; n += 1) await wide.query(`query N${n} { __typename }`);
      const body = await metricsOf(wide.url);
      expect(body.match(/^graphql_operations_total\{/gm)).toHaveLength(41);
      expect(body).toContain('graphql_operations_total{operation="(other)",outcome="ok"} 180');
    } finally {
      await wide.stop();
    }
  });

  it('metrics are not served with METRICS=false', async () => {
    const without = await startGateway({ variables: { METRICS: 'false' } });
    expect((await fetch(`${without.url}/metrics`)).status).toBe(404);
    await without.stop();
  });
});

describe('tracing', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  beforeAll(() => {
    trace.setGlobalTracerProvider(provider);
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });
  beforeEach(() => {
    exporter.reset();
  });
  afterAll(async () => {
    trace.disable();
    propagation.disable();
    await provider.shutdown();
  });

  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const PARENT = 'b7ad6b7169203331';
  const finished = async (count: number): Promise<ReadableSpan[]> => {
    await waitFor(() => exporter.getFinishedSpans().length >= count);
    return exporter.getFinishedSpans();
  };
  const named = (spans: readonly ReadableSpan[], name: string) =>
    spans.find((span) => span.name === name);

  it('traces continue the caller’s trace down to the upstream call', async () => {
    await gateway.query(NAMED, {}, { traceparent: `00-${TRACE}-${PARENT}-01` });
    const spans = await finished(3);
    const request = named(spans, 'POST /graphql');
    const operation = named(spans, 'graphql query Jobs');
    const call = named(spans, 'BedrockRuntime/ListAsyncInvokes');
    expect(spans.map((span) => span.spanContext().traceId)).toEqual([TRACE, TRACE, TRACE]);
    expect(request).toMatchObject({ kind: SpanKind.SERVER, parentSpanContext: { spanId: PARENT } });
    expect(operation?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(call).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: {
        'rpc.method': 'ListAsyncInvokes',
        'cloud.region': 'us-east-1',
        'aws.request_id': gateway.emulator.requests[0]?.requestId,
        'aws.attempts': 1,
      },
    });
    expect(call?.parentSpanContext?.spanId).toBe(operation?.spanContext().spanId);
    await waitFor(() => requestLines().length === 1);
    expect(requestLines()).toMatchObject([{ traceId: TRACE }]);
  });

  it('traces contain the error code and no message of the upstream', async () => {
    gateway.emulator.inject({
      kind: 'error',
      type: 'AccessDeniedException',
      status: 403,
      message: 'arn:aws:iam::999988887777:role/x may not',
    });
    await gateway.query(NAMED);
    const spans = await finished(3);
    expect(named(spans, 'BedrockRuntime/ListAsyncInvokes')?.attributes['error.type']).toBe(
      'access_denied',
    );
    expect(named(spans, 'graphql query Jobs')?.attributes['error.type']).toBe('FORBIDDEN');
    expect(
      JSON.stringify(spans.map(({ attributes, events }) => [attributes, events])),
    ).not.toContain('999988887777');
  });
});

describe('trace export', () => {
  it('the built gateway exports its traces to the endpoint of the OpenTelemetry variables', async () => {
    const bodies: string[] = [];
    const collector = createServer((request: IncomingMessage, response) => {
      void text(request).then((body) => {
        bodies.push(`${request.url ?? ''} ${body}`);
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const address = collector.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const emulator = await createEmulator({ jobs: 1 }).start();
    try {
      const url = await startBuilt(emulator, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_SERVICE_NAME: 'jobs-graph',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      });
      await graphqlClient(`${url}/graphql`).query(NAMED);
      await waitForAsync(() => Promise.resolve(bodies.length > 0));
      expect(bodies[0]).toMatch(/^\/v1\/traces /);
      expect(bodies.join('')).toContain('BedrockRuntime/ListAsyncInvokes');
      expect(bodies.join('')).toContain('jobs-graph');
    } finally {
      killAll();
      await emulator.destroy();
      collector.closeAllConnections();
      collector.close();
    }
  });
});
