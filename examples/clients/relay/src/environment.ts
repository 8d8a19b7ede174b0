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

/** With tokens: `authorization: `Bearer ${token}`` among the headers, and as `socket.ts` says. */
export function createEnvironment(url: string): Environment {
  const ask: FetchFunction = async ({ text: query }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const answer = await response.json();
    // Otherwise a page that fails would be taken for the list's end, and the list for null.
    if (answer.errors) throw new Error(answer.errors[0].message);
    return answer;
  };
  const follow: SubscribeFunction = ({ text, name }, variables) =>
    Observable.create((sink) =>
      socket.subscribe({ query: text ?? '', operationName: name, variables }, sink as Sink),
    );
  return new Environment({
    network: Network.create(ask, follow),
    store: new Store(new RecordSource()),
  });
}
