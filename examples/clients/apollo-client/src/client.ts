import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';
import { relayStylePagination } from '@apollo/client/utilities';
import { possibleTypes } from 'bedrock-async-graphql/schema';
import { OperationTypeNode } from 'graphql';
import { socket } from './socket.ts';

/**
 * Creates the client. To send a bearer token, add
 * `headers: { authorization: `Bearer ${token}` }` to the `HttpLink`, and see `socket.ts`.
 */
export function createClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri }),
    ),
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: {
        Query: {
          fields: {
            // Each filter and order is one list. The other arguments select pages of it.
            asyncInvokes: relayStylePagination(['filter', 'orderBy']),
          },
        },
      },
    }),
    dataMasking: true,
  });
}

declare module '@apollo/client' {
  export interface TypeOverrides extends GraphQLCodegenDataMasking.TypeOverrides {}
}
