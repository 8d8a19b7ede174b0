// Writes the documents that the dashboard sends to the file named on the command line, by their
// SHA-256 hashes. A gateway that accepts only trusted documents accepts these too. Apollo Client
// changes documents before it sends them, so this sends each document with the dashboard's cache.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { ApolloClient, ApolloLink } from '@apollo/client';
import { print } from '@apollo/client/utilities';
import { EMPTY } from 'rxjs';
import * as generated from '../web/src/dashboard/__generated__/graphql.ts';
import { createCache } from '../web/src/dashboard/feed/graph-cache.ts';

const [file = 'dist/web/documents.json'] = process.argv.slice(2);
const documents = {};
const link = new ApolloLink(({ query }) => {
  const text = print(query);
  documents[createHash('sha256').update(text).digest('hex')] = text;
  return EMPTY;
});
const client = new ApolloClient({ cache: createCache(), dataMasking: true, link });
for (const document of Object.values(generated)) {
  const type = document.definitions.find(({ operation }) => operation)?.operation;
  if (type === 'subscription') client.subscribe({ query: document }).subscribe();
  // The link answers nothing, so the result of a query is an error.
  else if (type)
    await client.query({ query: document, fetchPolicy: 'network-only' }).catch(() => undefined);
}
writeFileSync(file, `${JSON.stringify(documents, null, 2)}\n`);
