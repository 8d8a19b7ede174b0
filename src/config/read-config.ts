import type { Config, LimitsConfig, LogLevel, StartConfig, TokenConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { type Environment, environment } from './env-schema.ts';
import { isLoopback } from './loopback.ts';
import { RENAMED_SETTINGS } from './renamed-settings.ts';

type RateLimit = number | 'off';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Defaults that depend on the command. An environment variable overrides them. */
export interface ModeDefaults {
  readonly introspection: boolean;
  readonly corsOrigins: readonly string[];
  readonly dashboard: boolean;
  readonly explorer: boolean;
  readonly logLevel: LogLevel;
  readonly rates: ModeRates;
  readonly concurrentRequestsPerCaller: number;
  readonly concurrentCostPerCaller: number;
  readonly connectionsPerAddress: number;
  /** Allow-lists for starting invocations, if the variables set none. */
  readonly start: Pick<StartConfig, 'models' | 'outputs'> | undefined;
  readonly drainGraceMs: number;
}

export interface ModeRates {
  readonly costPerMinute: RateLimit;
  readonly startsPerMinute: RateLimit;
  readonly startsPerMinutePerCaller: RateLimit;
  readonly upstreamCallsPerSecond: RateLimit;
  readonly upstreamCallsPerSecondPerCaller: RateLimit;
}

/**
 * Converts environment variables to a configuration.
 *
 * @throws {ConfigError} listing every invalid variable.
 */
export function readConfig(variables: Variables, mode: ModeDefaults): Config {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined && value !== '');
  const { success, data, error } = environment.safeParse(Object.fromEntries(set));
  const problems = [
    ...(error?.issues ?? []).map(
      ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
    ),
    ...renameProblems(variables),
    ...crossFieldProblems(variables),
    ...startProblems(variables, mode),
    ...documentProblems(variables, mode),
  ];
  if (!success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(data, mode);
}

function renameProblems(variables: Variables): string[] {
  return Object.entries(RENAMED_SETTINGS)
    .filter(([oldName]) => variables[oldName])
    .map(([oldName, name]) => `${oldName} was renamed to ${name}.`);
}

/** Finds variables that contradict or require each other. */
function crossFieldProblems(variables: Variables): string[] {
  const isSet = (name: string) => Boolean(variables[name]);
  const problems: string[] = [];
  const authenticates = isSet('AUTH_JWKS_URL') || isSet('ROUTER_SECRET');
  if (TOKEN_SETTINGS.some(isSet)) {
    for (const name of TOKEN_SETTINGS.filter((each) => !isSet(each))) {
      problems.push(`${name}: is required when one of ${TOKEN_SETTINGS.join(', ')} is set`);
    }
  }
  if (isSet('ROUTER_SECRET') && variables.GRAPH_ROLE !== 'subgraph') {
    problems.push('ROUTER_SECRET: requires GRAPH_ROLE=subgraph');
  }
  for (const page of ['DASHBOARD', 'EXPLORER'].filter((name) => variables[name] === 'true')) {
    if (!isSet('ROUTER_SECRET')) continue;
    problems.push(
      `${page}: must be false with ROUTER_SECRET, because only the router may send queries`,
    );
  }
  const port = isSet('PORT') ? variables.PORT : '4000';
  if (port !== '0' && variables.MANAGEMENT_PORT === port) {
    problems.push(
      'MANAGEMENT_PORT: must differ from PORT; leave it unset to serve all on one port',
    );
  }
  const anonymous = variables.ALLOW_ANONYMOUS === 'true';
  if (anonymous && authenticates) {
    problems.push('ALLOW_ANONYMOUS: must be false with AUTH_JWKS_URL or ROUTER_SECRET');
  }
  if (variables.HOST && !isLoopback(variables.HOST) && !authenticates && !anonymous) {
    problems.push(
      'HOST: is not a loopback address, so authentication is required; ' +
        'set AUTH_JWKS_URL or ROUTER_SECRET, ' +
        'or ALLOW_ANONYMOUS=true if a proxy in front of the gateway authenticates callers',
    );
  }
  return problems;
}

/** Starting costs money, so it requires an explicit list of models and of output locations. */
function startProblems(variables: Variables, { start }: ModeDefaults): string[] {
  const setting = variables.ENABLE_START;
  const isEnabled = setting ? setting === 'true' : start !== undefined;
  if (!isEnabled) {
    const set = START_SETTINGS.filter((name) => variables[name]);
    return set.map((name) => `${name}: requires ENABLE_START=true`);
  }
  const missing = start ? [] : START_SETTINGS.filter((name) => !variables[name]);
  return missing.map((name) => `${name}: is required with ENABLE_START=true; \`*\` allows any`);
}

/** Finds settings that contradict `TRUSTED_DOCUMENTS_ONLY=true`. */
function documentProblems(variables: Variables, { explorer }: ModeDefaults): string[] {
  const isTrue = (name: string) => variables[name] === 'true';
  if (!isTrue('TRUSTED_DOCUMENTS_ONLY')) return [];
  const problems: string[] = [];
  if (!variables.TRUSTED_DOCUMENTS) {
    problems.push('TRUSTED_DOCUMENTS: is required with TRUSTED_DOCUMENTS_ONLY=true');
  }
  if (variables.EXPLORER ? isTrue('EXPLORER') : explorer) {
    problems.push(
      'EXPLORER: must be false with TRUSTED_DOCUMENTS_ONLY=true, ' +
        'because the explorer sends other documents; set EXPLORER=false',
    );
  }
  if (isTrue('APQ')) {
    problems.push(
      'APQ: must be false with TRUSTED_DOCUMENTS_ONLY=true, because it registers other documents',
    );
  }
  if (variables.GRAPH_ROLE === 'subgraph') {
    problems.push(
      'TRUSTED_DOCUMENTS_ONLY: must be false with GRAPH_ROLE=subgraph, ' +
        'because a router writes its own documents',
    );
  }
  return problems;
}

const START_SETTINGS = ['START_ALLOWED_MODELS', 'START_ALLOWED_OUTPUTS'];
const TOKEN_SETTINGS = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'];

function toConfig(env: Environment, mode: ModeDefaults): Config {
  return {
    host: env.HOST,
    port: env.PORT,
    graphRole: env.GRAPH_ROLE,
    logLevel: env.LOG_LEVEL ?? mode.logLevel,
    auth: {
      token: toTokenConfig(env),
      routerSecrets: env.ROUTER_SECRET,
    },
    limits: toLimitsConfig(env, mode),
    metrics: env.METRICS,
    managementPort: env.MANAGEMENT_PORT,
    documents: {
      trustedFile: env.TRUSTED_DOCUMENTS,
      trustedOnly: env.TRUSTED_DOCUMENTS_ONLY,
      automaticPersistedQueries: env.APQ,
    },
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    headersTimeoutMs: env.HEADERS_TIMEOUT_MS,
    drainGraceMs: env.DRAIN_GRACE_MS ?? mode.drainGraceMs,
    listMaxUpstreamCalls: env.LIST_MAX_UPSTREAM_CALLS,
    cache: {
      ttlMs: env.LIST_CACHE_TTL_MS,
      staleMs: env.STALE_IF_ERROR_MS,
      maxBytes: env.CACHE_MAX_BYTES,
      noCachePerMinute: env.NO_CACHE_REQUESTS_PER_MINUTE,
    },
    pollInterval: {
      minMs: env.POLL_INTERVAL_MIN_MS,
      maxMs: Math.max(env.POLL_INTERVAL_MIN_MS, env.POLL_INTERVAL_MAX_MS),
    },
    exposeUpstreamStats: env.EXPOSE_UPSTREAM_STATS,
    compileQueries: env.COMPILE_QUERIES,
    start: toStartConfig(env, mode),
    introspection: env.INTROSPECTION ?? mode.introspection,
    corsOrigins: env.CORS_ORIGINS ?? mode.corsOrigins,
    dashboard: env.DASHBOARD ?? mode.dashboard,
    explorer: env.EXPLORER ?? mode.explorer,
    upstream: toUpstreamConfig(env, mode),
  };
}

function toLimitsConfig(env: Environment, mode: ModeDefaults): LimitsConfig {
  return {
    bodyBytes: env.MAX_BODY_BYTES,
    bodyBytesPerCaller: Math.max(env.MAX_BODY_BYTES, env.MAX_BODY_BYTES_PER_CALLER),
    responseBytes: env.MAX_RESPONSE_BYTES,
    unsentBytesPerCaller: env.MAX_UNSENT_BYTES_PER_CALLER,
    literalLength: env.MAX_LITERAL_LENGTH,
    documentTokens: env.MAX_DOCUMENT_TOKENS,
    depth: env.MAX_DEPTH,
    aliases: env.MAX_ALIASES,
    directives: env.MAX_DIRECTIVES,
    rootFields: env.MAX_ROOT_FIELDS,
    fields: env.MAX_FIELDS,
    fieldConflicts: env.MAX_FIELD_CONFLICTS,
    idsPerOperation: env.MAX_IDS_PER_OPERATION,
    cost: env.MAX_COST,
    costPerMinute: toRate(env.RATE_LIMIT ?? mode.rates.costPerMinute),
    concurrentRequests: env.MAX_CONCURRENT_REQUESTS,
    concurrentRequestsPerCaller: Math.min(
      env.MAX_CONCURRENT_REQUESTS,
      env.MAX_CONCURRENT_REQUESTS_PER_CALLER ?? mode.concurrentRequestsPerCaller,
    ),
    concurrentCostPerCaller: env.MAX_CONCURRENT_COST_PER_CALLER ?? mode.concurrentCostPerCaller,
    connectionsPerAddress: env.MAX_CONNECTIONS_PER_ADDRESS ?? mode.connectionsPerAddress,
    eventLoopDelayMs: env.MAX_EVENT_LOOP_DELAY_MS,
    subscriptions: env.MAX_SUBSCRIPTIONS,
    subscriptionsPerCaller: env.MAX_SUBSCRIPTIONS_PER_CALLER,
    subscribedArnsPerCaller: env.MAX_SUBSCRIBED_ARNS_PER_CALLER,
    // One caller leaves half of them to the others.
    webSocketsPerCaller: Math.min(
      env.MAX_WEBSOCKETS_PER_CALLER,
      Math.ceil(env.MAX_SUBSCRIPTIONS / 2),
    ),
    pendingWebSocketsPerAddress: env.MAX_PENDING_WEBSOCKETS_PER_ADDRESS,
    webSocketIdleTimeoutMs: env.WEBSOCKET_IDLE_TIMEOUT_MS,
  };
}

function toUpstreamConfig(env: Environment, { rates }: ModeDefaults): Config['upstream'] {
  return {
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
    accountId: env.AWS_ACCOUNT_ID,
    endpoint: env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
    attemptTimeoutMs: env.UPSTREAM_ATTEMPT_TIMEOUT_MS,
    maxAttempts: env.UPSTREAM_MAX_ATTEMPTS,
    concurrency: env.UPSTREAM_CONCURRENCY,
    maxQueue: env.UPSTREAM_MAX_QUEUE,
    circuitBreaker: {
      size: env.CIRCUIT_BREAKER_SIZE,
      halfOpenAfterMs: env.CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS,
    },
    maxResponseBytes: env.UPSTREAM_MAX_RESPONSE_BYTES,
    callsPerSecond: toRate(env.UPSTREAM_CALLS_PER_SECOND ?? rates.upstreamCallsPerSecond),
    callsPerSecondPerCaller: toRate(
      env.UPSTREAM_CALLS_PER_SECOND_PER_CALLER ?? rates.upstreamCallsPerSecondPerCaller,
    ),
  };
}

function toStartConfig(env: Environment, { start, rates }: ModeDefaults): StartConfig | undefined {
  const enabled = env.ENABLE_START ?? start !== undefined;
  const models = env.START_ALLOWED_MODELS ?? start?.models;
  const outputs = env.START_ALLOWED_OUTPUTS ?? start?.outputs;
  if (!enabled || !models || !outputs) return undefined;
  const perMinute = toRate(env.STARTS_PER_MINUTE ?? rates.startsPerMinute);
  const perMinutePerCaller = toRate(
    env.STARTS_PER_MINUTE_PER_CALLER ?? rates.startsPerMinutePerCaller,
  );
  return { models, outputs, perMinute, perMinutePerCaller };
}

function toTokenConfig(env: Environment): TokenConfig | undefined {
  const { AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env;
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) return undefined;
  return { jwksUrl, issuer, audience, algorithms: env.AUTH_ALGORITHMS };
}

function toRate(limit: RateLimit): number | undefined {
  return limit === 'off' ? undefined : limit;
}
