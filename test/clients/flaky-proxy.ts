import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What is between a page and the gateway. */
export interface Line {
  readonly url: string;
  /** From now on nothing comes through on the WebSockets that are open, and nobody closes them. */
  silence(): void;
  close(): Promise<void>;
}

export async function startLine(gatewayUrl: string): Promise<Line> {
  const { hostname, port } = new URL(gatewayUrl);
  const ends = new Set<Socket>();
  const webSockets: Socket[] = [];
  const silent = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.once('data', (head) => {
      if (/^upgrade: websocket/im.test(head.toString())) webSockets.push(near, far);
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        ends.delete(from);
        if (!silent.has(from)) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silence: () => {
      for (const end of webSockets) silent.add(end.unpipe().pause());
    },
    close: async () => {
      server.close();
      for (const end of ends) end.destroy();
      await once(server, 'close');
    },
  };
}
