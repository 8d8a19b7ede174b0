import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { InvocationLoader } from '../graphql/invocation-loader.ts';
import type { StartLimits } from '../graphql/start/start-limits.ts';
import {
  type CallContext,
  type InvocationSource,
  SHARED_CALLERS,
  type UpstreamCall,
} from '../invocations/source.ts';
import type { InvocationStarter } from '../invocations/starter.ts';
import type { ServerContext } from './apollo/server-context.ts';
import { assertAuthenticated, type Caller } from './auth/caller.ts';
import { assertPrepared } from './documents/prepare-operation-hook.ts';
import type { Metrics } from './observability/metrics.ts';
import { createCallContext, resolveTimeout } from './request-deadline.ts';

export interface RequestContextOptions {
  readonly config: Config;
  readonly sources: readonly InvocationSource[];
  readonly starter: InvocationStarter;
  readonly startLimits: StartLimits;
  /** Called when an invocation was started, or may have been. */
  readonly onStart: () => void;
  readonly metrics: Metrics;
}

/** Creates what resolvers and plugins share for one request. */
export function createRequestContext(
  request: FastifyRequest,
  { raw, elapsedTime }: FastifyReply,
  bypassCache: boolean,
  options: RequestContextOptions,
): ServerContext {
  const { headers, record } = request;
  const { config, sources } = options;
  const caller = assertAuthenticated(record);
  // The deadline counts from the start of the request, including authentication.
  const totalMs = resolveTimeout(headers['x-request-timeout-ms'], config.requestTimeoutMs);
  const timeoutMs = Math.max(1, totalMs - elapsedTime);
  const callContext = createCallContext(raw, timeoutMs, {
    caller: caller.identity,
    bypassCache,
    ...observeCalls(request, caller, options),
  });
  return {
    caller,
    record,
    callContext,
    sources,
    operation: assertPrepared(request),
    canRead: caller.canRead,
    start: startCapability(caller, options),
    invocations: new InvocationLoader(sources, callContext),
    isExhausted: createCallBudget(config.listMaxUpstreamCalls, timeoutMs),
  };
}

type CallObserver = Pick<CallContext, 'onRecoveredError' | 'onUpstreamCall' | 'onRead'>;

function observeCalls(
  { record, log }: FastifyRequest,
  caller: Caller,
  { onStart, metrics }: RequestContextOptions,
): CallObserver {
  return {
    onRecoveredError: (error) => {
      log.warn({ err: error, kind: error.kind }, 'upstream error, served stale data');
    },
    onUpstreamCall: (upstreamCall) => {
      record.addUpstreamCall(upstreamCall);
      metrics.countUpstreamCall(upstreamCall);
      if (upstreamCall.operation === 'StartAsyncInvoke') {
        onStart();
        logStart(log, caller, upstreamCall);
      }
    },
    onRead: (read) => {
      record.upstreamStats.recordRead(read);
      metrics.countUpstreamRead(read);
    },
  };
}

function startCapability(
  { identity, canStart, idempotencyScope }: Caller,
  { config: { start: allowList }, starter, startLimits }: RequestContextOptions,
): ServerContext['start'] {
  if (!canStart || !allowList) return undefined;
  const countedCaller = SHARED_CALLERS.has(identity) ? undefined : identity;
  const countStart = (clientRequestToken: string) => {
    startLimits.count(clientRequestToken, countedCaller);
  };
  return { starter, allowList, idempotencyScope, countStart };
}

/**
 * Logs every call that starts an invocation, also if the client disconnected before the response.
 * AWS sees only this gateway, so the log is the only record of the caller.
 */
function logStart(
  log: FastifyRequest['log'],
  { identity }: Caller,
  { region, outcome, attempts, requestId, startedArn }: UpstreamCall,
): void {
  const details = { identity, region, outcome, attempts, awsRequestId: requestId };
  log.info({ ...details, invocationArn: startedArn }, 'invocation started');
}

/**
 * Returns a function that says when a page must end: after its number of upstream calls, or after
 * half of its time. The other half is left for the call in flight, so that the page still reaches
 * the client.
 */
function createCallBudget(maxCalls: number, timeoutMs: number): ServerContext['isExhausted'] {
  const until = performance.now() + timeoutMs / 2;
  return (calls) => calls >= maxCalls || performance.now() >= until;
}
