import { Buffer } from 'node:buffer';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** Another address than that of the quiet caller. Linux accepts all of 127.0.0.0/8. */
const ADDRESS = '127.0.0.2';
const PAUSE_AFTER_FAILURE_MS = 100;
const PAUSE_BEFORE_NEW_SOCKET_MS = 1000;
let unique = 0;

/** Returns a number that this process has not used before. */
export function nextUnique() {
  unique += 1;
  return unique;
}

/** Sends the requests of one attack, and counts their outcomes. */
export class AttackClient {
  #url;
  #connections;
  #agent;
  #sockets = new Set();
  #outcomes = {};
  #unanswered = 0;
  #isOver = false;

  constructor({ url, connections }) {
    this.#url = url;
    this.#connections = connections;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, localAddress: ADDRESS });
  }

  /** Runs the attack until the time is over, then closes all its connections. */
  async runFor(seconds, attack) {
    const timer = setTimeout(seconds * 1000);
    await Promise.race([timer, attack()]);
    await timer;
    if (this.#unanswered > 0) this.#outcomes.unanswered = this.#unanswered;
    this.#isOver = true;
    this.#agent.destroy();
    for (const socket of this.#sockets) (socket.terminate ?? socket.destroy).call(socket);
    return this.#outcomes;
  }

  /** Repeats the work on each connection: the next turn starts when the last one has ended. */
  async repeat(work) {
    const loop = async (connection) => {
      for (let turn = 0; !this.#isOver; turn += 1) await work(connection, turn);
    };
    await Promise.all(Array.from({ length: this.#connections }, (_, index) => loop(index)));
  }

  /** Keeps sockets open. Replaces each socket that the gateway closes, after a pause. */
  async hold(open) {
    await this.repeat(async (connection, turn) => {
      // One new socket each millisecond, because the backlog of the gateway is limited.
      if (turn === 0) await setTimeout(connection);
      const socket = open(connection);
      await new Promise((resolve) => socket.once('close', resolve));
      await setTimeout(PAUSE_BEFORE_NEW_SOCKET_MS);
    });
  }

  count(outcome) {
    if (!this.#isOver) this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
  }

  post(operation, token, headers) {
    const body = JSON.stringify(operation);
    return this.send({ headers: { ...jsonHeaders(token), ...headers }, body });
  }

  /** Sends a request and reads the response. Failed connections count as `reset`. */
  async send({ method = 'POST', path = '/graphql', headers, body }) {
    const options = { method, headers, agent: this.#agent, localAddress: ADDRESS };
    this.#unanswered += 1;
    const outcome = await new Promise((resolve) => {
      const outgoing = request(`${this.#url}${path}`, options, (response) => {
        response.on('error', () => undefined).resume();
        response.once('close', () => resolve(`${response.statusCode}`));
      });
      outgoing.once('upgrade', (_response, socket) => {
        socket.destroy();
        resolve('101');
      });
      outgoing.on('error', () => resolve('reset'));
      outgoing.end(body);
    });
    this.#unanswered -= 1;
    this.count(outcome);
    if (outcome === 'reset') await setTimeout(PAUSE_AFTER_FAILURE_MS);
  }

  /** Opens a TCP connection. Without `reads`, it reads only the start of a response. */
  openTcp({ reads }) {
    const { hostname, port } = new URL(this.#url);
    const socket = connect({ host: hostname, port, localAddress: ADDRESS });
    this.#sockets.add(socket);
    socket.once('connect', () => this.count('open'));
    socket.once('readable', () => {
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(socket.read(12)?.toString('latin1')) ?? [];
      if (status) this.count(status);
      if (reads) socket.resume();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.count('closed');
    });
    return socket;
  }

  openWebSocket() {
    const socket = new WebSocket(
      `${this.#url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
      { localAddress: ADDRESS },
    );
    this.#sockets.add(socket);
    socket.once('open', () => this.count('open'));
    socket.on('unexpected-response', (outgoing, { statusCode }) => {
      this.count(`upgrade ${statusCode}`);
      outgoing.destroy();
      socket.emit('close');
    });
    socket.on('error', () => undefined);
    socket.once('close', (code) => {
      if (this.#sockets.delete(socket) && code) this.count(`close ${code}`);
    });
    return socket;
  }

  /**
   * Opens a WebSocket and sends `connection_init`. Calls `onMessage` with the type of each message
   * after that. Counts the ends of operations.
   */
  openAuthenticated(token, onMessage = () => undefined) {
    const socket = this.openWebSocket();
    const payload = { authorization: `Bearer ${token}` };
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.type === 'error') this.count(message.payload[0].extensions?.code ?? 'error');
      if (message.type === 'complete') this.count('complete');
      onMessage(message.type);
    });
    return socket;
  }

  /** Closes a WebSocket, which is not counted. */
  discard(socket) {
    this.#sockets.delete(socket);
    socket.terminate();
  }
}

export function jsonHeaders(token) {
  return { 'content-type': 'application/json', authorization: `Bearer ${token}` };
}

/** Encodes a POST for a raw connection. The body may be shorter than its announced length. */
export function toRawPost(token, body, contentLength = Buffer.byteLength(body)) {
  const headers = { host: 'localhost', 'content-length': contentLength, ...jsonHeaders(token) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return ['POST /graphql HTTP/1.1', ...lines, '', body].join('\r\n');
}
