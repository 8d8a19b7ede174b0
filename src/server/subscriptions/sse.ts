import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { assertAuthenticated } from '../auth/caller.ts';
import type { FormattedExecutionResult } from 'graphql';
import type { Config } from '../../config/config.ts';
import { isGraphqlMethod } from '../documents/prepare-operation-hook.ts';
import { readParams, readUrlParams } from '../documents/params.ts';
import { sendRefusal } from '../documents/send-refusal.ts';
import { acceptsOnlyEvents } from '../http/content-negotiation.ts';
import { onCredentialsExpired } from './on-credentials-expired.ts';
import { checkOrigin } from './origin-check.ts';
import { SseStream } from './sse-stream.ts';
import type { SubscriptionManager } from './subscription-manager.ts';

/**
 * Responds with an event stream to clients that accept nothing else. Register this after the hooks
 * that authenticate and limit callers.
 */
export function serveEvents(
  scope: FastifyInstance,
  subscriptions: SubscriptionManager,
  config: Config,
): void {
  // An async hook would stay pending until the stream ends, and reject when the client disconnects.
  scope.addHook('preHandler', (request, reply, done) => {
    if (!isGraphqlMethod(request) || !acceptsOnlyEvents(request.headers.accept)) {
      done();
      return;
    }
    // Browsers send a POST with JSON to another origin only after a preflight. A GET has none.
    const refusal = request.method === 'POST' ? undefined : checkOrigin(request.headers, config);
    if (refusal) done(refusal);
    else respond(request, reply, subscriptions).catch(done);
  });
}

async function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  subscriptions: SubscriptionManager,
): Promise<void> {
  const { method, body, url, record } = request;
  const caller = assertAuthenticated(record);
  const outcome = await subscriptions.subscribe({
    readParams: () => (method === 'POST' ? readParams(body) : readUrlParams(url)),
    caller,
    transport: 'sse',
  });
  // The subscription manager charges and logs the operation.
  record.markAsStream();
  if (outcome.kind === 'refused' && outcome.malformed) {
    sendRefusal(request, reply, outcome.malformed);
    return;
  }
  const results =
    outcome.kind === 'opened' ? outcome.subscription : single({ errors: outcome.errors });
  if (reply.raw.destroyed || subscriptions.isClosed) {
    await results.return(undefined);
    // Close without `complete`, so that the client reconnects.
    reply.raw.destroy();
    return;
  }
  sendStream(
    reply,
    new SseStream(results),
    onCredentialsExpired(caller, () => reply.raw.destroy()),
  );
}

function sendStream(reply: FastifyReply, stream: SseStream, cancelExpiry: () => void): void {
  reply.raw.once('close', () => {
    cancelExpiry();
    stream.destroy();
  });
  void reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(stream);
}

/** Sends a refusal as the only event, because clients of streams cannot read other bodies. */
async function* single(
  result: FormattedExecutionResult,
): AsyncGenerator<FormattedExecutionResult, undefined> {
  await Promise.resolve();
  yield result;
  return undefined;
}
