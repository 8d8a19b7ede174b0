import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as connectTcp } from 'node:net';

import type { Emulator, Fault } from '../../src/emulator/emulator.ts';
import {
  AUTHORIZATION,
  call,
  list,
  start,
  startEmulator,
  START_INPUT,
} from './emulator-harness.ts';

/** The error that a plain HTTP/1.1 client's request ends in. */
function failure(emulator: Emulator): Promise<unknown> {
  return new Promise((resolve) => {
    const headers = { authorization: AUTHORIZATION };
    httpRequest(`${emulator.url}/async-invoke`, { headers }, (response) => {
      response.on('error', resolve).on('end', resolve).resume();
    })
      .on('error', resolve)
      .end();
  });
}

describe('an injected fault', () => {
  it('answers an AWS error of any name, status, message and headers', async () => {
    const emulator = await startEmulator();
    emulator.inject({
      kind: 'error',
      type: 'TeapotException',
      status: 418,
      message: 'Short and stout',
      headers: { 'retry-after': '7' },
    });
    const reply = await call(emulator, '/async-invoke');
    expect(reply).toMatchObject({
      status: 418,
      type: 'TeapotException',
      message: 'Short and stout',
    });
    expect(reply.headers.get('retry-after')).toBe('7');
    expect(reply.headers.get('x-amzn-requestid')).toBe(emulator.requests[0]?.requestId);
  });

  it.each([
    ['HTML', 502, 'text/html', '<html><h1>Bad gateway</h1></html>'],
    ['nothing', 200, 'application/json', ''],
    ['half an object', 200, 'application/json', '{"asyncInvokeSummaries":['],
    ['a member that pollutes', 200, 'application/json', '{"__proto__":{"polluted":true}}'],
  ])('answers %s, byte for byte', async (_what, status, type, body) => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'response', status, headers: { 'content-type': type }, body });
    const response = await fetch(`${emulator.url}/async-invoke`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toBe(body);
  });

  it('rewrites a genuine answer in place, or by what its function returns', async () => {
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

  it('answers 500 when its own function throws', async () => {
    const emulator = await startEmulator();
    emulator.inject({
      kind: 'rewrite',
      rewrite: () => {
        throw new Error('a slip in the test');
      },
    });
    expect(await call(emulator, '/async-invoke')).toMatchObject({
      status: 500,
      type: 'InternalServerException',
      message: 'Error: a slip in the test',
    });
  });

  it('leaves a genuine refusal as it is when it would rewrite', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'rewrite', rewrite: () => ({}) });
    const { status, message } = await call(emulator, '/async-invoke?maxResults=0');
    expect(status).toBe(400);
    expect(message).toContain('maxResults');
  });

  it.each(['reset', 'goaway', 'rst-stream'] as const)('breaks HTTP/1.1 off: %s', async (kind) => {
    const emulator = await startEmulator({ jobs: 3 });
    emulator.inject({ kind, times: 1 });
    expect(await failure(emulator)).toMatchObject({ code: 'ECONNRESET' });
    expect(await failure(emulator)).toBeUndefined();
    expect(emulator.counts).toMatchObject({ answered: 1, aborted: 0, inFlight: 0 });
  });

  it('starts the job before it resets the connection', async () => {
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
  ])('starts no job where its answer is not the genuine one: $kind', async (fault) => {
    const emulator = await startEmulator();
    emulator.inject(fault);
    await start(emulator, START_INPUT);
    expect(emulator.jobs()).toEqual([]);
  });

  it('hangs until the peer gives up, which the recording tells', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'hang' });
    const giveUp = new AbortController();
    const hanging = fetch(`${emulator.url}/async-invoke`, { signal: giveUp.signal });
    await until(() => emulator.requests.length === 1);
    giveUp.abort();
    await expect(hanging).rejects.toThrow('aborted');
    await until(() => emulator.counts.inFlight === 0);
    expect(emulator.requests[0]).toMatchObject({ aborted: true, status: undefined });
  });

  it('drips the genuine answer byte by byte', async () => {
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

  it('answers late', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'latency', ms: 60, jitterMs: 10 });
    const before = performance.now();
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 200 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(49);
  });

  it('blows the genuine answer up to a size, to the byte, and it stays JSON', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'large-body', bytes: 300_001 });
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1');
    socket.write(
      `GET /async-invoke HTTP/1.1\r\nhost: x\r\nauthorization: ${AUTHORIZATION}\r\nconnection: close\r\n\r\n`,
    );
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('content-length: 300001');
    expect(body).toHaveLength(300_001);
    expect(JSON.parse(body)).toEqual({ asyncInvokeSummaries: [] });
  });

  it('takes a peer that leaves a large body half read', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'large-body', bytes: 50_000_000, times: 1 });
    const response = await fetch(`${emulator.url}/async-invoke`);
    await response.body?.cancel();
    await until(() => emulator.counts.inFlight === 0);
    expect(emulator.requests[0]?.aborted).toBe(true);
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 200 });
  });
});

describe('the fault queue', () => {
  const error = (type: string) => ({ kind: 'error', type, status: 500 }) as const;
  const types = async (emulator: Emulator, count: number) => {
    const seen: (string | undefined)[] = [];
    for (let n = 0; n < count; n++) seen.push((await call(emulator, '/async-invoke')).type);
    return seen;
  };

  it('plays faults in turn, each as often as asked', async () => {
    const emulator = await startEmulator();
    emulator.inject({ ...error('One'), times: 2 });
    emulator.inject({ ...error('Two'), times: 1 });
    expect(await types(emulator, 4)).toEqual(['One', 'One', 'Two', undefined]);
  });

  it('plays a fault until it is cleared, by its handle or with all others', async () => {
    const emulator = await startEmulator();
    const one = emulator.inject(error('One'));
    emulator.inject(error('Two'));
    expect(await types(emulator, 2)).toEqual(['One', 'One']);
    one.clear();
    expect(await types(emulator, 2)).toEqual(['Two', 'Two']);
    emulator.clearFaults();
    expect(await types(emulator, 1)).toEqual([undefined]);
  });

  it('plays a fault on its operation and under its condition alone', async () => {
    const emulator = await startEmulator();
    emulator.inject({ ...error('OnStart'), operation: 'StartAsyncInvoke' });
    emulator.inject({ ...error('OnPage7'), when: ({ query }) => query.maxResults === '7' });
    expect((await call(emulator, '/async-invoke')).type).toBeUndefined();
    expect((await call(emulator, '/async-invoke?maxResults=7')).type).toBe('OnPage7');
    expect((await start(emulator, START_INPUT)).type).toBe('OnStart');
  });
});

describe('over HTTP/2', () => {
  it('an answer counts as answered though the peer closes as soon as it has it', async () => {
    const emulator = await startEmulator({ jobs: 3 });
    const { received, error } = await listOverHttp2(connect(emulator.url));
    await until(() => emulator.counts.inFlight === 0);
    expect(error).toBeUndefined();
    expect(received).toMatch(/\}$/);
    expect(emulator.counts).toMatchObject({ received: 1, answered: 1, aborted: 0 });
  });

  it.each([
    ['goaway', 'ERR_HTTP2_SESSION_ERROR', 'Session closed with error code 2'],
    [
      'rst-stream',
      'ERR_HTTP2_STREAM_ERROR',
      'Stream closed with error code NGHTTP2_INTERNAL_ERROR',
    ],
  ] as const)('%s breaks a stream off in the middle of its body', async (kind, code, message) => {
    const emulator = await startEmulator({ jobs: 3 });
    emulator.inject({ kind });
    const { received, error } = await listOverHttp2(connect(emulator.url));
    expect(received).toMatch(/^\{"asyncInvokeSummaries":\[\{/);
    expect(error).toMatchObject({ code, message });
  });

  it('a reset ends the whole session without a byte', async () => {
    const emulator = await startEmulator({ jobs: 3 });
    emulator.inject({ kind: 'reset' });
    const session = connect(emulator.url);
    const gone = once(session, 'close');
    const { received } = await listOverHttp2(session);
    await gone;
    expect(received).toBe('');
  });

  it('a session that ends gives up its hanging requests', async () => {
    const emulator = await startEmulator();
    emulator.inject({ kind: 'hang' });
    const session = connect(emulator.url);
    session.on('error', () => undefined);
    session.request({ ':path': '/async-invoke' }).on('error', () => undefined);
    await until(() => emulator.requests.length === 1);
    session.destroy();
    await until(() => emulator.counts.inFlight === 0);
    expect(emulator.counts.aborted).toBe(1);
  });
});

/** What a client has of a listing when its stream has closed. */
async function listOverHttp2(session: ClientHttp2Session) {
  session.on('error', () => undefined);
  const stream = session.request({ ':path': '/async-invoke', authorization: AUTHORIZATION });
  let received = '';
  let error: unknown;
  stream.setEncoding('utf8').on('data', (chunk) => (received += String(chunk)));
  stream.on('error', (cause) => {
    error = cause;
  });
  await new Promise((resolve) => stream.on('close', resolve));
  session.destroy();
  return { received, error };
}

/** Waits for what other connections do, turn by turn of the event loop. The test's own timeout bounds it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
