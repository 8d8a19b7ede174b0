import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';

import { createEmulator } from '../../src/emulator/emulator.ts';
import {
  AUTHORIZATION,
  call,
  destroyEmulators,
  NOON,
  start,
  START_INPUT,
  startEmulator,
  TestClock,
  waitUntil,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

describe('request log', () => {
  it('records a request and the status of its response', async () => {
    const clock = new TestClock();
    const emulator = await startEmulator({ clock: clock.read });
    clock.advance(1);
    const headers = { 'amz-sdk-request': 'attempt=1; max=2', 'x-amz-date': '20260301T120000Z' };
    await call(emulator, '/async-invoke?maxResults=5&sortOrder=Ascending', { headers });
    const [entry] = emulator.requests;
    if (entry === undefined) throw new Error('the request was not recorded');
    const { headers: recorded, requestId, ...request } = entry;
    expect(recorded).toMatchObject({ ...headers, authorization: AUTHORIZATION });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(request).toEqual({
      operation: 'ListAsyncInvokes',
      method: 'GET',
      path: '/async-invoke',
      query: { maxResults: '5', sortOrder: 'Ascending' },
      httpVersion: '1.1',
      time: NOON + 1,
      body: '',
      status: 200,
      aborted: false,
      abortedAt: undefined,
    });
  });

  it('records the operation and the body of each request', async () => {
    const emulator = await startEmulator();
    await start(emulator, START_INPUT);
    await call(emulator, '/async-invoke/x');
    await call(emulator, '/elsewhere');
    expect(emulator.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ['StartAsyncInvoke', 200],
      ['GetAsyncInvoke', 400],
      ['UnknownOperation', 404],
    ]);
    expect(emulator.requests[0]?.body).toBe(JSON.stringify(START_INPUT));
  });

  it('empties the request log with clearRequests', async () => {
    const emulator = await startEmulator();
    await call(emulator, '/async-invoke');
    emulator.clearRequests();
    expect(emulator.requests).toEqual([]);
    expect(emulator.counts).toMatchObject({ received: 0, completed: 0, peakInFlight: 0 });
  });
});

describe('latency', () => {
  it('delays every response by latencyMs', async () => {
    const emulator = await startEmulator({ knobs: { latencyMs: 50, latencyJitterMs: 5 } });
    const before = performance.now();
    await Promise.all([call(emulator, '/async-invoke'), call(emulator, '/nowhere')]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(44);
    expect(emulator.counts.peakInFlight).toBe(2);
  });
});

describe('emulator', () => {
  it('throws when the url is read before start', () => {
    expect(() => createEmulator().url).toThrow('before start()');
  });

  it('fails to start on a port in use', async () => {
    const { url } = await startEmulator();
    await expect(startEmulator({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
  });

  it('resolves destroy without a start, and again on a second call', async () => {
    const emulator = createEmulator();
    await emulator.destroy();
    await expect(emulator.destroy()).resolves.toBeUndefined();
  });

  it('closes hanging, slow, delayed, idle and silent connections when it is destroyed', async () => {
    const emulator = await startEmulator();
    await call(emulator, '/async-invoke');
    const timersBefore = timerCount();
    emulator.inject({ kind: 'hang', times: 2 });
    emulator.inject({ kind: 'drip', intervalMs: 60_000, times: 1 });
    emulator.inject({ kind: 'latency', ms: 60_000, times: 1 });
    const session = connect(emulator.url);
    session.on('error', () => undefined);
    session.request({ ':path': '/async-invoke' }).on('error', () => undefined);
    const silent = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1');
    const closed = [session, silent.on('error', () => undefined)].map(
      (connection) => new Promise((resolve) => connection.on('close', resolve)),
    );
    const pending = [1, 2, 3].map(() => fetch(emulator.url).then((response) => response.text()));
    const results = Promise.allSettled(pending);
    await waitUntil(() => emulator.counts.received === 5);
    const before = performance.now();
    await emulator.destroy();
    expect((await results).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    await Promise.all(closed);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(timerCount()).toBeLessThanOrEqual(timersBefore);
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
  });
});

function timerCount(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
