import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createGraphClient } from './feed/graph-client.ts';
import { ConnectionStatus } from './feed/connection-status.ts';
import { Session } from './feed/session.ts';
import { UrlState } from './page/url-state.ts';
import { Announcer } from './page/announcer.ts';
import { Dashboard } from './page/Dashboard.tsx';
import { ServicesContext } from './page/services-context.ts';
import './page/page.css';

const session = new Session();
const connectionStatus = new ConnectionStatus();
const services = {
  session,
  connectionStatus,
  urlState: new UrlState(),
  announcer: new Announcer(),
};
// The list restores its own scroll position.
history.scrollRestoration = 'manual';

const root = document.getElementById('root');
if (!root) throw new Error('The element #root is missing.');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={createGraphClient(session, connectionStatus)}>
      <ServicesContext value={services}>
        <Dashboard />
      </ServicesContext>
    </ApolloProvider>
  </StrictMode>,
);
