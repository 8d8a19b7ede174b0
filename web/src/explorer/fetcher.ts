import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';

/** Queries and mutations go over HTTP, subscriptions over a WebSocket, whose `connection_init` has the tab's headers. */
export function connectTo(endpoint: URL): Fetcher {
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol.replace('http', 'ws');
  return createGraphiQLFetcher({
    url: endpoint.href,
    subscriptionUrl: socket.href,
    enableIncrementalDelivery: false,
  });
}

/** Every tab has headers of its own. Those that name no token send this one, and of one that is named we are told. */
export function withToken(
  send: Fetcher,
  token: string | undefined,
  onToken: (token: string) => void,
): Fetcher {
  return (operation, options) => {
    const headers: Record<string, string> = { ...options?.headers };
    const own = new Headers(headers).get('authorization');
    if (own !== null) onToken(own);
    else if (token !== undefined) headers.authorization = token;
    return send(operation, { ...options, headers });
  };
}
