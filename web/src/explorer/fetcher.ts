import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { createClient, type ExecutionResult, type SubscribePayload } from 'graphql-ws';
import { catchError, firstValueFrom, Observable, scan, throwError } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';
import { formatError } from './format-error.ts';
import { selectOperation } from './select-operation.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Sends queries and mutations over HTTP, and subscriptions over a WebSocket with the headers in
 * `connection_init`. Returns observables, because GraphiQL unsubscribes from them when the user
 * stops the operation or switches tabs. A promise's result would show in the wrong tab.
 */
export function createFetcher(endpoint: URL): Fetcher {
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol.replace('http', 'ws');
  return (params, { headers = {} } = {}) => {
    if (params.operationName === 'IntrospectionQuery') return introspect(endpoint, params, headers);
    const { operation, isSubscription } = selectOperation(params);
    const results = isSubscription
      ? subscribe(socket, operation, headers).pipe(scan(collectEvents, { events: [] }))
      : post(endpoint, operation, headers);
    return results.pipe(catchError((error) => throwError(() => formatError(error))));
  };
}

/**
 * Rejects responses without a schema. GraphiQL would otherwise ask a second time, and show that
 * error over a later result.
 */
async function introspect(endpoint: URL, params: FetcherParams, headers: Headers) {
  const result = await firstValueFrom(post(endpoint, params, headers));
  if (result.data) return result;
  const [{ message, extensions } = { message: 'The schema could not be loaded.' }] =
    result.errors ?? [];
  throw Object.assign(new Error(message), { extensions });
}

function post(
  endpoint: URL,
  operation: FetcherParams | SubscribePayload,
  headers: Headers,
): Observable<ExecutionResult> {
  return fromFetch(endpoint.href, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(operation),
    selector: readJson,
  });
}

async function readJson(response: Response): Promise<ExecutionResult> {
  try {
    return (await response.json()) as ExecutionResult;
  } catch {
    throw new Error(`The response (HTTP ${response.status}) is not JSON. Is the gateway running?`);
  }
}

function subscribe(
  socket: URL,
  operation: SubscribePayload,
  headers: Headers,
): Observable<ExecutionResult> {
  return new Observable((subscriber) => {
    // Each subscription has its own client, which connects with the current headers.
    const client = createClient({ url: socket.href, connectionParams: headers });
    return client.subscribe(operation, {
      // The result may have errors, which GraphiQL shows.
      next: (result) => {
        subscriber.next(result as ExecutionResult);
      },
      error: (error) => {
        subscriber.error(error);
      },
      complete: () => {
        subscriber.complete();
      },
    });
  });
}

/** All events, the newest first. Without this, GraphiQL shows only the latest event. */
interface CollectedEvents extends ExecutionResult {
  readonly events: readonly ExecutionResult[];
}

const MAX_EVENTS = 100;

function collectEvents({ events }: CollectedEvents, event: ExecutionResult): CollectedEvents {
  return { events: [event, ...events.slice(0, MAX_EVENTS - 1)] };
}
