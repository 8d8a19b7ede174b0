import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy between a page and the gateway. */
export interface FlakyProxy {
  readonly url: string;
  /** Drops all traffic of the open WebSockets from now on, without closing them. */
  dropTraffic(): void;
  close(): Promise<void>;
}

export async function startFlakyProxy(gatewayUrl: string): Promise<FlakyProxy> {
  const { hostname, port } = new URL(gatewayUrl);
  const sockets = new Set<Socket>();
  const webSockets: Socket[] = [];
  const dropped = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.once('data', (head) => {
      if (/^upgrade: websocket/im.test(head.toString())) webSockets.push(client, upstream);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        if (!dropped.has(from)) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dropTraffic: () => {
      for (const socket of webSockets) dropped.add(socket.unpipe().pause());
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
