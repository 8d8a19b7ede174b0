import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { examplesFor } from './examples.ts';
import { Explorer } from './Explorer.tsx';
import { createFetcher } from './fetcher.ts';
import { probeGraph } from './probe-graph.ts';

const endpoint = new URL('/graphql', location.href);
const root = document.getElementById('root');
if (!root) throw new Error('The element #root is missing.');

const probe = await probeGraph(endpoint.href);
createRoot(root).render(
  <StrictMode>
    <Explorer
      fetcher={createFetcher(endpoint)}
      examples={examplesFor(probe)}
      requiresToken={probe.requiresToken}
    />
  </StrictMode>,
);
