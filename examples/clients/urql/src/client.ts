import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { introspection } from 'bedrock-async-graphql/schema';
import { socket } from './socket.ts';

/**
 * Creates the client. To send a bearer token, add
 * `fetchOptions: () => ({ headers: { authorization: `Bearer ${token}` } })`, and see `socket.ts`.
 */
export function createClient(url: string): Client {
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: introspection,
        keys: {
          // These types are parts of a job and have no id.
          AsyncInvokeS3OutputDataConfig: () => null,
          AsyncInvokeUnknownOutputDataConfig: () => null,
        },
        resolvers: {
          Query: {
            // Each filter and order is one list. Pages read with `before` go to its front.
            asyncInvokes: relayPagination({ mergeMode: 'outwards' }),
          },
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}
