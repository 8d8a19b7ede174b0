import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';
import { relayStylePagination } from '@apollo/client/utilities';
import { possibleTypes } from 'bedrock-async-graphql/schema';

/** With tokens: `headers: { authorization: `Bearer ${token}` }` in the link. */
export function createClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri }),
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
