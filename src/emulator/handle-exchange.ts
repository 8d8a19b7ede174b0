import type { FaultQueue } from './faults/fault-queue.ts';
import type { Fault } from './faults/injected-fault.ts';
import { playFault } from './faults/play-fault.ts';
import { between, uuid, type Random } from './jobs/random.ts';
import { getAsyncInvoke } from './operations/get-async-invoke.ts';
import { listAsyncInvokes } from './operations/list-async-invokes.ts';
import type { OperationContext, OperationRequest } from './operations/operation.ts';
import { startAsyncInvoke } from './operations/start-async-invoke.ts';
import type { Recording, RequestEntry } from './recording.ts';
import type { Timers } from './timers.ts';
import { errorAnswer, jsonAnswer, type Answer } from './wire/answer.ts';
import { authorize } from './wire/authorize.ts';
import { AwsError } from './wire/aws-error.ts';
import type { Cut, Exchange } from './wire/exchange.ts';
import { route, type Route } from './wire/route.ts';

export interface Desk {
  /** What operations may use, with the knobs as they are now. */
  readonly context: () => OperationContext;
  readonly faults: FaultQueue;
  readonly recording: Recording;
  readonly timers: Timers;
  readonly random: Random;
}

/** A request's whole way: recorded, delayed, befallen by a fault or answered by its operation. */
export async function handleExchange(exchange: Exchange, desk: Desk): Promise<void> {
  const { recording, random, timers } = desk;
  const { clock, knobs } = desk.context();
  const routed = route(exchange.method, exchange.target);
  const entry = openEntry(exchange, routed, uuid(random), clock());
  recording.open(entry);
  exchange.onEnd((ending) => {
    recording.close(entry, ending, clock());
  });

  try {
    entry.body = await exchange.readBody();
  } catch {
    // The peer left in the middle of its own request, and the recording has told of it.
    return;
  }
  const fault = desk.faults.take(entry);
  const { latencyMs, latencyJitterMs } = knobs;
  await timers.delay(between(random, latencyMs - latencyJitterMs, latencyMs + latencyJitterMs));
  await play(fault, exchange, entry, () => answer(entry, routed, desk), desk);
}

async function play(
  fault: Fault | undefined,
  exchange: Exchange,
  entry: RequestEntry,
  genuine: () => Answer,
  { timers, random }: Desk,
): Promise<void> {
  const send = ({ status, headers }: Answer) => {
    entry.status = status;
    return exchange.respond(status, { 'x-amzn-requestid': entry.requestId, ...headers });
  };
  const cut = (how: Cut) => {
    exchange.cut(how);
  };
  try {
    await playFault(fault, { genuine, send, cut, timers, random });
  } catch (error) {
    // A fault's own function threw, or its head cannot be sent: a loud answer beats one that never comes.
    if (entry.status !== undefined) {
      cut('reset');
      return;
    }
    const failure = errorAnswer(error, false);
    send(failure).end(failure.body);
  }
}

function openEntry(
  { method, target, headers, httpVersion }: Exchange,
  { operation, query }: Route,
  requestId: string,
  time: number,
): RequestEntry {
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

/** In AWS's order: the operation named, the caller known, the rate kept, and only then the input looked at. */
function answer(entry: RequestEntry, routed: Route, { context, random }: Desk): Answer {
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
    return jsonAnswer(operate(routed.operation, request, current));
  } catch (error) {
    return errorAnswer(error, errorTypeSuffix);
  }
}

function operate(
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
