// What a server keeps: its heap after a collection, asked for through Node's inspector.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WebSocket } from 'ws';

/** For a server that is to be started with `--inspect=127.0.0.1:<port>`. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** In megabytes, buffers included, of the server whose inspector listens there. */
export async function keptMb(inspectorPort) {
  const [{ webSocketDebuggerUrl }] = await (
    await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)
  ).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  const ask = async (id, method) => {
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = await once(socket, 'message');
      const answer = JSON.parse(data);
      if (answer.id === id) return answer.result;
    }
  };
  // What the first finds may have held something that only a finalizer lets go.
  await ask(1, 'HeapProfiler.collectGarbage');
  await ask(2, 'HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await ask(3, 'Runtime.getHeapUsage');
  socket.close();
  await once(socket, 'close');
  return (usedSize + backingStorageSize) / 1e6;
}
