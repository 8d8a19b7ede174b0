/** All settings, validated, with defaults filled in. */
export interface Config {
  readonly graphRole: GraphRole;
  readonly auth: AuthConfig;
  readonly limits: LimitsConfig;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly requestTimeoutMs: number;
  /** Maximum time to receive the headers. The whole request may take three times as long. */
  readonly headersTimeoutMs: number;
  /** How long the gateway keeps serving after SIGTERM, so that load balancers can react. */
  readonly drainGraceMs: number;
  readonly metrics: boolean;
  /** Port of the health checks and metrics. Undefined: they are served on `port`. */
  readonly managementPort: number | undefined;
  readonly documents: DocumentsConfig;
  readonly listMaxUpstreamCalls: number;
  readonly cache: CacheConfig;
  readonly pollInterval: PollIntervalConfig;
  /** Adds `extensions.upstream` to every response. If false, only to requests that ask for it. */
  readonly exposeUpstreamStats: boolean;
  /** Whether the query compiler executes queries; otherwise graphql-js does. */
  readonly compileQueries: boolean;
  /** Undefined when starting invocations is disabled. */
  readonly start: StartConfig | undefined;
  readonly introspection: boolean;
  readonly corsOrigins: readonly string[];
  /** Serves the job dashboard at `/`. */
  readonly dashboard: boolean;
  /** Serves the GraphQL explorer at `/explorer`. */
  readonly explorer: boolean;
  readonly upstream: UpstreamConfig;
}

export interface UpstreamConfig {
  /** Undefined: the SDK finds the Region. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  readonly endpoint: string | undefined;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  /** Maximum number of concurrent calls. */
  readonly concurrency: number;
  /** Maximum number of calls that wait for a free slot. Further calls are rejected. */
  readonly maxQueue: number;
  readonly circuitBreaker: CircuitBreakerConfig;
  readonly maxResponseBytes: number;
  /** Calls per second of all callers together. Undefined: unlimited. */
  readonly callsPerSecond: number | undefined;
  readonly callsPerSecondPerCaller: number | undefined;
}

/** Documents that clients refer to by an id or a hash. */
export interface DocumentsConfig {
  /** Path of the manifest of trusted documents. */
  readonly trustedFile: string | undefined;
  /** Whether all other documents are refused. */
  readonly trustedOnly: boolean;
  /** Whether clients may register documents by their hash (automatic persisted queries). */
  readonly automaticPersistedQueries: boolean;
}

/** Allow-lists for starting invocations. `*` allows anything. */
export interface StartConfig {
  /** Model identifiers or ARNs. */
  readonly models: readonly string[];
  /** S3 URIs of buckets, or of folders in them. */
  readonly outputs: readonly string[];
  /** Starts of all callers together. Undefined: unlimited. */
  readonly perMinute: number | undefined;
  readonly perMinutePerCaller: number | undefined;
}

export interface CacheConfig {
  /** How long upstream reads are cached and shared between callers. 0 disables caching. */
  readonly ttlMs: number;
  /** Maximum age of cached data that is served when the upstream fails (RFC 5861). */
  readonly staleMs: number;
  readonly maxBytes: number;
  /** How many `Cache-Control: no-cache` requests per minute bypass the cache, for each caller. */
  readonly noCachePerMinute: number;
}

/** How often the upstream is polled for subscriptions. */
export interface PollIntervalConfig {
  /** Applies while jobs are about to finish. */
  readonly minMs: number;
  /** Applies while no job is in progress. */
  readonly maxMs: number;
}

/** How callers authenticate. With neither, everyone who can reach the gateway may read. */
export interface AuthConfig {
  readonly token: TokenConfig | undefined;
  /** The valid secrets: two during a rotation. Empty when no router secret is required. */
  readonly routerSecrets: readonly string[];
}

export interface TokenConfig {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
}

/** Maximum sizes and rates of requests. */
export interface LimitsConfig {
  readonly bodyBytes: number;
  /** Bodies of requests in flight. */
  readonly bodyBytesPerCaller: number;
  readonly responseBytes: number;
  /** Responses that a caller has not read yet. */
  readonly unsentBytesPerCaller: number;
  /** Characters of a literal, name, number or comment in a document. */
  readonly literalLength: number;
  readonly documentTokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly fields: number;
  readonly fieldConflicts: number;
  /** Ids or entity representations in one operation. */
  readonly idsPerOperation: number;
  readonly cost: number;
  /** Cost per minute for each caller. Undefined: unlimited. */
  readonly costPerMinute: number | undefined;
  readonly concurrentRequests: number;
  readonly concurrentRequestsPerCaller: number;
  /** Cost of the operations of one caller that run at the same time. The others wait. */
  readonly concurrentCostPerCaller: number;
  /** TCP connections of one address. */
  readonly connectionsPerAddress: number;
  /** New requests are rejected above this delay of the event loop. 0: no limit. */
  readonly eventLoopDelayMs: number;
  /** Open subscriptions of all callers together. */
  readonly subscriptions: number;
  readonly subscriptionsPerCaller: number;
  /** ARNs in all subscriptions of one caller. */
  readonly subscribedArnsPerCaller: number;
  readonly webSocketsPerCaller: number;
  /** WebSockets of one address that have not authenticated yet. */
  readonly pendingWebSocketsPerAddress: number;
  /** How long an authenticated WebSocket may stay open without a subscription. */
  readonly webSocketIdleTimeoutMs: number;
}

export interface CircuitBreakerConfig {
  /** How many of the latest calls decide whether the circuit opens. */
  readonly size: number;
  /** How long the circuit stays open before a trial call. */
  readonly halfOpenAfterMs: number;
}

/** `standalone` serves clients directly. `subgraph` serves a router as part of a larger graph. */
export type GraphRole = (typeof GRAPH_ROLES)[number];

export const GRAPH_ROLES = ['standalone', 'subgraph'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
