import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsOnlyEvents } from '../graphql-media.ts';
import { HttpError } from '../http-errors.ts';
import type { Config } from '../../config/config.ts';
import type { SubscribeRequest } from './documents.ts';
import { EventStream } from './event-stream.ts';
import { refusalOfPage } from './foreign-pages.ts';
import type { Subscriptions } from './subscriptions.ts';
import { whenUnknown } from './until-unknown.ts';

/** Answers those who accept events and nothing else with a stream of them. Must come after whatever decides who may ask. */
export function serveEvents(
  scope: FastifyInstance,
  subscriptions: Subscriptions,
  config: Config,
): void {
  // Not a promise: one of a reply would be kept until the stream is over, and fail when its reader goes.
  scope.addHook('preHandler', (request, reply, done) => {
    if (!acceptsOnlyEvents(request.headers.accept)) done();
    else if (request.method === 'POST')
      answer(request.body, request, reply, subscriptions).catch(done);
    else {
      // A POST is asked for first, because it is JSON; this is not.
      const refusal = refusalOfPage(request.headers, config);
      if (refusal) done(refusal);
      else answer(fromSearch(request.query), request, reply, subscriptions).catch(done);
    }
  });
}

async function answer(
  request: unknown,
  { record }: FastifyRequest,
  reply: FastifyReply,
  subscriptions: Subscriptions,
): Promise<void> {
  const { caller } = record;
  if (!caller) throw new Error('a request without a caller got past the door');
  const opened = await subscriptions.open(request ?? {}, caller, 'sse');
  if ('errors' in opened && opened.isOfAnotherKind) {
    throw new HttpError(406, 'Accept `application/json`: only subscriptions are streams.');
  }
  // What it costs, and what came of it, is the business of subscriptions.
  record.becomesStream();
  if (reply.raw.destroyed || subscriptions.isClosed) {
    if (!('errors' in opened)) await opened.return();
    // Without a word for its end, so that its client comes again.
    reply.raw.destroy();
    return;
  }
  const stream = new EventStream('errors' in opened ? only({ errors: opened.errors }) : opened);
  const callOff = whenUnknown(caller, () => reply.raw.destroy());
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
function fromSearch(search: unknown): SubscribeRequest {
  const request = search as SubscribeRequest;
  if (typeof request.variables !== 'string') return request;
  try {
    return { ...request, variables: JSON.parse(request.variables) };
  } catch {
    throw new HttpError(400, '`variables` are not valid JSON.');
  }
}

/** A refusal is the first and last event: so clients of streams can read it. */
async function* only<T>(result: T): AsyncGenerator<T, undefined> {
  await Promise.resolve();
  yield result;
  return undefined;
}
