import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';
import { relayStylePagination } from '@apollo/client/utilities';
import { possibleTypes } from 'bedrock-async-graphql/schema';
import { OperationTypeNode } from 'graphql';
import { socket } from './socket.ts';

/** With tokens: `headers: { authorization: `Bearer ${token}` }` in the link, and as `socket.ts` says. */
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
            // One list for each filter and order. The other arguments name pages of it.
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
