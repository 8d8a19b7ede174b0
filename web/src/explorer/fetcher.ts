import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';

/** Queries and mutations go over HTTP, subscriptions over a WebSocket, whose `connection_init` has the tab's headers. */
export function createFetcher(endpoint: URL): Fetcher {
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol.replace('http', 'ws');
  return rememberingToken(
    createGraphiQLFetcher({
      url: endpoint.href,
      subscriptionUrl: socket.href,
      enableIncrementalDelivery: false,
    }),
  );
}

/** Every tab has headers of its own. A token that one of them has is sent by all, and forgotten with the page. */
function rememberingToken(send: Fetcher): Fetcher {
  let token: string | undefined;
  return (operation, options) => {
    const headers: Record<string, string> = { ...options?.headers };
    const own = Object.keys(headers).find((name) => name.toLowerCase() === 'authorization');
    if (own !== undefined) token = headers[own];
    else if (token !== undefined) headers.authorization = token;
    return send(operation, { ...options, headers });
  };
}
