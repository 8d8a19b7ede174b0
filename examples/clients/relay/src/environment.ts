import { Environment, Network, type FetchFunction, RecordSource, Store } from 'relay-runtime';

/** With tokens: `authorization: `Bearer ${token}`` among the headers. */
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
  return new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
}
