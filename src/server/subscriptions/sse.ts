import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsOnlyEvents } from '../http/content-negotiation.ts';
import { assertAuthenticated } from '../auth/caller.ts';
import { HttpError } from '../errors/http-error.ts';
import type { Config } from '../../config/config.ts';
import type { SubscriptionRequest } from './documents.ts';
import { SseStream } from './event-stream.ts';
import { checkOrigin } from './origin-check.ts';
import type { SubscriptionManager } from './subscription-manager.ts';
import { onCredentialsExpired } from './on-credentials-expired.ts';

/** Answers those who accept events and nothing else with a stream of them. Must come after whatever decides who may ask. */
export function serveEvents(
  scope: FastifyInstance,
  subscriptions: SubscriptionManager,
  config: Config,
): void {
  // Not a promise: one of a reply would be kept until the stream is over, and fail when its reader goes.
  scope.addHook('preHandler', (request, reply, done) => {
    if (!acceptsOnlyEvents(request.headers.accept)) done();
    else if (request.method === 'POST')
      answer(request.body, request, reply, subscriptions).catch(done);
    else {
      // A POST is asked for first, because it is JSON; this is not.
      const refusal = checkOrigin(request.headers, config);
      if (refusal) done(refusal);
      else answer(parseQueryString(request.query), request, reply, subscriptions).catch(done);
    }
  });
}

async function answer(
  request: unknown,
  { record }: FastifyRequest,
  reply: FastifyReply,
  subscriptions: SubscriptionManager,
): Promise<void> {
  const caller = assertAuthenticated(record);
  const opened = await subscriptions.subscribe(request ?? {}, caller, 'sse');
  if ('errors' in opened && opened.isOfAnotherKind) {
    throw new HttpError(406, 'Accept `application/json`: only subscriptions are streams.');
  }
  // What it costs, and what came of it, is the business of subscriptions.
  record.markAsStream();
  if (reply.raw.destroyed || subscriptions.isClosed) {
    if (!('errors' in opened)) await opened.return();
    // Without a word for its end, so that its client comes again.
    reply.raw.destroy();
    return;
  }
  const stream = new SseStream('errors' in opened ? single({ errors: opened.errors }) : opened);
  const callOff = onCredentialsExpired(caller, () => reply.raw.destroy());
  reply.raw.once('close', () => {
    callOff();
    stream.destroy();
  });
  void reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(stream);
}

/** As `EventSource` asks, and routers do: variables are JSON in the search. */
function parseQueryString(search: unknown): SubscriptionRequest {
  const request = search as SubscriptionRequest;
  if (typeof request.variables !== 'string') return request;
  try {
    return { ...request, variables: JSON.parse(request.variables) };
  } catch {
    throw new HttpError(400, '`variables` are not valid JSON.');
  }
}

/** A refusal is the first and last event: so clients of streams can read it. */
async function* single<T>(result: T): AsyncGenerator<T, undefined> {
  await Promise.resolve();
  yield result;
  return undefined;
}
