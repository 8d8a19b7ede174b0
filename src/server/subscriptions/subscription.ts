import type { DocumentNode, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Invocation } from '../../invocations/invocation.ts';

export interface SubscriptionParts {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly jobs: AsyncIterator<Invocation, unknown>;
  readonly answer: (job: Invocation) => Promise<FormattedExecutionResult>;
  readonly toPublic: (error: unknown) => GraphQLFormattedError;
  /** Is told once, when it is over, however it came to that. */
  readonly ended: (subscription: Subscription) => void;
}

/** What one client is sent: an answer for each change. Never rejects: what fails is its last answer. */
export class Subscription implements AsyncGenerator<FormattedExecutionResult, undefined> {
  readonly #parts: SubscriptionParts;
  #isOver = false;
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

  async next(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    if (this.#isOver) return DONE;
    const { jobs, answer, toPublic } = this.#parts;
    try {
      const { done, value } = await jobs.next();
      if (done) {
        this.#end();
        return DONE;
      }
      const result = await answer(value);
      this.answers += 1;
      return { done: false, value: result };
    } catch (error) {
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

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.ended(this);
  }
}

const DONE = { done: true, value: undefined } as const;
