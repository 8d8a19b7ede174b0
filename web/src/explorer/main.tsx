import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { examplesFor } from './examples';
import { Explorer } from './explorer';
import { connectTo } from './fetcher';
import { askForFacts } from './graph-facts';

const endpoint = new URL('/graphql', location.href);
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');

const facts = await askForFacts(endpoint.href);
createRoot(root).render(
  <StrictMode>
    <Explorer
      send={connectTo(endpoint)}
      examples={examplesFor(facts)}
      wantsToken={facts.wantsToken}
    />
  </StrictMode>,
);
