import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { randomBetween, type Random } from '../jobs/random.ts';
import type { Timers } from '../timers.ts';
import type { ConnectionAbort } from '../wire/request.ts';
import { errorResponse, type EmulatorResponse } from '../wire/response.ts';
import type { Fault, ResponseJson } from './injected-fault.ts';

export interface FaultContext {
  /** Runs the operation and returns its response. Must be called at most once. */
  readonly realResponse: () => EmulatorResponse;
  /** Sends the status and the headers of a response. Returns the stream for its body. */
  readonly send: (response: EmulatorResponse) => Writable;
  readonly abort: (how: ConnectionAbort) => void;
  readonly timers: Timers;
  readonly random: Random;
}

/** Responds as the fault describes, or with the real response if there is no fault. */
export async function respondWithFault(
  fault: Fault | undefined,
  context: FaultContext,
): Promise<void> {
  const { realResponse } = context;
  switch (fault?.kind) {
    case undefined:
      sendResponse(realResponse(), context);
      return;
    case 'error':
      sendResponse(errorResponse({ ...fault, message: fault.message ?? fault.type }), context);
      return;
    case 'response':
      sendResponse({ headers: {}, ...fault }, context);
      return;
    case 'rewrite':
      sendResponse(rewriteResponse(realResponse(), fault.rewrite), context);
      return;
    case 'reset':
      context.abort('reset');
      return;
    case 'effect-then-reset':
      realResponse();
      context.abort('reset');
      return;
    case 'hang':
      return;
    case 'latency':
      await sendDelayed(realResponse(), fault, context);
      return;
    case 'drip':
      await sendByteByByte(realResponse(), fault.intervalMs, context);
      return;
    case 'large-body':
      await sendPadded(realResponse(), fault.bytes, context);
      return;
    case 'goaway':
    case 'rst-stream':
      sendHalf(realResponse(), fault.kind, context);
      return;
    default:
      fault satisfies never;
  }
}

function sendResponse(response: EmulatorResponse, { send }: FaultContext): void {
  send(response).end(response.body);
}

/** Returns errors unchanged: they have no members to rewrite. */
function rewriteResponse(
  response: EmulatorResponse,
  rewrite: (json: ResponseJson) => unknown,
): EmulatorResponse {
  const json: unknown = JSON.parse(response.body);
  if (response.status !== 200 || !isResponseJson(json)) return response;
  return { ...response, body: JSON.stringify(rewrite(json) ?? json) };
}

function isResponseJson(json: unknown): json is ResponseJson {
  return typeof json === 'object' && json !== null;
}

async function sendDelayed(
  response: EmulatorResponse,
  { ms, jitterMs = 0 }: { ms: number; jitterMs?: number },
  context: FaultContext,
): Promise<void> {
  await context.timers.delay(randomBetween(context.random, ms - jitterMs, ms + jitterMs));
  sendResponse(response, context);
}

async function sendByteByByte(
  response: EmulatorResponse,
  intervalMs: number,
  context: FaultContext,
): Promise<void> {
  const body = context.send(response);
  for (const byte of Buffer.from(response.body)) {
    await context.timers.delay(intervalMs);
    if (body.destroyed) return;
    body.write(Buffer.of(byte));
  }
  body.end();
}

async function sendPadded(
  response: EmulatorResponse,
  bytes: number,
  { send }: FaultContext,
): Promise<void> {
  const headers = { ...response.headers, 'content-length': String(bytes) };
  const body = send({ ...response, headers });
  // Clients may disconnect in the middle of such a body. The request log records that.
  await pipeline(Readable.from(paddedBody(response.body, bytes)), body).catch(() => undefined);
}

const PADDING = Buffer.alloc(64 * 1024, ' ');

function* paddedBody(text: string, bytes: number): Generator<Buffer> {
  const start = Buffer.from(text);
  yield start.subarray(0, bytes);
  for (let remaining = bytes - start.length; remaining > 0; remaining -= PADDING.length) {
    yield PADDING.subarray(0, remaining);
  }
}

function sendHalf(
  response: EmulatorResponse,
  how: ConnectionAbort,
  { send, abort }: FaultContext,
): void {
  const length = String(Buffer.byteLength(response.body));
  const body = send({ ...response, headers: { ...response.headers, 'content-length': length } });
  body.write(response.body.slice(0, response.body.length / 2), () => {
    abort(how);
  });
}
