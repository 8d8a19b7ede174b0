import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { GraphqlErrorJson } from './graphql-client.ts';
import { socketUrl } from './subscriber.ts';

/** The members of a GraphQL request, which may be of any type. */
export type RequestMembers = Readonly<Record<string, unknown>>;

/** How a gateway refused a request. */
export interface TransportRefusal {
  /** The HTTP status, or the code with which a WebSocket was closed. */
  readonly status: number | undefined;
  readonly errors: readonly GraphqlErrorJson[];
}

export type Send = (url: string, members: RequestMembers) => Promise<TransportRefusal>;

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { accept: 'text/event-stream' };
const PREFLIGHTED = { 'apollo-require-preflight': 'true' };

/** Sends a request in every way that the gateway accepts. */
export const TRANSPORTS = {
  post: (url, members) => post(url, members, {}),
  get: (url, members) => get(url, members, PREFLIGHTED),
  ssePost: (url, members) => post(url, members, EVENTS),
  sseGet: (url, members) => get(url, members, EVENTS),
  websocket: overWebSocket,
} as const satisfies Record<string, Send>;

export type TransportName = keyof typeof TRANSPORTS;

async function post(
  url: string,
  members: RequestMembers,
  headers: Record<string, string>,
): Promise<TransportRefusal> {
  const body = JSON.stringify(members);
  const init = { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body };
  return toRefusal(await fetch(`${url}/graphql`, init));
}

async function get(
  url: string,
  members: RequestMembers,
  headers: Record<string, string>,
): Promise<TransportRefusal> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return toRefusal(await fetch(`${url}/graphql?${search.toString()}`, { headers }));
}

async function toRefusal(response: Response): Promise<TransportRefusal> {
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  return { status: response.status, errors: readErrors(isStream ? firstEvent(text) : text) };
}

/** Returns the data of the first `next` event. */
function firstEvent(text: string): string {
  return /^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? '{}';
}

function readErrors(json: string): GraphqlErrorJson[] {
  return (JSON.parse(json) as { errors?: GraphqlErrorJson[] }).errors ?? [];
}

interface Message {
  readonly type: string;
  readonly payload?: GraphqlErrorJson[];
}

async function overWebSocket(url: string, members: RequestMembers): Promise<TransportRefusal> {
  const socket = new WebSocket(socketUrl(url), 'graphql-transport-ws');
  await once(socket, 'open');
  const refusal = new Promise<TransportRefusal>((resolve) => {
    socket.on('close', (status) => {
      resolve({ status, errors: [] });
    });
    socket.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString()) as Message;
      if (type === 'error') resolve({ status: undefined, errors: payload ?? [] });
    });
  });
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: members }));
  const result = await refusal;
  socket.terminate();
  return result;
}
