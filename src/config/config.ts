/** Everything that can be set, checked and with defaults in place. */
export interface Config {
  readonly graphRole: GraphRole;
  readonly auth: AuthConfig;
  readonly limits: LimitsConfig;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly requestTimeoutMs: number;
  /** For a connection to send the head of a request; three times as long for all of it. */
  readonly headersTimeoutMs: number;
  /** From the signal to stop until no new connection is taken, so that balancers see it coming. */
  readonly drainGraceMs: number;
  readonly metrics: boolean;
  readonly listMaxUpstreamCalls: number;
  readonly cache: CacheConfig;
  readonly polling: PollingConfig;
  /** Whether every answer says what it took upstream, or only those that were asked to. */
  readonly reportUpstream: boolean;
  /** Undefined: nothing can be started. */
  readonly start: StartConfig | undefined;
  readonly introspection: boolean;
  readonly corsOrigins: readonly string[];
  /** A page at `/` to look at the jobs on. */
  readonly dashboard: boolean;
  /** A page at `/explorer` to write operations on. */
  readonly explorer: boolean;
  readonly upstream: UpstreamConfig;
}

export interface UpstreamConfig {
  /** Undefined: the SDK's own way of finding a Region. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  readonly endpoint: string | undefined;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  /** Calls under way at one time. */
  readonly concurrency: number;
  /** Calls that wait for their turn; more are refused. */
  readonly queue: number;
  readonly breaker: BreakerConfig;
  readonly maxResponseBytes: number;
}

/** What may be started. `*` stands for anything. */
export interface StartConfig {
  /** Identifiers or ARNs of models. */
  readonly models: readonly string[];
  /** S3 URIs of buckets, or of folders in them. */
  readonly outputs: readonly string[];
}

/** What is kept of what was read. */
export interface CacheConfig {
  /** How long it is as good as new; 0: nothing is kept or shared. */
  readonly ttlMs: number;
  /** How old it may be where nothing newer is to be had. */
  readonly staleMs: number;
  readonly maxBytes: number;
  /** How often a caller may ask for what is newer than that. */
  readonly freshPerMinute: number;
}

/** How often the upstream is read for those who subscribe to changes. */
export interface PollingConfig {
  /** While jobs are about to end. */
  readonly minMs: number;
  /** While nothing is in progress. */
  readonly maxMs: number;
}

/** How callers are known; with neither, everyone who can reach the gateway may read. */
export interface AuthConfig {
  readonly token: TokenConfig | undefined;
  /** Those that hold now, of which there are two while one replaces the other. Empty: no router is asked for one. */
  readonly routerSecrets: readonly string[];
}

export interface TokenConfig {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
}

/** What a request may ask for, at the most. */
export interface LimitsConfig {
  readonly bodyBytes: number;
  readonly documentTokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly fields: number;
  readonly fieldConflicts: number;
  /** Ids or representations in an operation. */
  readonly idsPerOperation: number;
  readonly cost: number;
  /** Cost in a minute, for each caller; undefined: as much as they like. */
  readonly costPerMinute: number | undefined;
  /** Requests under way at one time. */
  readonly inFlight: number;
  /** Of the event loop, in milliseconds, above which new requests are refused. */
  readonly eventLoopDelayMs: number;
  /** Open at one time: all together, and those of each caller. */
  readonly subscriptions: number;
  readonly subscriptionsPerCaller: number;
}

export interface BreakerConfig {
  /** How many of the latest calls decide. */
  readonly samples: number;
  /** How long an open circuit waits before it tries again. */
  readonly resetMs: number;
}

/** `standalone`: for clients of its own. `subgraph`: for a router that joins it with other graphs. */
export type GraphRole = (typeof GRAPH_ROLES)[number];

export const GRAPH_ROLES = ['standalone', 'subgraph'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
