import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type Reference } from '@apollo/client';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { map } from 'rxjs';
import type { Health } from './health.ts';
import type { Session } from './session.ts';

declare module '@apollo/client' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- how Apollo Client is told whose masked types these are
  interface TypeOverrides extends GraphQLCodegenDataMasking.TypeOverrides {}
}

/** Longer than the gateway's own deadline: a silence of this length is the gateway's. */
const DEADLINE_MS = 20_000;
const LONGEST_WAIT_MS = 15_000;

/** Apollo Client on the gateway's public graph: queries over HTTP, changes over a WebSocket. */
export function createGraphClient(session: Session, health: Health): ApolloClient {
  const overHttp = ApolloLink.from([
    noteHealth(health),
    new ApolloLink((operation, forward) => {
      operation.setContext({ headers: session.headers });
      return forward(operation);
    }),
    new HttpLink({ uri: '/graphql', fetch: fetchInTime }),
  ]);
  const overWebSocket = new GraphQLWsLink(
    createClient({
      url: new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
      connectionParams: () => session.headers,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      retryWait: waitLongerEachTime,
      on: {
        connected: () => {
          health.setLive(true);
        },
        closed: () => {
          health.setLive(false);
        },
      },
    }),
  );
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      overWebSocket,
      overHttp,
    ),
    cache: createCache(),
    dataMasking: true,
    devtools: { enabled: false },
  });
}

function createCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          asyncInvokes: adjoining(relayStylePagination(['filter', 'orderBy'])),
          // What a list has said of a job is known before the job itself has been asked for.
          asyncInvoke: {
            read: (known: Reference | null | undefined, { args, toReference }) =>
              known === undefined
                ? toReference({
                    __typename: 'AsyncInvokeSummary',
                    invocationArn: args?.invocationArn as string,
                  })
                : known,
          },
        },
      },
      AsyncInvokeSummary: {
        keyFields: ['invocationArn'],
        // A row knows less of it than the panel; neither takes away what the other knows.
        fields: { outputDataConfig: { merge: true } },
      },
    },
  });
}

type Paging = ReturnType<typeof relayStylePagination>;
type KnownPages = Parameters<Extract<Paging['merge'], (...parameters: never[]) => unknown>>[0];

/** A page that begins somewhere else than where the known ones end is no continuation of them, and takes their place. */
function adjoining(paging: Paging): Paging {
  const { merge } = paging;
  if (typeof merge !== 'function') return paging;
  return {
    ...paging,
    merge: (known, incoming, options) => {
      const from = (options.args?.after ?? options.args?.before) as string | null | undefined;
      return merge(!from || isEnd(from, known) ? known : undefined, incoming, options);
    },
  };
}

function isEnd(cursor: string, known: KnownPages): boolean {
  if (!known) return false;
  const { edges, pageInfo } = known;
  const ends = [pageInfo.startCursor, pageInfo.endCursor, edges[0]?.cursor, edges.at(-1)?.cursor];
  return ends.includes(cursor);
}

/** An answer in part is an answer; one without what was asked for is none. */
function noteHealth(health: Health): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        const { response } = operation.getContext() as { response?: Response };
        if (response && operation.operationName !== 'Job') health.noteAge(response.headers);
        if (!('data' in result) || !result.errors) return result;
        const { errors, ...answer } = result;
        const isThere = Object.values(answer.data ?? {}).some((value) => value !== null);
        return isThere ? answer : { ...answer, errors };
      }),
    ),
  );
}

function fetchInTime(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
  return fetch(input, { ...init, signal });
}

/** Doubled each time, and never at the same moment as everybody else. */
export function waitLongerEachTime(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitFor(attempt)));
}

export function waitFor(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2);
}
