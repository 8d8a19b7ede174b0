import type { DocumentNode, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Invocation } from '../../invocations/invocation.ts';

export interface SubscriptionParts {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly jobs: AsyncIterator<Invocation, unknown>;
  readonly answer: (job: Invocation) => Promise<FormattedExecutionResult>;
  readonly toPublic: (error: unknown) => GraphQLFormattedError;
  /** Is told once, when it is over, however it came to that. */
  readonly onEnded: (subscription: Subscription) => void;
}

/** What whoever reads a subscription gets that was cut. */
export class AbortedError extends Error {
  override readonly name = 'CutOff';
}

/** What one client is sent: an answer for each change. What fails is its last answer; it only rejects when it was cut. */
export class Subscription implements AsyncGenerator<FormattedExecutionResult, undefined> {
  readonly #parts: SubscriptionParts;
  readonly #closeListeners: (() => void)[] = [];
  #isOver = false;
  #isCut = false;
  /** How many answers were given. */
  answers = 0;
  /** The codes of the errors that it ended with. */
  codes: readonly string[] = [];

  get document(): DocumentNode {
    return this.#parts.document;
  }

  get operationName(): string | undefined {
    return this.#parts.operationName;
  }

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** What is to happen when it is over. */
  onClose(ending: () => void): void {
    if (this.#isOver) ending();
    else this.#closeListeners.push(ending);
  }

  /** Ends it as a connection that is lost does: its client is to come again. */
  async abort(): Promise<void> {
    this.#isCut = true;
    await this.return();
  }

  async next(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    if (this.#isOver) return this.#done();
    const { jobs, answer, toPublic } = this.#parts;
    try {
      const { done, value } = await jobs.next();
      if (done) {
        this.#end();
        return this.#done();
      }
      const result = await answer(value);
      this.answers += 1;
      return { done: false, value: result };
    } catch (error) {
      if (error instanceof AbortedError) throw error;
      const told = toPublic(error);
      this.codes = [String(told.extensions?.code)];
      await this.return();
      return { done: false, value: { errors: [told] } };
    }
  }

  async return(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    this.#end();
    await this.#parts.jobs.return?.();
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
    if (this.#isCut) throw new AbortedError();
    return DONE;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.onEnded(this);
    for (const ending of this.#closeListeners) ending();
  }
}

const DONE = { done: true, value: undefined } as const;
