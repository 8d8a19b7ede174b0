import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { connect as connectTcp } from 'node:net';

import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../src/emulator/emulator.ts';

export const NOON = Date.parse('2026-03-01T12:00:00.000Z');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A valid scope with an invalid signature. The emulator does not check signatures. */
export const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/us-east-1/bedrock/aws4_request, ' +
  'SignedHeaders=host;x-amz-date, Signature=0f';

/** A clock that only tests move. */
export class TestClock {
  now = NOON;
  readonly read = (): number => this.now;

  advance(milliseconds: number): void {
    this.now += milliseconds;
  }
}

const running: Emulator[] = [];

/** Destroys all started emulators. Call it in `afterEach`. */
export async function destroyEmulators(): Promise<void> {
  await Promise.all(running.splice(0).map((emulator) => emulator.destroy()));
}

/** Starts an emulator whose clock stands at noon by default. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = createEmulator({ clock: () => NOON, ...options });
  running.push(emulator);
  return emulator.start();
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The error type without its suffix. */
  readonly type: string | undefined;
  readonly message: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export async function call(
  emulator: Emulator,
  target: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<TestResponse> {
  const response = await fetch(emulator.url + target, {
    ...init,
    headers: { authorization: AUTHORIZATION, ...init.headers },
  });
  const json: unknown = await response.json();
  if (!isRecord(json)) throw new Error('the response is not a JSON object');
  return {
    status: response.status,
    headers: response.headers,
    type: response.headers.get('x-amzn-errortype')?.split(':')[0],
    message: typeof json.message === 'string' ? json.message : '',
    json,
  };
}

export function get(emulator: Emulator, invocationArn: string): Promise<TestResponse> {
  return call(emulator, `/async-invoke/${encodeURIComponent(invocationArn)}`);
}

export const START_INPUT = {
  modelId: 'amazon.nova-reel-v1:1',
  modelInput: { taskType: 'TEXT_VIDEO', textToVideoParams: { text: 'A heron at dawn' } },
  outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://acme-generated-video/tests' } },
};

export function start(emulator: Emulator, input: unknown): Promise<TestResponse> {
  return call(emulator, '/async-invoke', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
}

export interface Page {
  readonly asyncInvokeSummaries: readonly Readonly<Record<string, unknown>>[];
  readonly nextToken?: string;
}

export async function list(emulator: Emulator, query: Record<string, string> = {}): Promise<Page> {
  const { status, json, message } = await call(emulator, `/async-invoke?${search(query)}`);
  if (status !== 200 || !isPage(json))
    throw new Error(`the response is not a page: ${status} ${message}`);
  return json;
}

/** Returns every page of a listing, by following its tokens. */
export async function listPages(
  emulator: Emulator,
  query: Record<string, string> = {},
): Promise<Page[]> {
  const pages = [await list(emulator, query)];
  for (let token = pages[0]?.nextToken; token !== undefined; token = pages.at(-1)?.nextToken) {
    pages.push(await list(emulator, { ...query, nextToken: token }));
  }
  return pages;
}

export function arns(...pages: readonly Page[]): unknown[] {
  return pages.flatMap((page) => page.asyncInvokeSummaries.map((row) => row.invocationArn));
}

export function search(query: Record<string, string>): string {
  return new URLSearchParams(query).toString();
}

/** Lists over an HTTP/2 session and ends it. Returns the body so far, and the stream's error. */
export async function listOverHttp2(session: ClientHttp2Session) {
  session.on('error', () => undefined);
  const stream = session.request({ ':path': '/async-invoke', authorization: AUTHORIZATION });
  const result = { body: '', error: undefined as unknown };
  stream.setEncoding('utf8').on('data', (chunk) => (result.body += String(chunk)));
  stream.on('error', (error) => {
    result.error = error;
  });
  await new Promise((resolve) => stream.on('close', resolve));
  session.destroy();
  return result;
}

/** Sends raw bytes over TCP, in parts. Returns everything received until the connection closes. */
export async function sendRaw(emulator: Emulator, ...parts: readonly string[]): Promise<string> {
  const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1');
  await once(socket, 'connect');
  for (const part of parts) {
    await new Promise((written) => socket.write(part, written));
  }
  let received = '';
  for await (const chunk of socket) received += String(chunk);
  return received;
}

/** Waits until a condition holds. Each check takes one turn of the event loop. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null;
}

function isPage(json: object): json is Page {
  return 'asyncInvokeSummaries' in json && Array.isArray(json.asyncInvokeSummaries);
}
