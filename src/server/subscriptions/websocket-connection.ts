import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Server as ProtocolServer } from 'graphql-ws';
import type { LimitsConfig } from '../../config/config.ts';
import type { Shares } from '../../concurrency/shares.ts';
import type { Caller } from '../auth/caller.ts';
import {
  FAILED_REQUEST_COST,
  PREPAID_COST,
  type RateLimiter,
  rateLimitHttpError,
} from '../limits/rate-limiter.ts';
import {
  type CloseFrame,
  EXPIRED,
  IDLE,
  NOT_TEXT,
  RATE_LIMITED,
  toCloseFrame,
  TOO_LARGE,
} from './close-frame.ts';
import { checkFirstMessage, MAX_FIRST_BYTES } from './first-message.ts';
import { startHeartbeat } from './heartbeat.ts';
import { onCredentialsExpired } from './on-credentials-expired.ts';
import type { Subscription } from './subscription.ts';
import type { Refused, WebSocketRefusals } from './websocket-refusals.ts';
import type { WebSocketShares } from './websocket-shares.ts';

export interface ConnectionOptions {
  readonly limits: LimitsConfig;
  readonly rateLimiter: RateLimiter;
  /** The bytes that each caller has not read yet. */
  readonly unsentBytes: Shares;
  readonly shares: WebSocketShares;
  readonly refusals: WebSocketRefusals;
}

export interface WebSocketClient {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly address: string;
  /** Releases the share of the address. */
  readonly leavePending: () => void;
}

/** A client that sends messages without reading may have this much waiting for it. */
const MAX_UNSENT_BYTES = 1_048_576;
/** How long a client has to answer the close frame. */
const CLOSE_TIMEOUT_MS = 1000;
/** Frame headers of the first message, and control frames. */
const FRAME_BYTES = 1024;
/** In UTF-16 units, so that the text has at most 123 bytes in UTF-8. */
const MAX_CLOSE_TEXT = 41;

/** One accepted socket: its caller, its open subscriptions, and what it may send. */
export class WebSocketConnection {
  readonly request: IncomingMessage;
  /** Undefined before the acknowledgement. */
  caller: Caller | undefined;
  /** How many messages the subscription manager has charged. */
  chargedMessages = 0;
  readonly #client: WebSocketClient;
  readonly #options: ConnectionOptions;
  /**
   * All open subscriptions. A client can reuse an id while its first subscription is opening, and
   * graphql-ws then forgets the first.
   */
  readonly #subscriptions = new Set<Subscription>();
  #idleTimer: NodeJS.Timeout | undefined;
  #refused: Refused;
  #firstBytes = 0;

  constructor(client: WebSocketClient, options: ConnectionOptions) {
    this.#client = client;
    this.#options = options;
    this.request = client.request;
    this.#refused = { address: client.address };
  }

  get isOpen(): boolean {
    const { socket } = this.#client;
    return socket.readyState === socket.OPEN;
  }

  /** Connects the socket to the protocol's server. */
  serve(protocol: ProtocolServer<WebSocketConnection>): void {
    const { socket, request } = this.#client;
    // ws closes the socket itself after an invalid frame or a lost connection.
    socket.on('error', () => {
      this.#terminateSoon();
    });
    request.socket.on('data', this.#countFirstBytes);
    const onClosed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => this.#send(message),
        close: (code = 1000, text = '') => {
          this.close({ code, text: text.slice(0, MAX_CLOSE_TEXT) });
        },
        onMessage: (receive) => {
          socket.on('message', (data, isBinary) => {
            // ws delivers a message as one buffer.
            this.#receive(data as Buffer, isBinary, receive).catch(this.#onError);
          });
        },
      },
      this,
    );
    const stopHeartbeat = startHeartbeat(socket, () => this.#onControlFrame());
    socket.once('close', (code, reason) => {
      stopHeartbeat();
      clearTimeout(this.#idleTimer);
      onClosed(code, reason.toString('utf8')).catch(() => undefined);
      for (const subscription of this.#subscriptions) void subscription.return();
    });
  }

  /**
   * Lets an authenticated caller subscribe, after which the connection is acknowledged.
   *
   * @throws {HttpError} if the caller has too many sockets, or has used its rate limit.
   */
  async admit(caller: Caller): Promise<void> {
    const { rateLimiter, limits, shares } = this.#options;
    const { socket, request, leavePending } = this.#client;
    this.#refused = { identity: caller.identity };
    const retryAfterMs = await rateLimiter.consume(caller.identity, PREPAID_COST);
    if (retryAfterMs !== undefined) throw rateLimitHttpError(retryAfterMs, limits.costPerMinute);
    if (!this.isOpen) return;
    socket.once('close', shares.acquireForCaller(caller));
    leavePending();
    request.socket.off('data', this.#countFirstBytes);
    this.caller = caller;
    const onExpired = () => {
      this.close(EXPIRED);
    };
    socket.once('close', onCredentialsExpired(caller, onExpired));
    this.#watchIdle();
  }

  /** Ends the subscription with the socket. */
  async add(subscription: Subscription): Promise<void> {
    this.#subscriptions.add(subscription);
    subscription.onClose(() => {
      this.#subscriptions.delete(subscription);
      this.#watchIdle();
    });
    this.#watchIdle();
    if (!this.isOpen) await subscription.return();
  }

  close({ code, text, reason = 'BAD_REQUEST' }: CloseFrame): void {
    if (!this.isOpen) return;
    if (!this.caller) this.#options.refusals.record(code, reason, this.#refused);
    this.#client.socket.close(code, text);
    this.#terminateSoon();
  }

  #terminateSoon(): void {
    const { socket } = this.#client;
    const timer = setTimeout(() => {
      socket.terminate();
    }, CLOSE_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  #watchIdle(): void {
    clearTimeout(this.#idleTimer);
    if (!this.isOpen || this.#subscriptions.size > 0) return;
    this.#idleTimer = setTimeout(() => {
      this.close(IDLE);
    }, this.#options.limits.webSocketIdleTimeoutMs);
  }

  /** ws buffers a large message before it delivers it, so the bytes are counted as they arrive. */
  readonly #countFirstBytes = (chunk: Buffer): void => {
    this.#firstBytes += chunk.length;
    if (this.#firstBytes > MAX_FIRST_BYTES + FRAME_BYTES) this.close(TOO_LARGE);
  };

  /** Handles a message. The caller pays for it, and before there is one, it must be the first. */
  async #receive(
    data: Buffer,
    isBinary: boolean,
    handle: (text: string) => Promise<void>,
  ): Promise<void> {
    if (!this.#canReceive()) return;
    const { caller } = this;
    const refusal = await this.#check(data, isBinary);
    if (refusal) {
      this.close(refusal);
      return;
    }
    const { chargedMessages } = this;
    // The protocol's server parses the message, and calls the hooks, before it waits.
    const handled = handle(data.toString('utf8'));
    if (caller && this.chargedMessages === chargedMessages) {
      await this.#charge(caller, this.isOpen ? PREPAID_COST : FAILED_REQUEST_COST);
    }
    await handled;
  }

  /** Handles a ping or an unexpected pong of the WebSocket protocol. Returns whether to answer. */
  async #onControlFrame(): Promise<boolean> {
    const { caller } = this;
    if (!caller || !this.#canReceive()) return false;
    await this.#charge(caller, PREPAID_COST);
    return this.isOpen;
  }

  /** Ends a socket whose client sends and does not read. */
  #canReceive(): boolean {
    const { socket } = this.#client;
    if (!this.isOpen) return false;
    if (socket.bufferedAmount <= MAX_UNSENT_BYTES) return true;
    socket.terminate();
    return false;
  }

  async #check(data: Buffer, isBinary: boolean): Promise<CloseFrame | undefined> {
    if (isBinary) return NOT_TEXT;
    if (!this.caller) return checkFirstMessage(data);
    const retryAfterMs = await this.#options.rateLimiter.retryAfterMs(this.caller.identity);
    return retryAfterMs === undefined ? undefined : RATE_LIMITED;
  }

  async #charge({ identity }: Caller, cost: number): Promise<void> {
    const retryAfterMs = await this.#options.rateLimiter.consume(identity, cost);
    if (retryAfterMs !== undefined) this.close(RATE_LIMITED);
  }

  /** Resolves when the message was sent, or could not be. The `close` event follows a failure. */
  #send(message: string): Promise<void> {
    const { socket } = this.#client;
    const release = this.#acquireUnsent(Buffer.byteLength(message));
    if (!release || socket.bufferedAmount > MAX_UNSENT_BYTES) {
      release?.();
      socket.terminate();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      socket.send(message, () => {
        release();
        resolve();
      });
    });
  }

  /** A router sends the results of many users, so its bytes are not limited. */
  #acquireUnsent(bytes: number): (() => void) | undefined {
    const { caller } = this;
    if (!caller || caller.representsMany) return () => undefined;
    return this.#options.unsentBytes.acquire(caller.identity, bytes);
  }

  /** Failed attempts to authenticate are charged to the address. */
  readonly #onError = async (error: unknown): Promise<void> => {
    const frame = toCloseFrame(error);
    const { rateLimiter } = this.#options;
    const isUnknown = 'address' in this.#refused;
    const retryAfterMs = isUnknown
      ? await rateLimiter.consume(`address:${this.#client.address}`, FAILED_REQUEST_COST)
      : undefined;
    this.close(retryAfterMs === undefined ? frame : RATE_LIMITED);
  };
}
