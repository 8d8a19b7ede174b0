import type { Sink } from 'graphql-ws';
import {
  Environment,
  type FetchFunction,
  Network,
  Observable,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';
import { socket } from './socket.ts';

/**
 * Creates the environment. To send a bearer token, add `authorization: `Bearer ${token}`` to the
 * headers, and see `socket.ts`.
 *
 * A document has an `id` instead of a `text` if `relay.config.js` sets `persistConfig`.
 */
export function createEnvironment(url: string): Environment {
  const fetchQuery: FetchFunction = async ({ id, text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...(id ? { doc_id: id } : { query: text }), variables }),
    });
    const result = await response.json();
    // Without this, Relay would store null for the list, or treat a failed page as its end.
    if (result.errors) throw new Error(result.errors[0].message);
    return result;
  };
  const subscribe: SubscribeFunction = ({ id, text, name }, variables) =>
    Observable.create((sink) =>
      socket.subscribe(
        { query: text ?? '', ...(id && { doc_id: id }), operationName: name, variables },
        sink as Sink,
      ),
    );
  return new Environment({
    network: Network.create(fetchQuery, subscribe),
    store: new Store(new RecordSource()),
  });
}
