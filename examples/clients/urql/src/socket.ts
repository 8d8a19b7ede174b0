import { createClient } from 'graphql-ws';
import { useSyncExternalStore } from 'react';

const MAX_RETRY_WAIT_MS = 15_000;

let isLive = false;
let pongTimeout: ReturnType<typeof setTimeout>;

/**
 * The WebSocket for subscriptions. To send a bearer token, add
 * `connectionParams: async () => ({ authorization: `Bearer ${await token()}` })`. The function is
 * called for every connection.
 */
export const socket = createClient({
  url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
  // Reconnect forever, with random delays so that clients do not all reconnect at the same moment.
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: (attempt) =>
    new Promise((resolve) => {
      const wait = Math.min(1000 * 2 ** attempt, MAX_RETRY_WAIT_MS);
      setTimeout(resolve, wait * (0.75 + Math.random() / 2));
    }),
  // Ping to detect a dead connection that was never closed, such as after a laptop's sleep.
  keepAlive: 10_000,
  on: {
    ping: (received) => {
      if (!received) pongTimeout = setTimeout(() => socket.terminate(), 5000);
    },
    pong: () => clearTimeout(pongTimeout),
    connected: () => {
      isLive = true;
    },
    closed: () => {
      isLive = false;
      clearTimeout(pongTimeout);
    },
  },
});

function onChange(listener: () => void) {
  const stops = [socket.on('connected', listener), socket.on('closed', listener)];
  return () => stops.forEach((stop) => stop());
}

/** Returns whether the WebSocket is connected, so that changes arrive as they happen. */
export function useIsLive(): boolean {
  return useSyncExternalStore(onChange, () => isLive);
}
