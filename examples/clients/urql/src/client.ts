import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { introspection } from 'bedrock-async-graphql/schema';
import { socket } from './socket.ts';

/** With tokens: `fetchOptions: () => ({ headers: { authorization: `Bearer ${token}` } })`, and as `socket.ts` says. */
export function createClient(url: string): Client {
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: introspection,
        keys: {
          // Parts of a job, without an identity of their own.
          AsyncInvokeS3OutputDataConfig: () => null,
          AsyncInvokeUnknownOutputDataConfig: () => null,
        },
        resolvers: {
          Query: {
            // One list for each filter and order. What was read with `before` is in front of the rest.
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
