// Attacks with connections that send slowly, or nothing.
import { readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import { toRawPost } from '../client.mjs';

/** More than the default of `MAX_CONCURRENT_REQUESTS`. */
const SLOW_BODIES = 1200;
const BODY_BYTES = 1000;
const BYTE_INTERVAL_MS = 1000;
const SILENT_CONNECTIONS = 2000;
/** Descriptors that the processes need for other purposes. */
const OTHER_DESCRIPTORS = 200;

export const CONNECTION_ATTACKS = [
  {
    id: 'S7a',
    title: `${SLOW_BODIES} bodies at one byte a second`,
    connections: SLOW_BODIES,
    run: ({ client, tokens: { unscoped } }) =>
      client.hold(() => {
        const socket = client.openTcp({ reads: true });
        socket.write(toRawPost(unscoped, '{', BODY_BYTES));
        const timer = setInterval(() => socket.write(' '), BYTE_INTERVAL_MS);
        socket.once('close', () => clearInterval(timer));
        return socket;
      }),
  },
  {
    id: 'S7b',
    title: `${SILENT_CONNECTIONS} connections that send nothing, or half a header`,
    connections: Math.min(SILENT_CONNECTIONS, maxDescriptors() - OTHER_DESCRIPTORS),
    run: ({ client }) =>
      client.hold((connection) => {
        const socket = client.openTcp({ reads: true });
        if (connection % 2 === 0) socket.write('POST /graphql HTTP/1.1\r\nhost: loc');
        return socket;
      }),
  },
];

/** Returns how many files and connections one process may have open. */
function maxDescriptors() {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/Max open files\s+\d+\s+(\d+)/.exec(limits)?.[1] ?? Infinity);
}
