import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CloseCode, makeServer, MessageType, type Server } from 'graphql-ws';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import type { WebSocket } from 'ws';
import type { Authenticator } from '../auth/authenticate.ts';
import { assertAuthenticated, type Caller } from '../auth/caller.ts';
import { readParams } from '../documents/params.ts';
import { HttpError } from '../errors/http-error.ts';
import { onCredentialsExpired } from './on-credentials-expired.ts';
import type { SubscriptionManager } from './subscription-manager.ts';
import type { Subscription } from './subscription.ts';

export interface ProtocolOptions {
  readonly subscriptions: SubscriptionManager;
  readonly authenticator: Authenticator;
}

/** The state of one socket. */
export interface SocketState {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  caller: Caller | undefined;
  /**
   * All open subscriptions. A client can reuse an id while its first subscription is opening, and
   * graphql-ws then forgets the first.
   */
  readonly subscriptions: Set<Subscription>;
}

export type Protocol = Server<SocketState>;
type ConnectionParams = Readonly<Record<string, unknown>> | undefined;

/**
 * Creates the protocol's server: graphql-ws handles messages, and the manager handles operations.
 */
export function createProtocol({ subscriptions, authenticator }: ProtocolOptions): Protocol {
  return makeServer<Record<string, unknown> | undefined, SocketState>({
    onConnect: ({ connectionParams, extra }) =>
      authenticate(extra, connectionParams, authenticator),
    onSubscribe: async ({ extra }, _id, payload) => {
      const { socket, subscriptions: all } = extra;
      const caller = assertAuthenticated(extra);
      const outcome = await subscriptions.subscribe({
        readParams: () => readParams(payload),
        caller,
        transport: 'websocket',
      });
      if (outcome.kind === 'refused') {
        return outcome.errors.map((error) => new FormattedGraphqlError(error));
      }
      const { subscription } = outcome;
      all.add(subscription);
      subscription.onClose(() => all.delete(subscription));
      if (socket.readyState !== socket.OPEN) await subscription.return();
      const { schema, document, operationName } = subscription.prepared;
      return { schema, document, operationName, contextValue: subscription };
    },
    jsonMessageReviver: addMissingQuery,
    // The results are formatted already, and `onNext` sends them unchanged.
    subscribe: ({ contextValue }: ExecutionArgs) => contextValue as AsyncGenerator<ExecutionResult>,
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
  });
}

/**
 * graphql-ws requires a `query`, which a request need not have if it refers to a document. The
 * reviver is called last for the whole message, with the key ``.
 */
function addMissingQuery(key: string, value: unknown): unknown {
  if (key !== '' || !isObject(value) || value.type !== MessageType.Subscribe) return value;
  const { payload } = value;
  return isObject(payload) ? { ...value, payload: { query: '', ...payload } } : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function authenticate(
  state: SocketState,
  connectionParams: ConnectionParams,
  authenticator: Authenticator,
): Promise<void> {
  const { request, socket } = state;
  const headers = mergeConnectionParams(request.headers, connectionParams);
  const ip = request.socket.remoteAddress ?? '';
  const authenticated = await authenticator.authenticate({ headers, ip });
  if (authenticated.kind === 'notRouter') {
    throw new HttpError(401, 'Only the router may subscribe.');
  }
  const { caller } = authenticated;
  if (socket.readyState !== socket.OPEN) return;
  state.caller = caller;
  // The client may reconnect with new credentials.
  const close = () => {
    socket.close(CloseCode.Forbidden, 'Forbidden');
  };
  socket.once('close', onCredentialsExpired(caller, close));
}

/** Serializes to exactly the error that the manager has formatted. */
class FormattedGraphqlError extends GraphQLError {
  readonly #formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message);
    this.#formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.#formatted;
  }
}

const CREDENTIALS = new Set(['authorization', 'router-authorization']);

/** Browsers cannot set headers on a WebSocket, so credentials come in `connection_init`. */
function mergeConnectionParams(
  headers: IncomingHttpHeaders,
  params: ConnectionParams,
): IncomingHttpHeaders {
  const merged = { ...headers };
  for (const [name, value] of Object.entries(params ?? {})) {
    const header = name.toLowerCase();
    if (CREDENTIALS.has(header) && typeof value === 'string') merged[header] = value;
  }
  return merged;
}
