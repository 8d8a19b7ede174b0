import type { IncomingHttpHeaders } from 'node:http';
import { makeServer, MessageType, type Server } from 'graphql-ws';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import { type Authenticator, unauthenticated } from '../auth/authenticate.ts';
import { assertAuthenticated } from '../auth/caller.ts';
import { readParams } from '../documents/params.ts';
import { INVALID_MESSAGE } from './close-frame.ts';
import type { SubscriptionManager } from './subscription-manager.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

export interface ProtocolOptions {
  readonly subscriptions: SubscriptionManager;
  readonly authenticator: Authenticator;
}

/** Each result repeats the id, so a long one would multiply what the gateway sends. */
const MAX_ID_LENGTH = 256;

export type Protocol = Server<WebSocketConnection>;
type ConnectionParams = Readonly<Record<string, unknown>> | undefined;

/**
 * Creates the protocol's server: graphql-ws handles messages, and the manager handles operations.
 */
export function createProtocol({ subscriptions, authenticator }: ProtocolOptions): Protocol {
  return makeServer<Record<string, unknown> | undefined, WebSocketConnection>({
    onConnect: ({ connectionParams, extra }) =>
      authenticate(extra, connectionParams, authenticator),
    onSubscribe: async ({ extra }, id, payload) => {
      const caller = assertAuthenticated(extra);
      if (id.length > MAX_ID_LENGTH) {
        extra.close(INVALID_MESSAGE);
        return [new GraphQLError(INVALID_MESSAGE.text)];
      }
      extra.chargedMessages += 1;
      const outcome = await subscriptions.subscribe({
        readParams: () => readParams(payload),
        caller,
        transport: 'websocket',
      });
      if (outcome.kind === 'refused') {
        return outcome.errors.map((error) => new FormattedGraphqlError(error));
      }
      const { subscription } = outcome;
      await extra.add(subscription);
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
  connection: WebSocketConnection,
  connectionParams: ConnectionParams,
  authenticator: Authenticator,
): Promise<void> {
  const { request } = connection;
  const headers = mergeConnectionParams(request.headers, connectionParams);
  const ip = request.socket.remoteAddress ?? '';
  const authenticated = await authenticator.authenticate({ headers, ip });
  if (authenticated.kind === 'notRouter') {
    throw unauthenticated('Only the router may subscribe.', 'Router');
  }
  await connection.admit(authenticated.caller);
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
