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
import type { ChangeFeed } from '../../invocations/change-feed.ts';
import type { Invocation } from '../../invocations/invocation.ts';
import { admit, refusal } from '../admission.ts';
import type { Caller } from '../auth/caller.ts';
import { type ErrorLog, formatError } from '../error-reports.ts';
import type { Metrics } from '../metrics.ts';
import { FAILURE_COST, rateLimited, type RateLimiter } from '../rate-limiter.ts';
import {
  NoSubscription,
  Refused,
  recoded,
  type SubscribeRequest,
  type Subscribing,
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
export class Subscriptions {
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
    const open = () => this.#open.size;
    metrics.watch('subscriptions_open', 'Subscriptions that are being told of changes.', {}, open);
  }

  async open(
    request: SubscribeRequest,
    caller: Caller,
    transport: Transport,
  ): Promise<Subscription | Refusal> {
    const { rateLimiter, limits, log } = this.#options;
    const account = { cost: undefined as number | undefined };
    try {
      const retryAfterMs = await rateLimiter.spent(caller.identity);
      if (retryAfterMs !== undefined) throw tooMuch(retryAfterMs, limits.costPerMinute);
      const subscribing = this.#documents.read(request);
      const jobs = await this.#follow(subscribing, caller, account);
      return this.#start(subscribing, jobs, caller, { transport, cost: account.cost });
    } catch (error) {
      if (account.cost === undefined) void rateLimiter.consume(caller.identity, FAILURE_COST);
      const causes = error instanceof Refused ? error.errors : [error];
      const errors = causes.map((cause) => this.#toPublic(cause));
      const codes = errors.map(({ extensions }) => extensions?.code);
      log.info({ transport, identity: caller.identity, codes }, 'subscription refused');
      return { errors, isOfAnotherKind: error instanceof NoSubscription };
    }
  }

  /** Whether the server stops. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** For when the server stops: clients will come again, to another. */
  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((subscription) => subscription.cut()));
  }

  async #follow(
    { document, operation, operationName, variables: variableValues }: Subscribing,
    caller: Caller,
    account: { cost: number | undefined },
  ): Promise<AsyncIterator<Invocation>> {
    const { schema, limits, rateLimiter, feeds } = this.#options;
    checkVariables(schema, operation, variableValues);
    const request = { schema, document, operation, variables: variableValues };
    await admit(request, caller, { ...limits, rateLimiter }, (cost) => (account.cost = cost));
    const contextValue: SubscriptionContext = { mayRead: caller.mayRead, feeds };
    const args = { schema, document, operationName, variableValues, contextValue };
    const jobs = await createSourceEventStream(args);
    if (Symbol.asyncIterator in jobs) {
      return (jobs as AsyncIterable<Invocation>)[Symbol.asyncIterator]();
    }
    throw jobs.errors?.[0] ?? new Error('there is nothing to follow');
  }

  #start(
    subscribing: Subscribing,
    jobs: AsyncIterator<Invocation>,
    caller: Caller,
    facts: { readonly transport: Transport; readonly cost: number | undefined },
  ): Subscription {
    const { log, metrics } = this.#options;
    const { identity } = caller;
    try {
      this.#checkRoom(identity);
    } catch (error) {
      void jobs.return?.();
      throw error;
    }
    const { document, operation, operationName } = subscribing;
    const name = operation.name?.value;
    const startedAt = performance.now();
    const ended = ({ answers, codes }: Subscription): void => {
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
      ended,
    });
    this.#open.add(subscription);
    this.#count(identity, 1);
    return subscription;
  }

  /** What a client is told of a change: the same, and made once, for all who ask the same. */
  #answer(
    { key, document, operationName, variables: variableValues }: Subscribing,
    job: Invocation,
  ): Promise<FormattedExecutionResult> {
    const answers = this.#answers.get(job) ?? new Map<string, Promise<FormattedExecutionResult>>();
    this.#answers.set(job, answers);
    let answer = answers.get(key);
    if (!answer) {
      // As long as a job stands as it does, more and more may ask for it in other ways.
      if (answers.size >= MAX_ANSWERS) answers.clear();
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

  #checkRoom(identity: string): void {
    const { subscriptions, subscriptionsPerCaller } = this.#options.limits;
    if (this.#isClosed || this.#open.size >= subscriptions) {
      throw refusal(503, 'There are too many subscriptions at the moment.', {
        ...TRY_LATER,
        code: 'SERVICE_UNAVAILABLE',
        limit: 'MAX_SUBSCRIPTIONS',
        max: subscriptions,
      });
    }
    if ((this.#perCaller.get(identity) ?? 0) >= subscriptionsPerCaller) {
      throw refusal(429, 'You have too many subscriptions open.', {
        ...TRY_LATER,
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
const MAX_ANSWERS = 32;

const TRY_LATER = { retryable: true, retryAfterMs: 5000 };

function tooMuch(retryAfterMs: number, max: number | undefined): GraphQLError {
  const { message, extensions } = rateLimited(retryAfterMs, max);
  return new GraphQLError(message, { extensions });
}

/** @throws {Refused} */
function checkVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Subscribing['variables'],
): void {
  const { errors } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 5 });
  if (errors) throw new Refused(errors.map((error) => recoded('BAD_USER_INPUT', error)));
}
