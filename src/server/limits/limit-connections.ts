import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Shares } from '../../concurrency/shares.ts';
import { addressKey } from './address-key.ts';

/** Closes each connection beyond the maximum of its address. */
export function limitConnections(app: FastifyInstance, maxPerAddress: number): void {
  const connections = new Shares(maxPerAddress);
  app.server.on('connection', (socket: Socket) => {
    const release = connections.acquire(addressKey(socket.remoteAddress ?? ''));
    if (release) socket.once('close', release);
    else socket.destroy();
  });
}
