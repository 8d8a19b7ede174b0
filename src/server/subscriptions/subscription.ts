import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Invocation } from '../../invocations/invocation.ts';
import type { PreparedOperation } from '../documents/document-pipeline.ts';

export interface SubscriptionOptions {
  readonly prepared: PreparedOperation;
  readonly changes: AsyncIterator<Invocation, unknown>;
  readonly execute: (change: Invocation) => Promise<FormattedExecutionResult>;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  /** Called once, however the subscription ends. */
  readonly onEnded: (subscription: Subscription) => void;
}

/** Rejects the pending read of a subscription that was aborted. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

/**
 * The results for one client, one for each change. An error is the last result. Reading rejects
 * only after `abort`.
 */
export class Subscription implements AsyncGenerator<FormattedExecutionResult, undefined> {
  readonly #options: SubscriptionOptions;
  readonly #closeListeners: (() => void)[] = [];
  #hasEnded = false;
  #isAborted = false;
  /** How many results were sent. */
  events = 0;
  /** The codes of the errors that ended the subscription. */
  codes: readonly string[] = [];

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  get prepared(): PreparedOperation {
    return this.#options.prepared;
  }

  /** Calls the listener when the subscription ends, or at once if it has ended. */
  onClose(listener: () => void): void {
    if (this.#hasEnded) listener();
    else this.#closeListeners.push(listener);
  }

  /** Ends the subscription like a lost connection, so that the client reconnects. */
  async abort(): Promise<void> {
    this.#isAborted = true;
    await this.return();
  }

  async next(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    if (this.#hasEnded) return this.#done();
    const { changes, execute, formatError } = this.#options;
    try {
      const { done, value } = await changes.next();
      if (done) {
        this.#end();
        return this.#done();
      }
      const result = await execute(value);
      this.events += 1;
      return { done: false, value: result };
    } catch (error) {
      if (error instanceof AbortedError) throw error;
      const formatted = formatError(error);
      this.codes = [String(formatted.extensions?.code)];
      await this.return();
      return { done: false, value: { errors: [formatted] } };
    }
  }

  async return(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    this.#end();
    await this.#options.changes.return?.();
    return DONE;
  }

  async throw(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #done(): IteratorReturnResult<undefined> {
    if (this.#isAborted) throw new AbortedError();
    return DONE;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.onEnded(this);
    for (const listener of this.#closeListeners) listener();
  }
}

const DONE = { done: true, value: undefined } as const;
