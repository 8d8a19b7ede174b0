import {
  createSourceEventStream,
  execute,
  type ExecutionResult,
  type FormattedExecutionResult,
  getVariableValues,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { LimitsConfig } from '../../config/config.ts';
import type { SubscriptionContext } from '../../graphql/context.ts';
import type { ChangeFeed } from '../../invocations/changes/change-feed.ts';
import type { Invocation } from '../../invocations/invocation.ts';
import { admitOperation, refusal } from '../limits/admission.ts';
import type { Caller } from '../auth/caller.ts';
import { type ErrorLog, formatError } from '../errors/format-error.ts';
import type { Metrics } from '../observability/metrics.ts';
import { FAILED_REQUEST_COST, rateLimitError, type RateLimiter } from '../limits/rate-limiter.ts';
import {
  NotASubscriptionError,
  SubscriptionRefusedError,
  withCode,
  type SubscriptionRequest,
  type ParsedSubscription,
  SubscriptionDocuments,
} from './documents.ts';
import { Subscription } from './subscription.ts';

export interface SubscriptionsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: LimitsConfig;
  readonly introspection: boolean;
  readonly rateLimiter: RateLimiter;
  readonly feeds: readonly ChangeFeed[];
  readonly metrics: Metrics;
  readonly log: SubscriptionLog;
}

export interface SubscriptionLog extends ErrorLog {
  info(details: object, message: string): void;
}

/** What a refused request is told. */
export interface Refusal {
  readonly errors: readonly GraphQLFormattedError[];
  /** Whether it is no subscription at all. */
  readonly isOfAnotherKind: boolean;
}

export type Transport = 'websocket' | 'sse';

/**
 * The subscriptions of all clients, whichever way they came. They are read, admitted and counted like other operations;
 * then each is a reader of the feeds. Those who ask the same share their answers.
 */
export class SubscriptionManager {
  readonly #options: SubscriptionsOptions;
  readonly #documents: SubscriptionDocuments;
  readonly #open = new Set<Subscription>();
  #isClosed = false;
  readonly #perCaller = new Map<string, number>();
  readonly #answers = new WeakMap<Invocation, Map<string, Promise<FormattedExecutionResult>>>();

  constructor(options: SubscriptionsOptions) {
    const { schema, limits, introspection, metrics } = options;
    this.#options = options;
    this.#documents = new SubscriptionDocuments(schema, limits, introspection);
    const subscribe = () => this.#open.size;
    metrics.gauge(
      'graphql_subscriptions_active',
      'Subscriptions that are being told of changes.',
      {},
      subscribe,
    );
  }

  async subscribe(
    request: SubscriptionRequest,
    caller: Caller,
    transport: Transport,
  ): Promise<Subscription | Refusal> {
    const { rateLimiter, limits, log } = this.#options;
    const costHolder = { cost: undefined as number | undefined };
    try {
      const retryAfterMs = await rateLimiter.retryAfterMs(caller.identity);
      if (retryAfterMs !== undefined) throw rateLimitExceeded(retryAfterMs, limits.costPerMinute);
      const subscribing = this.#documents.read(request);
      const jobs = await this.#createSourceStream(subscribing, caller, costHolder);
      return this.#start(subscribing, jobs, caller, { transport, cost: costHolder.cost });
    } catch (error) {
      if (costHolder.cost === undefined)
        void rateLimiter.consume(caller.identity, FAILED_REQUEST_COST);
      const causes = error instanceof SubscriptionRefusedError ? error.errors : [error];
      const errors = causes.map((cause) => this.#toPublic(cause));
      const codes = errors.map(({ extensions }) => extensions?.code);
      log.info({ transport, identity: caller.identity, codes }, 'subscription refused');
      return { errors, isOfAnotherKind: error instanceof NotASubscriptionError };
    }
  }

  /** Whether the server stops. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** For when the server stops: clients will come again, to another. */
  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((subscription) => subscription.abort()));
  }

  async #createSourceStream(
    { document, operation, operationName, variables: variableValues }: ParsedSubscription,
    caller: Caller,
    costHolder: { cost: number | undefined },
  ): Promise<AsyncIterator<Invocation>> {
    const { schema, limits, rateLimiter, feeds } = this.#options;
    checkVariables(schema, operation, variableValues);
    const request = { schema, document, operation, variables: variableValues };
    await admitOperation(
      request,
      caller,
      { ...limits, rateLimiter },
      (cost) => (costHolder.cost = cost),
    );
    const contextValue: SubscriptionContext = { canRead: caller.canRead, feeds };
    const args = { schema, document, operationName, variableValues, contextValue };
    const jobs = await createSourceEventStream(args);
    if (Symbol.asyncIterator in jobs) {
      return (jobs as AsyncIterable<Invocation>)[Symbol.asyncIterator]();
    }
    throw jobs.errors?.[0] ?? new Error('there is nothing to follow');
  }

  #start(
    subscribing: ParsedSubscription,
    jobs: AsyncIterator<Invocation>,
    caller: Caller,
    facts: { readonly transport: Transport; readonly cost: number | undefined },
  ): Subscription {
    const { log, metrics } = this.#options;
    const { identity } = caller;
    try {
      this.#assertCapacity(identity);
    } catch (error) {
      void jobs.return?.();
      throw error;
    }
    const { document, operation, operationName } = subscribing;
    const name = operation.name?.value;
    const startedAt = performance.now();
    const onEnded = ({ answers, codes }: Subscription): void => {
      this.#open.delete(subscription);
      this.#count(identity, -1);
      const durationMs = Math.round(performance.now() - startedAt);
      const details = { ...facts, identity, operationName: name, durationMs, answers };
      log.info({ ...details, ...(codes.length > 0 && { codes }) }, 'subscription');
    };
    const subscription = new Subscription({
      document,
      operationName,
      jobs,
      answer: (job) => {
        metrics.countChange(facts.transport);
        return this.#answer(subscribing, job);
      },
      toPublic: (error) => this.#toPublic(error),
      onEnded,
    });
    this.#open.add(subscription);
    this.#count(identity, 1);
    return subscription;
  }

  /** What a client is told of a change: the same, and made once, for all who ask the same. */
  #answer(
    { key, document, operationName, variables: variableValues }: ParsedSubscription,
    job: Invocation,
  ): Promise<FormattedExecutionResult> {
    const answers = this.#answers.get(job) ?? new Map<string, Promise<FormattedExecutionResult>>();
    this.#answers.set(job, answers);
    let answer = answers.get(key);
    if (!answer) {
      // As long as a job stands as it does, more and more may ask for it in other ways.
      if (answers.size >= MAX_RESULTS_PER_CHANGE) answers.clear();
      const { schema } = this.#options;
      const args = { schema, document, operationName, variableValues, rootValue: job };
      answer = Promise.resolve(execute(args)).then((result) => this.#format(result));
      answers.set(key, answer);
    }
    return answer;
  }

  #format({ data, errors }: ExecutionResult): FormattedExecutionResult {
    return {
      data: data ?? null,
      ...(errors && { errors: errors.map((error) => this.#toPublic(error)) }),
    };
  }

  #assertCapacity(identity: string): void {
    const { subscriptions, subscriptionsPerCaller } = this.#options.limits;
    if (this.#isClosed || this.#open.size >= subscriptions) {
      throw refusal(503, 'There are too many subscriptions at the moment.', {
        ...RETRY_LATER,
        code: 'SERVICE_UNAVAILABLE',
        limit: 'MAX_SUBSCRIPTIONS',
        max: subscriptions,
      });
    }
    if ((this.#perCaller.get(identity) ?? 0) >= subscriptionsPerCaller) {
      throw refusal(429, 'You have too many subscriptions open.', {
        ...RETRY_LATER,
        code: 'RATE_LIMITED',
        limit: 'MAX_SUBSCRIPTIONS_PER_CALLER',
        max: subscriptionsPerCaller,
      });
    }
  }

  #count(identity: string, by: 1 | -1): void {
    const count = (this.#perCaller.get(identity) ?? 0) + by;
    if (count > 0) this.#perCaller.set(identity, count);
    else this.#perCaller.delete(identity);
  }

  #toPublic(error: unknown): GraphQLFormattedError {
    const formatted = error instanceof GraphQLError ? error.toJSON() : { message: '' };
    const { http: _http, ...extensions } = formatted.extensions ?? {};
    return formatError({ ...formatted, extensions }, error, this.#options.log);
  }
}

/** Ways of asking for one change whose answers are kept at one time. */
const MAX_RESULTS_PER_CHANGE = 32;

const RETRY_LATER = { retryable: true, retryAfterMs: 5000 };

function rateLimitExceeded(retryAfterMs: number, max: number | undefined): GraphQLError {
  const { message, extensions } = rateLimitError(retryAfterMs, max);
  return new GraphQLError(message, { extensions });
}

/** @throws {SubscriptionRefusedError} */
function checkVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: ParsedSubscription['variables'],
): void {
  const { errors } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 5 });
  if (errors)
    throw new SubscriptionRefusedError(errors.map((error) => withCode('BAD_USER_INPUT', error)));
}
