/** Everything that can be set, checked and with defaults in place. */
export interface Config {
  readonly graphRole: GraphRole;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly requestTimeoutMs: number;
  readonly listMaxUpstreamCalls: number;
  readonly introspection: boolean;
  readonly corsOrigins: readonly string[];
  /** A page for people at `/`. */
  readonly landingPage: boolean;
  readonly upstream: UpstreamConfig;
}

export interface UpstreamConfig {
  /** Undefined: the SDK's own way of finding a Region. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  readonly endpoint: string | undefined;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  readonly maxSockets: number;
  readonly maxResponseBytes: number;
}

/** `standalone`: for clients of its own. `subgraph`: for a router that joins it with other graphs. */
export type GraphRole = (typeof GRAPH_ROLES)[number];

export const GRAPH_ROLES = ['standalone', 'subgraph'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
