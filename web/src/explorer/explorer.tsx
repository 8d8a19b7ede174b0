import type { Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import type { Example } from './examples';
import { storage } from './storage';
import { useSharedHeaders } from './use-shared-headers';
import { useTabInEditors } from './use-tab-in-editors';

interface Props {
  readonly send: Fetcher;
  readonly examples: Example[];
  /** Whether the graph answers nobody without one. */
  readonly wantsToken: boolean;
}

const HEADERS_WITH_TOKEN = `// For all tabs, until the page is closed.
{
  "authorization": "Bearer "
}
`;

/** Any value: the editor itself takes it for a text or a number. */
const SCALARS = { JSON: {} };

export function Explorer({ send, examples, wantsToken }: Props) {
  return (
    <GraphiQL
      fetcher={send}
      storage={storage}
      defaultTabs={examples}
      {...(wantsToken && { defaultHeaders: HEADERS_WITH_TOKEN })}
      defaultEditorToolsVisibility={wantsToken ? 'headers' : 'variables'}
      shouldPersistHeaders={false}
      customScalarSchemas={SCALARS}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>bedrock-async-graphql</GraphiQL.Logo>
      <Habits />
    </GraphiQL>
  );
}

/** What GraphiQL does otherwise; its store is for components inside it. */
function Habits() {
  useSharedHeaders();
  useTabInEditors();
  return null;
}
