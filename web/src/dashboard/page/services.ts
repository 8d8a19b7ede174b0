import { createContext, useContext } from 'react';
import type { Health } from '../feed/health.ts';
import type { Session } from '../feed/session.ts';
import type { Address } from './address.ts';
import type { Announcer } from './announcer.ts';

/** What there is one of on the page. */
export interface Services {
  readonly address: Address;
  readonly announcer: Announcer;
  readonly health: Health;
  readonly session: Session;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('a component stands outside of the page');
  return services;
}

export const useAnnouncer = () => useServices().announcer;
