import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ReadEvent, UpstreamCall } from '../../invocations/source.ts';
import type { UpstreamErrorKind } from '../../invocations/upstream-error.ts';
import type { Caller } from '../auth/caller.ts';
import type { RequestRecord } from './request-record.ts';

/** Clients choose operation names, and each label value uses memory for good. */
const MAX_OPERATION_NAMES = 200;
/** A caller may add names while it has added less than this share of the free ones. */
const SHARE_OF_FREE_NAMES = 1 / 4;

/** Histogram buckets, from a few milliseconds to the longest reasonable deadline. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type CacheResult = 'hit' | 'miss' | 'stale';

/** The Prometheus metrics. `docs/operating.md` says what to watch. */
export class Metrics {
  readonly registry = new Registry();
  readonly #operationNames = new Set<string>();
  /** How many names each caller has added. */
  readonly #namesAdded = new Map<string, number>();

  readonly #requests = this.#counter('http_requests_total', 'HTTP responses by route and status.', [
    'route',
    'status',
  ]);
  readonly #operations = this.#counter(
    'graphql_operations_total',
    'GraphQL operations by name and outcome: `ok`, or the code of the first error.',
    ['operation', 'outcome'],
  );
  readonly #durations = this.#histogram(
    'graphql_operation_duration_seconds',
    'Time from the request to the end of the response.',
    ['operation'],
  );
  readonly #cost = this.#counter(
    'graphql_cost_total',
    'Total cost of the operations that succeeded.',
    [],
  );
  readonly #upstreamRequests = this.#counter(
    'bedrock_requests_total',
    'Requests to Amazon Bedrock, without retries, by outcome: `ok`, or the kind of error.',
    ['operation', 'region', 'outcome'],
  );
  readonly #upstreamRetries = this.#counter(
    'bedrock_retries_total',
    'Retries of requests to Amazon Bedrock.',
    ['operation', 'region'],
  );
  readonly #upstreamDurations = this.#histogram(
    'bedrock_request_duration_seconds',
    'Duration of requests to Amazon Bedrock, including retries and their delays.',
    ['operation', 'region'],
  );
  readonly #refusedCalls = this.#counter(
    'bedrock_refused_calls_total',
    'Calls that the gateway refused without a request: `rate_limited`, or `unavailable` for a full queue or an open circuit breaker.',
    ['outcome'],
  );
  readonly #subscriptionEvents = this.#counter(
    'graphql_subscription_events_total',
    'Change events sent to subscribers.',
    ['transport'],
  );
  readonly #webSocketRefusals = this.#counter(
    'websocket_refusals_total',
    'WebSockets refused before they were acknowledged, by the setting or the error code.',
    ['reason'],
  );
  readonly #cacheRequests = this.#counter(
    'cache_requests_total',
    'Successful lookups by cache (`upstream` or `response`) and result (`hit`, `miss` or `stale`).',
    ['cache', 'result'],
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // Alerts need the series before the first refusal.
    for (const outcome of ['rate_limited', 'unavailable'] as const) {
      this.#refusedCalls.inc({ outcome }, 0);
    }
  }

  /** Registers a gauge that calls `value` on each scrape. */
  gauge(
    name: string,
    help: string,
    labels: Readonly<Record<string, string>>,
    value: () => number,
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: Object.keys(labels),
      registers: [this.registry],
      collect: () => {
        gauge.set(labels, value());
      },
    });
  }

  /** Registers a counter that calls `total` on each scrape. */
  counterOf(name: string, help: string, total: () => number): void {
    const counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(total());
      },
    });
  }

  countRequest(route: string, status: number): void {
    this.#requests.inc({ route, status });
  }

  countOperation(record: RequestRecord, durationMs: number): void {
    const { operationName, errorCodes, cost, caller } = record;
    const operation = this.#operationLabel(operationName, caller);
    this.#operations.inc({ operation, outcome: errorCodes[0] ?? 'ok' });
    this.#durations.observe({ operation }, durationMs / 1000);
    if (errorCodes.length === 0) this.#cost.inc(cost ?? 0);
  }

  countUpstreamCall({ operation, region, outcome, attempts, durationMs }: UpstreamCall): void {
    this.#upstreamRequests.inc({ operation, region, outcome });
    this.#upstreamDurations.observe({ operation, region }, durationMs / 1000);
    if (attempts > 1) this.#upstreamRetries.inc({ operation, region }, attempts - 1);
  }

  countRefusedCall(outcome: UpstreamErrorKind): void {
    this.#refusedCalls.inc({ outcome });
  }

  countUpstreamRead({ fromCache, isStale }: ReadEvent): void {
    this.countCacheRequest('upstream', isStale ? 'stale' : fromCache ? 'hit' : 'miss');
  }

  countCacheRequest(cache: 'upstream' | 'response', result: CacheResult): void {
    this.#cacheRequests.inc({ cache, result });
  }

  countChange(transport: string): void {
    this.#subscriptionEvents.inc({ transport });
  }

  /** @param reason one of a few values that clients cannot choose. */
  countWebSocketRefusal(reason: string): void {
    this.#webSocketRefusals.inc({ reason });
  }

  /** One caller's own names leave labels for the names of others. */
  #operationLabel(name: string | undefined, caller: Caller | undefined): string {
    if (name === undefined) return '(anonymous)';
    if (this.#operationNames.has(name)) return name;
    const free = MAX_OPERATION_NAMES - this.#operationNames.size;
    const identity = caller?.identity ?? '';
    const added = this.#namesAdded.get(identity) ?? 0;
    const max = caller?.representsMany ? MAX_OPERATION_NAMES : free * SHARE_OF_FREE_NAMES;
    if (free === 0 || added >= max) return '(other)';
    this.#operationNames.add(name);
    this.#namesAdded.set(identity, added + 1);
    return name;
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, labelNames: readonly string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}
