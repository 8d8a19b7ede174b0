// The memory that a server retains: its heap after a garbage collection, read through the
// inspector.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WebSocket } from 'ws';

/** Returns a free port for a server that starts with `--inspect=127.0.0.1:<port>`. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Returns the retained memory in megabytes, buffers included, of the server with this inspector.
 */
export async function retainedMb(inspectorPort) {
  const [{ webSocketDebuggerUrl }] = await (
    await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)
  ).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  const call = async (id, method) => {
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = await once(socket, 'message');
      const response = JSON.parse(data);
      if (response.id === id) return response.result;
    }
  };
  // The second collection frees what finalizers released after the first.
  await call(1, 'HeapProfiler.collectGarbage');
  await call(2, 'HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await call(3, 'Runtime.getHeapUsage');
  socket.close();
  await once(socket, 'close');
  return (usedSize + backingStorageSize) / 1e6;
}
