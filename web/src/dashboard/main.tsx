import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createGraphClient } from './feed/graph-client.ts';
import { Health } from './feed/health.ts';
import { Session } from './feed/session.ts';
import { Address } from './page/address.ts';
import { Announcer } from './page/announcer.ts';
import { Dashboard } from './page/Dashboard.tsx';
import { ServicesContext } from './page/services.ts';
import './page/page.css';

const session = new Session();
const health = new Health();
const services = { session, health, address: new Address(), announcer: new Announcer() };
// The list brings back its own place.
history.scrollRestoration = 'manual';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={createGraphClient(session, health)}>
      <ServicesContext value={services}>
        <Dashboard />
      </ServicesContext>
    </ApolloProvider>
  </StrictMode>,
);
