import { createContext, useContext } from 'react';
import type { ConnectionStatus } from '../feed/connection-status.ts';
import type { Session } from '../feed/session.ts';
import type { Announcer } from './announcer.ts';
import type { UrlState } from './url-state.ts';

/** The singletons of the page. */
export interface Services {
  readonly urlState: UrlState;
  readonly announcer: Announcer;
  readonly connectionStatus: ConnectionStatus;
  readonly session: Session;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('useServices must be used inside ServicesContext');
  return services;
}

export const useAnnouncer = () => useServices().announcer;
