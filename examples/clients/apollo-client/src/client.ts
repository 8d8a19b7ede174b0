import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';
import { relayStylePagination } from '@apollo/client/utilities';
import { possibleTypes } from 'bedrock-async-graphql/schema';
import { OperationTypeNode } from 'graphql';
import { socket } from './socket.ts';
import { createIdLink, withoutText } from './trustedDocuments.ts';

/** Whether this build sends the ids of its documents instead of their text. */
const sendsIds = import.meta.env.VITE_TRUSTED_DOCUMENTS === 'true';

/**
 * Creates the client. To send a bearer token, add
 * `headers: { authorization: `Bearer ${token}` }` to the `HttpLink`, and see `socket.ts`.
 */
export function createClient(uri: string): ApolloClient {
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sendsIds ? withoutText(socket) : socket),
    new HttpLink({ uri }),
  );
  return new ApolloClient({
    link: sendsIds ? createIdLink().concat(link) : link,
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
