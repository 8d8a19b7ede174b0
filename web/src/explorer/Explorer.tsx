import type { Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import type { Example } from './examples.ts';
import { storage } from './storage.ts';
import { useSharedHeaders } from './use-shared-headers.ts';
import { useSyncEditorsWithTab } from './use-sync-editors-with-tab.ts';

interface Props {
  readonly fetcher: Fetcher;
  readonly examples: Example[];
  /** Whether the gateway rejects requests without a token. */
  readonly requiresToken: boolean;
}

const HEADERS_WITH_TOKEN = `// Used in every tab until you close the page.
{
  "authorization": "Bearer "
}
`;

/** Accepts any JSON value. By default the editor accepts only strings and numbers. */
const CUSTOM_SCALARS = { JSON: {} };

export function Explorer({ fetcher, examples, requiresToken }: Props) {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={examples}
      {...(requiresToken && { defaultHeaders: HEADERS_WITH_TOKEN })}
      defaultEditorToolsVisibility={requiresToken ? 'headers' : 'variables'}
      shouldPersistHeaders={false}
      customScalarSchemas={CUSTOM_SCALARS}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>bedrock-async-graphql</GraphiQL.Logo>
      <GraphiqlWorkarounds />
    </GraphiQL>
  );
}

/** Changes to GraphiQL's behaviour. Its store is only available to components inside it. */
function GraphiqlWorkarounds() {
  useSharedHeaders();
  useSyncEditorsWithTab();
  return null;
}
