import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { createClient, type ExecutionResult, type SubscribePayload } from 'graphql-ws';
import { catchError, firstValueFrom, Observable, scan, throwError } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';
import { operationToRun } from './operation-to-run';
import { toShownError } from './shown-error';

type Headers = Readonly<Record<string, string>>;

/**
 * Queries and mutations go over HTTP, subscriptions over a WebSocket, whose `connection_init` has the headers. What is an
 * observable, GraphiQL ends when it is stopped or another tab is chosen: the answer of one tab never shows in another.
 */
export function connectTo(endpoint: URL): Fetcher {
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol.replace('http', 'ws');
  return (params, { headers = {} } = {}) => {
    if (params.operationName === 'IntrospectionQuery') return introspect(endpoint, params, headers);
    const { operation, isSubscription } = operationToRun(params);
    const answers = isSubscription
      ? subscribe(socket, operation, headers).pipe(scan(collect, { events: [] }))
      : post(endpoint, operation, headers);
    return answers.pipe(catchError((error) => throwError(() => toShownError(error))));
  };
}

/** Rejects what is not a schema: GraphiQL would ask a second time, and show a refusal over a later answer. */
async function introspect(endpoint: URL, params: FetcherParams, headers: Headers) {
  const result = await firstValueFrom(post(endpoint, params, headers));
  if (result.data) return result;
  const [{ message, extensions } = { message: 'The schema cannot be read.' }] = result.errors ?? [];
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
    selector: read,
  });
}

async function read(response: Response): Promise<ExecutionResult> {
  try {
    return (await response.json()) as ExecutionResult;
  } catch {
    throw new Error(`What answered with HTTP ${response.status} is not the gateway.`);
  }
}

function subscribe(
  socket: URL,
  operation: SubscribePayload,
  headers: Headers,
): Observable<ExecutionResult> {
  return new Observable((subscriber) => {
    // One for each, so that it is opened with the headers of the moment.
    const client = createClient({ url: socket.href, connectionParams: headers });
    return client.subscribe(operation, {
      // Of errors GraphiQL shows what the gateway says of them.
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

/** All that came, the newest first: GraphiQL itself would show the last event only. */
interface Events extends ExecutionResult {
  readonly events: readonly ExecutionResult[];
}

const SHOWN_EVENTS = 100;

function collect({ events }: Events, event: ExecutionResult): Events {
  return { events: [event, ...events.slice(0, SHOWN_EVENTS - 1)] };
}
