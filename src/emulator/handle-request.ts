import type { FaultQueue } from './faults/fault-queue.ts';
import type { Fault } from './faults/injected-fault.ts';
import { respondWithFault } from './faults/respond-with-fault.ts';
import { randomBetween, randomUuid, type Random } from './jobs/random.ts';
import { getAsyncInvoke } from './operations/get-async-invoke.ts';
import { listAsyncInvokes } from './operations/list-async-invokes.ts';
import type { OperationContext, OperationRequest } from './operations/operation.ts';
import { startAsyncInvoke } from './operations/start-async-invoke.ts';
import type { RequestLog, RequestLogEntry } from './request-log.ts';
import type { Timers } from './timers.ts';
import { authorize } from './wire/authorize.ts';
import { AwsError } from './wire/aws-error.ts';
import type { ConnectionAbort, EmulatorRequest } from './wire/request.ts';
import { jsonResponse, toErrorResponse, type EmulatorResponse } from './wire/response.ts';
import { route, type Route } from './wire/route.ts';

/** The parts of an emulator that all requests share. */
export interface EmulatorState {
  /** Returns what operations work with, with the current knobs. */
  readonly context: () => OperationContext;
  readonly faults: FaultQueue;
  readonly requestLog: RequestLog;
  readonly timers: Timers;
  readonly random: Random;
}

/**
 * Handles one request: records it, applies latency, then responds with an injected fault or with
 * the real response.
 */
export async function handleRequest(request: EmulatorRequest, state: EmulatorState): Promise<void> {
  const { requestLog, random, timers } = state;
  const { clock, knobs } = state.context();
  const routed = route(request.method, request.target);
  const entry = createLogEntry(request, routed, randomUuid(random), clock());
  requestLog.start(entry);
  request.onEnd((outcome) => {
    requestLog.finish(entry, outcome, clock());
  });

  try {
    entry.body = await request.readBody();
  } catch {
    // The client disconnected while it sent the body. `onEnd` has recorded that.
    return;
  }
  const fault = state.faults.take(entry);
  const { latencyMs, latencyJitterMs } = knobs;
  await timers.delay(
    randomBetween(random, latencyMs - latencyJitterMs, latencyMs + latencyJitterMs),
  );
  await respond(fault, request, entry, () => createRealResponse(entry, routed, state), state);
}

async function respond(
  fault: Fault | undefined,
  request: EmulatorRequest,
  entry: RequestLogEntry,
  realResponse: () => EmulatorResponse,
  { timers, random }: EmulatorState,
): Promise<void> {
  const send = ({ status, headers }: EmulatorResponse) => {
    entry.status = status;
    return request.respond(status, { 'x-amzn-requestid': entry.requestId, ...headers });
  };
  const abort = (how: ConnectionAbort) => {
    request.abort(how);
  };
  try {
    await respondWithFault(fault, { realResponse, send, abort, timers, random });
  } catch (error) {
    // A function of the fault threw, or Node rejected its headers. The client must not wait
    // forever.
    if (entry.status !== undefined) {
      abort('reset');
      return;
    }
    const response = toErrorResponse(error, false);
    send(response).end(response.body);
  }
}

function createLogEntry(
  { method, target, headers, httpVersion }: EmulatorRequest,
  { operation, query }: Route,
  requestId: string,
  time: number,
): RequestLogEntry {
  return {
    operation,
    method,
    path: target.split('?')[0] ?? '',
    query: Object.fromEntries(query),
    headers,
    httpVersion,
    requestId,
    time,
    body: '',
    status: undefined,
    aborted: false,
    abortedAt: undefined,
  };
}

/** Checks in the order of AWS: operation name, authentication, throttling, input. */
function createRealResponse(
  entry: RequestLogEntry,
  routed: Route,
  { context, random }: EmulatorState,
): EmulatorResponse {
  const current = context();
  const { throttleRate, errorTypeSuffix } = current.knobs;
  try {
    if (routed.operation === 'UnknownOperation') {
      throw new AwsError('UnknownOperationException', 'The requested operation is not known.');
    }
    authorize(entry.headers.authorization, current.account);
    if (throttleRate > 0 && random() < throttleRate) {
      throw new AwsError(
        'ThrottlingException',
        'Too many requests, please wait before trying again.',
      );
    }
    const { label, query } = routed;
    const contentType = entry.headers['content-type'];
    const request = { label, query, contentType, body: entry.body };
    return jsonResponse(runOperation(routed.operation, request, current));
  } catch (error) {
    return toErrorResponse(error, errorTypeSuffix);
  }
}

function runOperation(
  operation: Exclude<Route['operation'], 'UnknownOperation'>,
  request: OperationRequest,
  context: OperationContext,
): object {
  switch (operation) {
    case 'ListAsyncInvokes':
      return listAsyncInvokes(request, context);
    case 'GetAsyncInvoke':
      return getAsyncInvoke(request, context);
    case 'StartAsyncInvoke':
      return startAsyncInvoke(request, context);
    default:
      return operation satisfies never;
  }
}
