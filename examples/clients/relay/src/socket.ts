import { createClient } from 'graphql-ws';
import { useSyncExternalStore } from 'react';

const LONGEST_WAIT_MS = 15_000;

let isLive = false;
let giveUp: ReturnType<typeof setTimeout>;

/** With tokens: `connectionParams: async () => ({ authorization: `Bearer ${await token()}` })`, asked for anew each time. */
export const socket = createClient({
  url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
  // It comes back, however long the gateway was away, and not at the same moment as everybody else.
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: (attempt) =>
    new Promise((resolve) => {
      const wait = Math.min(1000 * 2 ** attempt, LONGEST_WAIT_MS);
      setTimeout(resolve, wait * (0.75 + Math.random() / 2));
    }),
  // A connection may be dead without a word, as after a laptop's sleep.
  keepAlive: 10_000,
  on: {
    ping: (received) => {
      if (!received) giveUp = setTimeout(() => socket.terminate(), 5000);
    },
    pong: () => clearTimeout(giveUp),
    connected: () => {
      isLive = true;
    },
    closed: () => {
      isLive = false;
      clearTimeout(giveUp);
    },
  },
});

function onChange(listener: () => void) {
  const stops = [socket.on('connected', listener), socket.on('closed', listener)];
  return () => stops.forEach((stop) => stop());
}

/** Whether changes are told as they happen. */
export function useIsLive(): boolean {
  return useSyncExternalStore(onChange, () => isLive);
}
