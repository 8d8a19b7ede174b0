import {
  createSourceEventStream,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import type { LimitsConfig } from '../../config/config.ts';
import type { SubscriptionContext } from '../../graphql/context.ts';
import type { RootField } from '../../graphql/limits/root-fields.ts';
import type { ChangeFeed } from '../../invocations/changes/change-feed.ts';
import type { Invocation } from '../../invocations/invocation.ts';
import type { Caller } from '../auth/caller.ts';
import type { PreparedOperation } from '../documents/document-pipeline.ts';
import type { DocumentQueue } from '../documents/document-queue.ts';
import type { GraphqlParams } from '../documents/params.ts';
import { formatRefusal, RequestRefusedError } from '../documents/refusal.ts';
import type { ErrorLog } from '../errors/format-error.ts';
import { admitOperation, rateLimitExceeded } from '../limits/admission.ts';
import { FAILED_REQUEST_COST, type RateLimiter } from '../limits/rate-limiter.ts';
import type { Metrics } from '../observability/metrics.ts';
import { SharedResults } from './shared-results.ts';
import { SubscriptionCapacity } from './subscription-capacity.ts';
import { Subscription } from './subscription.ts';

export interface SubscriptionManagerOptions {
  readonly documents: DocumentQueue;
  readonly limits: LimitsConfig;
  readonly rateLimiter: RateLimiter;
  readonly feeds: readonly ChangeFeed[];
  readonly metrics: Metrics;
  readonly log: SubscriptionLog;
}

export interface SubscriptionLog extends ErrorLog {
  info(details: object, message: string): void;
}

export interface SubscriptionRequest {
  /** May throw a `RequestRefusedError`. */
  readonly readParams: () => GraphqlParams;
  readonly caller: Caller;
  readonly transport: 'websocket' | 'sse';
}

export type SubscriptionOutcome =
  | { readonly kind: 'opened'; readonly subscription: Subscription }
  | {
      readonly kind: 'refused';
      readonly errors: readonly GraphQLFormattedError[];
      /** Set if the request is malformed, or is not a subscription. */
      readonly malformed: RequestRefusedError | undefined;
    };

/**
 * Opens and closes the subscriptions of all clients. Each subscription passes the same checks as
 * any other operation, and then reads the change feeds.
 */
export class SubscriptionManager {
  readonly #options: SubscriptionManagerOptions;
  readonly #capacity: SubscriptionCapacity;
  readonly #results = new SharedResults((result) => this.#format(result));
  readonly #open = new Set<Subscription>();

  constructor(options: SubscriptionManagerOptions) {
    this.#options = options;
    this.#capacity = new SubscriptionCapacity(options.limits);
    const active = () => this.#open.size;
    options.metrics.gauge('graphql_subscriptions_active', 'Open subscriptions.', {}, active);
  }

  async subscribe(request: SubscriptionRequest): Promise<SubscriptionOutcome> {
    const { caller, transport } = request;
    const admission: { cost?: number } = {};
    let release: () => void = () => undefined;
    try {
      await this.#assertRate(caller);
      const { identity } = caller;
      const params = request.readParams();
      const prepared = await this.#options.documents.prepare({ params, transport, identity });
      const { limits, rateLimiter } = this.#options;
      const options = { ...limits, rateLimiter, prepaidCost: 0 };
      const fields = await admitOperation(prepared, caller, options, (cost) => {
        admission.cost = cost;
      });
      release = this.#capacity.acquire(caller, countArns(fields));
      const changes = await this.#createSourceStream(prepared, caller);
      const subscription = this.#start(prepared, changes, request, release, admission.cost);
      return { kind: 'opened', subscription };
    } catch (error) {
      release();
      if (admission.cost === undefined) {
        void this.#options.rateLimiter.consume(caller.identity, FAILED_REQUEST_COST);
      }
      return this.#refuse(error, request);
    }
  }

  /** Whether the server is stopping. */
  get isClosed(): boolean {
    return this.#capacity.isClosed;
  }

  /**
   * Aborts all subscriptions when the server stops, so that clients reconnect to another server.
   */
  async closeAll(): Promise<void> {
    this.#capacity.close();
    await Promise.all([...this.#open].map((subscription) => subscription.abort()));
  }

  async #assertRate({ identity }: Caller): Promise<void> {
    const { rateLimiter, limits } = this.#options;
    const retryAfterMs = await rateLimiter.retryAfterMs(identity);
    if (retryAfterMs !== undefined) throw rateLimitExceeded(retryAfterMs, limits.costPerMinute);
  }

  async #createSourceStream(
    prepared: PreparedOperation,
    { identity, canRead }: Caller,
  ): Promise<AsyncIterator<Invocation>> {
    const { feeds } = this.#options;
    const { schema, document, operationName, variables, hideSuggestions } = prepared;
    const contextValue: SubscriptionContext = { canRead, feeds, caller: identity };
    const operation = { schema, document, operationName, variableValues: variables };
    const args = { ...operation, contextValue, hideSuggestions };
    const changes = await createSourceEventStream(args);
    if (Symbol.asyncIterator in changes) {
      return (changes as AsyncIterable<Invocation>)[Symbol.asyncIterator]();
    }
    throw changes.errors?.[0] ?? new Error('the resolver returned no event stream');
  }

  #start(
    prepared: PreparedOperation,
    changes: AsyncIterator<Invocation>,
    { caller: { identity }, transport }: SubscriptionRequest,
    release: () => void,
    cost: number | undefined,
  ): Subscription {
    const { log, metrics } = this.#options;
    const execute = this.#results.executorFor(prepared);
    const operationName = prepared.operation.name?.value;
    const startedAt = performance.now();
    const subscription = new Subscription({
      prepared,
      changes,
      execute: (change) => {
        metrics.countChange(transport);
        return execute(change);
      },
      formatError: (error) => formatRefusal(error, log),
      onEnded: ({ events, codes }) => {
        this.#open.delete(subscription);
        release();
        const durationMs = Math.round(performance.now() - startedAt);
        const details = { transport, cost, identity, operationName, durationMs, events };
        log.info({ ...details, ...(codes.length > 0 && { codes }) }, 'subscription');
      },
    });
    this.#open.add(subscription);
    return subscription;
  }

  #refuse(
    error: unknown,
    { caller: { identity }, transport }: SubscriptionRequest,
  ): SubscriptionOutcome {
    const { log } = this.#options;
    const refusal = error instanceof RequestRefusedError ? error : undefined;
    const causes = refusal ? refusal.errors : [error];
    const errors = causes.map((cause) => formatRefusal(cause, log));
    const codes = errors.map(({ extensions }) => extensions?.code);
    log.info({ transport, identity, codes }, 'subscription refused');
    return {
      kind: 'refused',
      errors,
      malformed: codes[0] === 'BAD_REQUEST' ? refusal : undefined,
    };
  }

  #format({ data, errors }: ExecutionResult): FormattedExecutionResult {
    const { log } = this.#options;
    return {
      data: data ?? null,
      ...(errors && { errors: errors.map((error) => formatRefusal(error, log)) }),
    };
  }
}

/** Returns how many ARNs the fields of an operation name. */
function countArns(fields: readonly RootField[]): number {
  const lists = fields.map(({ args }) => args.invocationArns);
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}
