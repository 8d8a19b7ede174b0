import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { UpstreamCall } from '../../invocations/source.ts';
import type { RequestRecord } from './request-record.ts';

/** Names that clients make up become labels, each of which costs memory for ever: only so many are kept apart. */
const MAX_OPERATION_NAMES = 200;

/** From a few milliseconds to the longest deadline that makes sense. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is counted, for Prometheus. `docs/operating.md` says what each is good for. */
export class Metrics {
  readonly registry = new Registry();
  readonly #names = new Set<string>();

  readonly #requests = this.#counter('http_requests_total', 'Answers, by route and status.', [
    'route',
    'status',
  ]);
  readonly #operations = this.#counter(
    'graphql_operations_total',
    'Operations, by name and outcome: `ok`, or the code of the first error.',
    ['operation', 'outcome'],
  );
  readonly #durations = this.#histogram(
    'graphql_operation_duration_seconds',
    'From request to answer.',
    ['operation'],
  );
  readonly #cost = this.#counter(
    'graphql_cost_total',
    'Cost of the operations that were let through.',
    [],
  );
  readonly #upstreamCalls = this.#counter(
    'bedrock_requests_total',
    'Calls to Amazon Bedrock, retries not counted, by outcome: `ok`, or the kind of fault.',
    ['operation', 'region', 'outcome'],
  );
  readonly #upstreamRetries = this.#counter('bedrock_retries_total', 'Attempts after the first.', [
    'operation',
    'region',
  ]);
  readonly #upstreamDurations = this.#histogram(
    'bedrock_request_duration_seconds',
    'Calls to Amazon Bedrock, retries and their pauses included.',
    ['operation', 'region'],
  );

  readonly #changes = this.#counter(
    'graphql_subscription_events_total',
    'Changes told to subscribers.',
    ['transport'],
  );

  readonly #cacheHits = this.#counter(
    'cache_hits_total',
    'What took no call upstream of its own: a `read`, or a whole `answer`.',
    ['kind'],
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** A value that is looked up when it is asked for. */
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

  countRequest(route: string, status: number): void {
    this.#requests.inc({ route, status });
  }

  countOperation({ operationName, errorCodes, cost }: RequestRecord, durationMs: number): void {
    const operation = this.#nameOf(operationName);
    this.#operations.inc({ operation, outcome: errorCodes[0] ?? 'ok' });
    this.#durations.observe({ operation }, durationMs / 1000);
    if (errorCodes.length === 0) this.#cost.inc(cost ?? 0);
  }

  countUpstreamCall({ operation, region, outcome, attempts, durationMs }: UpstreamCall): void {
    this.#upstreamCalls.inc({ operation, region, outcome });
    this.#upstreamDurations.observe({ operation, region }, durationMs / 1000);
    if (attempts > 1) this.#upstreamRetries.inc({ operation, region }, attempts - 1);
  }

  countCacheHit(kind: 'read' | 'answer'): void {
    this.#cacheHits.inc({ kind });
  }

  countChange(transport: string): void {
    this.#changes.inc({ transport });
  }

  #nameOf(operationName: string | undefined): string {
    if (operationName === undefined) return '(anonymous)';
    if (this.#names.size < MAX_OPERATION_NAMES) this.#names.add(operationName);
    return this.#names.has(operationName) ? operationName : '(other)';
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, labelNames: readonly string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}
