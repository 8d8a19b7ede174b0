import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { waitFor } from './wait-for.ts';

export interface SubscriberOptions {
  readonly connectionParams?: Record<string, unknown> | (() => Promise<Record<string, unknown>>);
  readonly headers?: Record<string, string>;
  readonly retryAttempts?: number;
}

interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: unknown;
}

export interface Change {
  readonly invocationArn: string;
  readonly status: string;
}

/** A graphql-ws client with its own socket, and the results that it received. */
export class Subscriber {
  readonly results: Result[] = [];
  /** The error message of the protocol, or the event of a close. */
  error: unknown;
  ended = false;
  connections = 0;
  readonly #client: Client;
  readonly #unsubscribe: () => void;

  constructor(
    url: string,
    query: string,
    variables: Record<string, unknown> = {},
    options: SubscriberOptions = {},
  ) {
    const { headers = {}, connectionParams, retryAttempts = 0 } = options;
    class Socket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
      }
    }
    this.#client = createClient({
      url: socketUrl(url),
      webSocketImpl: Socket,
      retryAttempts,
      retryWait: () => Promise.resolve(),
      ...(connectionParams && { connectionParams }),
      on: { connected: () => (this.connections += 1) },
    });
    this.#unsubscribe = this.#client.subscribe(
      { query, variables },
      {
        next: (result) => this.results.push(result),
        error: (error) => (this.error = error),
        complete: () => (this.ended = true),
      },
    );
  }

  get changes(): Change[] {
    return this.results.flatMap(({ data }) => (data ? [data.asyncInvokeChanged as Change] : []));
  }

  statusesOf(invocationArn: string): string[] {
    return this.changes
      .filter((job) => job.invocationArn === invocationArn)
      .map(({ status }) => status);
  }

  async waitForResults(count: number): Promise<void> {
    await waitFor(() => this.results.length >= count || this.error !== undefined);
  }

  async waitForError(): Promise<unknown> {
    await waitFor(() => this.error !== undefined);
    return this.error;
  }

  unsubscribe(): void {
    this.#unsubscribe();
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

export const socketUrl = (url: string) => `${url.replace(/^http/, 'ws')}/graphql`;
