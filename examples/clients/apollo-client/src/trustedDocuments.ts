import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { getOperationAST } from 'graphql';
import type { Client } from 'graphql-ws';
import manifest from '../persisted-query-manifest.json';

/** Creates a link that sends the id of a document, from the manifest, instead of its text. */
export function createIdLink(): PersistedQueryLink {
  const ids = new Map(manifest.operations.map(({ name, id }) => [name, id]));
  return new PersistedQueryLink({
    generateHash: async (document) => {
      const name = getOperationAST(document)?.name?.value ?? '';
      const id = ids.get(name);
      if (id === undefined) throw new Error(`The manifest has no operation named "${name}".`);
      return id;
    },
    // The text would be refused too.
    retry: () => false,
  });
}

/** Returns a socket for `GraphQLWsLink`, which would otherwise send the text beside the id. */
export function withoutText(socket: Client): Client {
  return {
    ...socket,
    subscribe: (payload, sink) => socket.subscribe({ ...payload, query: '' }, sink),
  };
}
