import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:http2';

import type { Emulator, Fault } from '../../src/emulator/emulator.ts';
import {
  AUTHORIZATION,
  call,
  destroyEmulators,
  list,
  listOverHttp2,
  sendRaw,
  start,
  START_INPUT,
  startEmulator,
  waitUntil,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

/** Sends a request over HTTP/1.1. Returns its error, or undefined after a complete response. */
function requestError(emulator: Emulator): Promise<unknown> {
  return new Promise((resolve) => {
    const headers = { authorization: AUTHORIZATION };
    httpRequest(`${emulator.url}/async-invoke`, { headers }, (response) => {
      response.on('error', resolve).on('end', resolve).resume();
    })
      .on('error', resolve)
      .end();
  });
}

describe('injected fault', () => {
  it('sends an AWS error with the given name, status, message and headers for kind "error"', async () => {
    const emulator = await startEmulator();
    emulator.inject({
      kind: 'error',
      type: 'TeapotException',
      status: 418,
      message: 'Short and stout',
      headers: { 'retry-after': '7' },
    });
    const response = await call(emulator, '/async-invoke');
    expect(response).toMatchObject({
      status: 418,
      type: 'TeapotException',
      message: 'Short and stout',
    });
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-amzn-requestid')).toBe(emulator.requests[0]?.requestId);
  });

  it.each([
    ['HTML', 502, 'text/html', '<html><h1>Bad gateway</h1></html>'],
    ['an empty body', 200, 'application/json', ''],
    ['half an object', 200, 'application/json', '{"asyncInvokeSummaries":['],
    ['a __proto__ member', 200, 'application/json', '{"__proto__":{"polluted":true}}'],
  ])('sends %s byte for byte for kind "response"', async (_what, status, type, body) => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'response', status, headers: { 'content-type': type }, body });
    const response = await fetch(`${emulator.url}/async-invoke`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toBe(body);
  });

  it('changes the real response in place or replaces it for kind "rewrite"', async () => {
    const emulator = await startEmulator({ jobs: 2 });
    emulator.inject({
      kind: 'rewrite',
      times: 1,
      rewrite: (json) => {
        for (const row of json.asyncInvokeSummaries ?? []) row.status = 'Cancelled';
      },
    });
    emulator.inject({ kind: 'rewrite', times: 1, rewrite: () => ({ asyncInvokeSummaries: null }) });
    const [first] = (await list(emulator)).asyncInvokeSummaries;
    expect(first).toMatchObject({ status: 'Cancelled', modelArn: emulator.jobs()[1]?.modelArn });
    expect((await call(emulator, '/async-invoke')).json).toEqual({ asyncInvokeSummaries: null });
  });

  it('sends status 500 when the rewrite function of a fault throws', async () => {
    const emulator = await startEmulator();
    emulator.inject({
      kind: 'rewrite',
      rewrite: () => {
        throw new Error('a bug in the test');
      },
    });
    expect(await call(emulator, '/async-invoke')).toMatchObject({
      status: 500,
      type: 'InternalServerException',
      message: 'Error: a bug in the test',
    });
  });

  it('leaves a real error response unchanged for kind "rewrite"', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'rewrite', rewrite: () => ({}) });
    const { status, message } = await call(emulator, '/async-invoke?maxResults=0');
    expect(status).toBe(400);
    expect(message).toContain('maxResults');
  });

  it.each(['reset', 'goaway', 'rst-stream'] as const)(
    'breaks an HTTP/1.1 connection for kind %j',
    async (kind) => {
      const emulator = await startEmulator({ jobs: 3 });
      emulator.inject({ kind, times: 1 });
      expect(await requestError(emulator)).toMatchObject({ code: 'ECONNRESET' });
      expect(await requestError(emulator)).toBeUndefined();
      expect(emulator.counts).toMatchObject({ completed: 1, aborted: 0, inFlight: 0 });
    },
  );

  it('starts the job before it resets the connection for kind "effect-then-reset"', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'effect-then-reset', operation: 'StartAsyncInvoke', times: 1 });
    const input = { ...START_INPUT, clientRequestToken: 'order-7' };
    await expect(start(emulator, input)).rejects.toThrow('fetch failed');
    const [job] = emulator.jobs();
    expect((await start(emulator, input)).json).toEqual({ invocationArn: job?.invocationArn });
    expect(emulator.jobs()).toHaveLength(1);
  });

  it.each<Fault>([
    { kind: 'error', type: 'ServiceUnavailableException', status: 503 },
    { kind: 'response', status: 200, body: '{}' },
  ])('starts no job for kind $kind', async (fault) => {
    const emulator = await startEmulator();
    emulator.inject(fault);
    await start(emulator, START_INPUT);
    expect(emulator.jobs()).toEqual([]);
  });

  it('sends nothing until the client disconnects for kind "hang"', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'hang' });
    const client = new AbortController();
    const hanging = fetch(`${emulator.url}/async-invoke`, { signal: client.signal });
    await waitUntil(() => emulator.requests.length === 1);
    client.abort();
    await expect(hanging).rejects.toThrow('aborted');
    await waitUntil(() => emulator.counts.inFlight === 0);
    expect(emulator.requests[0]).toMatchObject({ aborted: true, status: undefined });
  });

  it('sends the real response byte by byte for kind "drip"', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'drip', intervalMs: 1 });
    const chunks: unknown[] = [];
    const response = await fetch(`${emulator.url}/async-invoke`, {
      headers: { authorization: AUTHORIZATION },
    });
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    const text = Buffer.concat(chunks.filter((chunk) => chunk instanceof Uint8Array)).toString();
    expect(text).toBe('{"asyncInvokeSummaries":[]}');
    expect(chunks.length).toBeGreaterThan(5);
  });

  it('delays the real response for kind "latency"', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'latency', ms: 60, jitterMs: 10 });
    const before = performance.now();
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 200 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(49);
  });

  it('pads the real response to an exact size and keeps it valid JSON for kind "large-body"', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'large-body', bytes: 300_001 });
    const received = await sendRaw(
      emulator,
      'GET /async-invoke HTTP/1.1\r\nhost: x\r\nconnection: close\r\n',
      `authorization: ${AUTHORIZATION}\r\n\r\n`,
    );
    const [head = '', body = ''] = received.split('\r\n\r\n');
    expect(head).toContain('content-length: 300001');
    expect(body).toHaveLength(300_001);
    expect(JSON.parse(body)).toEqual({ asyncInvokeSummaries: [] });
  });

  it('tolerates a client that disconnects in the middle of a large body', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'large-body', bytes: 50_000_000, times: 1 });
    const response = await fetch(`${emulator.url}/async-invoke`);
    await response.body?.cancel();
    await waitUntil(() => emulator.counts.inFlight === 0);
    expect(emulator.requests[0]?.aborted).toBe(true);
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 200 });
  });
});

describe('fault queue', () => {
  const error = (type: string) => ({ kind: 'error', type, status: 500 }) as const;
  const types = async (emulator: Emulator, count: number) => {
    const found: (string | undefined)[] = [];
    for (let n = 0; n < count; n++) found.push((await call(emulator, '/async-invoke')).type);
    return found;
  };

  it('applies faults in order, each as many times as requested', async () => {
    const emulator = await startEmulator();
    emulator.inject({ ...error('One'), times: 2 });
    emulator.inject({ ...error('Two'), times: 1 });
    expect(await types(emulator, 4)).toEqual(['One', 'One', 'Two', undefined]);
  });

  it('applies a fault until its handle or clearFaults removes it', async () => {
    const emulator = await startEmulator();
    const one = emulator.inject(error('One'));
    emulator.inject(error('Two'));
    expect(await types(emulator, 2)).toEqual(['One', 'One']);
    one.clear();
    expect(await types(emulator, 2)).toEqual(['Two', 'Two']);
    emulator.clearFaults();
    expect(await types(emulator, 1)).toEqual([undefined]);
  });

  it('applies a fault only to its operation and its condition', async () => {
    const emulator = await startEmulator();
    emulator.inject({ ...error('OnStart'), operation: 'StartAsyncInvoke' });
    emulator.inject({ ...error('OnPage7'), when: ({ query }) => query.maxResults === '7' });
    expect((await call(emulator, '/async-invoke')).type).toBeUndefined();
    expect((await call(emulator, '/async-invoke?maxResults=7')).type).toBe('OnPage7');
    expect((await start(emulator, START_INPUT)).type).toBe('OnStart');
  });
});

describe('over HTTP/2', () => {
  it('counts a response as completed when the HTTP/2 client closes as soon as it has it', async () => {
    const emulator = await startEmulator({ jobs: 3 });
    const { body, error } = await listOverHttp2(connect(emulator.url));
    await waitUntil(() => emulator.counts.inFlight === 0);
    expect(error).toBeUndefined();
    expect(body).toMatch(/\}$/);
    expect(emulator.counts).toMatchObject({ received: 1, completed: 1, aborted: 0 });
  });

  it.each([
    ['goaway', 'ERR_HTTP2_SESSION_ERROR', 'Session closed with error code 2'],
    [
      'rst-stream',
      'ERR_HTTP2_STREAM_ERROR',
      'Stream closed with error code NGHTTP2_INTERNAL_ERROR',
    ],
  ] as const)(
    'breaks an HTTP/2 stream in the middle of its body for kind %j',
    async (kind, code, message) => {
      const emulator = await startEmulator({ jobs: 3 });
      emulator.inject({ kind });
      const { body, error } = await listOverHttp2(connect(emulator.url));
      expect(body).toMatch(/^\{"asyncInvokeSummaries":\[\{/);
      expect(error).toMatchObject({ code, message });
    },
  );

  it('ends an HTTP/2 session without a response for kind "reset"', async () => {
    const emulator = await startEmulator({ jobs: 3 });
    emulator.inject({ kind: 'reset' });
    const session = connect(emulator.url);
    const closed = once(session, 'close');
    const { body } = await listOverHttp2(session);
    await closed;
    expect(body).toBe('');
  });

  it('aborts the hanging requests of an HTTP/2 session that ends', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'hang' });
    const session = connect(emulator.url);
    session.on('error', () => undefined);
    session.request({ ':path': '/async-invoke' }).on('error', () => undefined);
    await waitUntil(() => emulator.requests.length === 1);
    session.destroy();
    await waitUntil(() => emulator.counts.inFlight === 0);
    expect(emulator.counts.aborted).toBe(1);
  });
});
