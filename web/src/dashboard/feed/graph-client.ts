import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { map } from 'rxjs';
import { exponentialBackoff } from './backoff.ts';
import type { ConnectionStatus } from './connection-status.ts';
import { createCache } from './graph-cache.ts';
import type { Session } from './session.ts';

declare module '@apollo/client' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- enables data masking
  interface TypeOverrides extends GraphQLCodegenDataMasking.TypeOverrides {}
}

/** Longer than the gateway's own deadline, so that only an unresponsive gateway exceeds it. */
const REQUEST_TIMEOUT_MS = 20_000;

/** Creates an Apollo Client that queries over HTTP and subscribes over a WebSocket. */
export function createGraphClient(
  session: Session,
  connectionStatus: ConnectionStatus,
): ApolloClient {
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      createWebSocketLink(session, connectionStatus),
      ApolloLink.from([
        statusLink(connectionStatus),
        authorizationLink(session),
        new HttpLink({ uri: '/graphql', fetch: fetchWithTimeout }),
      ]),
    ),
    cache: createCache(),
    dataMasking: true,
    devtools: { enabled: false },
  });
}

function createWebSocketLink(session: Session, connectionStatus: ConnectionStatus): ApolloLink {
  const client = createClient({
    url: new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
    connectionParams: () => session.headers,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: exponentialBackoff,
    on: {
      connected: () => {
        connectionStatus.setLive(true);
      },
      closed: () => {
        connectionStatus.setLive(false);
      },
    },
  });
  return new GraphQLWsLink(client);
}

function authorizationLink(session: Session): ApolloLink {
  return new ApolloLink((operation, forward) => {
    operation.setContext({ headers: session.headers });
    return forward(operation);
  });
}

/**
 * Reports response headers to the connection status. Drops the errors of a response that has
 * data, so that the page shows what the gateway could read.
 */
function statusLink(connectionStatus: ConnectionStatus): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        const { response } = operation.getContext() as { response?: Response };
        if (response && operation.operationName !== 'Job')
          connectionStatus.onResponseHeaders(response.headers);
        if (!('data' in result) || !result.errors) return result;
        const { errors, ...withoutErrors } = result;
        const hasData = Object.values(result.data ?? {}).some((value) => value !== null);
        return hasData ? withoutErrors : { ...withoutErrors, errors };
      }),
    ),
  );
}

function fetchWithTimeout(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  return fetch(input, { ...init, signal });
}
