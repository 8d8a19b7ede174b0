import type { Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import type { Example } from './examples';
import { withToken } from './fetcher';

interface Props {
  readonly send: Fetcher;
  readonly examples: Example[];
}

/** GraphiQL, with a token that is the same in all tabs, and forgotten with the page. */
export function Explorer({ send, examples }: Props) {
  const [token, setToken] = useState<string>();
  // With another fetcher GraphiQL loads the schema again, which may have been refused before.
  const fetcher = useMemo(() => withToken(send, token, setToken), [send, token]);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={examples}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>bedrock-async-graphql</GraphiQL.Logo>
    </GraphiQL>
  );
}
