import type { WebSocket } from 'ws';

const INTERVAL_MS = 12_000;

/**
 * Terminates a connection that does not answer a ping, and answers the pings of the client. Returns
 * a function that stops the pings.
 *
 * @param accept called for each frame that the client did not have to send.
 */
export function startHeartbeat(socket: WebSocket, accept: () => Promise<boolean>): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    if (isAlive) void accept();
    isAlive = true;
  });
  socket.on('ping', (data) => {
    void accept().then((isAccepted) => {
      if (isAccepted) socket.pong(data, false, () => undefined);
    });
  });
  const timer = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
  };
}
